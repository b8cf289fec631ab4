from __future__ import annotations

from datetime import UTC, datetime

import pytest

from maos_desktop.agents.prompting import join_sections, task_prompt
from maos_desktop.agents.synthesis import synthesis_prompt
from maos_desktop.model.event import (
    Failure,
    LoggedEvent,
    PlanDecided,
    SessionCreated,
    SessionEvent,
    TaskCompleted,
    TaskFailed,
    TaskStarted,
)
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId, SessionId, TaskId
from maos_desktop.model.plan import Mode, Plan, Role, Subtask
from maos_desktop.model.session import SessionSettings
from maos_desktop.rehearsal.prompts import read_plan_prompt, read_synthesis_prompt, read_task_prompt
from tests.unit.rehearsal.bodies import task

REPORT = "# Analyst: Map\n\n## Findings\n\n### Oversized files (1)\n- `a.py`, 900 lines\n\n## Messages\n\nnone"
PLAN = Plan(
    goal="Know it",
    subtasks=(
        Subtask(id=TaskId("t1"), title="Map (all)", instructions="Map it.", role=Role.ANALYST),
        Subtask(id=TaskId("t2"), title="Test: a, b", instructions="Test it.", role=Role.TESTER),
        Subtask(
            id=TaskId("t3"),
            title="Review",
            instructions="Review it.",
            role=Role.REVIEWER,
            depends_on=(TaskId("t1"),),
        ),
    ),
)


@pytest.fixture
def fold() -> SessionFold:
    settings = SessionSettings.model_validate({"request": "Look at it", "project_folder": "."})
    happened: list[SessionEvent] = [
        SessionCreated(settings=settings, title="Look"),
        PlanDecided(decision="approved", plan=PLAN),
        TaskStarted(task_id=TaskId("t1"), agent_id=AgentId("analyst-1")),
        TaskCompleted(task_id=TaskId("t1"), agent_id=AgentId("analyst-1"), report=REPORT),
        TaskStarted(task_id=TaskId("t2"), agent_id=AgentId("tester-1")),
    ]
    return SessionFold(
        LoggedEvent(session_id=SessionId("s"), seq=seq, at=datetime.now(UTC), event=event)
        for seq, event in enumerate(happened, 1)
    )


def prompt_of(fold: SessionFold, number: int) -> str:
    return task_prompt(PLAN, PLAN.subtasks[number], fold, shared="facts", messages="", conversation="new")


def test_that_the_apps_own_task_prompt_is_read(fold: SessionFold) -> None:
    read = read_task_prompt([prompt_of(fold, 2)])

    assert (read.agent, read.role, read.task, read.title) == ("reviewer-1", "reviewer", "t3", "Review")
    assert read.request == "Look at it"
    assert read.instructions == "Review it."


def test_that_the_team_is_read_with_the_state_of_its_tasks(fold: SessionFold) -> None:
    read = read_task_prompt([prompt_of(fold, 0)])

    assert [(m.agent, m.role, m.title, m.task, m.state) for m in read.team] == [
        ("tester-1", "tester", "Test: a, b", "t2", "running"),
        ("reviewer-1", "reviewer", "Review", "t3", "pending"),
    ]


def test_that_reports_of_other_tasks_are_read_whatever_they_hold(fold: SessionFold) -> None:
    (report,) = read_task_prompt([prompt_of(fold, 2)]).reports

    assert (report.agent, report.task, report.title) == ("analyst-1", "t1", "Map (all)")
    assert "`a.py`, 900 lines" in report.text
    assert report.text.endswith("none")


def test_that_a_resumed_prompt_leaves_known_what_the_first_one_said(fold: SessionFold) -> None:
    again = task_prompt(PLAN, PLAN.subtasks[2], fold, shared="", messages="", conversation="resumed")
    read = read_task_prompt([prompt_of(fold, 2), again])

    assert read.instructions == "Review it."
    assert read.reports


def test_that_a_resumed_prompt_alone_says_who_the_agent_is(fold: SessionFold) -> None:
    read = read_task_prompt([task_prompt(PLAN, PLAN.subtasks[1], fold, shared="", messages="", conversation="resumed")])

    assert (read.agent, read.role, read.title) == ("tester-1", "tester", "Test: a, b")
    assert read.instructions == ""
    assert read.team == ()


def test_that_an_agent_without_company_has_no_team() -> None:
    read = read_task_prompt([task("analyst")])

    assert read.team == ()
    assert read.reports == ()


def test_that_the_apps_own_synthesis_prompt_is_read(fold: SessionFold) -> None:
    failure = Failure(code="x", what="It crashed.")
    fold.apply(
        LoggedEvent(
            session_id=SessionId("s"),
            seq=6,
            at=datetime.now(UTC),
            event=TaskFailed(task_id=TaskId("t2"), agent_id=AgentId("tester-1"), failure=failure),
        )
    )
    read = read_synthesis_prompt(synthesis_prompt("Look at it", PLAN, fold))

    assert read.request == "Look at it"
    assert [(r.agent, r.task, r.state) for r in read.results] == [
        ("analyst-1", "t1", "done"),
        ("tester-1", "t2", "failed"),
        ("reviewer-1", "t3", "pending"),
    ]
    assert "`a.py`, 900 lines" in read.results[0].text
    assert read.results[1].text == "It crashed."


def test_that_a_plan_prompt_is_read() -> None:
    read = read_plan_prompt(
        join_sections(
            "# Make a plan",
            {
                "Request": "Test it",
                "Project folder": "Languages: Python (3 files)",
                "Mode": "Use the mode “sequential”.",
                "Plan before": PLAN.model_dump_json(),
                "Comment on the plan before": "Add security",
                "Why the last plan was refused": "A cycle.",
            },
        )
    )

    assert read.request == "Test it"
    assert read.mode is Mode.SEQUENTIAL
    assert read.roles_before == ("analyst", "tester", "reviewer")
    assert read.comment == "Add security"
    assert read.refusal == "A cycle."


def test_that_a_plan_prompt_may_leave_the_mode_open() -> None:
    read = read_plan_prompt("# Make a plan\n\n## Request\nRun it in parallel\n\n## Mode\nChoose the mode.")

    assert read.mode is None
    assert read.comment == ""
    assert read.roles_before == ()


@pytest.mark.parametrize("before", ["", "no JSON", "[]", "{}", '{"subtasks": [{}]}', '{"subtasks": 3}'])
def test_that_a_plan_before_that_cannot_be_read_has_no_roles(before: str) -> None:
    prompt = f"# Make a plan\n\n## Request\nx\n\n## Plan before\n{before}"

    assert read_plan_prompt(prompt).roles_before == ()
