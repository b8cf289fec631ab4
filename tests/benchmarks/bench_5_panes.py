"""Target 5: sixteen panes of 10,000 lines each, streamed to with 2,000 deltas a second.

Ours renders Markdown and goes the whole way through the bridge: events, fold, models, transcripts. The peers are a bare
window under the same load generator (for the stall) and a ``QTextEdit`` per pane that takes every delta as plain
text (for CPU and memory). Each runs in a process of its own, in turn, several times; medians count.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Literal

from PySide6.QtWidgets import QApplication, QWidget

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, EventListener, LoggedEvent, SessionEvent
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.plan import Role
from maos_desktop.ui.agent_pane import AgentPane
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.theme import Theme
from tests.benchmarks.measurement import Measurement, median_of
from tests.benchmarks.pane_load import PANES, BareWindow, Contender, Figures, TextEdits, drive, history

ROUNDS = 3
AGENTS = [AgentId(f"tester-{number}") for number in range(PANES)]
Name = Literal["bare", "text edits", "ours"]
NAMES: tuple[Name, ...] = ("bare", "text edits", "ours")


class OurPanes:
    """Agents' panes on a bridge; the log itself is left out, as this target is about the window."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._seq = 0
        self._blocks = [0] * PANES
        self._listener: EventListener = lambda events: None
        self._bridge = SessionBridge(self)

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        self._listener = listener
        return lambda: None

    async def events(self, after_seq: int = 0, limit: int | None = None) -> list[LoggedEvent]:
        return []

    async def tail(self, per_agent: int = 200) -> list[LoggedEvent]:
        return []

    def make_panes(self) -> list[QWidget]:
        for number, agent_id in enumerate(AGENTS):
            self._publish(
                ev.AgentAssigned(agent_id=agent_id, role=Role.TESTER, title="Look at the tests"),
                ev.AgentStateChanged(agent_id=agent_id, state=AgentState.WORKING),
                *(self._output(number, text, True) for text in history(number)),
            )
        panes = [AgentPane(self._bridge.transcript(agent_id), self._bridge.color_of) for agent_id in AGENTS]
        for pane in panes:
            self._bridge.agents_changed.connect(pane.refresh)
        self._bridge.watch(frozenset(AGENTS))
        return list(panes)

    def append(self, pieces: list[tuple[int, str, bool]]) -> None:
        self._publish(*(self._output(*piece) for piece in pieces))

    def _output(self, pane: int, text: str, closed: bool) -> SessionEvent:
        block = self._blocks[pane]
        self._blocks[pane] += closed
        # Not validated, as events are not when they go from the writer to its listeners.
        return ev.OutputAppended.model_construct(
            agent_id=AGENTS[pane], block=block, block_kind="text", text=text, closed=closed
        )

    def _publish(self, *events: SessionEvent) -> None:
        logged = []
        for event in events:
            self._seq += 1
            logged.append(
                LoggedEvent.model_construct(session_id=SessionId("bench"), seq=self._seq, at=self._now, event=event)
            )
        self._listener(logged)


def run_contender(name: Name) -> Figures:
    """Runs one contender in this process."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    Theme(application, "light")
    contender: Contender = BareWindow() if name == "bare" else TextEdits() if name == "text edits" else OurPanes()
    return drive(application, contender)


def measure() -> list[Measurement]:
    figures: dict[Name, list[Figures]] = {name: [] for name in NAMES}
    fresh = multiprocessing.get_context("spawn")
    for _ in range(ROUNDS):
        for name in NAMES:
            with ProcessPoolExecutor(1, mp_context=fresh) as process:
                figures[name].append(process.submit(run_contender, name).result())
    bare, peer, ours = (figures[name] for name in NAMES)
    stall, bare_stall = (median_of(f.stall_ms for f in runs) for runs in (ours, bare))
    cpu, peer_cpu = (median_of(f.cpu * 100 for f in runs) for runs in (ours, peer))
    memory, peer_memory = (median_of(f.megabytes for f in runs) for runs in (ours, peer))
    edits = "QTextEdit per delta"
    return [
        Measurement(5, "16 panes, stall p99", stall, "bare window", bare_stall, "ms", "at most", 2),
        Measurement(5, "16 panes, CPU", cpu, edits, peer_cpu, "% of a core", "at most", 0.5),
        Measurement(5, "16 panes, memory", memory, edits, peer_memory, "MB", "at most", 0.2),
    ]
