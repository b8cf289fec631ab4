"""The beat of the window: when many panes change at once, they are painted in turn and not all together.

One frame is 33 ms. Painting sixteen panes in the same frame stalls the window for as long as all of them take;
in turn, each takes its own few milliseconds. The more panes are seen, the longer until the same one has its
turn again, so that the work per second stays bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 8
TICKS_PER_FRAME = 4


class Flushable(Protocol):
    """Something that gathers changes and shows them when it has its turn."""

    @property
    def has_news(self) -> bool:
        """Whether ``flush`` has something to show."""

    def flush(self) -> None:
        """Shows what has changed since the last time."""


class FlushClock(QObject):
    """Ticks only while there is news.

    ``frame`` is called at the beginning of every frame, before the turns; it returns whether it had something
    to do. ``members`` returns those who take turns, ``watched`` how many of them are seen.
    """

    def __init__(
        self,
        frame: Callable[[], bool],
        members: Callable[[], Sequence[Flushable]],
        watched: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._frame = frame
        self._members = members
        self._watched = watched
        self._position = 0
        self._quiet_ticks = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def is_ticking(self) -> bool:
        """Whether it ticks now."""
        return self._timer.isActive()

    def wake(self) -> None:
        """Says that there is news: its first part is shown at once, then in turns."""
        self._quiet_ticks = 0
        if not self._timer.isActive():
            self._position = -1
            self._timer.start()

    def close(self) -> None:
        """Stops ticking for good."""
        self._timer.stop()

    def tick(self) -> None:
        """Takes one step: a frame when it is due, then the members whose turn it is."""
        period = self._period()
        self._position = (self._position + 1) % period
        self._quiet_ticks += 1
        if self._position % TICKS_PER_FRAME == 0 and self._frame():
            self._quiet_ticks = 0
        members = self._members()
        for number, member in enumerate(members):
            if number * period // len(members) == self._position and member.has_news:
                member.flush()
                self._quiet_ticks = 0
        if self._quiet_ticks > period:
            self._timer.stop()

    def _period(self) -> int:
        """Returns after how many ticks the same member has its turn again."""
        seen = self._watched()
        frames = 1 if seen <= 1 else 2 if seen <= 4 else 4
        return frames * TICKS_PER_FRAME
