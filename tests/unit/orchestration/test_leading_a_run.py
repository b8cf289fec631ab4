"""What the user can do while a session runs: talk to agents, pause them, answer them, and stop it all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maos_desktop.errors import BadRequestError, MessageError, StoreError
from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.message import Importance
from tests.scripted_executor import Ending, ScriptedProcess, tasks_at_work
from tests.scripted_sessions import hang
from tests.unit.loop_turns import turns
from tests.unit.orchestration.run_stage import RunStage, plan_of

TWO = plan_of(("t1", "analyst", []), ("t2", "tester", []))
ONE = plan_of(("t1", "analyst", []))
ANALYST, TESTER = AgentId("analyst-1"), AgentId("tester-1")


# --- the user leads ---


async def at_work(folder: Path) -> tuple[RunStage, asyncio.Task[None]]:
    """Returns a session whose analyst hangs in its first turn and ends in its second."""

    async def analyst(agent: ScriptedProcess) -> Ending:
        return await hang(agent) if len(agent.prompts) == 1 else f"Heard: {agent.prompt}"

    stage = RunStage(folder, TWO, {"analyst-1": analyst})
    run = stage.started(auto_approve=True)
    await stage.journal.until(lambda: ANALYST in stage.fold.agents and stage.fold.agents[ANALYST].has_answered)
    return stage, run


async def test_that_a_users_message_lets_a_paused_agent_go_on(folder: Path) -> None:
    stage, run = await at_work(folder)
    await stage.orchestrator.interrupt(ANALYST)
    await stage.until_state(ANALYST, AgentState.PAUSED)
    await stage.orchestrator.send_message(ANALYST, "Leave the tests alone.", Importance.NORMAL)
    await run
    assert "Leave the tests alone." in stage.fold.tasks[TaskId("t1")].report


async def test_that_a_user_can_let_an_agent_go_on_without_a_word(folder: Path) -> None:
    stage, run = await at_work(folder)
    await stage.orchestrator.interrupt(ANALYST)
    await stage.until_state(ANALYST, AgentState.PAUSED)
    stage.orchestrator.resume_agent(ANALYST)
    await run
    assert stage.fold.tasks[TaskId("t1")].report == "Heard: Go on with your task."


async def test_that_a_users_message_to_all_reaches_all_that_are_at_work(folder: Path) -> None:
    stage, run = await at_work(folder)
    await stage.journal.until(lambda: stage.tasks().get(TaskId("t2")) == "done")
    await stage.orchestrator.send_message(None, "Hurry.", Importance.CRITICAL)
    await run
    assert "Hurry." in stage.fold.tasks[TaskId("t1")].report


async def test_that_nobody_leads_an_agent_that_is_not_at_work(folder: Path) -> None:
    stage, run = await at_work(folder)
    await stage.journal.until(lambda: stage.tasks().get(TaskId("t2")) == "done")
    await turns()
    for agent_id in (TESTER, AgentId("planner"), AgentId("nobody")):
        with pytest.raises(BadRequestError, match="is not at work"):
            await stage.orchestrator.interrupt(agent_id)
        with pytest.raises(BadRequestError, match="is not at work"):
            stage.orchestrator.resume_agent(agent_id)
        with pytest.raises(MessageError):
            await stage.orchestrator.send_message(agent_id, "Hello", Importance.NORMAL)
    run.cancel()
    await asyncio.wait([run])


async def test_that_a_permission_goes_from_the_agent_to_the_user_and_back(folder: Path) -> None:
    async def analyst(agent: ScriptedProcess) -> Ending:
        answer = await agent.ask_permission("Bash", command="make")
        return f"{answer.allowed}: {answer.message}"

    stage = RunStage(folder, ONE, {"analyst-1": analyst})
    run = stage.started(auto_approve=True)
    await stage.journal.until(lambda: stage.fold.permissions)
    (question,) = stage.fold.permissions.values()
    stage.orchestrator.permissions.decide(question.request_id, question.input_sha256, False, "Not now")
    await run
    assert stage.fold.tasks[TaskId("t1")].report == "False: Not now"


# --- it is stopped ---


async def test_that_a_stopped_session_leaves_nothing_running(folder: Path) -> None:
    stage, run = await at_work(folder)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert stage.executor.alive == []
    assert tasks_at_work() == set()
    assert stage.journal.of(ev.SessionFinished) == []


@pytest.mark.parametrize("moment", ["planning", "approval", "synthesis"])
async def test_that_a_session_can_be_stopped_at_any_stage(folder: Path, moment: str) -> None:
    scripts = {"planning": {"planner": hang}, "approval": {}, "synthesis": {"synthesis": hang}}[moment]
    stage = RunStage(folder, TWO, scripts)
    run = stage.started(auto_approve=moment == "synthesis")
    if moment == "approval":
        await stage.until_open()
    else:
        await stage.journal.until(lambda: stage.executor.prompts({"planning": "planner"}.get(moment, moment)))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert stage.executor.alive == []
    assert tasks_at_work() == set()


async def test_that_a_log_that_cannot_be_written_comes_out_and_leaves_nothing_running(folder: Path) -> None:
    async def analyst(agent: ScriptedProcess) -> Ending:
        stage.journal.error = StoreError("The disk is full.")
        return "Done."

    stage = RunStage(folder, TWO, {"analyst-1": analyst, "tester-1": hang})
    with pytest.raises(StoreError, match="The disk is full"):
        await stage.orchestrator.orchestrate("Find it", auto_approve=True)
    assert stage.executor.alive == []
    assert tasks_at_work() == set()
