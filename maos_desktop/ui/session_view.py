"""One session: its plan, its agents, what passed between them, and its report."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.errors import KnownError
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.message import Importance
from maos_desktop.model.session import SessionState
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.ui import theme
from maos_desktop.ui.agents_view import AgentsView
from maos_desktop.ui.banner import Banner
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.plan_gate import PlanGate
from maos_desktop.ui.plan_strip import PlanStrip
from maos_desktop.ui.report_view import ReportView
from maos_desktop.ui.session_header import SessionHeader
from maos_desktop.ui.tasks import TaskOwner
from maos_desktop.ui.timeline_view import TimelineView

_TIMELINE_SHARE = 0.28


class SessionView(QWidget):
    """Shows a ``LiveSession`` and passes on what the user wants of it.

    Attributes:
        live: the session.
        agents: its panes.

    Signals:
        changed: its state, its figures, or what can be done with it.
    """

    changed = Signal()

    def __init__(self, live: LiveSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionView")
        self.live = live
        self._tasks = TaskOwner(self.show_error)
        self._bridge = SessionBridge(live, self)
        self._header = SessionHeader(live.title, live.settings, self)
        self._strip = PlanStrip(self)
        self._banner = Banner(self)
        self._banner.setObjectName("sessionBanner")
        self._error = Banner(self)
        self._error.setObjectName("errorBanner")
        self.agents = AgentsView(self._bridge)
        self._report = ReportView(self)
        self._timeline = TimelineView(self._bridge.timeline, self._bridge.agents)
        self._gate = PlanGate(live, self._tasks, self)
        self._had_report = False
        self._was_shown = False
        self._lay_out()
        self._connect()
        self._refresh()

    @property
    def fold(self) -> SessionFold:
        """What is known of the session now."""
        return self._bridge.fold

    # --- its life ---

    async def load(self) -> None:
        """Fills every view from the log, the end of it first."""
        await self._bridge.load()
        if self.live.is_running:
            self._tasks.start(self._follow_to_end(), "follow the session")

    async def aclose(self) -> None:
        """Ends what the view has under way; the session itself goes on."""
        self._gate.close()
        self._bridge.close()
        await self._tasks.aclose()

    # --- what can be done with it ---

    @property
    def can_continue(self) -> bool:
        """Whether ``continue_session`` is possible now."""
        return not self.live.is_running and self.fold.state.can_be_continued

    @property
    def needs_plan_decision(self) -> bool:
        """Whether the plan waits for the user."""
        return self.live.is_running and self.fold.state is SessionState.AWAITING_APPROVAL

    @property
    def has_report(self) -> bool:
        """Whether there is a report to show."""
        return self.fold.report is not None

    def possible_actions(self) -> frozenset[str]:
        """Returns which of ``actions.SESSION_ACTIONS`` can be done now."""
        agents = len(self.fold.agents)
        running = self.live.is_running
        possible = {
            "reviewPlan": self.needs_plan_decision,
            "stopSession": running,
            "continueSession": self.can_continue,
            "messageAll": running and agents > 0,
            "interruptAgent": running and agents > 0,
            "nextThatNeedsYou": agents > 0,
            "showAgents": True,
            "showReport": self.has_report,
            "showTimeline": True,
        } | {f"agent{number}": number <= agents for number in range(1, 10)}
        return frozenset(name for name, is_possible in possible.items() if is_possible)

    def continue_session(self) -> None:
        """Goes on where it was interrupted."""
        self._tasks.start(self._continue(), "continue the session")

    def stop_session(self) -> None:
        """Ends all agents; everything is kept."""
        self._tasks.start(self.live.stop(), "stop the session")

    def review_plan(self) -> None:
        """Opens the plan for a decision, or brings it to the front."""
        if self.needs_plan_decision:
            self._gate.review(self.fold)

    def show_agents(self) -> None:
        """Shows the agents' panes."""
        self._stack.setCurrentWidget(self._split)
        self._header.show_view("agents", has_report=self.has_report)

    def show_report(self) -> None:
        """Shows the report, if there is one."""
        if self.has_report:
            self._stack.setCurrentWidget(self._report)
            self._header.show_view("report", has_report=True)

    def show_timeline(self, shown: bool) -> None:
        """Shows or hides what passed between the agents, below their panes."""
        self._timeline.setVisible(shown)
        if shown:
            self.show_agents()
        self._header.show_timeline(shown)
        self.changed.emit()

    @property
    def timeline_is_shown(self) -> bool:
        """Whether the timeline is shown."""
        return not self._timeline.isHidden()

    def show_agent_at(self, number: int) -> None:
        """Goes to the agent with that number in the list of agents, counted from 0."""
        self.show_agents()
        self.agents.show_agent_at(number)

    def show_next_that_needs_you(self) -> None:
        """Goes to the next agent that waits for the user."""
        self.show_agents()
        self.agents.show_next_that_needs_you()

    def interrupt_current_agent(self) -> None:
        """Pauses the agent whose pane has the user's attention, if one has."""
        agent_id = self.agents.current_agent()
        if agent_id is not None:
            self._interrupt(agent_id)

    def write_to(self, agent_id: AgentId | None) -> None:
        """Starts a message to one agent, or to all."""
        self.show_agents()
        self.agents.write_to(agent_id)

    def show_error(self, error: KnownError) -> None:
        """Shows what went wrong with something the user wanted."""
        self._error.show_error(error)

    # --- inside: layout ---

    def _lay_out(self) -> None:
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.setObjectName("timelineSplitter")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.agents)
        self._split.addWidget(self._timeline)
        self._split.setStretchFactor(0, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._split)
        self._stack.addWidget(self._report)
        banners = QVBoxLayout()
        banners.setContentsMargins(theme.L, theme.XS, theme.L, 0)
        banners.setSpacing(theme.XS)
        banners.addWidget(self._error)
        banners.addWidget(self._banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._strip)
        column.addLayout(banners)
        column.addWidget(self._stack, 1)
        self._header.show_timeline(True)

    def _connect(self) -> None:
        header, agents = self._header, self.agents
        header.stop_requested.connect(self.stop_session)
        header.agents_requested.connect(self.show_agents)
        header.report_requested.connect(self.show_report)
        header.timeline_toggled.connect(self.show_timeline)
        self._banner.action_requested.connect(self._do_what_the_banner_offers)
        self._strip.agent_chosen.connect(self._show_agent)
        self._report.agent_chosen.connect(self._show_agent)
        self._report.failed.connect(self.show_error)
        self._timeline.open_agent.connect(self._show_agent)
        agents.message_submitted.connect(self._send)
        agents.interrupt_requested.connect(self._interrupt)
        agents.resume_requested.connect(self._resume)
        agents.permission_decided.connect(self._decide_permission)
        self._bridge.session_changed.connect(self._refresh)
        self._bridge.agents_changed.connect(self.changed)
        self._bridge.plan_changed.connect(self._show_plan)
        self._bridge.report_changed.connect(self._show_report)

    # --- inside: the session's own changes ---

    async def _continue(self) -> None:
        await self.live.continue_()
        await self._follow_to_end()

    async def _follow_to_end(self) -> None:
        self._refresh()
        await self.live.wait_finished()
        self._refresh()

    def _refresh(self) -> None:
        running = self.live.is_running
        self._header.show_state(self.fold.state, running=running)
        self.agents.set_active(running and self.fold.state is SessionState.RUNNING)
        self._show_banner()
        self._follow_plan_decision()
        self.changed.emit()

    def _show_banner(self) -> None:
        state = self.fold.state
        if self.needs_plan_decision:
            text = self.tr("The plan waits for you. No agent works on it before you approve it.")
            self._banner.show_message("info", text, action=self.tr("Review the plan"), closable=False)
        elif self.fold.failure is not None and state is SessionState.FAILED:
            self._banner.show_failure(self.fold.failure, action=self.tr("Continue"))
        elif self.can_continue:
            text = self.tr("This session was interrupted. Everything up to there was kept.")
            more = self.tr("Finished tasks stay finished; the other agents go on where they were.")
            self._banner.show_message("warning", text, more, action=self.tr("Continue"), closable=False)
        else:
            self._banner.hide()

    def _do_what_the_banner_offers(self) -> None:
        if self.needs_plan_decision:
            self.review_plan()
        else:
            self.continue_session()

    def _show_plan(self) -> None:
        self._strip.show_plan(self.fold.plan, self.fold.tasks)

    def _show_report(self) -> None:
        report = self.fold.report
        self._report.show_report(self.live.title, self.live.settings.backend, report)
        is_new = report is not None and not self._had_report
        self._had_report = report is not None
        if is_new:
            self.show_report()
        elif report is None:
            self.show_agents()

    def _follow_plan_decision(self) -> None:
        if not self.needs_plan_decision:
            self._gate.close()
        elif self.isVisible():
            self._gate.offer(self.fold)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            # Shares of a height that is known only now.
            below = round(self._stack.height() * _TIMELINE_SHARE)
            self._split.setSizes([self._stack.height() - below, below])
        self._follow_plan_decision()

    # --- inside: what the user does to agents ---

    def _show_agent(self, agent_id: str) -> None:
        self.show_agents()
        self.agents.show_agent(AgentId(agent_id))

    def _send(self, to: AgentId | None, text: str, importance: Importance) -> None:
        self._tasks.start(self.live.send_message(to, text, importance), "send a message")

    def _interrupt(self, agent_id: str) -> None:
        self._tasks.start(self.live.interrupt(AgentId(agent_id)), "interrupt an agent")

    def _resume(self, agent_id: str) -> None:
        if self.can_continue:  # no agent of a session at rest goes on alone
            self.continue_session()
        else:
            self._tasks.start(self.live.resume_agent(AgentId(agent_id)), "let an agent go on")

    def _decide_permission(self, request_id: str, input_sha256: str, allowed: bool, message: str) -> None:
        decision = self.live.decide_permission(request_id, input_sha256, allowed, message)
        self._tasks.start(decision, "answer a permission question")
