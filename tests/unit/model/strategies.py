"""Random data of the model: plans of every shape, and events of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from maos_desktop.model import event as ev
from maos_desktop.model.event import SessionEvent
from maos_desktop.model.ids import AgentId, MessageId, TaskId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.plan import Mode, Plan, Role, Subtask
from maos_desktop.model.report import Confidence, Finding, Report, Source
from maos_desktop.model.session import Backend, PermissionMode, SessionSettings

TEXT = st.text(max_size=30)
SOME_TEXT = st.text(min_size=1, max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
TOOL_INPUT: st.SearchStrategy[dict[str, Any]] = st.dictionaries(TEXT, JSON, max_size=3)
COST = st.none() | st.floats(0, 1_000)

# Few names, so that events of one list are about the same things.
AGENTS = st.sampled_from([AgentId(name) for name in ("security-1", "tester-1", "planner", "user")])
TASKS = st.sampled_from([TaskId(name) for name in ("t0", "t1", "t2")])
MESSAGES = st.sampled_from([MessageId(f"m{n}") for n in range(1, 5)])
MESSAGE_IDS = st.lists(MESSAGES, max_size=3).map(tuple)
CALLS = st.sampled_from(["call-1", "call-2"])
QUESTIONS = st.sampled_from(["question-1", "question-2"])


def task_id(number: int) -> TaskId:
    return TaskId(f"t{number}")


def subtask(number: int, depends_on: Sequence[int] = (), role: Role = Role.ANALYST) -> Subtask:
    """Returns a subtask ``t<number>``."""
    return Subtask(
        id=task_id(number),
        title=f"Title {number}",
        instructions=f"Do {number}",
        role=role,
        depends_on=tuple(map(task_id, depends_on)),
    )


@st.composite
def acyclic_subtasks(draw: st.DrawFn, max_size: int = 8) -> tuple[Subtask, ...]:
    """Subtasks whose dependencies have no cycle, in any order."""
    size = draw(st.integers(1, max_size))
    subtasks = []
    for number in range(size):
        before = draw(st.sets(st.integers(0, number - 1))) if number else set()
        subtasks.append(subtask(number, sorted(before), draw(st.sampled_from(Role))))
    return tuple(draw(st.permutations(subtasks)))


@st.composite
def plans(draw: st.DrawFn, max_size: int = 8) -> Plan:
    """Valid plans."""
    return Plan(
        goal=draw(SOME_TEXT),
        mode=draw(st.sampled_from(Mode)),
        rationale=draw(TEXT),
        subtasks=draw(acyclic_subtasks(max_size)),
    )


SETTINGS = st.builds(
    SessionSettings,
    request=SOME_TEXT,
    project_folder=st.just(Path("/a project/ünïcode")),
    backend=st.sampled_from(Backend),
    mode=st.sampled_from([*Mode, "auto"]),
    max_agents=st.integers(1, 16),
    model=st.none() | TEXT,
    permission_mode=st.sampled_from(PermissionMode),
)
FAILURES = st.builds(ev.Failure, code=TEXT, what=TEXT, kept=TEXT, next_step=TEXT, detail=TEXT)
USAGE = st.builds(ev.Usage, input_tokens=st.integers(0, 10**9), output_tokens=st.integers(0, 10**9))
MESSAGE = st.builds(
    Message,
    id=MESSAGES,
    sender=AGENTS,
    receivers=st.lists(AGENTS, max_size=3, unique=True).map(tuple),
    type=st.sampled_from(MessageType),
    importance=st.sampled_from(Importance),
    text=TEXT,
    in_reply_to=st.none() | MESSAGES,
    hop=st.integers(0, 4),
    timeout_seconds=st.none() | st.floats(1, 900),
)
REPORTS = st.builds(
    Report,
    summary=SOME_TEXT,
    findings=st.lists(
        st.builds(
            Finding,
            title=SOME_TEXT,
            detail=TEXT,
            sources=st.lists(st.builds(Source, agent_id=AGENTS, task_id=TASKS), min_size=1, max_size=2).map(tuple),
            confidence=st.sampled_from(Confidence),
        ),
        max_size=2,
    ).map(tuple),
    conflicts=st.lists(TEXT, max_size=2).map(tuple),
    missing=st.lists(TEXT, max_size=2).map(tuple),
)

BY_KIND: dict[type[Any], st.SearchStrategy[Any]] = {
    ev.SessionCreated: st.builds(ev.SessionCreated, settings=SETTINGS, title=TEXT),
    ev.SessionInterrupted: st.builds(ev.SessionInterrupted, reason=TEXT),
    ev.SessionContinued: st.builds(ev.SessionContinued),
    ev.SessionFinished: st.builds(
        ev.SessionFinished,
        outcome=st.sampled_from(["done", "failed", "rejected"]),
        failure=st.none() | FAILURES,
    ),
    ev.NoticeRaised: st.builds(
        ev.NoticeRaised,
        level=st.sampled_from(["info", "warning", "error"]),
        text=TEXT,
        next_step=TEXT,
        agent_id=st.none() | AGENTS,
    ),
    ev.PlanRequested: st.builds(ev.PlanRequested, comment=TEXT),
    ev.PlanRefused: st.builds(ev.PlanRefused, reason=TEXT, raw=TEXT, final=st.booleans()),
    ev.PlanProposed: st.builds(ev.PlanProposed, plan=plans(3)),
    ev.PlanDecided: st.builds(
        ev.PlanDecided,
        decision=st.sampled_from(["approved", "ask_again", "rejected"]),
        plan=st.none() | plans(3),
        edited=st.booleans(),
        automatic=st.booleans(),
        comment=TEXT,
    ),
    ev.TaskStarted: st.builds(ev.TaskStarted, task_id=TASKS, agent_id=AGENTS),
    ev.TaskCompleted: st.builds(ev.TaskCompleted, task_id=TASKS, agent_id=AGENTS, report=TEXT),
    ev.TaskFailed: st.builds(ev.TaskFailed, task_id=TASKS, agent_id=AGENTS, failure=FAILURES),
    ev.TaskSkipped: st.builds(ev.TaskSkipped, task_id=TASKS, reason=TEXT),
    ev.AgentAssigned: st.builds(
        ev.AgentAssigned,
        agent_id=AGENTS,
        role=st.sampled_from([*Role, "planner", "synthesis"]),
        task_id=st.none() | TASKS,
        title=TEXT,
    ),
    ev.AgentStarted: st.builds(
        ev.AgentStarted, agent_id=AGENTS, claude_session_id=TEXT, model=TEXT, resumed=st.booleans()
    ),
    ev.AgentStateChanged: st.builds(
        ev.AgentStateChanged, agent_id=AGENTS, state=st.sampled_from(ev.AgentState), reason=TEXT
    ),
    ev.AgentFailed: st.builds(ev.AgentFailed, agent_id=AGENTS, failure=FAILURES),
    ev.PromptSent: st.builds(ev.PromptSent, agent_id=AGENTS, text=TEXT),
    ev.OutputAppended: st.builds(
        ev.OutputAppended,
        agent_id=AGENTS,
        block=st.integers(0, 3),
        block_kind=st.sampled_from(["text", "thinking"]),
        text=TEXT,
        closed=st.booleans(),
    ),
    ev.ToolStarted: st.builds(ev.ToolStarted, agent_id=AGENTS, tool_use_id=CALLS, tool=TEXT, input=TOOL_INPUT),
    ev.ToolFinished: st.builds(
        ev.ToolFinished, agent_id=AGENTS, tool_use_id=CALLS, output=TEXT, is_error=st.booleans()
    ),
    ev.TurnFinished: st.builds(
        ev.TurnFinished,
        agent_id=AGENTS,
        turns=st.integers(0, 50),
        usage=USAGE,
        cost_usd=COST,
        duration_ms=st.integers(0, 10**7),
    ),
    ev.RetryNoticed: st.builds(
        ev.RetryNoticed,
        agent_id=AGENTS,
        attempt=st.integers(0, 10),
        delay_ms=st.integers(0, 10**6),
        status=st.none() | st.integers(100, 599),
        text=TEXT,
    ),
    ev.PermissionRequested: st.builds(
        ev.PermissionRequested,
        agent_id=AGENTS,
        request_id=QUESTIONS,
        tool=TEXT,
        input=TOOL_INPUT,
        input_sha256=TEXT,
        description=TEXT,
    ),
    ev.PermissionDecided: st.builds(
        ev.PermissionDecided,
        agent_id=AGENTS,
        request_id=QUESTIONS,
        input_sha256=TEXT,
        allowed=st.booleans(),
        message=TEXT,
        automatic=st.booleans(),
    ),
    ev.MessageSent: st.builds(ev.MessageSent, message=MESSAGE),
    ev.MessageDelivered: st.builds(
        ev.MessageDelivered,
        message_ids=MESSAGE_IDS,
        receiver=AGENTS,
        via=st.sampled_from(["tool_boundary", "stop_hook", "prompt", "interrupt", "reply", "check"]),
    ),
    ev.MessageRead: st.builds(ev.MessageRead, message_ids=MESSAGE_IDS, receiver=AGENTS),
    ev.MessageAcknowledged: st.builds(ev.MessageAcknowledged, message_ids=MESSAGE_IDS, receiver=AGENTS),
    ev.MessageRefused: st.builds(
        ev.MessageRefused, sender=AGENTS, receivers=st.lists(AGENTS).map(tuple), text=TEXT, reason=TEXT
    ),
    ev.RequestTimedOut: st.builds(
        ev.RequestTimedOut, message_id=MESSAGES, sender=AGENTS, receiver=AGENTS, timeout_seconds=st.floats(0, 900)
    ),
    ev.DiscoveryAnnounced: st.builds(
        ev.DiscoveryAnnounced,
        agent_id=AGENTS,
        text=TEXT,
        importance=st.sampled_from(Importance),
        message_id=MESSAGES,
    ),
    ev.FactRecorded: st.builds(ev.FactRecorded, agent_id=AGENTS, key=TEXT, text=TEXT),
    ev.DecisionRecorded: st.builds(ev.DecisionRecorded, agent_id=AGENTS, text=TEXT, why=TEXT),
    ev.DependencyDeclared: st.builds(ev.DependencyDeclared, agent_id=AGENTS, on=AGENTS, need=TEXT, message_id=MESSAGES),
    ev.SubtaskProposed: st.builds(
        ev.SubtaskProposed,
        agent_id=AGENTS,
        title=TEXT,
        instructions=TEXT,
        role=st.sampled_from(Role),
        depends_on=st.lists(TASKS, max_size=2).map(tuple),
    ),
    ev.SynthesisStarted: st.builds(ev.SynthesisStarted),
    ev.ReportProduced: st.builds(ev.ReportProduced, report=REPORTS),
}

EVENTS: st.SearchStrategy[SessionEvent] = st.one_of(*BY_KIND.values())
