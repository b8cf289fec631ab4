"""The list of sessions."""

from __future__ import annotations

import builtins
import logging
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
SELECT CASE WHEN json_valid(settings) THEN json_extract(settings, '$.request') END AS request FROM sessions
WHERE request IS NOT NULL GROUP BY request ORDER BY max(created_at) DESC, max(number) DESC LIMIT ?
"""

_log = logging.getLogger(__name__)


class SessionStore:
    """Reads the lines that the log keeps up to date, and deletes sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> list[SessionSummary]:
        """Returns all sessions, the one with the newest event first. A damaged line is left out, with a warning."""
        rows = await self._database.fetch(f"{_SUMMARY} ORDER BY updated_at DESC, number DESC")
        summaries = []
        for row in rows:
            try:
                summaries.append(_summary(row))
            except StoreCorruptError as error:
                _log.warning("%s (%s)", error, error.detail)
        return summaries

    async def get(self, session_id: SessionId) -> SessionSummary:
        """Returns one session. Raises ``UnknownSessionError``, and ``StoreCorruptError`` for a damaged line."""
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
            next_step="Put back a backup copy of the database, or start a new session with the same request.",
            detail=str(error),
        ) from error
