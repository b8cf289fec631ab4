"""The list of sessions."""

from __future__ import annotations

import builtins
import sqlite3
from typing import Any

from maos_desktop.errors import StoreCorruptError, UnknownSessionError
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSettings, SessionState, SessionSummary
from maos_desktop.model.stored_row import from_microseconds
from maos_desktop.store.batch import position
from maos_desktop.store.database import Database

_SUMMARY = "SELECT id, title, settings, state, created_at, updated_at, cost_usd, event_count FROM sessions"
_RECENT = """
SELECT json_extract(settings, '$.request') AS request FROM sessions
GROUP BY request ORDER BY max(created_at) DESC, max(number) DESC LIMIT ?
"""


class SessionStore:
    """Reads the lines that the log keeps up to date, and deletes sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> list[SessionSummary]:
        """Returns all sessions, the one with the newest event first."""
        rows = await self._database.fetch(f"{_SUMMARY} ORDER BY updated_at DESC, number DESC")
        return [_summary(row) for row in rows]

    async def get(self, session_id: SessionId) -> SessionSummary:
        """Returns one session. Raises ``UnknownSessionError``."""
        rows = await self._database.fetch(f"{_SUMMARY} WHERE id = ?", (session_id,))
        if not rows:
            raise _unknown(session_id)
        return _summary(rows[0])

    async def delete(self, session_id: SessionId) -> None:
        """Deletes the session and all its events, for good. Raises ``UnknownSessionError``."""

        def delete(connection: sqlite3.Connection) -> None:
            found = connection.execute("SELECT number FROM sessions WHERE id = ?", (session_id,)).fetchone()
            if found is None:
                raise _unknown(session_id)
            bounds = (position(found[0], 0), position(found[0] + 1, 0))
            connection.execute("DELETE FROM events WHERE position >= ? AND position < ?", bounds)
            connection.execute("DELETE FROM sessions WHERE number = ?", found)

        await self._database.transaction(delete)

    async def recent_requests(self, limit: int) -> builtins.list[str]:
        """Returns what was asked for, each text once, the newest first."""
        return [request for (request,) in await self._database.fetch(_RECENT, (limit,))]


def _unknown(session_id: SessionId) -> UnknownSessionError:
    return UnknownSessionError(f"There is no session “{session_id}”.")


def _summary(row: tuple[Any, ...]) -> SessionSummary:
    session_id, title, settings, state, created_at, updated_at, cost_usd, event_count = row
    try:
        return SessionSummary(
            id=session_id,
            title=title,
            settings=SessionSettings.model_validate_json(settings),
            state=SessionState(state),
            created_at=from_microseconds(created_at),
            updated_at=from_microseconds(updated_at),
            cost_usd=cost_usd,
            event_count=event_count,
        )
    except (ValueError, OverflowError) as error:
        raise StoreCorruptError(
            f"The line of session “{session_id}” in the database is damaged; its events were kept.",
            next_step="Export the session, then delete it from the list.",
            detail=str(error),
        ) from error
