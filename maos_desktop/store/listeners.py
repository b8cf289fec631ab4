"""Who is told about committed events."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from maos_desktop.model.event import EventListener, LoggedEvent
from maos_desktop.model.ids import SessionId

_log = logging.getLogger(__name__)


class Listeners:
    """Listeners of one session or of all, called in the order in which they came."""

    def __init__(self) -> None:
        self._entries: list[tuple[SessionId | None, EventListener]] = []

    def add(self, session_id: SessionId | None, listener: EventListener) -> Callable[[], None]:
        """Adds a listener for one session, or for all with ``None``; returns what removes it again."""
        entry = (session_id, listener)
        self._entries.append(entry)

        def remove() -> None:
            if entry in self._entries:
                self._entries.remove(entry)

        return remove

    def tell(self, events: Sequence[LoggedEvent]) -> None:
        """Calls each listener once with its events, if there are any. What a listener raises is logged."""
        for session_id, listener in tuple(self._entries):
            wanted = [e for e in events if e.session_id == session_id] if session_id else events
            if not wanted:
                continue
            try:
                listener(wanted)
            except Exception:  # a listener's defect must not keep events from the others, or stop the log
                _log.exception("A listener failed on events %s to %s", wanted[0].seq, wanted[-1].seq)
