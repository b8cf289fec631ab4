"""The state of a session as a fold over its events: the one source of the window, the twin and a resume."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, Failure, LoggedEvent, SessionEvent
from maos_desktop.model.ids import USER, AgentId, MessageId, TaskId
from maos_desktop.model.message import DeliveryState, Importance
from maos_desktop.model.plan import Plan
from maos_desktop.model.report import Report
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.model.transcript import (
    MessageEntry,
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    TimelineRow,
    ToolEntry,
    TrackedMessage,
    TranscriptEntry,
)

TaskState = Literal["pending", "running", "done", "failed", "skipped"]

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


@dataclass(slots=True)
class TaskFold:
    """What has become of a subtask. ``report`` is set when it is done, ``failure`` when it failed."""

    state: TaskState = "pending"
    agent_id: AgentId | None = None
    report: str = ""
    failure: Failure | None = None
    reason: str = ""


@dataclass(slots=True)
class AgentFold:
    """What is known of an agent, and what stands in its pane."""

    id: AgentId
    role: str = ""
    task_id: TaskId | None = None
    title: str = ""
    state: AgentState = AgentState.WAITING
    state_reason: str = ""
    claude_session_id: str | None = None
    model: str = ""
    turns: int = 0
    tokens: int = 0
    cost_usd: float | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    transcript: list[TranscriptEntry] = field(default_factory=list)
    next_block: int = 0
    _blocks: dict[int, int] = field(default_factory=dict)
    _tools: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed. ``index`` is of the agent's transcript (``entry``) or the timeline (``row``)."""

    part: Literal["session", "plan", "agent", "entry", "row", "report"]
    agent_id: AgentId | None = None
    index: int = -1
    added: bool = False


