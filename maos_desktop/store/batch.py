"""What one commit writes: the rows of the events, and what they change in the list of sessions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from maos_desktop.errors import StoreError
from maos_desktop.model.event import SessionCreated
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionState
from maos_desktop.store.chain import first_hash, next_hash
from maos_desktop.store.payload import Encoded
from maos_desktop.store.strands import PANE_KINDS, strand_of
from maos_desktop.store.summary import SummaryChange

_CREATE = """
INSERT INTO sessions (number, id, title, settings, state, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_APPEND = """
INSERT INTO events (position, at, kind, agent_id, previous, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_FOLD = """
UPDATE sessions SET
    state = coalesce(?2, state),
    cost_usd = CASE WHEN ?3 IS NULL THEN cost_usd ELSE coalesce(cost_usd, 0) + ?3 END,
    updated_at = ?4, event_count = ?5, strands = ?6
WHERE number = ?1
"""


def position(number: int, seq: int) -> int:
    """Returns the key of an event: ``sessions.number`` in the high half, ``seq`` in the low one."""
    return number << 32 | seq


@dataclass(slots=True)
class Head:
    """Where a session's log ends.

    Attributes:
        number: ``sessions.number``.
        seq, hash: of the newest event; 0 and the first hash of the chain while there is none.
        strands: the newest ``seq`` of each strand.
    """

    number: int
    seq: int
    hash: bytes
    strands: dict[str, int]


class Batch:
    """Rows that are committed together.

    Heads are advanced on copies; the copies count once the commit is done.

    Attributes:
        at: microseconds since 1970, of every event in it.
        heads: the new end of each session that it writes to.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        self.heads: dict[SessionId, Head] = {}
        self._changes: dict[SessionId, SummaryChange] = {}
        self._created: list[tuple[Any, ...]] = []
        self._rows: list[tuple[Any, ...]] = []

    def create(self, session_id: SessionId, number: int, event: SessionCreated) -> None:
        """Makes a session. ``event`` itself is to be added too, as its first."""
        settings = to_json(event.settings).decode()
        self._created.append((number, session_id, event.title, settings, SessionState.PLANNING, self.at, self.at))
        self._enter(session_id, Head(number, 0, first_hash(session_id), {}))

    def resume(self, session_id: SessionId, head: Head) -> None:
        """Names the end of a session that exists, before its events are added."""
        self._enter(session_id, replace(head, strands=dict(head.strands)))

    def add(self, session_id: SessionId, events: Iterable[Encoded]) -> int:
        """Puts the events at the end of the session; returns the ``seq`` of the first of them."""
        head, change, at = self.heads[session_id], self._changes[session_id], self.at
        first = head.seq + 1
        for event, json_ in events:
            kind = event.kind
            agent_id = getattr(event, "agent_id", None)
            strand = strand_of(kind, agent_id)
            previous = head.strands.get(strand)
            head.seq += 1
            head.hash = next_hash(head.hash, head.seq, at, kind, agent_id, previous, json_)
            head.strands[strand] = head.seq
            key = position(head.number, head.seq)
            self._rows.append((key, at, kind, agent_id, previous, json_.decode(), head.hash))
            if kind not in PANE_KINDS:  # nearly all are, and none of those changes the session's line
                change.fold(event)
        return first

    def write(self, connection: sqlite3.Connection) -> None:
        """Stores everything; to be run inside a transaction.

        Raises ``StoreError`` when one of the sessions has been deleted.
        """
        if self._created:
            connection.executemany(_CREATE, self._created)
        connection.executemany(_APPEND, self._rows)
        folds = [self._fold(session_id, head) for session_id, head in self.heads.items()]
        if connection.executemany(_FOLD, folds).rowcount != len(folds):
            raise StoreError("A session was deleted while it was written to.", next_step="Start a new session.")

    def _enter(self, session_id: SessionId, head: Head) -> None:
        self.heads[session_id] = head
        self._changes[session_id] = SummaryChange()

    def _fold(self, session_id: SessionId, head: Head) -> tuple[Any, ...]:
        change = self._changes[session_id]
        return (head.number, change.state, change.cost_usd, self.at, head.seq, json.dumps(head.strands))
