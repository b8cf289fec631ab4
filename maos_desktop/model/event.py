"""Everything that happens in a session, as past-tense facts. The log of these events *is* the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, TypeAdapter

from maos_desktop.model.base import Data
from maos_desktop.model.ids import AgentId, MessageId, SessionId, TaskId
from maos_desktop.model.message import Importance, Message
from maos_desktop.model.plan import Plan, Role
from maos_desktop.model.report import Report
from maos_desktop.model.session import SessionSettings


class AgentState(StrEnum):
    """What an agent is doing, for the list of agents and its pane."""

    WARMING = "warming"
    """Its process is starting."""
    WAITING = "waiting"
    """For the tasks its own task depends on, or for a free place."""
    WORKING = "working"
    NEEDS_PERMISSION = "needs_permission"
    AWAITING_REPLY = "awaiting_reply"
    """Blocked in a request to another agent."""
    PAUSED = "paused"
    """Interrupted by the user; a message makes it go on."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Failure(Data):
    """What went wrong, for people."""

    code: str
    """One of the codes of ``errors.KnownError`` subclasses, e.g. ``cli_not_found``."""
    what: str
    """What happened, one sentence."""
    kept: str = ""
    """What was kept."""
    next_step: str = ""
    """What to do next."""
    detail: str = ""
    """The technical text, for Copy details."""


class Usage(Data):
    """Tokens of one turn as the back end reported them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


# --- the session ---------------------------------------------------------------------------------


class SessionCreated(Data):
    kind: Literal["session_created"] = "session_created"
    settings: SessionSettings
    title: str


class SessionInterrupted(Data):
    """The app ended or the user stopped while work was under way."""

    kind: Literal["session_interrupted"] = "session_interrupted"
    reason: str


class SessionContinued(Data):
    kind: Literal["session_continued"] = "session_continued"


class SessionFinished(Data):
    kind: Literal["session_finished"] = "session_finished"
    outcome: Literal["done", "failed", "rejected"]
    failure: Failure | None = None


class NoticeRaised(Data):
    """Something the user should know that is not an agent's failure."""

    kind: Literal["notice_raised"] = "notice_raised"
    level: Literal["info", "warning", "error"]
    text: str
    next_step: str = ""
    agent_id: AgentId | None = None


# --- the plan ------------------------------------------------------------------------------------


class PlanRequested(Data):
    """The decomposer was asked; ``comment`` is the user's when this is not the first time."""

    kind: Literal["plan_requested"] = "plan_requested"
    comment: str = ""


class PlanRefused(Data):
    """What came back was no valid plan; ``final`` when it was not sent back again."""

    kind: Literal["plan_refused"] = "plan_refused"
    reason: str
    raw: str
    final: bool


class PlanProposed(Data):
    kind: Literal["plan_proposed"] = "plan_proposed"
    plan: Plan


class PlanDecided(Data):
    """The gate's answer. ``plan`` is the approved one (as edited); ``None`` unless approved."""

    kind: Literal["plan_decided"] = "plan_decided"
    decision: Literal["approved", "ask_again", "rejected"]
    plan: Plan | None = None
    edited: bool = False
    automatic: bool = False
    comment: str = ""


# --- tasks and agents ----------------------------------------------------------------------------


class TaskStarted(Data):
    kind: Literal["task_started"] = "task_started"
    task_id: TaskId
    agent_id: AgentId


class TaskCompleted(Data):
    """``report`` is the agent's final text."""

    kind: Literal["task_completed"] = "task_completed"
    task_id: TaskId
    agent_id: AgentId
    report: str


class TaskFailed(Data):
    kind: Literal["task_failed"] = "task_failed"
    task_id: TaskId
    agent_id: AgentId
    failure: Failure


class TaskSkipped(Data):
    """Not run because a task it depends on failed or the run ended."""

    kind: Literal["task_skipped"] = "task_skipped"
    task_id: TaskId
    reason: str


class AgentAssigned(Data):
    """An agent exists for this task from now on (``planner`` and ``synthesis`` have none)."""

    kind: Literal["agent_assigned"] = "agent_assigned"
    agent_id: AgentId
    role: Role | Literal["planner", "synthesis"]
    task_id: TaskId | None = None
    title: str = ""


class AgentStarted(Data):
    """The runtime has opened the agent's Claude session; its id is what a resume needs."""

    kind: Literal["agent_started"] = "agent_started"
    agent_id: AgentId
    claude_session_id: str
    model: str = ""
    resumed: bool = False


class AgentStateChanged(Data):
    kind: Literal["agent_state_changed"] = "agent_state_changed"
    agent_id: AgentId
    state: AgentState
    reason: str = ""


class AgentFailed(Data):
    kind: Literal["agent_failed"] = "agent_failed"
    agent_id: AgentId
    failure: Failure


class PromptSent(Data):
    """What the agent was asked, by the app or by the user through the app."""

    kind: Literal["prompt_sent"] = "prompt_sent"
    agent_id: AgentId
    text: str


class OutputAppended(Data):
    """A coalesced piece of what the model wrote. Pieces of one ``block`` are joined in order."""

    kind: Literal["output_appended"] = "output_appended"
    agent_id: AgentId
    block: int
    """Counted per agent from 0, never reused, also after a resume."""
    block_kind: Literal["text", "thinking"]
    text: str
    closed: bool = False
    """Whether the block ends with this piece."""


class ToolStarted(Data):
    kind: Literal["tool_started"] = "tool_started"
    agent_id: AgentId
    tool_use_id: str
    tool: str
    input: dict[str, Any]


class ToolFinished(Data):
    kind: Literal["tool_finished"] = "tool_finished"
    agent_id: AgentId
    tool_use_id: str
    output: str
    is_error: bool = False