_ENDED = frozenset({AgentState.DONE, AgentState.FAILED, AgentState.CANCELLED})


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
        self.messages: dict[MessageId, TrackedMessage] = {}
        self.timeline: list[TimelineRow] = []
        self.permissions: dict[str, PermissionEntry] = {}
        self.discoveries: list[ev.DiscoveryAnnounced] = []
        self.report: Report | None = None
        self.failure: Failure | None = None
        self.cost_usd: float | None = None
        self.tokens = 0
        self.created_at: datetime | None = None
        self.last_at: datetime | None = None
        self.last_seq = 0
        self._message_rows: dict[MessageId, int] = {}
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
            changes.append(Change("session"))
        return changes

    # --- output: the hot path ---

    def _apply_output(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        match event:
            case ev.OutputAppended():
                return [self._append_output(logged, event)]
            case ev.ToolStarted():
                agent = self._agent(event.agent_id)
                agent._tools[event.tool_use_id] = len(agent.transcript)
                return [
                    self._enter(agent, ToolEntry(logged.seq, logged.at, event.tool_use_id, event.tool, event.input))
                ]
            case ev.ToolFinished():
                return self._finish_tool(event)
            case ev.PromptSent():
                agent = self._agent(event.agent_id)
                return [self._enter(agent, PromptEntry(logged.seq, logged.at, event.text))]
        return None

    def _append_output(self, logged: LoggedEvent, event: ev.OutputAppended) -> Change:
        agent = self._agent(event.agent_id)
        index = agent._blocks.get(event.block)
        if index is None:
            agent._blocks[event.block] = len(agent.transcript)
            agent.next_block = max(agent.next_block, event.block + 1)
            entry = TextEntry(logged.seq, logged.at, event.block_kind, [event.text], event.closed)
            return self._enter(agent, entry)
        known = agent.transcript[index]
        assert isinstance(known, TextEntry)
        known.pieces.append(event.text)
        known.closed = event.closed
        return Change("entry", agent.id, index)

    def _finish_tool(self, event: ev.ToolFinished) -> list[Change]:
        agent = self._agent(event.agent_id)
        index = agent._tools.get(event.tool_use_id)
        if index is None:
            return []
        entry = agent.transcript[index]
        assert isinstance(entry, ToolEntry)
        entry.output, entry.is_error = event.output, event.is_error
        return [Change("entry", agent.id, index)]

    # --- agents and their tasks ---

    def _apply_agent(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        match event:
            case ev.AgentAssigned():
                agent = self._agent(event.agent_id)
                agent.role, agent.task_id, agent.title = event.role, event.task_id, event.title
            case ev.AgentStarted():
                agent = self._agent(event.agent_id)
                agent.claude_session_id, agent.model = event.claude_session_id, event.model
            case ev.AgentStateChanged():
                agent = self._agent(event.agent_id)
                self._set_agent_state(agent, event.state, event.reason, logged.at)
            case ev.TurnFinished():
                agent = self._agent(event.agent_id)
                return [*self._count(agent, event), Change("session")]
            case ev.AgentFailed():
                agent = self._agent(event.agent_id)
                self._set_agent_state(agent, AgentState.FAILED, event.failure.what, logged.at)
                return [
                    self._enter(agent, _failure_entry(logged, event.failure)),
                    Change("agent", agent.id),
                    self._row(logged, "agent", agent.id, event.failure.what, importance=Importance.HIGH),
                ]
            case ev.RetryNoticed():
                agent = self._agent(event.agent_id)
                text = event.text or f"The model did not answer; attempt {event.attempt}."
                return [self._enter(agent, NoticeEntry(logged.seq, logged.at, "warning", text))]
            case ev.PermissionRequested():
                return self._ask_permission(logged, event)
            case ev.PermissionDecided():
                return self._decide_permission(logged, event)
            case ev.TaskStarted() | ev.TaskCompleted() | ev.TaskFailed() | ev.TaskSkipped():
                return self._apply_task(logged, event)
            case _:
                return None
        return [Change("agent", agent.id)]

    def _apply_task(
        self, logged: LoggedEvent, event: ev.TaskStarted | ev.TaskCompleted | ev.TaskFailed | ev.TaskSkipped
    ) -> list[Change]:
        task = self.tasks.setdefault(event.task_id, TaskFold())
        who = "" if isinstance(event, ev.TaskSkipped) else event.agent_id
        match event:
            case ev.TaskStarted():
                task.state, task.agent_id, text = "running", event.agent_id, f"Started {event.task_id}"
            case ev.TaskCompleted():
                task.state, task.report, text = "done", event.report, f"Finished {event.task_id}"
            case ev.TaskFailed():
                task.state, task.failure = "failed", event.failure
                text = f"{event.task_id} failed: {event.failure.what}"
            case ev.TaskSkipped():
                task.state, task.reason, text = (
                    "skipped",
                    event.reason,
                    f"{event.task_id} was not run: {event.reason}",
                )
        return [Change("plan"), self._row(logged, "task", who, text)]

    def _set_agent_state(self, agent: AgentFold, state: AgentState, reason: str, at: datetime) -> None:
        agent.state, agent.state_reason = state, reason
        if state is AgentState.WORKING and agent.started_at is None:
            agent.started_at = at
        agent.ended_at = at if state in _ENDED else None

    def _count(self, agent: AgentFold, event: ev.TurnFinished) -> list[Change]:
        tokens = event.usage.input_tokens + event.usage.output_tokens
        agent.turns += event.turns
        agent.tokens += tokens
        self.tokens += tokens
        if event.cost_usd is not None:
            agent.cost_usd = (agent.cost_usd or 0.0) + event.cost_usd
            self.cost_usd = (self.cost_usd or 0.0) + event.cost_usd
        return [Change("agent", agent.id)]

    def _ask_permission(self, logged: LoggedEvent, event: ev.PermissionRequested) -> list[Change]:
        agent = self._agent(event.agent_id)
        entry = PermissionEntry(
            logged.seq,
            logged.at,
            event.agent_id,
            event.request_id,
            event.tool,
            event.input,
            event.input_sha256,
            event.description,
        )
        self.permissions[event.request_id] = entry
        added = self._enter(agent, entry)
        return [added, self._row(logged, "permission", agent.id, f"Asks to use {event.tool}", (USER,))]

    def _decide_permission(self, logged: LoggedEvent, event: ev.PermissionDecided) -> list[Change]:
        entry = self.permissions.pop(event.request_id, None)
        word = "Allowed" if event.allowed else "Denied"
        who = "" if event.automatic else USER
        row = self._row(logged, "permission", who, f"{word} {event.message}".strip(), (event.agent_id,))
        if entry is None:
            return [row]
        entry.allowed, entry.message = event.allowed, event.message
        index = self._agent(event.agent_id).transcript.index(entry)
        return [Change("entry", event.agent_id, index), row]

    # --- the bus and the shared context ---

    def _apply_bus(self, logged: LoggedEvent, event: SessionEvent) -> list[Change] | None:
        match event:
            case ev.MessageSent():
                return self._send(logged, event)
            case ev.MessageDelivered():
                return self._advance(event.message_ids, event.receiver, DeliveryState.DELIVERED)
            case ev.MessageRead():
                return self._advance(event.message_ids, event.receiver, DeliveryState.READ)
            case ev.MessageAcknowledged():
                return self._advance(event.message_ids, event.receiver, DeliveryState.ACKNOWLEDGED)
            case ev.MessageRefused():
                text = f"Not sent: {event.reason} — {event.text}"
                return [self._row(logged, "notice", event.sender, text, event.receivers)]
            case ev.RequestTimedOut():
                text = f"No reply to {event.message_id} within {event.timeout_seconds:g} s"
                return [self._row(logged, "request", event.sender, text, (event.receiver,))]
            case ev.DiscoveryAnnounced():
                self.discoveries.append(event)
                return []
            case ev.FactRecorded():
                return [self._row(logged, "fact", event.agent_id, f"{event.key}: {event.text}")]
            case ev.DecisionRecorded():
                text = f"{event.text} (why: {event.why})" if event.why else event.text
                return [self._row(logged, "decision", event.agent_id, text)]
            case ev.DependencyDeclared():
                return []
            case ev.SubtaskProposed():
                return [self._row(logged, "plan", event.agent_id, f"Proposes a task: {event.title}", (USER,))]
        return None

    def _send(self, logged: LoggedEvent, event: ev.MessageSent) -> list[Change]:
        message = event.message
        states = dict.fromkeys(message.receivers, DeliveryState.QUEUED)
        self.messages[message.id] = TrackedMessage(message, logged.at, states)
        self._message_rows[message.id] = len(self.timeline)
        row = TimelineRow(
            logged.seq,
            logged.at,
            message.type,
            message.sender,
            message.receivers,
            message.text,
            message.importance,
            message.id,
        )
        self.timeline.append(row)
        changes = [Change("row", index=len(self.timeline) - 1, added=True)]
        if message.sender in self.agents:
            entry = MessageEntry(logged.seq, logged.at, message.id, "out")
            changes.append(self._enter(self.agents[message.sender], entry))
        return changes

    def _advance(self, message_ids: Iterable[MessageId], receiver: AgentId, state: DeliveryState) -> list[Change]:
        changes: list[Change] = []
        for message_id in message_ids:
            tracked = self.messages.get(message_id)
            if tracked is None or receiver not in tracked.states:
                continue
            again = state is DeliveryState.DELIVERED and tracked.states[receiver] is not DeliveryState.QUEUED
            tracked.states[receiver] = max(tracked.states[receiver], state, key=lambda s: s.rank)
            changes.append(Change("row", index=self._message_rows[message_id]))
            if state is DeliveryState.DELIVERED and not again:
                entry = MessageEntry(self.last_seq, self.last_at or tracked.at, message_id, "in")
                changes.append(self._enter(self._agent(receiver), entry))
        return changes

    # --- the session, the plan, the answer ---

    def _apply_session(self, logged: LoggedEvent, event: SessionEvent) -> list[Change]:
        match event:
            case ev.SessionCreated():
                self.settings, self.title, self.created_at = event.settings, event.title, logged.at
                return [Change("session")]
            case ev.PlanRequested():
                text = f"Another plan: {event.comment}" if event.comment else "Asked for a plan"
                return [self._row(logged, "plan", USER, text)]
            case ev.PlanRefused():
                self.plan_refusal = event.reason if event.final else ""
                return [
                    Change("plan"),
                    self._row(logged, "plan", "planner", f"Not a valid plan: {event.reason}"),
                ]
            case ev.PlanProposed():
                self._adopt(event.plan)
                return [Change("plan"), self._row(logged, "plan", "planner", event.plan.goal, (USER,))]
            case ev.PlanDecided():
                return self._decide_plan(logged, event)
            case ev.NoticeRaised():
                return self._notice(logged, event)
            case ev.SynthesisStarted():
                return [self._row(logged, "report", "synthesis", "Writes the report")]
            case ev.ReportProduced():
                self.report = event.report
                return [
                    Change("report"),
                    self._row(logged, "report", "synthesis", event.report.summary, (USER,)),
                ]
            case ev.SessionContinued():
                self.failure = None
                return [self._row(logged, "session", USER, "Continued")]
            case ev.SessionInterrupted():
                return [*self._interrupt(), self._row(logged, "session", "", event.reason)]
            case ev.SessionFinished():
                self.failure = event.failure
                text = event.failure.what if event.failure else event.outcome.capitalize()
                return [self._row(logged, "session", "", text)]
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
        return [Change("plan"), self._row(logged, "plan", who, text)]

    def _adopt(self, plan: Plan) -> None:
        self.plan, self.plan_refusal = plan, ""
        self.tasks = {s.id: self.tasks.get(s.id, TaskFold()) for s in plan.subtasks}

    def _notice(self, logged: LoggedEvent, event: ev.NoticeRaised) -> list[Change]:
        row = self._row(logged, "notice", event.agent_id or "", event.text)
        if event.agent_id is None:
            return [row]
        entry = NoticeEntry(logged.seq, logged.at, event.level, event.text, event.next_step)
        return [self._enter(self._agent(event.agent_id), entry), row]

    def _interrupt(self) -> list[Change]:
        """No process is left: who was at work waits, what was open is closed, who was asked no longer is."""
        changes: list[Change] = []
        for agent in self.agents.values():
            if agent.state not in _ENDED:
                agent.state, agent.state_reason = AgentState.PAUSED, "The session was interrupted"
                changes.append(Change("agent", agent.id))
        for task in self.tasks.values():
            if task.state == "running":
                task.state = "pending"
        for entry in self.permissions.values():
            entry.allowed, entry.message = False, "The session was interrupted before an answer"
            index = self._agent(entry.agent_id).transcript.index(entry)
            changes.append(Change("entry", entry.agent_id, index))
        self.permissions.clear()
        return [*changes, Change("plan")]

    # --- building blocks ---

    def _agent(self, agent_id: AgentId) -> AgentFold:
        agent = self.agents.get(agent_id)
        if agent is None:
            agent = self.agents[agent_id] = AgentFold(agent_id)
        return agent

    def _enter(self, agent: AgentFold, entry: TranscriptEntry) -> Change:
        agent.transcript.append(entry)
        return Change("entry", agent.id, len(agent.transcript) - 1, added=True)

    def _row(
        self,
        logged: LoggedEvent,
        kind: str,
        sender: str,
        text: str,
        receivers: tuple[str, ...] = (),
        importance: Importance = Importance.NORMAL,
    ) -> Change:
        self.timeline.append(TimelineRow(logged.seq, logged.at, kind, sender, receivers, text, importance))
        return Change("row", index=len(self.timeline) - 1, added=True)


def _failure_entry(logged: LoggedEvent, failure: Failure) -> NoticeEntry:
    return NoticeEntry(logged.seq, logged.at, "error", failure.what, failure.next_step, failure)
