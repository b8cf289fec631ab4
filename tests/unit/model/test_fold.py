"""The state of a session is what its events say, in whatever order and from wherever they begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, Failure, SessionEvent, Usage
from maos_desktop.model.fold import SessionFold, session_state_after
from maos_desktop.model.ids import USER, AgentId, MessageId, TaskId
from maos_desktop.model.message import DeliveryState, Importance, Message, MessageType
from maos_desktop.model.plan import Mode, Plan
from maos_desktop.model.report import Report
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.model.transcript import MessageEntry, NoticeEntry, PermissionEntry
from tests.memory_journal import BEGINNING, logged
from tests.unit.model.strategies import subtask

A = AgentId("analyst-1")
B = AgentId("analyst-2")
T1, T2 = TaskId("t1"), TaskId("t2")
M1 = MessageId("m1")
PLAN = Plan(goal="Find it", mode=Mode.DYNAMIC, subtasks=(subtask(1), subtask(2, [1])))
SETTINGS = SessionSettings(request="Find it", project_folder=Path("/project"))
FAILURE = Failure(code="cli_crashed", what="It broke.", next_step="Try again.")

CREATED = ev.SessionCreated(settings=SETTINGS, title="Find it")
APPROVED = ev.PlanDecided(decision="approved", plan=PLAN)


def fold_of(*events: SessionEvent) -> SessionFold:
    return SessionFold(logged(*events))


def message(number: int, sender: AgentId = A, *receivers: AgentId, text: str = "Look") -> ev.MessageSent:
    return ev.MessageSent(
        message=Message(
            id=MessageId(f"m{number}"),
            sender=sender,
            receivers=receivers,
            type=MessageType.INFO,
            importance=Importance.HIGH,
            text=text,
        )
    )


# --- the session ---


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (CREATED, SessionState.PLANNING),
        (ev.PlanRequested(), SessionState.PLANNING),
        (ev.PlanProposed(plan=PLAN), SessionState.AWAITING_APPROVAL),
        (ev.PlanRefused(reason="r", raw="", final=False), None),
        (ev.PlanRefused(reason="r", raw="", final=True), SessionState.AWAITING_APPROVAL),
        (APPROVED, SessionState.RUNNING),
        (ev.PlanDecided(decision="ask_again"), SessionState.PLANNING),
        (ev.PlanDecided(decision="rejected"), SessionState.REJECTED),
        (ev.SynthesisStarted(), SessionState.SYNTHESISING),
        (ev.SessionInterrupted(reason="closed"), SessionState.INTERRUPTED),
        (ev.SessionContinued(), SessionState.RUNNING),
        (ev.SessionFinished(outcome="done"), SessionState.DONE),
        (ev.SessionFinished(outcome="failed", failure=FAILURE), SessionState.FAILED),
        (ev.SessionFinished(outcome="rejected"), SessionState.REJECTED),
        (ev.TaskStarted(task_id=T1, agent_id=A), None),
    ],
)
def test_that_the_sessions_state_follows_its_events(event: SessionEvent, state: SessionState | None) -> None:
    assert session_state_after(event) is state
    before = fold_of(CREATED)
    was = before.state
    before.apply(logged(event, after=1)[0])
    assert before.state is (state or was)


def test_that_a_session_has_what_it_was_created_with() -> None:
    fold = fold_of(CREATED)
    assert (fold.settings, fold.title) == (SETTINGS, "Find it")
    assert fold.created_at is not None
    assert fold.created_at > BEGINNING


def test_that_only_the_time_of_work_is_counted() -> None:
    """Events are a second apart."""
    fold = fold_of(CREATED, APPROVED, ev.SessionInterrupted(reason="closed"))
    assert fold.active_seconds == 2.0
    for one in (*logged(ev.SessionContinued(), after=100), *logged(ev.SessionFinished(outcome="done"), after=110)):
        fold.apply(one)
    assert fold.active_seconds == 12.0
    assert fold.active_since is None


def test_that_a_failure_is_kept_until_the_session_goes_on() -> None:
    fold = fold_of(CREATED, ev.SessionFinished(outcome="failed", failure=FAILURE))
    assert fold.failure == FAILURE
    fold.apply(logged(ev.SessionContinued(), after=2)[0])
    assert fold.failure is None


def test_that_a_report_is_there_once_it_was_produced() -> None:
    fold = fold_of(ev.SynthesisStarted(), ev.ReportProduced(report=Report(summary="All is well.")))
    assert fold.report is not None
    assert fold.timeline[-1].text == "All is well."


# --- the plan and its tasks ---


def test_that_an_approved_plan_is_the_one_that_counts() -> None:
    edited = Plan(goal="Find it", subtasks=(subtask(2),))
    fold = fold_of(ev.PlanProposed(plan=PLAN))
    assert not fold.approved
    assert list(fold.tasks) == [T1, T2]
    fold.apply(logged(ev.PlanDecided(decision="approved", plan=edited, edited=True), after=1)[0])
    assert fold.approved
    assert fold.plan == edited
    assert list(fold.tasks) == [T2]
    assert fold.timeline[-1].text == "Approved with changes"


def test_that_the_last_refusal_stays_until_a_plan_comes() -> None:
    fold = fold_of(ev.PlanRefused(reason="A cycle.", raw="{}", final=True))
    assert fold.plan_refusal == "A cycle."
    fold.apply(logged(ev.PlanProposed(plan=PLAN), after=1)[0])
    assert fold.plan_refusal == ""


def test_that_tasks_go_from_pending_to_their_end() -> None:
    fold = fold_of(
        APPROVED,
        ev.TaskStarted(task_id=T1, agent_id=A),
        ev.TaskFailed(task_id=T1, agent_id=A, failure=FAILURE),
        ev.TaskSkipped(task_id=T2, reason="It depends on t1, which failed."),
    )
    assert (fold.tasks[T1].state, fold.tasks[T1].failure) == ("failed", FAILURE)
    assert (fold.tasks[T2].state, fold.tasks[T2].reason) == ("skipped", "It depends on t1, which failed.")
    assert [row.text for row in fold.timeline if row.kind == "task"] == [
        "Started t1",
        "t1 failed: It broke.",
        "t2 was not run: It depends on t1, which failed.",
    ]


def test_that_a_task_that_runs_again_forgets_how_it_ended() -> None:
    fold = fold_of(
        APPROVED,
        ev.TaskFailed(task_id=T1, agent_id=A, failure=FAILURE),
        ev.TaskStarted(task_id=T1, agent_id=A),
    )
    assert (fold.tasks[T1].state, fold.tasks[T1].failure) == ("running", None)


def test_that_only_finished_tasks_stay_as_they_are_when_a_session_goes_on() -> None:
    third = TaskId("t3")
    plan = Plan(goal="g", subtasks=(subtask(1), subtask(2), subtask(3, [2])))
    fold = fold_of(
        ev.PlanDecided(decision="approved", plan=plan),
        ev.TaskCompleted(task_id=T1, agent_id=A, report="Found"),
        ev.TaskFailed(task_id=T2, agent_id=B, failure=FAILURE),
        ev.TaskSkipped(task_id=third, reason="It depends on t2, which failed."),
        ev.SessionContinued(),
    )
    assert [fold.tasks[t].state for t in (T1, T2, third)] == ["done", "pending", "pending"]
    assert fold.tasks[T1].report == "Found"
    assert fold.tasks[T2].failure is None
    assert fold.tasks[third].reason == ""


# --- the agents ---


def test_that_cost_and_tokens_are_added_up_per_agent_and_for_all() -> None:
    fold = fold_of(
        ev.TurnFinished(agent_id=A, turns=3, usage=Usage(input_tokens=100, output_tokens=10), cost_usd=0.5),
        ev.TurnFinished(agent_id=A, turns=1, usage=Usage(input_tokens=1, output_tokens=1)),
        ev.TurnFinished(agent_id=B, turns=1, usage=Usage(output_tokens=5), cost_usd=0.25),
    )
    assert (fold.cost_usd, fold.tokens) == (0.75, 117)
    assert (fold.agents[A].cost_usd, fold.agents[A].tokens, fold.agents[A].turns) == (0.5, 112, 4)
    assert (fold.agents[B].cost_usd, fold.agents[B].tokens, fold.agents[B].turns) == (0.25, 5, 1)


def test_that_there_is_no_cost_where_none_is_reported() -> None:
    fold = fold_of(ev.TurnFinished(agent_id=A, turns=1, usage=Usage(input_tokens=1)))
    assert fold.cost_usd is None
    assert fold.agents[A].cost_usd is None


def test_that_an_agents_failure_stands_in_its_pane_and_on_the_timeline() -> None:
    fold = fold_of(ev.AgentFailed(agent_id=A, failure=FAILURE))
    (entry,) = fold.agents[A].transcript
    assert isinstance(entry, NoticeEntry)
    assert (entry.level, entry.text, entry.next_step, entry.failure) == ("error", "It broke.", "Try again.", FAILURE)
    assert fold.agents[A].state is AgentState.FAILED
    assert (fold.timeline[0].text, fold.timeline[0].importance) == ("It broke.", Importance.HIGH)


def test_that_a_notice_without_an_agent_is_for_the_timeline_alone() -> None:
    fold = fold_of(ev.NoticeRaised(level="warning", text="Slow", agent_id=A), ev.NoticeRaised(level="info", text="Hm"))
    assert [type(entry) for entry in fold.agents[A].transcript] == [NoticeEntry]
    assert [row.text for row in fold.timeline] == ["Slow", "Hm"]


# --- permissions ---


def ask(request_id: str = "q1", agent_id: AgentId = A) -> ev.PermissionRequested:
    return ev.PermissionRequested(
        agent_id=agent_id, request_id=request_id, tool="Bash", input={"command": "ls"}, input_sha256="00"
    )


def test_that_a_question_is_open_until_it_is_answered() -> None:
    fold = fold_of(ask())
    assert list(fold.permissions) == ["q1"]
    answer = ev.PermissionDecided(agent_id=A, request_id="q1", input_sha256="00", allowed=True, message="Go")
    fold.apply(logged(answer, after=1)[0])
    assert not fold.permissions
    (entry,) = fold.agents[A].transcript
    assert isinstance(entry, PermissionEntry)
    assert (entry.allowed, entry.message) == (True, "Go")


def test_that_an_answer_is_told_by_whom() -> None:
    fold = fold_of(
        ev.PermissionDecided(agent_id=A, request_id="q", input_sha256="", allowed=False, message="No", automatic=True),
        ev.PermissionDecided(agent_id=A, request_id="q", input_sha256="", allowed=True),
    )
    assert [(row.sender, row.text) for row in fold.timeline] == [("", "Denied No"), (USER, "Allowed")]


# --- interruption and the end ---


def interrupted_at_work(end: SessionEvent) -> SessionFold:
    return fold_of(
        CREATED,
        APPROVED,
        ev.TaskStarted(task_id=T1, agent_id=A),
        ev.AgentStateChanged(agent_id=A, state=AgentState.WORKING),
        ev.AgentStateChanged(agent_id=B, state=AgentState.DONE),
        ev.OutputAppended(agent_id=A, block=0, block_kind="text", text="half a sen"),
        ev.ToolStarted(agent_id=A, tool_use_id="c1", tool="Bash", input={}),
        ask(),
        end,
    )


def test_that_an_interruption_leaves_nothing_open() -> None:
    fold = interrupted_at_work(ev.SessionInterrupted(reason="The app was closed."))
    assert fold.state is SessionState.INTERRUPTED
    assert fold.agents[A].state is AgentState.PAUSED
    assert fold.agents[B].state is AgentState.DONE
    assert fold.tasks[T1].state == "pending"
    assert not fold.permissions
    text, tool, question = fold.agents[A].transcript
    assert (text.text, text.closed) == ("half a sen", True)  # type: ignore[union-attr]
    assert (tool.output, tool.is_error) == (  # type: ignore[union-attr]
        "The session was interrupted before it returned.",
        True,
    )
    assert question.allowed is False  # type: ignore[union-attr]
    assert fold.timeline[-1].text == "The app was closed."


def test_that_nobody_works_in_a_session_that_has_ended() -> None:
    fold = interrupted_at_work(ev.SessionFinished(outcome="failed", failure=FAILURE))
    assert fold.agents[A].state is AgentState.CANCELLED
    assert fold.agents[A].ended_at is not None
    assert fold.agents[B].state is AgentState.DONE
    assert not fold.permissions
    assert fold.tasks[T1].state == "pending"


def test_that_an_interrupted_agent_goes_on_in_the_same_pane() -> None:
    fold = interrupted_at_work(ev.SessionInterrupted(reason="closed"))
    more = logged(
        ev.SessionContinued(),
        ev.TaskStarted(task_id=T1, agent_id=A),
        ev.AgentStateChanged(agent_id=A, state=AgentState.WORKING),
        ev.OutputAppended(agent_id=A, block=fold.agents[A].next_block, block_kind="text", text="tence", closed=True),
        after=fold.last_seq,
    )
    for one in more:
        fold.apply(one)
    texts = [getattr(entry, "text", None) for entry in fold.agents[A].transcript]
    assert (texts[0], texts[-1]) == ("half a sen", "tence")
    assert fold.tasks[T1].state == "running"
    assert fold.state is SessionState.RUNNING


# --- messages ---


def test_that_a_message_stands_at_its_sender_at_once_and_at_its_receiver_when_it_is_handed_over() -> None:
    known = ev.AgentAssigned(agent_id=A, role="planner")
    fold = fold_of(known, message(1, A, B))
    assert [entry.direction for entry in entries(fold, A)] == ["out"]
    assert B not in fold.agents
    fold.apply(logged(ev.MessageDelivered(message_ids=(M1,), receiver=B, via="prompt"), after=2)[0])
    assert [(entry.direction, entry.message_id) for entry in entries(fold, B)] == [("in", "m1")]


def entries(fold: SessionFold, agent_id: AgentId) -> list[MessageEntry]:
    return [entry for entry in fold.agents[agent_id].transcript if isinstance(entry, MessageEntry)]


def test_that_a_message_that_is_handed_over_again_stands_in_the_pane_once() -> None:
    again = ev.MessageDelivered(message_ids=(M1,), receiver=B, via="prompt")
    fold = fold_of(message(1, A, B), again, ev.SessionInterrupted(reason="closed"), again)
    assert len(entries(fold, B)) == 1


def test_that_a_message_is_as_far_as_its_slowest_receiver() -> None:
    fold = fold_of(
        message(1, USER, A, B),
        ev.MessageDelivered(message_ids=(M1,), receiver=A, via="tool_boundary"),
        ev.MessageRead(message_ids=(M1,), receiver=A),
    )
    assert fold.messages[M1].states == {A: DeliveryState.READ, B: DeliveryState.QUEUED}
    assert fold.messages[M1].least_state is DeliveryState.QUEUED


def test_that_a_message_nobody_gets_is_only_queued() -> None:
    assert fold_of(message(1, A)).messages[M1].least_state is DeliveryState.QUEUED


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        (ev.FactRecorded(agent_id=A, key="port", text="80"), "fact", "port: 80"),
        (ev.DecisionRecorded(agent_id=A, text="Use it", why="It works"), "decision", "Use it (why: It works)"),
        (ev.DecisionRecorded(agent_id=A, text="Use it"), "decision", "Use it"),
        (
            ev.RequestTimedOut(message_id=M1, sender=A, receiver=B, timeout_seconds=30.0),
            "request",
            "No reply to m1 within 30 s",
        ),
        (
            ev.MessageRefused(sender=A, receivers=(B,), text="Hello", reason="Too many."),
            "notice",
            "Not sent: Too many. — Hello",
        ),
        (
            ev.SubtaskProposed(agent_id=A, title="More", instructions="i", role="tester"),
            "plan",
            "Proposes a task: More",
        ),
        (ev.PlanRequested(comment="Fewer tasks"), "plan", "Another plan: Fewer tasks"),
        (ev.PlanDecided(decision="ask_again", comment="Fewer"), "plan", "Asked for another plan: Fewer"),
    ],
)
def test_that_what_people_follow_has_a_row(event: SessionEvent, kind: str, text: str) -> None:
    (row,) = fold_of(event).timeline
    assert (row.kind, row.text, row.seq) == (kind, text, 1)


def test_that_a_discovery_is_kept_beside_its_message() -> None:
    found = ev.DiscoveryAnnounced(agent_id=A, text="A key", importance=Importance.HIGH, message_id=M1)
    declared = ev.DependencyDeclared(agent_id=A, on=B, need="n", message_id=M1)
    fold = fold_of(found, declared)
    assert fold.discoveries == [found]
    assert fold.timeline == []