class TurnFinished(Data):
    """One result of the runtime. ``cost_usd`` and ``usage`` are of this turn alone, not running totals."""

    kind: Literal["turn_finished"] = "turn_finished"
    agent_id: AgentId
    turns: int
    """Model requests in this turn."""
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_ms: int = 0


class RetryNoticed(Data):
    """The runtime retries a model request (rate limit, overload, connection)."""

    kind: Literal["retry_noticed"] = "retry_noticed"
    agent_id: AgentId
    attempt: int
    delay_ms: int
    status: int | None = None
    text: str = ""


class PermissionRequested(Data):
    """A tool call waits for the user. ``description`` is the agent's words, not a fact."""

    kind: Literal["permission_requested"] = "permission_requested"
    agent_id: AgentId
    request_id: str
    tool: str
    input: dict[str, Any]
    input_sha256: str
    description: str = ""


class PermissionDecided(Data):
    kind: Literal["permission_decided"] = "permission_decided"
    agent_id: AgentId
    request_id: str
    input_sha256: str
    allowed: bool
    message: str = ""
    automatic: bool = False


# --- the bus and the shared context --------------------------------------------------------------


class MessageSent(Data):
    """Committed and queued at each receiver."""

    kind: Literal["message_sent"] = "message_sent"
    message: Message


class MessageDelivered(Data):
    """Handed to the receiver's runtime, by ``via``."""

    kind: Literal["message_delivered"] = "message_delivered"
    message_ids: tuple[MessageId, ...]
    receiver: AgentId
    via: Literal["tool_boundary", "stop_hook", "prompt", "interrupt", "reply", "check"]


class MessageRead(Data):
    """The receiver's model has answered a request that held them."""

    kind: Literal["message_read"] = "message_read"
    message_ids: tuple[MessageId, ...]
    receiver: AgentId


class MessageAcknowledged(Data):
    kind: Literal["message_acknowledged"] = "message_acknowledged"
    message_ids: tuple[MessageId, ...]
    receiver: AgentId


class MessageRefused(Data):
    """A limit stopped it (hop cap, rate, ping-pong), it was empty, or its receiver cannot take it."""

    kind: Literal["message_refused"] = "message_refused"
    sender: AgentId
    receivers: tuple[AgentId, ...]
    text: str
    reason: str


class RequestTimedOut(Data):
    kind: Literal["request_timed_out"] = "request_timed_out"
    message_id: MessageId
    sender: AgentId
    receiver: AgentId
    timeout_seconds: float


class DiscoveryAnnounced(Data):
    """A discovery entered the shared context (its ``MessageSent`` carries it to the others)."""

    kind: Literal["discovery_announced"] = "discovery_announced"
    agent_id: AgentId
    text: str
    importance: Importance
    message_id: MessageId


class FactRecorded(Data):
    kind: Literal["fact_recorded"] = "fact_recorded"
    agent_id: AgentId
    key: str
    text: str


class DecisionRecorded(Data):
    kind: Literal["decision_recorded"] = "decision_recorded"
    agent_id: AgentId
    text: str
    why: str = ""


class DependencyDeclared(Data):
    """An agent said that it needs something of another one."""

    kind: Literal["dependency_declared"] = "dependency_declared"
    agent_id: AgentId
    on: AgentId
    need: str
    message_id: MessageId


class SubtaskProposed(Data):
    """An agent proposed more work; it is kept for the user and named in the report."""

    kind: Literal["subtask_proposed"] = "subtask_proposed"
    agent_id: AgentId
    title: str
    instructions: str
    role: Role
    depends_on: tuple[TaskId, ...] = ()


# --- the answer ----------------------------------------------------------------------------------


class SynthesisStarted(Data):
    kind: Literal["synthesis_started"] = "synthesis_started"


class ReportProduced(Data):
    kind: Literal["report_produced"] = "report_produced"
    report: Report


SessionEvent = Annotated[
    SessionCreated
    | SessionInterrupted
    | SessionContinued
    | SessionFinished
    | NoticeRaised
    | PlanRequested
    | PlanRefused
    | PlanProposed
    | PlanDecided
    | TaskStarted
    | TaskCompleted
    | TaskFailed
    | TaskSkipped
    | AgentAssigned
    | AgentStarted
    | AgentStateChanged
    | AgentFailed
    | PromptSent
    | OutputAppended
    | ToolStarted
    | ToolFinished
    | TurnFinished
    | RetryNoticed
    | PermissionRequested
    | PermissionDecided
    | MessageSent
    | MessageDelivered
    | MessageRead
    | MessageAcknowledged
    | MessageRefused
    | RequestTimedOut
    | DiscoveryAnnounced
    | FactRecorded
    | DecisionRecorded
    | DependencyDeclared
    | SubtaskProposed
    | SynthesisStarted
    | ReportProduced,
    Field(discriminator="kind"),
]

SESSION_EVENT: TypeAdapter[SessionEvent] = TypeAdapter(SessionEvent)


class LoggedEvent(Data):
    """An event as committed. Its JSON form is one line of ``--json`` and of an export."""

    session_id: SessionId
    seq: int
    """From 1, without gaps, per session."""
    at: datetime
    """UTC, for people; order is by ``seq``."""
    event: SessionEvent


EventListener = Callable[[Sequence[LoggedEvent]], None]
"""Called once per committed batch, on the loop's thread, in order of ``seq``."""


class Journal(Protocol):
    """Where a session's parts write what happened. Returns only when the events are committed."""

    async def record(self, *events: SessionEvent) -> None:
        """Commits the events in this order, next to each other, before it returns.

        Raises ``errors.StoreError`` when they could not be committed; then none of them was.
        """
