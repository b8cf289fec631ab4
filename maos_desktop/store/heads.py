"""Where each session's log ends, read once and then kept up by the writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from maos_desktop.errors import StoreCorruptError
from maos_desktop.model.ids import SessionId
from maos_desktop.store.batch import Head
from maos_desktop.store.database import Database

_HEAD = """
SELECT number, event_count, hash, strands FROM sessions
LEFT JOIN events ON position = (number << 32) + event_count WHERE id = ?
"""


class Heads:
    """Holds the end of every session that was written to since the log was opened."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[SessionId, Head] = {}
        self._last_number: int | None = None

    async def find(self, session_id: SessionId) -> Head | None:
        """Returns the end of a session, ``None`` when there is no such session. Raises ``StoreError``."""
        if session_id not in self._known:
            found = await self._database.fetch(_HEAD, (session_id,))
            if not found:
                return None
            self._known[session_id] = _head(*found[0])
        return self._known[session_id]

    async def new_number(self) -> int:
        """Returns a number for a new session that no other session has."""
        if self._last_number is None:
            found = await self._database.fetch("SELECT coalesce(max(number), 0) FROM sessions")
            self._last_number = int(found[0][0])
        self._last_number += 1
        return self._last_number

    def advance(self, heads: Mapping[SessionId, Head]) -> None:
        """Takes over what has been committed."""
        self._known.update(heads)

    def forget(self, session_ids: Iterable[SessionId]) -> None:
        """Has these read from the database again."""
        for session_id in session_ids:
            self._known.pop(session_id, None)


def _head(number: int, seq: int, hash_: bytes | None, strands: str) -> Head:
    if hash_ is None:
        raise _damaged("The newest event of the session is missing in the database", f"There is no event {seq}.")
    try:
        return Head(number, seq, hash_, json.loads(strands))
    except ValueError as error:
        raise _damaged("The session's line in the database is damaged", str(error)) from error


def _damaged(what: str, detail: str) -> StoreCorruptError:
    return StoreCorruptError(
        f"{what}; its other events were kept.", next_step="Export the session, then start a new one.", detail=detail
    )
