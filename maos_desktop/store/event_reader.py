"""Reads sessions back from the log."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from maos_desktop.errors import UnknownSessionError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.ids import SessionId
from maos_desktop.model.stored_row import StoredRow
from maos_desktop.store.batch import position
from maos_desktop.store.chain import first_hash, next_hash
from maos_desktop.store.database import Database

_TAIL = (Path(__file__).resolve().parent / "sql" / "tail.sql").read_text(encoding="utf-8")
_ROWS = """
SELECT seq, at, kind, agent_id, payload FROM events
WHERE position > ? AND position < ? ORDER BY position LIMIT ?
"""
_CHAIN = """
SELECT seq, hash, at, kind, agent_id, previous, payload FROM events
WHERE position > ? AND position < ? ORDER BY position LIMIT ?
"""
_PAGE = 2_000
"""Rows per read, so that a long session keeps neither the reader nor the loop from others for long."""


class EventReader:
    """The reading half of the log, which also works on a database that is open for reading only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, session_id: SessionId, after_seq: int = 0, limit: int | None = None) -> list[LoggedEvent]:
        """Returns the events after ``after_seq`` in order, at most ``limit``.

        Raises ``UnknownSessionError``, and ``StoreCorruptError`` for an event that is no longer valid.
        """
        events: list[LoggedEvent] = []
        async for page in self._pages(_ROWS, session_id, after_seq, limit):
            events += [StoredRow._make(row).logged(session_id) for row in page]
        return events

    async def read_rows(self, session_id: SessionId, after_seq: int = 0, limit: int | None = None) -> list[StoredRow]:
        """Returns the same as ``read``, not validated: several times as fast. Raises ``UnknownSessionError``."""
        rows: list[StoredRow] = []
        async for page in self._pages(_ROWS, session_id, after_seq, limit):
            rows += map(StoredRow._make, page)
        return rows

    async def read_tail(self, session_id: SessionId, per_agent: int = 200, messages: int = 1_000) -> list[StoredRow]:
        """Returns what a first look needs, in order: the whole outline and the newest rows of the rest.

        Args:
            session_id: an existing session, else ``UnknownSessionError``.
            per_agent: how many of the newest rows of every agent's pane.
            messages: how many of the newest rows of the message traffic.
        """
        number, _ = await self._number_and_count(session_id)
        rows = await self._database.fetch(_TAIL, (number, per_agent, messages))
        rows.sort(key=itemgetter(0))
        return list(map(StoredRow._make, rows))

    async def verify(self, session_id: SessionId) -> int | None:
        """Returns the ``seq`` of the first event that is damaged, missing or out of place; ``None`` if all is well.

        Raises ``UnknownSessionError``, and ``StoreCorruptError`` when the file cannot even be read.
        """
        _, count = await self._number_and_count(session_id)
        good, so_far = 0, first_hash(session_id)
        async for page in self._pages(_CHAIN, session_id):
            linked, so_far = await asyncio.to_thread(_linked, page, good, so_far)
            good += linked
            if linked < len(page):
                return good + 1
        return None if good >= count else good + 1

    async def _pages(
        self, sql: str, session_id: SessionId, after_seq: int = 0, limit: int | None = None
    ) -> AsyncIterator[list[tuple[Any, ...]]]:
        """Yields rows, ``seq`` first, in pages."""
        number, _ = await self._number_and_count(session_id)
        start, end = position(number, after_seq), position(number + 1, 0)
        left = sys.maxsize if limit is None else limit
        while left > 0:
            wanted = min(_PAGE, left)
            page = await self._database.fetch(sql, (start, end, wanted))
            yield page
            if len(page) < wanted:
                return
            start = position(number, page[-1][0])
            left -= wanted

    async def _number_and_count(self, session_id: SessionId) -> tuple[int, int]:
        found = await self._database.fetch("SELECT number, event_count FROM sessions WHERE id = ?", (session_id,))
        if not found:
            raise UnknownSessionError(f"There is no session “{session_id}”.")
        return found[0][0], found[0][1]


def _linked(page: list[tuple[Any, ...]], good: int, so_far: bytes) -> tuple[int, bytes]:
    """Returns how many rows of the page go on with the chain, and its hash there."""
    linked = 0
    for seq, stored, at, kind, agent_id, previous, payload in page:
        so_far = next_hash(so_far, seq, at, kind, agent_id, previous, payload.encode())
        if seq != good + linked + 1 or stored != so_far:
            break
        linked += 1
    return linked, so_far
