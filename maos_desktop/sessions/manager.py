"""All sessions of this user: creates, lists, reopens and deletes them, and owns what they share."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from maos_desktop.errors import BadRequestError, StoreCorruptError
from maos_desktop.executor.base import Executor
from maos_desktop.model.event import EventListener, SessionCreated, SessionInterrupted
from maos_desktop.model.ids import SessionId, new_session_id
from maos_desktop.model.session import LONGEST_REQUEST, SessionSettings, SessionSummary
from maos_desktop.paths import database_file
from maos_desktop.sessions.backends import Backends, claude_executor
from maos_desktop.sessions.doctor import Doctor
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.store.database import Database
from maos_desktop.store.event_log import EventLog
from maos_desktop.store.sessions import SessionStore

if TYPE_CHECKING:
    from maos_desktop.rehearsal.server import RehearsalServer

TITLE_CHARS = 80
APP_ENDED = "The app ended while work was under way; the session can be continued."

_log = logging.getLogger(__name__)


class SessionManager:
    """Open it with ``open``, end it with ``aclose``: it stops every session and closes the database."""

    def __init__(self, data_folder: Path, database: Database, executor: Executor, backends: Backends) -> None:
        self._data_folder = data_folder
        self._database = database
        self._event_log = EventLog(database)
        self._store = SessionStore(database)
        self._executor = executor
        self._backends = backends
        self._live: dict[SessionId, LiveSession] = {}

    @classmethod
    async def open(
        cls, data_folder: Path, executor: Executor | None = None, rehearsal: RehearsalServer | None = None
    ) -> SessionManager:
        """Opens the database in ``data_folder`` and marks what an ended app left running as interrupted.

        ``executor`` and ``rehearsal`` are made when they are first needed unless given; the manager ends both.
        Raises ``StoreError`` and its kinds: corrupt, too new, in use by another process.
        """
        database = await Database.open(database_file(data_folder))
        manager = cls(data_folder, database, executor or claude_executor(), Backends(data_folder, rehearsal))
        try:
            await manager._interrupt_what_was_running()
        except BaseException:
            await manager.aclose()
            raise
        return manager

    async def create(self, settings: SessionSettings) -> LiveSession:
        """Returns a new session, saved and not yet started. Raises ``BadRequestError`` for a bad request or folder."""
        check_settings(settings)
        session_id = new_session_id()
        title = next(line.strip() for line in settings.request.splitlines() if line.strip())
        if len(title) > TITLE_CHARS:
            title = title[: TITLE_CHARS - 1].rstrip() + "…"
        await self._event_log.append(session_id, SessionCreated(settings=settings, title=title))
        return await self.reopen(session_id)

    async def reopen(self, session_id: SessionId) -> LiveSession:
        """Returns the session, the same object while it is open.

        Raises ``UnknownSessionError``, and ``StoreCorruptError`` when its line in the database is damaged.
        """
        if session_id in self._live:
            return self._live[session_id]
        summary = await self._store.get(session_id)
        if session_id not in self._live:  # another caller may have been faster
            environment = partial(self._backends.environment, summary.settings.backend)
            self._live[session_id] = LiveSession(summary, self._event_log, self._executor, environment)
        return self._live[session_id]

    async def list_sessions(self) -> list[SessionSummary]:
        """Returns all sessions whose line in the database can be read, the one changed last first."""
        return await self._store.list()

    async def recent_requests(self, limit: int = 20) -> list[str]:
        """Returns the latest different requests, newest first."""
        return await self._store.recent_requests(limit)

    async def delete(self, session_id: SessionId) -> None:
        """Stops and deletes the session with all its events. Raises ``UnknownSessionError``."""
        live = self._live.pop(session_id, None)
        if live is not None:
            await live.aclose()
        await self._store.delete(session_id)

    def subscribe_all(self, listener: EventListener) -> Callable[[], None]:
        """Calls ``listener`` with each batch committed in any session; returns what ends that."""
        return self._event_log.subscribe(None, listener)

    def doctor(self) -> Doctor:
        """Returns what finds out which parts work here, with the parts that the sessions use."""
        return Doctor(self._data_folder, self._executor, self._backends.environment)

    @property
    def running(self) -> list[LiveSession]:
        """The sessions in which work is under way."""
        return [live for live in self._live.values() if live.is_running]

    async def aclose(self) -> None:
        """Stops every session, ends every process, closes the database. Everything is kept.

        All of it is tried; what went wrong last is raised, with the errors before it as its context.
        """
        async with AsyncExitStack() as ending:
            for aclose in (self._database.aclose, self._event_log.aclose, self._backends.aclose, self._executor.aclose):
                ending.push_async_callback(aclose)
            for live in self._live.values():
                ending.push_async_callback(live.aclose)

    async def _interrupt_what_was_running(self) -> None:
        for summary in await self.list_sessions():
            if not summary.state.is_active:
                continue
            try:
                await self._event_log.append(summary.id, SessionInterrupted(reason=APP_ENDED))
            except StoreCorruptError as error:  # of this session alone
                _log.warning("Session %s: %s (%s)", summary.id, error, error.detail)


def check_settings(settings: SessionSettings) -> None:
    """Raises ``BadRequestError`` with the reason when these settings cannot be worked on."""
    check_request(settings.request)
    folder = settings.project_folder
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise BadRequestError(f"The project folder {folder} {what}.", next_step="Choose another folder.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise BadRequestError(
            f"The project folder {folder} cannot be read.",
            next_step="Change its rights, or choose another one.",
        )


def check_request(request: str) -> None:
    """Raises ``BadRequestError`` for a request that is empty or longer than a session can take."""
    if not request.strip():
        raise BadRequestError("The request is empty.", next_step="Write what the agents should do.")
    if len(request) > LONGEST_REQUEST:
        raise BadRequestError(
            f"The request has {len(request):,} characters; {LONGEST_REQUEST:,} are the most.",
            next_step="Put the long part into a file of the project folder and name the file.",
        )
