"""Reads saved sessions without touching them, also while a window has them open."""

from __future__ import annotations

from pathlib import Path

from maos_desktop.errors import UnknownSessionError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSummary
from maos_desktop.paths import database_file
from maos_desktop.store.database import Database
from maos_desktop.store.event_reader import EventReader
from maos_desktop.store.sessions import SessionStore


class SessionReader:
    """Open it with ``open``, end it with ``aclose``. Where nothing was ever saved there are no sessions."""

    def __init__(self, database: Database | None) -> None:
        self._database = database

    @classmethod
    async def open(cls, data_folder: Path) -> SessionReader:
        """Opens what is in ``data_folder``. Raises ``StoreError`` and its kinds: corrupt, too new."""
        path = database_file(data_folder)
        return cls(await Database.open(path, read_only=True) if path.exists() else None)

    async def list_sessions(self) -> list[SessionSummary]:
        """Returns all sessions, the one changed last first."""
        return await SessionStore(self._database).list() if self._database is not None else []

    async def get(self, session_id: SessionId) -> SessionSummary:
        """Returns one session's line. Raises ``UnknownSessionError``."""
        if self._database is None:
            raise UnknownSessionError(f"There is no session “{session_id}”.")
        return await SessionStore(self._database).get(session_id)

    async def events(self, session_id: SessionId) -> list[LoggedEvent]:
        """Returns everything that happened in the session. Raises ``UnknownSessionError``, ``StoreCorruptError``."""
        if self._database is None:
            raise UnknownSessionError(f"There is no session “{session_id}”.")
        return await EventReader(self._database).read(session_id)

    async def verify(self, session_id: SessionId) -> int | None:
        """Returns the ``seq`` of the first event that is not as it was saved, ``None`` if all are.

        Raises ``UnknownSessionError``, ``StoreCorruptError``.
        """
        if self._database is None:
            raise UnknownSessionError(f"There is no session “{session_id}”.")
        return await EventReader(self._database).verify(session_id)

    async def aclose(self) -> None:
        """Closes the database."""
        if self._database is not None:
            await self._database.aclose()
