"""Keeps what the window shows of one session equal to its log."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from maos_desktop.model.event import EventListener, LoggedEvent
from maos_desktop.model.fold import Change, SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.ui import theme
from maos_desktop.ui.flush_clock import FlushClock
from maos_desktop.ui.item_models.agent_list_model import AgentListModel
from maos_desktop.ui.item_models.timeline_model import TimelineModel
from maos_desktop.ui.item_models.transcript_model import TranscriptModel

CHUNK = 500
"""Events folded in one go while the whole log is read: a few milliseconds."""
ACTIVITY_FRAMES = 8
"""Frames between two looks at what agents are doing: a line nobody could read faster."""
TAIL_PER_AGENT = 200


class SessionSource(Protocol):
    """What the bridge needs of a ``LiveSession``."""

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        """Calls ``listener`` with each committed batch; returns what ends that."""

    async def events(self, after_seq: int = 0, limit: int | None = None) -> Sequence[LoggedEvent]:
        """Returns committed events in order."""

    async def tail(self, per_agent: int = 200) -> Sequence[LoggedEvent]:
        """Returns what a first look needs."""


class SessionBridge(QObject):
    """Folds a session's events and tells the models, a frame at a time.

    Attributes:
        fold: the state of the session. Replaced once when a long log has been read to its start.
        agents, timeline: the models of the session.
        clock: the beat in which the models are told.
        watched: the agents whose panes are seen.

    Signals:
        session_changed: state, title, cost or tokens.
        plan_changed: the plan, or the state of one of its tasks.
        report_changed: the report is there.
        agents_changed: agents were added, or one has another state.
        loaded: the whole log has been folded.
    """

    session_changed = Signal()
    plan_changed = Signal()
    report_changed = Signal()
    agents_changed = Signal()
    loaded = Signal()

    def __init__(self, source: SessionSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._waiting: list[LoggedEvent] = []
        self._since_tail: list[LoggedEvent] | None = []
        self.fold = SessionFold()
        self.agents = AgentListModel(self.fold, self)
        self.timeline = TimelineModel(self.fold, self)
        self._transcripts: dict[AgentId, TranscriptModel] = {}
        self.watched: frozenset[AgentId] = frozenset()
        self._busy: set[AgentId] = set()
        self._frames = 0
        self._closed = False
        self.clock = FlushClock(
            self._on_frame, lambda: list(self._transcripts.values()), lambda: len(self.watched), self
        )
        self._unsubscribe = source.subscribe(self._take)

    def transcript(self, agent_id: AgentId) -> TranscriptModel:
        """Returns the model of an agent's pane; always the same one."""
        model = self._transcripts.get(agent_id)
        if model is None:
            model = self._transcripts[agent_id] = TranscriptModel(agent_id, self.fold, self)
        return model

    def color_of(self, agent_id: AgentId) -> QColor:
        """Returns the colour of an agent, the accent for the user."""
        row = self.agents.row_of(agent_id)
        return theme.agent_color(row) if row >= 0 else theme.color("accent")

    def watch(self, agent_ids: frozenset[AgentId]) -> None:
        """Says whose panes are seen: the more there are, the calmer each one is refreshed."""
        self.watched = agent_ids

    async def load(self) -> None:
        """Shows the end of the log first, then folds all of it while the window stays responsive.

        Raises what the source raises; after ``close`` it ends quietly at its next step.
        """
        tail = await self._source.tail(TAIL_PER_AGENT)
        fold = SessionFold()
        for start in range(0, len(tail), CHUNK):
            await _apply(fold, tail[start : start + CHUNK])
        self._rebase(fold)
        if len(tail) != fold.last_seq:
            self._rebase(await self._whole_fold())
        if self._closed:
            return
        self._since_tail = None
        # A long session is a million objects that live as long as its window: without this the collector would
        # stop the window again and again to look at all of them.
        gc.freeze()
        self.loaded.emit()

    def close(self) -> None:
        """Hears and shows nothing more. Safe to call twice."""
        if not self._closed:
            self._closed = True
            self._unsubscribe()
            self.clock.close()

    # --- events ---

    def _take(self, events: Sequence[LoggedEvent]) -> None:
        self._waiting += events
        if self._since_tail is not None:
            self._since_tail += events
        self.clock.wake()

    async def _whole_fold(self) -> SessionFold:
        fold = SessionFold()
        while not self._closed and (events := await self._source.events(after_seq=fold.last_seq, limit=CHUNK)):
            await _apply(fold, events)
        return fold

    def _rebase(self, fold: SessionFold) -> None:
        """Shows another fold, brought up to what has been heard of since."""
        if self._closed:
            return
        for logged in self._since_tail or ():
            if logged.seq > fold.last_seq:
                fold.apply(logged)
        self._waiting.clear()
        self.fold = fold
        self.agents.rebase(fold)
        self.timeline.rebase(fold)
        for model in self._transcripts.values():
            model.rebase(fold)
        for signal in (self.session_changed, self.plan_changed, self.report_changed, self.agents_changed):
            signal.emit()

    def _on_frame(self) -> bool:
        """Folds what has come in since the last frame and tells the quick models."""
        events, self._waiting = self._waiting, []
        changes = [change for logged in events if logged.seq > self.fold.last_seq for change in self.fold.apply(logged)]
        self._route_entries(changes)
        rows = {change.index for change in changes if change.part == "row"}
        if rows:
            self._route_messages(rows)
            self.timeline.refresh(rows)
        self._tell_agents({change.agent_id for change in changes if change.part == "agent" and change.agent_id})
        parts = {change.part for change in changes}
        if "session" in parts:
            self.session_changed.emit()
        if "plan" in parts:
            self.plan_changed.emit()
        if "report" in parts:
            self.report_changed.emit()
        return bool(events) or bool(self._busy)

    def _route_entries(self, changes: list[Change]) -> None:
        for change in changes:
            if change.part == "entry" and change.agent_id is not None:
                self._busy.add(change.agent_id)
                model = self._transcripts.get(change.agent_id)
                if model is not None:
                    model.touch(change.index)

    def _route_messages(self, rows: set[int]) -> None:
        """A message that has come further looks different in the panes of its sender and receivers."""
        for number in rows:
            row = self.fold.timeline[number]
            if row.message_id is None:
                continue
            for agent_id in (row.sender, *row.receivers):
                model = self._transcripts.get(AgentId(agent_id))
                if model is not None:
                    model.touch_message(row.message_id)

    def _tell_agents(self, changed: set[AgentId]) -> None:
        self._frames += 1
        if self._frames % ACTIVITY_FRAMES == 0 or changed:
            known = self.agents.rowCount()
            self.agents.refresh(changed | self._busy)
            self._busy.clear()
            if changed or self.agents.rowCount() > known:
                self.agents_changed.emit()


async def _apply(fold: SessionFold, events: Sequence[LoggedEvent]) -> None:
    """Folds events, and lets the window have its turn."""
    for logged in events:
        fold.apply(logged)
    await asyncio.sleep(0)
