"""Target 6, the window's half: a session of 100,000 events is reopened, from the click to panes one can read.

Measured from the call of the bridge to the first paint that shows the end of every visible pane, then to the whole
fold, while a timer of one millisecond watches whether the window stays responsive. The peer is raw sqlite3 reading the
same tail, and the same whole log, from the file of the store's half.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import qasync
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from maos_desktop.model.event import EventListener, LoggedEvent
from maos_desktop.store import Database, EventReader
from maos_desktop.ui.agents_view import AgentsView
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.theme import Theme
from maos_desktop.ui.transcript.text_surface import TextSurface
from tests.benchmarks.bench_6_reopen import (
    EVENTS,
    SESSION,
    make_peer,
    make_session,
    raw_tail,
    raw_whole,
    rows_of,
)
from tests.benchmarks.measurement import Measurement, collector_off, median_of

ROUNDS = 5
FIRST_PAINT_MS, STALL_MS = 300.0, 100.0


class StoredSession:
    """A session as it lies in the database; nothing happens in it any more."""

    def __init__(self, reader: EventReader) -> None:
        self._reader = reader

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        return lambda: None

    async def events(self, after_seq: int = 0, limit: int | None = None) -> Sequence[LoggedEvent]:
        return await self._reader.read(SESSION, after_seq, limit)

    async def tail(self, per_agent: int = 200) -> Sequence[LoggedEvent]:
        return [row.logged(SESSION) for row in await self._reader.read_tail(SESSION, per_agent)]


class Stopwatch:
    """Notes the longest time for which the loop was kept from a timer of one millisecond."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = time.perf_counter()
        self.gaps: list[float] = []
        self._timer.start(1)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def close(self) -> None:
        self._timer.stop()

    @property
    def p99(self) -> float:
        return sorted(self.gaps)[int(len(self.gaps) * 0.99)]


async def reopen(path: Path, times: dict[str, list[float]]) -> None:
    """Opens the session in a window as the app does, and notes how long each part took, in seconds."""
    database = await Database.open(path, read_only=True)
    bridge = SessionBridge(StoredSession(EventReader(database)))
    view = AgentsView(bridge)
    view.resize(1600, 1000)
    view.show()
    await asyncio.sleep(0.2)
    stopwatch, start = Stopwatch(), time.perf_counter()

    def on_first_fold() -> None:
        if bridge.fold.agents and not painted:
            view.repaint()
            assert any(surface.isVisible() for surface in view.findChildren(TextSurface))
            painted.append(time.perf_counter() - start)

    painted: list[float] = []
    bridge.agents_changed.connect(on_first_fold)
    await bridge.load()
    times["whole"].append(time.perf_counter() - start)
    await asyncio.sleep(0.05)
    times["painted"] += painted
    times["stall"].append(stopwatch.p99)
    assert bridge.fold.last_seq == EVENTS
    stopwatch.close()
    bridge.close()
    view.close()
    await database.aclose()


def time_peer(path: Path, times: dict[str, list[float]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for name, read in (("raw tail", raw_tail), ("raw whole", raw_whole)):
            with collector_off():
                start = time.perf_counter()
                read(connection)
                times[name].append(time.perf_counter() - start)


def measure() -> list[Measurement]:
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    times: dict[str, list[float]] = {name: [] for name in ("painted", "whole", "stall", "raw tail", "raw whole")}
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = Path(folder) / "ours.sqlite3", Path(folder) / "peer.sqlite3"
        asyncio.run(make_session(ours))
        make_peer(peer, asyncio.run(rows_of(ours)))
        application = QApplication([])
        application.setQuitOnLastWindowClosed(False)
        Theme(application, "light")
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
            for _ in range(ROUNDS):
                runner.run(reopen(ours, times))
                time_peer(peer, times)
    ms = {name: median_of(samples) * 1_000 for name, samples in times.items()}
    first, whole = "reopen to first useful paint", "100,000 events folded in the background"
    return [
        Measurement(6, first, ms["painted"], "limit", FIRST_PAINT_MS, "ms", "at most", 1),
        Measurement(6, first, ms["painted"], "tail by raw sqlite3", ms["raw tail"], "ms", "at most", 2),
        Measurement(6, whole, ms["whole"], "raw sqlite3", ms["raw whole"], "ms", "at most", 3),
        Measurement(6, "stall p99 meanwhile", ms["stall"], "limit", STALL_MS, "ms", "at most", 1),
    ]
