"""Events as people read them in a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.cli.console import Console
from maos_desktop.cli.progress import NdjsonLines, ProgressLines
from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, Failure, LoggedEvent, SessionEvent
from maos_desktop.model.ids import AgentId, MessageId, SessionId, TaskId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.plan import Plan, Role
from maos_desktop.model.report import Report
from maos_desktop.model.session import Backend, SessionSettings
from tests.memory_journal import logged
from tests.scripted_sessions import PLAN, REPORT

A, B = AgentId("analyst-1"), AgentId("tester-1")
FAILURE = Failure(code="cli_crashed", what="The CLI crashed.", next_step="Continue the session.")


def settings(backend: Backend = Backend.CLAUDE) -> SessionSettings:
    return SessionSettings(request="Do it", project_folder=Path("/code/shop"), backend=backend)


def shown(plain: Console, *events: SessionEvent, **options: Any) -> list[str]:
    """Returns the lines of the last event, after the others."""
    progress = ProgressLines(plain, **options)
    lines: list[str] = []
    for one in logged(*events):
        lines = list(progress.lines(one))
    return lines


def message(**fields: Any) -> ev.MessageSent:
    given = {
        "id": MessageId("m1"),
        "sender": A,
        "receivers": (B,),
        "type": MessageType.INFO,
        "text": "Look at a.py",
    } | fields
    return ev.MessageSent(message=Message.model_validate(given))


def text(piece: str, *, closed: bool = False, block: int = 0, kind: str = "text") -> ev.OutputAppended:
    return ev.OutputAppended.model_validate(
        {"agent_id": A, "block": block, "block_kind": kind, "text": piece, "closed": closed}
    )


def test_that_text_is_written_when_its_block_closes(plain: Console) -> None:
    assert shown(plain, text("Hello ")) == []
    assert shown(plain, text("Hello "), text("world.", closed=True)) == ["analyst-1      Hello world."]


def test_that_text_that_was_cut_off_is_written_at_the_end_of_the_turn(plain: Console) -> None:
    ended = ev.TurnFinished(agent_id=A, turns=1)
    assert shown(plain, text("Half a"), ended) == ["analyst-1      Half a"]
    assert shown(plain, text("Half a"), ev.SessionInterrupted(reason="Stopped")) == ["analyst-1      Half a"]
    assert shown(plain, text("Half a"), ended, ended) == []


def test_that_blocks_of_two_agents_are_not_mixed(plain: Console) -> None:
    other = ev.OutputAppended(agent_id=B, block=0, block_kind="text", text="Other", closed=True)
    assert shown(plain, text("One"), other) == ["tester-1       Other"]


def test_that_thinking_is_left_out(plain: Console) -> None:
    assert shown(plain, text("Hm", closed=True, kind="thinking")) == []


def test_that_a_tool_call_is_one_short_line(plain: Console) -> None:
    created = ev.SessionCreated(settings=settings(), title="Do it")
    called = ev.ToolStarted(agent_id=A, tool_use_id="1", tool="Read", input={"file_path": "/code/shop/a.py"})
    assert shown(plain, created, called) == ["analyst-1      [Read] a.py"]
    long = called.model_copy(update={"tool": "Bash", "input": {"command": "echo\n" + "x" * 500}})
    [line] = shown(plain, long)
    assert len(line) <= plain.width


def test_that_the_coordination_tools_do_not_show_twice(plain: Console) -> None:
    called = ev.ToolStarted(agent_id=A, tool_use_id="1", tool="mcp__maos__broadcast", input={"text": "Hi"})
    assert shown(plain, called) == []
    assert shown(plain, called.model_copy(update={"tool": "StructuredOutput"})) == []


def test_that_only_tools_that_fail_tell_their_result(plain: Console) -> None:
    returned = ev.ToolFinished(agent_id=A, tool_use_id="1", output="No such file")
    assert shown(plain, returned) == []
    assert shown(plain, returned.model_copy(update={"is_error": True})) == ["analyst-1      failed: No such file"]


def test_that_a_message_tells_from_whom_to_whom_and_its_state(plain: Console) -> None:
    sent = message(receivers=(B, AgentId("reviewer-1")), type=MessageType.DISCOVERY, importance=Importance.HIGH)
    assert shown(plain, sent) == [
        "analyst-1      → tester-1, reviewer-1 (m1: discovery, high; queued)",
        "               Look at a.py",
    ]
    handed = ev.MessageDelivered(message_ids=(MessageId("m1"),), receiver=B, via="tool_boundary")
    read = ev.MessageRead(message_ids=(MessageId("m1"),), receiver=B)
    done = ev.MessageAcknowledged(message_ids=(MessageId("m1"),), receiver=B)
    assert shown(plain, sent, handed) == ["               m1 delivered to tester-1"]
    assert shown(plain, sent, read) == ["               m1 read by tester-1"]
    assert shown(plain, sent, done) == ["               m1 acknowledged by tester-1"]


def test_that_a_reply_names_its_request(plain: Console) -> None:
    reply = message(id="m2", type=MessageType.RESPONSE, in_reply_to="m1")
    assert shown(plain, reply)[0] == "analyst-1      → tester-1 (m2: response to m1; queued)"


def test_that_the_plan_is_a_table(plain: Console) -> None:
    lines = shown(plain, ev.PlanProposed(plan=Plan.model_validate(PLAN)))
    assert "  task  agent       after   title" in lines
    assert "  t3    tester-1    t1, t2  Test it" in lines
    assert not any("Run it." in line for line in lines)


def test_that_a_plan_to_approve_tells_what_each_agent_will_be_told(plain: Console) -> None:
    lines = shown(plain, ev.PlanProposed(plan=Plan.model_validate(PLAN)), plan_instructions=True)
    assert "      Run it." in lines


def test_that_a_task_that_changes_files_says_so(plain: Console) -> None:
    plan = Plan.model_validate({**PLAN, "subtasks": [{**PLAN["subtasks"][0], "writes": True}]})
    assert any("Map the code (changes files)" in line for line in shown(plain, ev.PlanProposed(plan=plan)))


def test_that_an_edited_plan_is_shown_as_it_will_be_run(plain: Console) -> None:
    plan = Plan.model_validate(PLAN)
    decided = ev.PlanDecided(decision="approved", plan=plan)
    assert shown(plain, decided) == []
    assert any("t3" in line for line in shown(plain, decided.model_copy(update={"edited": True})))


def test_that_tasks_and_agents_are_followed(plain: Console) -> None:
    plan = ev.PlanProposed(plan=Plan.model_validate(PLAN))
    task = TaskId("t1")
    assert shown(plain, plan, ev.TaskStarted(task_id=task, agent_id=A)) == ["analyst-1      starts t1: Map the code"]
    assert shown(plain, plan, ev.TaskCompleted(task_id=task, agent_id=A, report="All")) == [
        "analyst-1      done with t1"
    ]
    assert shown(plain, plan, ev.TaskFailed(task_id=task, agent_id=A, failure=FAILURE)) == [
        "analyst-1      t1 failed: The CLI crashed. Continue the session."
    ]
    assert shown(plain, plan, ev.TaskSkipped(task_id=task, reason="It depends on t0.")) == [
        "               t1 is not run. It depends on t0."
    ]


def test_that_states_that_concern_the_user_are_told(plain: Console) -> None:
    waits = ev.AgentStateChanged(agent_id=A, state=AgentState.AWAITING_REPLY, reason="Waits for a reply from b")
    assert shown(plain, waits) == ["analyst-1      Waits for a reply from b"]
    paused = ev.AgentStateChanged(agent_id=A, state=AgentState.PAUSED)
    assert shown(plain, paused) == ["analyst-1      paused"]
    assert shown(plain, ev.AgentStateChanged(agent_id=A, state=AgentState.WORKING)) == []


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (ev.AgentAssigned(agent_id=A, role="planner", title="Makes the plan"), "analyst-1      Makes the plan"),
        (
            ev.RetryNoticed(agent_id=A, attempt=2, delay_ms=4_000, status=529, text="overloaded"),
            "analyst-1      the back end answered 529 (overloaded); tries again in 4 s",
        ),
        (
            ev.RetryNoticed(agent_id=A, attempt=1, delay_ms=600),
            "analyst-1      the back end could not be reached; tries again in 1 s",
        ),
        (
            ev.PermissionDecided(agent_id=A, request_id="p", input_sha256="0", allowed=False, message="Not now."),
            "analyst-1      denied. Not now",
        ),
        (
            ev.MessageRefused(sender=A, receivers=(B,), text="x", reason="too many"),
            "analyst-1      message to tester-1 not sent: too many",
        ),
        (
            ev.RequestTimedOut(message_id=MessageId("m1"), sender=A, receiver=B, timeout_seconds=30),
            "analyst-1      no reply to m1 from tester-1 in 30 s",
        ),
        (ev.FactRecorded(agent_id=A, key="tests", text="6"), "analyst-1      fact: tests: 6"),
        (
            ev.DecisionRecorded(agent_id=A, text="Keep it", why="It works"),
            "analyst-1      decision: Keep it (why: It works)",
        ),
        (
            ev.SubtaskProposed(agent_id=A, title="Fix it", instructions="…", role=Role.DEVELOPER),
            "analyst-1      proposes a task for a developer: Fix it",
        ),
        (
            ev.PlanRefused(reason="It has a cycle.", raw="", final=False),
            "planner        Not a valid plan: It has a cycle.",
        ),
        (
            ev.NoticeRaised(level="warning", text="No news for 60 s.", next_step="Wait.", agent_id=A),
            "analyst-1      No news for 60 s. Wait.",
        ),
    ],
)
def test_that_what_happens_is_one_line(plain: Console, event: SessionEvent, line: str) -> None:
    assert shown(plain, event) == [line]


def test_that_the_report_names_the_source_of_each_finding(plain: Console) -> None:
    lines = shown(plain, ev.ReportProduced(report=Report.model_validate(REPORT)))
    assert "1. A key in config.py" in lines
    assert "   high confidence, from security-1 (t2)" in lines
    assert lines[lines.index("Next steps") + 1] == "- Take the key out"


def test_that_a_rehearsal_is_called_one_at_both_ends(plain: Console) -> None:
    created = ev.SessionCreated(settings=settings(Backend.REHEARSAL), title="Do it")
    label = "Rehearsal: no language model is involved"
    assert label in shown(plain, created)
    assert label in shown(plain, created, ev.ReportProduced(report=Report.model_validate(REPORT)))
    assert label not in shown(plain, ev.SessionCreated(settings=settings(), title="Do it"))


def test_that_a_continued_session_is_named_again(plain: Console) -> None:
    before = logged(ev.SessionCreated(settings=settings(), title="Do it"))
    assert shown(plain, ev.SessionContinued(), before=before)[0] == "Session 0123456789ab in /code/shop"


def test_that_agents_cannot_write_to_the_terminal(plain: Console) -> None:
    hostile = "a\x1b[2J\x1b]0;title\x07b\u202ec\rd"
    for event in (
        text(hostile, closed=True),
        message(text=hostile),
        ev.ToolStarted(agent_id=A, tool_use_id="1", tool=hostile, input={"command": hostile}),
        ev.ToolFinished(agent_id=A, tool_use_id="1", output=hostile, is_error=True),
        ev.FactRecorded(agent_id=A, key=hostile, text=hostile),
        ev.PlanProposed(plan=Plan.model_validate({**PLAN, "goal": hostile, "rationale": hostile})),
        ev.ReportProduced(report=Report.model_validate({**REPORT, "summary": hostile, "next_steps": [hostile]})),
        ev.MessageRefused(sender=A, receivers=(AgentId(hostile),), text=hostile, reason=hostile),
        ev.NoticeRaised(level="error", text=hostile),
    ):
        lines = shown(plain, event)
        assert lines
        assert not {c for line in lines for c in line} & {"\x1b", "\x07", "\r", "\u202e"}, event.kind


def test_that_ndjson_is_the_stored_form() -> None:
    one = LoggedEvent(
        session_id=SessionId("abc"), seq=3, at=datetime(2026, 1, 2, tzinfo=UTC), event=message(text="zwei\nZeilen")
    )
    [line] = NdjsonLines().lines(one)
    assert "\n" not in line
    assert LoggedEvent.model_validate(json.loads(line)) == one
