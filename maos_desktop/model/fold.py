"""The state of a session as a fold over its events: the one source of the window, the twin and a resume."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from maos_desktop.model import event as ev
from maos_desktop.model.agent_fold import AgentFold, Change
from maos_desktop.model.event import AgentState, Failure, LoggedEvent, SessionEvent
from maos_desktop.model.ids import USER, AgentId, TaskId
from maos_desktop.model.message import DeliveryState, Importance
from maos_desktop.model.plan import Plan
from maos_desktop.model.report import Report
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.model.task_fold import TaskEvent, TaskFold, TaskState
from maos_desktop.model.timeline_fold import TimelineFold
from maos_desktop.model.transcript import MessageEntry, NoticeEntry, PermissionEntry

__all__ = ["AgentFold", "Change", "SessionFold", "TaskFold", "TaskState", "session_state_after"]

_DECIDED = {
    "approved": SessionState.RUNNING,
    "ask_again": SessionState.PLANNING,
    "rejected": SessionState.REJECTED,
}


def session_state_after(event: SessionEvent) -> SessionState | None:
    """Returns the session's state once ``event`` has happened, or ``None`` when it does not change it."""
    match event:
        case ev.SessionCreated() | ev.PlanRequested():
            return SessionState.PLANNING
        case ev.PlanProposed() | ev.PlanRefused(final=True):
            return SessionState.AWAITING_APPROVAL
        case ev.PlanDecided(decision=decision):
            return _DECIDED[decision]
        case ev.SessionContinued():
            return SessionState.RUNNING
        case ev.SynthesisStarted():
            return SessionState.SYNTHESISING
        case ev.SessionInterrupted():
            return SessionState.INTERRUPTED
        case ev.SessionFinished(outcome=outcome):
            return SessionState(outcome)
    return None


