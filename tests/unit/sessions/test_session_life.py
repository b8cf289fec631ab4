"""A session from its request to its report, and everything its user can do on the way."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.errors import BadRequestError, CliNotFoundError
from maos_desktop.model.event import (
    AgentFailed,
    AgentStarted,
    LoggedEvent,
    MessageSent,
    PermissionRequested,
    PlanDecided,
    PlanProposed,
    PlanRefused,
    PlanRequested,
    PromptSent,
    ReportProduced,
    SessionFinished,
    SessionInterrupted,
    TaskCompleted,
    TaskStarted,
)
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.plan import Plan
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager
from tests.scripted_executor import Ending, ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import PLAN, REPORT, always, events_of, hang, until


async def started(manager: SessionManager, settings: SessionSettings, **changes: object) -> LiveSession:
    session = await manager.create(settings.model_copy(update=changes))
    await session.start()
    return session


async def run(manager: SessionManager, settings: SessionSettings) -> LiveSession:
    session = await started(manager, settings, auto_approve=True)
    await session.wait_finished()
    return session


async def test_that_an_approved_request_ends_in_a_report(manager: SessionManager, settings: SessionSettings) -> None:
    session = await run(manager, settings)
    assert session.state is SessionState.DONE
    fold = SessionFold(await session.events())
    assert {task: fold.tasks[task].state for task in fold.tasks} == dict.fromkeys(["t1", "t2", "t3"], "done")
    assert fold.report is not None
    assert fold.report.summary == REPORT["summary"]


async def test_that_nothing_is_run_before_the_plan_is_approved(
    manager: SessionManager, settings: SessionSettings
) -> None:
    session = await started(manager, settings)
    await until(session, PlanProposed)
    assert session.state is SessionState.AWAITING_APPROVAL
    assert await events_of(session, TaskStarted) == []
    await session.approve()
    assert await session.wait_finished() is SessionState.DONE
    [decided] = await events_of(session, PlanDecided)
    assert (decided.decision, decided.edited, decided.automatic) == ("approved", False, False)


async def test_that_the_plan_can_be_approved_the_moment_it_is_shown(
    manager: SessionManager, settings: SessionSettings
) -> None:
    session = await manager.create(settings)
    asked: list[object] = []

    def approve_at_once(events: object) -> None:
        assert isinstance(events, list | tuple)
        for logged in events:
            assert isinstance(logged, LoggedEvent)
            if isinstance(logged.event, PlanProposed):
                coroutine = session.approve()
                with pytest.raises(StopIteration):
                    coroutine.send(None)
                asked.append(logged)

    session.subscribe(approve_at_once)
    await session.start()
    assert await session.wait_finished() is SessionState.DONE
    assert len(asked) == 1


async def test_that_an_edited_plan_is_what_is_run(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    session = await started(manager, settings)
    await until(session, PlanProposed)
    edited = Plan.model_validate({**PLAN, "subtasks": [{**PLAN["subtasks"][1], "instructions": "Only look at a.py."}]})
    await session.approve(edited)
    await session.wait_finished()
    [decided] = await events_of(session, PlanDecided)
    assert decided.edited
    assert decided.plan == edited
    assert [done.task_id for done in await events_of(session, TaskCompleted)] == ["t2"]
    assert "Only look at a.py." in executor.prompts("security-1")[0]
    assert executor.prompts("analyst-1") == []
    assert all(process.closed for process in executor.processes)


async def test_that_another_plan_is_made_with_the_users_comment(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    session = await started(manager, settings)
    await until(session, PlanProposed)
    first = (await session.events())[-1].seq
    await session.ask_again("One agent is enough")
    await until(session, PlanProposed, after_seq=first)
    assert "One agent is enough" in executor.prompts("planner")[1]
    assert [asked.comment for asked in await events_of(session, PlanRequested)] == ["", "One agent is enough"]
    await session.approve()
    assert await session.wait_finished() is SessionState.DONE


async def test_that_a_rejected_plan_ends_the_session(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    session = await started(manager, settings)
    await until(session, PlanProposed)
    await session.reject()
    assert await session.wait_finished() is SessionState.REJECTED
    assert await events_of(session, TaskStarted) == []
    assert all(process.closed for process in executor.processes)


async def test_that_a_plan_can_be_written_by_hand_when_none_was_valid(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = always({**PLAN, "subtasks": []})
    session = await started(manager, settings)
    refusal = await until(session, PlanRefused, final=True)
    assert "at least one subtask" in refusal.reason
    with pytest.raises(BadRequestError, match="no plan to approve"):
        await session.approve()
    await session.approve(Plan.model_validate(PLAN))
    assert await session.wait_finished() is SessionState.DONE


async def test_that_no_valid_plan_fails_a_session_that_nobody_watches(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = always({**PLAN, "subtasks": []})
    session = await run(manager, settings)
    assert session.state is SessionState.FAILED
    [finished] = await events_of(session, SessionFinished)
    assert finished.failure is not None
    assert finished.failure.code == "plan"
    assert finished.failure.next_step


async def test_that_a_task_starts_after_those_it_depends_on(manager: SessionManager, settings: SessionSettings) -> None:
    session = await run(manager, settings)
    order = [
        f"{logged.event.kind} {logged.event.task_id}"
        for logged in await session.events()
        if isinstance(logged.event, TaskStarted | TaskCompleted)
    ]
    assert order.index("task_started t3") > order.index("task_completed t1")
    assert order.index("task_started t3") > order.index("task_completed t2")


async def test_that_the_others_go_on_when_one_fails(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.start_errors["security-1"] = CliNotFoundError("There is no CLI.")
    session = await run(manager, settings)
    fold = SessionFold(await session.events())
    assert session.state is SessionState.DONE
    assert {task: fold.tasks[task].state for task in fold.tasks} == {"t1": "done", "t2": "failed", "t3": "skipped"}
    [failed] = await events_of(session, AgentFailed)
    assert (failed.agent_id, failed.failure.code) == ("security-1", "cli_not_found")


async def test_that_a_cli_that_is_missing_fails_the_session_with_the_next_step(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.start_errors["planner"] = CliNotFoundError("The Claude CLI was not found.")
    session = await run(manager, settings)
    assert session.state is SessionState.FAILED
    fold = SessionFold(await session.events())
    assert fold.failure is not None
    assert fold.failure.what == "The Claude CLI was not found."
    assert "Install" in fold.failure.next_step
    assert fold.agents[AgentId("planner")].state == "failed"


@pytest.mark.expected_errors("ended by an error")
async def test_that_a_mistake_of_ours_ends_in_the_log_too(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.start_errors["planner"] = ZeroDivisionError("oops")
    session = await run(manager, settings)
    [finished] = await events_of(session, SessionFinished)
    assert finished.failure is not None
    assert finished.failure.code == "bug"
    assert "ZeroDivisionError" in finished.failure.detail


@pytest.mark.parametrize("allowed", [True, False])
async def test_that_the_user_decides_about_permissions(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor, allowed: bool
) -> None:
    async def asks(agent: ScriptedProcess) -> Ending:
        answer = await agent.ask_permission("Bash", command="make")
        return f"allowed: {answer.allowed} {answer.message}"

    executor.scripts["analyst-1"] = asks
    session = await started(manager, settings, auto_approve=True)
    question = await until(session, PermissionRequested)
    with pytest.raises(BadRequestError):
        await session.decide_permission(question.request_id, "another hash", True)
    await session.decide_permission(question.request_id, question.input_sha256, allowed, "as you like")
    await session.wait_finished()
    reports = {done.agent_id: done.report for done in await events_of(session, TaskCompleted)}
    assert reports[AgentId("analyst-1")] == f"allowed: {allowed} as you like"


async def test_that_the_users_words_reach_every_agent(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    words_sent = asyncio.Event()

    async def works(agent: ScriptedProcess) -> Ending:
        await words_sent.wait()
        await agent.use("Read", file_path="app.py")
        return "heard"

    executor.scripts |= {"analyst-1": works, "security-1": works}
    session = await started(manager, settings, auto_approve=True)
    await until(session, PromptSent, agent_id="analyst-1")
    await until(session, PromptSent, agent_id="security-1")
    await session.send_message(None, "Mind the tests")
    words_sent.set()
    await session.wait_finished()
    [message] = [sent.message for sent in await events_of(session, MessageSent)]
    assert message.sender == "user"
    for agent in ("analyst-1", "security-1"):
        assert 'from="user"' in executor.of(agent)[0].heard[0]
        assert "Mind the tests" in executor.of(agent)[0].heard[0]


async def test_that_a_stopped_session_keeps_what_was_done_and_ends_every_agent(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["security-1"] = hang
    session = await started(manager, settings, auto_approve=True)
    await until(session, TaskCompleted, task_id="t1")
    await session.stop()
    assert session.state is SessionState.INTERRUPTED
    assert not session.is_running
    assert await session.wait_finished() is SessionState.INTERRUPTED
    assert executor.alive == []
    assert len(await events_of(session, SessionInterrupted)) == 1
    await session.stop()
    assert len(await events_of(session, SessionInterrupted)) == 1


async def test_that_a_session_stopped_before_it_began_is_interrupted_too(
    manager: SessionManager, settings: SessionSettings
) -> None:
    session = await started(manager, settings)
    await session.stop()
    assert session.state is SessionState.INTERRUPTED
    assert await session.wait_finished() is SessionState.INTERRUPTED


async def test_that_an_interrupted_session_goes_on_with_what_is_left(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["security-1"] = hang
    session = await started(manager, settings, auto_approve=True)
    await until(session, TaskCompleted, task_id="t1")
    claude_session = (await until(session, AgentStarted, agent_id="security-1")).claude_session_id
    await session.stop()

    executor.scripts["security-1"] = always("Nothing was found.")
    await session.continue_()
    assert await session.wait_finished() is SessionState.DONE
    assert [launch.resume for launch in executor.team_launches() if launch.agent_id == "security-1"] == [
        None,
        claude_session,
    ]
    assert executor.prompts("security-1")[1].startswith("# Continue your task")
    assert [done.task_id for done in await events_of(session, TaskCompleted)] == ["t1", "t2", "t3"]
    assert len(executor.prompts("planner")) == 1
    assert len(await events_of(session, ReportProduced)) == 1


async def test_that_a_session_stopped_while_its_plan_was_read_shows_the_same_plan_again(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    session = await started(manager, settings)
    await until(session, PlanProposed)
    await session.stop()
    before = (await session.events())[-1].seq
    await session.continue_()
    proposed = await until(session, PlanProposed, after_seq=before)
    assert proposed.plan == Plan.model_validate(PLAN)
    assert len(executor.prompts("planner")) == 1
    await session.approve()
    assert await session.wait_finished() is SessionState.DONE


async def test_that_a_failed_session_can_be_continued(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.start_errors["synthesis"] = CliNotFoundError("There is no CLI.")
    session = await run(manager, settings)
    assert session.state is SessionState.FAILED
    executor.start_errors.clear()
    await session.continue_()
    assert await session.wait_finished() is SessionState.DONE
    assert len(await events_of(session, TaskCompleted)) == 3


async def test_that_what_cannot_be_done_now_is_said(manager: SessionManager, settings: SessionSettings) -> None:
    session = await run(manager, settings)
    for act in (session.start, session.continue_, session.approve, session.reject):
        with pytest.raises(BadRequestError) as raised:
            await act()
        assert raised.value.next_step
    with pytest.raises(BadRequestError):
        await session.interrupt(AgentId("analyst-1"))
