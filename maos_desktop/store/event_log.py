"""The log of all sessions: what is appended is committed before it is acted on or shown."""

from __future__ import annotations

import asyncio
import copy
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from maos_desktop.errors import BugError, KnownError, StoreError, UnknownSessionError
from maos_desktop.model.event import EventListener, LoggedEvent, SessionCreated, SessionEvent
from maos_desktop.model.ids import SessionId
from maos_desktop.model.stored_row import from_microseconds, to_microseconds
from maos_desktop.store.batch import Batch
from maos_desktop.store.database import Database
from maos_desktop.store.event_reader import EventReader
from maos_desktop.store.heads import Heads
from maos_desktop.store.listeners import Listeners
from maos_desktop.store.payload import Encoded, encode

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Append:
    """Events of one caller, who waits for their commit."""

    session_id: SessionId
    events: list[Encoded]
    committed: asyncio.Future[tuple[LoggedEvent, ...]]
    first_seq: int = 0

    def logged(self, at: datetime) -> tuple[LoggedEvent, ...]:
        return tuple(
            LoggedEvent(session_id=self.session_id, seq=seq, at=at, event=encoded.event)
            for seq, encoded in enumerate(self.events, self.first_seq)
        )

    def succeed(self, events: tuple[LoggedEvent, ...]) -> None:
        if not self.committed.done():
            self.committed.set_result(events)

    def fail(self, error: Exception) -> None:
        if not self.committed.done():
            self.committed.set_exception(error)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EventLog(EventReader):
    """Group commit: one writer takes whatever has gathered, commits it together, and then answers every caller.

    Sixteen callers that wait for their commit share one, where each alone would pay for a write to the disk.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = _utc_now) -> None:
        """``clock`` returns an aware time; it is read once per commit."""
        super().__init__(database)
        self._clock = clock
        self._gathered: list[_Append] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._closed = False
        self._heads = Heads(database)
        self._listeners = Listeners()

    async def append(self, session_id: SessionId, *events: SessionEvent) -> tuple[LoggedEvent, ...]:
        """Commits the events in this order, next to each other, and returns them as they were committed.

        A caller that is cancelled meanwhile does not take them back: they are committed all the same.

        Raises:
            StoreError: they could not be committed; none of them was, and the log is as it was before.
            UnknownSessionError: the session does not exist and the first event is not its ``SessionCreated``.
        """
        if self._closed:
            raise _closed()
        if not events:
            return ()
        encoded = [encode(event) for event in events]
        appended = _Append(session_id, encoded, asyncio.get_running_loop().create_future())
        self._gathered.append(appended)
        self._wake.set()
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="event log writer")
        return await appended.committed

    def subscribe(self, session_id: SessionId | None, listener: EventListener) -> Callable[[], None]:
        """Calls ``listener`` once per commit with the events of the session, or of all for ``None``.

        It is called on the loop's thread, before the callers of ``append`` go on. Returns what ends it.
        """
        return self._listeners.add(session_id, listener)

    async def aclose(self) -> None:
        """Commits what has been appended so far; nothing can be appended afterwards."""
        self._closed = True
        self._wake.set()
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def _write(self) -> None:
        """The one writer task. Ends when the log is closed and empty."""
        try:
            while self._gathered or not self._closed:
                appends, self._gathered = self._gathered, []
                if appends:
                    await self._commit(appends)
                    await asyncio.sleep(0)  # who was just answered and has more to append is ahead in the loop
                else:
                    self._wake.clear()
                    await self._wake.wait()
        finally:
            self._closed = True
            _fail(self._gathered, _closed())

    async def _commit(self, appends: Sequence[_Append]) -> None:
        """Commits all of them or none, tells the listeners, and answers each caller. Raises nothing of ours."""
        batch = Batch(to_microseconds(self._clock()))
        try:
            appends = await self._admit(appends, batch)
            logged = await self._store(batch, appends)
        except KnownError as error:
            self._give_up(batch, appends, error)
        except asyncio.CancelledError:
            self._give_up(batch, appends, _closed())
            raise
        except Exception as error:  # the writer must outlive a defect of ours, or every agent hangs
            _log.exception("Events could not be committed")
            self._give_up(batch, appends, BugError(f"Events could not be committed: {error}"))
        else:
            self._heads.advance(batch.heads)
            self._listeners.tell([event for events in logged for event in events])
            for append, events in zip(appends, logged, strict=True):
                append.succeed(events)

    async def _store(self, batch: Batch, appends: Sequence[_Append]) -> list[tuple[LoggedEvent, ...]]:
        """Returns the events as they are committed, for each append."""
        logged: list[tuple[LoggedEvent, ...]] = []
        at = from_microseconds(batch.at)
        loop = asyncio.get_running_loop()

        def make_results() -> None:
            logged.extend(append.logged(at) for append in appends)

        def write(connection: sqlite3.Connection) -> None:
            batch.write(connection)
            # The commit that follows waits for the disk and leaves the interpreter to the loop meanwhile; what is
            # handed to the loop here runs before it learns that the commit is done.
            loop.call_soon_threadsafe(make_results)

        if appends:
            await self._database.transaction(write)
        return logged

    async def _admit(self, appends: Sequence[_Append], batch: Batch) -> list[_Append]:
        """Puts the events into the batch; returns the appends but those of sessions that do not exist."""
        admitted = []
        for append in appends:
            if append.session_id in batch.heads or await self._enter(append, batch):
                append.first_seq = batch.add(append.session_id, append.events)
                admitted.append(append)
        return admitted

    async def _enter(self, append: _Append, batch: Batch) -> bool:
        """Has the batch go on with a session, or make it; answers the caller when neither is possible."""
        session_id, first = append.session_id, append.events[0].event
        try:
            head = await self._heads.find(session_id)
            if head is not None:
                batch.resume(session_id, head)
            elif isinstance(first, SessionCreated):
                batch.create(session_id, await self._heads.new_number(), first)
            else:
                raise UnknownSessionError(f"There is no session “{session_id}”.")
        except KnownError as error:  # of this session alone: the others' events are committed all the same
            append.fail(error)
            return False
        return True

    def _give_up(self, batch: Batch, appends: Sequence[_Append], error: Exception) -> None:
        """Answers with the error; only the database knows now where the sessions end."""
        self._heads.forget(batch.heads)
        _fail(appends, error)


def _fail(appends: Sequence[_Append], error: Exception) -> None:
    """Gives each caller an error of its own: one that is raised in several tasks gathers all their traces."""
    for append in appends:
        own = copy.copy(error)
        own.__cause__ = error
        append.fail(own)


def _closed() -> StoreError:
    return StoreError("The session log is closed.", next_step="Start MAOS Desktop again.")