class SessionFold:
    """Applies events in order of ``seq``. Also takes a tail of the log: what it cannot place it leaves out.

    Attributes:
        settings, title, state: of the session; ``settings`` is ``None`` until ``SessionCreated`` was applied.
        plan: the approved plan, else the one proposed last.
        tasks, agents, messages: by id, in order of appearance.
        timeline: rows in order of ``seq``.
        permissions: the questions nobody has answered yet, by request id.
        report, failure: how it ended.
        last_seq: the ``seq`` applied last.
        active_seconds, active_since: how long work has been under way in all, up to the last pause, and since
            when it is now; ``None`` while it is not.
    """

    def __init__(self, events: Iterable[LoggedEvent] = ()) -> None:
        self.settings: SessionSettings | None = None
        self.title = ""
        self.state = SessionState.PLANNING
        self.plan: Plan | None = None
        self.plan_refusal = ""
        self.approved = False
        self.tasks: dict[TaskId, TaskFold] = {}
        self.agents: dict[AgentId, AgentFold] = {}
        self.permissions: dict[str, PermissionEntry] = {}
        self.discoveries: list[ev.DiscoveryAnnounced] = []
        self.proposals: list[ev.SubtaskProposed] = []
        self.report: Report | None = None
        self.failure: Failure | None = None
        self.cost_usd: float | None = None
        self.tokens = 0
        self.created_at: datetime | None = None
        self.last_at: datetime | None = None
        self.last_seq = 0
        self.active_seconds = 0.0
        self.active_since: datetime | None = None
        self._timeline = TimelineFold()
        self.timeline = self._timeline.rows
        self.messages = self._timeline.messages
        for logged in events:
            self.apply(logged)

    def apply(self, logged: LoggedEvent) -> list[Change]:
        """Folds one event in and returns what it changed."""
        self.last_seq = logged.seq
        self.last_at = logged.at
        event = logged.event
        changes = self._apply_output(logged, event)
        if changes is None:
            changes = self._apply_agent(logged, event)
        if changes is None:
            changes = self._apply_bus(logged, event)
        if changes is None:
            changes = self._apply_session(logged, event)
        state = session_state_after(event)
        if state is not None:
            self.state = state
            self._count_time(logged.at)
            changes.append(Change("session"))
        return changes

    def _count_time(self, at: datetime) -> None:
        if self.active_since is None and self.state.is_active:
            self.active_since = at
        elif self.active_since is not None and not self.state.is_active:
            self.active_seconds += max(0.0, (at - self.active_since).total_seconds())
            self.active_since = None

    def _agent(self, agent_id: AgentId) -> AgentFold:
        agent = self.agents.get(agent_id)
        if agent is None:
            agent = self.agents[agent_id] = AgentFold(agent_id)
        return agent

    # --- output: the hot path ---

    def _apply_output(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        match event:
            case ev.OutputAppended():
                return [self._agent(event.agent_id).append_output(logged, event)]
            case ev.ToolStarted():
                return [self._agent(event.agent_id).start_tool(logged, event)]
            case ev.ToolFinished():
                return self._agent(event.agent_id).finish_tool(event)
            case ev.PromptSent():
                return [self._agent(event.agent_id).enter_prompt(logged, event)]
        return None

    # --- agents and their tasks ---

    def _apply_agent(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        match event:
            case ev.AgentAssigned():
                agent = self._agent(event.agent_id)
                agent.role, agent.task_id, agent.title = event.role, event.task_id, event.title
                return [Change("agent", agent.id)]
            case ev.AgentStarted():
                return [self._agent(event.agent_id).open_conversation(event)]
            case ev.AgentStateChanged():
                return [self._agent(event.agent_id).set_state(event.state, event.reason, logged.at)]
            case ev.TurnFinished():
                return self._count_turn(event)
            case ev.AgentFailed():
                return self._fail_agent(logged, event)
            case ev.RetryNoticed():
                return [self._agent(event.agent_id).enter_retry(logged, event)]
            case ev.PermissionRequested():
                return self._ask_permission(logged, event)
            case ev.PermissionDecided():
                return self._decide_permission(logged, event)
            case ev.TaskStarted() | ev.TaskCompleted() | ev.TaskFailed() | ev.TaskSkipped():
                return self._apply_task(logged, event)
        return None

    def _apply_task(self, logged: LoggedEvent, event: TaskEvent) -> list[Change]:
        text = self.tasks.setdefault(event.task_id, TaskFold()).apply(event)
        who = "" if isinstance(event, ev.TaskSkipped) else event.agent_id
        return [Change("plan"), self._timeline.note(logged, "task", who, text)]

    def _count_turn(self, event: ev.TurnFinished) -> list[Change]:
        self.tokens += event.usage.input_tokens + event.usage.output_tokens
        if event.cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + event.cost_usd
        return [self._agent(event.agent_id).count_turn(event), Change("session")]

    def _fail_agent(self, logged: LoggedEvent, event: ev.AgentFailed) -> list[Change]:
        agent, failure = self._agent(event.agent_id), event.failure
        return [
            agent.enter(NoticeEntry(logged.seq, logged.at, "error", failure.what, failure.next_step, failure)),
            agent.set_state(AgentState.FAILED, failure.what, logged.at),
            self._timeline.note(logged, "agent", agent.id, failure.what, importance=Importance.HIGH),
        ]

    def _ask_permission(self, logged: LoggedEvent, event: ev.PermissionRequested) -> list[Change]:
        entry, added = self._agent(event.agent_id).ask_permission(logged, event)
        self.permissions[event.request_id] = entry
        return [
            added,
            self._timeline.note(logged, "permission", event.agent_id, f"Asks to use {event.tool}", (USER,)),
        ]

    def _decide_permission(self, logged: LoggedEvent, event: ev.PermissionDecided) -> list[Change]:
        entry = self.permissions.pop(event.request_id, None)
        word = "Allowed" if event.allowed else "Denied"
        who = "" if event.automatic else USER
        row = self._timeline.note(logged, "permission", who, f"{word} {event.message}".strip(), (event.agent_id,))
        if entry is None:
            return [row]
        asker = self._agent(entry.agent_id)
        return [*asker.answer_permission(event.request_id, event.allowed, event.message), row]

    # --- the bus and the shared context ---

    def _apply_bus(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        note = self._timeline.note
        match event:
            case ev.MessageSent():
                return self._send(logged, event)
            case ev.MessageDelivered():
                return self._advance(logged, event, DeliveryState.DELIVERED)
            case ev.MessageRead():
                return self._advance(logged, event, DeliveryState.READ)
            case ev.MessageAcknowledged():
                return self._advance(logged, event, DeliveryState.ACKNOWLEDGED)
            case ev.MessageRefused():
                text = f"Not sent: {event.reason} — {event.text}"
                return [note(logged, "notice", event.sender, text, event.receivers)]
            case ev.RequestTimedOut():
                text = f"No reply to {event.message_id} within {event.timeout_seconds:g} s"
                return [note(logged, "request", event.sender, text, (event.receiver,))]
            case ev.DiscoveryAnnounced():
                self.discoveries.append(event)
                return []
            case ev.FactRecorded():
                return [note(logged, "fact", event.agent_id, f"{event.key}: {event.text}")]
            case ev.DecisionRecorded():
                text = f"{event.text} (why: {event.why})" if event.why else event.text
                return [note(logged, "decision", event.agent_id, text)]
            case ev.DependencyDeclared():
                return []
            case ev.SubtaskProposed():
                self.proposals.append(event)
                return [note(logged, "plan", event.agent_id, f"Proposes a task: {event.title}", (USER,))]
        return None

    def _send(self, logged: LoggedEvent, event: ev.MessageSent) -> list[Change]:
        changes = [self._timeline.send(logged, event.message)]
        sender = self.agents.get(event.message.sender)
        if sender is not None:
            changes.append(sender.enter(MessageEntry(logged.seq, logged.at, event.message.id, "out")))
        return changes

    def _advance(
        self,
        logged: LoggedEvent,
        event: ev.MessageDelivered | ev.MessageRead | ev.MessageAcknowledged,
        state: DeliveryState,
    ) -> list[Change]:
        arrived, changes = self._timeline.advance(event.message_ids, event.receiver, state)
        for message_id in arrived:
            entry = MessageEntry(logged.seq, logged.at, message_id, "in")
            changes.append(self._agent(event.receiver).enter(entry))
        return changes

    # --- the session, the plan, the answer ---

    def _apply_session(self, logged: LoggedEvent, event: SessionEvent) -> list[Change]:
        note = self._timeline.note
        match event:
            case ev.SessionCreated():
                self.settings, self.title, self.created_at = event.settings, event.title, logged.at
                return [Change("session")]
            case ev.PlanRequested():
                text = f"Another plan: {event.comment}" if event.comment else "Asked for a plan"
                return [note(logged, "plan", USER, text)]
            case ev.PlanRefused():
                self.plan_refusal = event.reason if event.final else ""
                return [Change("plan"), note(logged, "plan", "planner", f"Not a valid plan: {event.reason}")]
            case ev.PlanProposed():
                self._adopt(event.plan)
                return [Change("plan"), note(logged, "plan", "planner", event.plan.goal, (USER,))]
            case ev.PlanDecided():
                return self._decide_plan(logged, event)
            case ev.NoticeRaised():
                return self._raise_notice(logged, event)
            case ev.SynthesisStarted():
                return [note(logged, "report", "synthesis", "Writes the report")]
            case ev.ReportProduced():
                self.report = event.report
                return [Change("report"), note(logged, "report", "synthesis", event.report.summary, (USER,))]
            case ev.SessionContinued():
                return [*self._begin_anew(), note(logged, "session", USER, "Continued")]
            case ev.SessionInterrupted():
                changes = self._cut_off(AgentState.PAUSED, "The session was interrupted", logged.at)
                return [*changes, note(logged, "session", "", event.reason)]
            case ev.SessionFinished():
                self.failure = event.failure
                text = event.failure.what if event.failure else event.outcome.capitalize()
                changes = self._cut_off(AgentState.CANCELLED, "The session ended", logged.at)
                return [*changes, note(logged, "session", "", text)]
        return []

    def _decide_plan(self, logged: LoggedEvent, event: ev.PlanDecided) -> list[Change]:
        if event.plan is not None:
            self._adopt(event.plan)
            self.approved = True
        word = {"approved": "Approved", "ask_again": "Asked for another plan", "rejected": "Rejected"}[event.decision]
        if event.edited:
            word += " with changes"
        who = "" if event.automatic else USER
        text = f"{word}: {event.comment}" if event.comment else word
        return [Change("plan"), self._timeline.note(logged, "plan", who, text)]

    def _adopt(self, plan: Plan) -> None:
        self.plan, self.plan_refusal = plan, ""
        self.tasks = {s.id: self.tasks.get(s.id, TaskFold()) for s in plan.subtasks}

    def _raise_notice(self, logged: LoggedEvent, event: ev.NoticeRaised) -> list[Change]:
        row = self._timeline.note(logged, "notice", event.agent_id or "", event.text)
        if event.agent_id is None:
            return [row]
        entry = NoticeEntry(logged.seq, logged.at, event.level, event.text, event.next_step)
        return [self._agent(event.agent_id).enter(entry), row]

    def _cut_off(self, state: AgentState, reason: str, at: datetime) -> list[Change]:
        """No process is left: who was at work is in ``state``, what was open is closed, tasks at work wait again."""
        changes = [change for agent in self.agents.values() for change in agent.cut_off(state, reason, at)]
        self.permissions.clear()
        for task in self.tasks.values():
            if task.state == "running":
                task.begin_anew("pending")
        return [*changes, Change("plan")]

    def _begin_anew(self) -> list[Change]:
        """All that is not done is run again."""
        self.failure = None
        for task in self.tasks.values():
            if task.state != "done":
                task.begin_anew("pending")
        return [Change("plan")]
