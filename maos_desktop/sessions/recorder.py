"""Binds the event log to one session: what its parts write, and the fold that follows."""

from __future__ import annotations

from collections.abc import Sequence

from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SessionId
from maos_desktop.store.event_log import EventLog


class Recorder:
    """A ``Journal`` over the store. ``fold`` holds an event by the time its ``record`` returns."""

    def __init__(self, event_log: EventLog, session_id: SessionId, fold: SessionFold) -> None:
        self.fold = fold
        self._event_log = event_log
        self._session_id = session_id
        self._unsubscribe = event_log.subscribe(session_id, self._follow)

    async def record(self, *events: SessionEvent) -> None:
        """See ``Journal.record``."""
        await self._event_log.append(self._session_id, *events)

    def close(self) -> None:
        """Stops following."""
        self._unsubscribe()

    def _follow(self, events: Sequence[LoggedEvent]) -> None:
        for logged in events:
            self.fold.apply(logged)
