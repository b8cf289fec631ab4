"""All agents of a session: the list by need, their panes, and the line to write to them."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.ids import AgentId
from maos_desktop.ui import theme
from maos_desktop.ui.agent_list import AgentList
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.item_models.agent_list_model import AgentGroup, AgentRole, AgentsByNeed, group_of
from maos_desktop.ui.message_composer import MessageComposer
from maos_desktop.ui.pane_area import PaneArea, arrange

_LIST_WIDTH = 240
_SECOND_MS = 1_000
_NOT_TEAM = ("planner", "synthesis")


class AgentsView(QWidget):
    """Shows the agents of a ``SessionBridge``.

    Signals:
        message_submitted: to whom (``None`` for all), the text, and an ``Importance``.
        interrupt_requested, resume_requested: with the agent's id.
        permission_decided: request id, hash of the input that was shown, whether it is allowed, a message.
    """

    message_submitted = Signal(object, str, object)
    interrupt_requested = Signal(str)
    resume_requested = Signal(str)
    permission_decided = Signal(str, str, bool, str)

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        self.setObjectName("agentsView")
        self._bridge = bridge
        self._focused: AgentId | None = None
        self._current: AgentId | None = None
        self._list = AgentList(AgentsByNeed(bridge.agents, self), bridge.color_of)
        self._area = PaneArea(bridge)
        self._composer = MessageComposer()
        self._seconds = QTimer(self)
        self._seconds.setInterval(_SECOND_MS)
        self._seconds.timeout.connect(self._on_second)
        self._lay_out()
        self._connect()
        self._on_agents_changed()

    # --- what the user is shown ---

    def show_agent(self, agent_id: AgentId) -> None:
        """Goes to an agent: to its pane where that is shown, else to the agent alone."""
        if agent_id not in self._bridge.fold.agents:
            return
        self._current = agent_id
        if agent_id in self._area.arrangement.tiles:
            self._focused = None
        elif agent_id not in self._area.arrangement.panes:
            self._focused = agent_id if self._is_alone(agent_id) else None
        self._arrange()
        pane = self._area.pane(agent_id)
        if pane is not None and not self._list.hasFocus():
            pane.transcript.setFocus()

    def show_agent_at(self, number: int) -> None:
        """Goes to the agent with that number in the list, counted from 0; does nothing when there is none."""
        index = self._list.model().index(number, 0)
        if index.isValid():
            self.show_agent(index.data(AgentRole.ID))

    def current_agent(self) -> AgentId | None:
        """Returns the agent whose pane had the keyboard or was chosen last, else the only one."""
        shown = self._area.arrangement.panes
        chosen = self._focused or self._current
        return chosen if chosen in shown else shown[0] if len(shown) == 1 else None

    def show_next_that_needs_you(self) -> None:
        """Goes to the next agent that waits for the user, after the one that is shown."""
        agents = self._bridge.fold.agents
        waiting = [a.id for a in agents.values() if group_of(a.state) is AgentGroup.NEEDS_YOU]
        if waiting:
            shown = self._focused or self._current
            following = waiting.index(shown) + 1 if shown in waiting else 0
            self.show_agent(waiting[following % len(waiting)])

    def show_only(self, agent_id: AgentId | None) -> None:
        """Lets one agent fill the view; ``None`` shows all again."""
        self._focused = agent_id
        self._current = agent_id or self._current
        self._arrange()

    def write_to(self, agent_id: AgentId | None) -> None:
        """Starts a message to an agent, or to all."""
        self._composer.write_to(agent_id)

    def set_active(self, active: bool) -> None:
        """Says whether the session runs, so that agents can be written to."""
        self._composer.setEnabled(active)

    # --- inside ---

    def _lay_out(self) -> None:
        self._empty = QLabel(self.tr("The agents appear here as soon as they start."))
        self._empty.setProperty("tone", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right = QWidget()
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.S, theme.S, theme.M, theme.S)
        column.setSpacing(theme.S)
        column.addLayout(self._stack, 1)
        column.addWidget(self._composer)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("agentsSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._list)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_WIDTH, 4 * _LIST_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        self._bridge.agents_changed.connect(self._on_agents_changed)
        self._bridge.session_changed.connect(self._renew_timer)
        self._bridge.agents.dataChanged.connect(self._area.refresh)
        self._list.chosen.connect(self.show_agent)
        self._list.opened.connect(self.show_only)
        self._area.tile_chosen.connect(self.show_agent)
        self._area.focus_toggled.connect(lambda agent_id, focus: self.show_only(agent_id if focus else None))
        self._area.message_requested.connect(self.write_to)
        self._area.interrupt_requested.connect(self.interrupt_requested)
        self._area.resume_requested.connect(self.resume_requested)
        self._area.permission_decided.connect(self.permission_decided)
        self._composer.submitted.connect(self.message_submitted)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_moved)

    def _on_agents_changed(self) -> None:
        agents = self._bridge.fold.agents
        self._composer.set_agents([a.id for a in agents.values() if a.role not in _NOT_TEAM])
        self._stack.setCurrentWidget(self._area if agents else self._empty)
        self._arrange()
        self._renew_timer()

    def _arrange(self) -> None:
        agents = self._bridge.fold.agents.values()
        team = [agent.id for agent in agents if agent.role not in _NOT_TEAM]
        others = [agent.id for agent in agents if agent.role in _NOT_TEAM]
        wanted = arrange(team, others, self._focused, self._current)
        focused = self._focused is not None
        self._area.show_arrangement(wanted, focused=focused)
        self._show_current()

    def _show_current(self) -> None:
        """Marks the current agent in the list, and among several panes."""
        current = self.current_agent()
        self._list.select(current)
        self._area.show_current(current if self._area.arrangement.kind == "grid" else None)

    def _on_focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        agent_id = self._area.agent_around(now) if now is not None else None
        if agent_id is not None and agent_id != self._current:
            self._current = agent_id
            self._show_current()

    def _is_alone(self, agent_id: AgentId) -> bool:
        """Whether the agent has no place among the team's panes."""
        return self._bridge.fold.agents[agent_id].role in _NOT_TEAM or self._focused is not None

    def _renew_timer(self) -> None:
        """The seconds are counted only while somebody works and somebody looks."""
        fold = self._bridge.fold
        works = any(a.started_at and not a.ended_at for a in fold.agents.values())
        if works and fold.state.is_active and self.isVisible():
            self._seconds.start()
        else:
            self._seconds.stop()

    def _on_second(self) -> None:
        self._area.refresh_times()
        self._list.viewport().update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew_timer()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._renew_timer()
