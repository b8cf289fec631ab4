"""A journal that keeps a session's events in memory, as strictly as the store would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SessionId

SESSION = SessionId("0123456789ab")
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)

E = TypeVar("E")


def logged(*events: SessionEvent, after: int = 0) -> list[LoggedEvent]:
    """Returns the events as the store would: numbered from ``after`` + 1, a second apart, and through JSON."""
    return [
        LoggedEvent.model_validate_json(
            LoggedEvent(
                session_id=SESSION, seq=seq, at=BEGINNING + timedelta(seconds=seq), event=event
            ).model_dump_json()
        )
        for seq, event in enumerate(events, after + 1)
    ]


class MemoryJournal:
    """A ``Journal``. ``fold`` holds an event by the time its ``record`` returns.

    A commit takes a moment, the first come is the first written, and a caller that is cancelled does not take its
    events back.

    Attributes:
        log: what was recorded.
        error: when set, ``record`` raises it and records nothing.
        open: while it is clear, nothing is committed.
    """

    def __init__(self, log: Iterable[LoggedEvent] = ()) -> None:
        self.log = list(log)
        self.fold = SessionFold(self.log)
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()
        self._turnstile = asyncio.Lock()
        self._committed = asyncio.Condition()
        self._commits: set[asyncio.Task[None]] = set()

    async def record(self, *events: SessionEvent) -> None:
        """See ``Journal.record``."""
        commit = asyncio.create_task(self._commit(events), name="commit")
        self._commits.add(commit)
        commit.add_done_callback(self._commits.discard)
        await asyncio.shield(commit)

    async def _commit(self, events: Sequence[SessionEvent]) -> None:
        async with self._turnstile:
            await self.open.wait()
            if self.error is not None:
                raise self.error
            batch = logged(*events, after=len(self.log))
            self.log += batch
            for one in batch:
                self.fold.apply(one)
        async with self._committed:
            self._committed.notify_all()

    async def until(self, condition: Callable[[], object]) -> None:
        """Returns as soon as a commit has made ``condition`` true."""
        async with self._committed:
            await self._committed.wait_for(lambda: bool(condition()))

    async def until_recorded(self, event: SessionEvent) -> None:
        """Returns as soon as this event is in the log."""
        await self.until(lambda: event in self.events)

    @property
    def events(self) -> list[SessionEvent]:
        """What was recorded, without numbers and times."""
        return [one.event for one in self.log]

    def of(self, kind: type[E]) -> list[E]:
        """Returns the recorded events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]
