"""Agents that are warm when the plan is approved, and gone when nobody needs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.agents.orchestrated_agent import OrchestratedAgent
from maos_desktop.context import SharedContext
from maos_desktop.errors import CliNotFoundError
from maos_desktop.executor.base import PermissionAnswer, PermissionQuestion
from maos_desktop.model import event as ev
from maos_desktop.model.ids import AgentId
from maos_desktop.model.plan import Plan, Role, Subtask
from maos_desktop.orchestration.team import Team
from tests.memory_journal import logged
from tests.scripted_executor import tasks_at_work
from tests.unit.loop_turns import turns
from tests.unit.orchestration.run_stage import RunStage, plan_of

PLAN = Plan.model_validate(plan_of(("t1", "analyst", []), ("t2", "tester", []), ("t3", "tester", [])))
T1, T2, T3 = PLAN.subtasks
A = AgentId("analyst-1")


class Stage(RunStage):
    """A team without an orchestrator."""

    def __init__(self, folder: Path, *past: ev.SessionEvent, **settings: Any) -> None:
        super().__init__(folder, plan_of(("t1", "analyst", [])), log=logged(*past), **settings)
        self.team = Team(self.place, self.bus, SharedContext(self.journal), deny)

    def alive_ids(self) -> list[str]:
        return [process.agent_id for process in self.executor.alive]


async def deny(agent_id: AgentId, question: PermissionQuestion) -> PermissionAnswer:
    return PermissionAnswer(False)


@pytest.fixture
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """Yields a team; in the end nothing of it runs."""
    stage = Stage(folder)
    yield stage
    await stage.team.aclose()
    assert stage.executor.alive == []
    assert tasks_at_work() == set()


def changed(subtask: Subtask, **fields: Any) -> Plan:
    """Returns the plan with one subtask edited."""
    subtasks = tuple(s.model_copy(update=fields) if s.id == subtask.id else s for s in PLAN.subtasks)
    return Plan(goal="Other", subtasks=subtasks)


def whole(*subtasks: Subtask) -> tuple[Plan, tuple[Subtask, ...]]:
    """Returns a plan of these subtasks, and all of them."""
    return Plan(goal="Other", subtasks=subtasks), subtasks


async def test_that_a_task_finds_its_agent_warm(stage: Stage) -> None:
    await stage.team.prepare(PLAN, [T1])
    await turns()
    assert stage.alive_ids() == ["analyst-1"]
    agent = await stage.team.take(PLAN, T1)
    assert agent.agent_id == "analyst-1"
    assert len(stage.executor.processes) == 1


async def test_that_an_agent_that_is_not_warm_is_started(stage: Stage) -> None:
    agent = await stage.team.take(PLAN, T2)
    assert agent.agent_id == "tester-1"
    assert stage.alive_ids() == ["tester-1"]


async def test_that_an_agent_that_is_still_starting_is_waited_for(stage: Stage) -> None:
    stage.executor.may_start.clear()
    await stage.team.prepare(PLAN, [T1])
    taking = asyncio.create_task(stage.team.take(PLAN, T1))
    await turns()
    assert not taking.done()
    stage.executor.may_start.set()
    assert isinstance(await taking, OrchestratedAgent)
    assert len(stage.executor.processes) == 1


async def test_that_warming_up_again_starts_nobody_twice(stage: Stage) -> None:
    await stage.team.prepare(PLAN, [T1, T2])
    await stage.team.prepare(PLAN, [T1, T2])
    await turns()
    assert stage.alive_ids() == ["analyst-1", "tester-1"]


async def test_that_how_many_start_at_the_same_time_is_left_to_the_executor(stage: Stage) -> None:
    plan = Plan.model_validate(plan_of(*((f"t{n}", "tester", []) for n in range(8))))
    await stage.team.prepare(plan, plan.subtasks)
    await turns()
    assert stage.executor.most_starting == 8


async def test_that_a_new_plan_ends_those_of_the_one_before_that_it_does_not_start_with(stage: Stage) -> None:
    await stage.team.prepare(PLAN, [T1, T2])
    await turns()
    other = changed(T1, model="opus")
    await stage.team.prepare(other, [other.subtasks[0], T3])
    await turns()
    assert sorted(stage.alive_ids()) == ["analyst-1", "tester-2"]
    assert stage.executor.of("analyst-1")[-1].launch.model == "opus"
    assert stage.executor.most_alive == 2


@pytest.mark.expected_errors("was not needed, broke off")
async def test_that_a_start_that_breaks_off_is_looked_at_when_nobody_needs_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.executor.start_errors["analyst-1"] = RuntimeError("A bug.")
    await stage.team.prepare(PLAN, [T1, T2])
    await turns()
    await stage.team.aclose()
    assert "The start of analyst-1, which was not needed, broke off" in caplog.text
    assert stage.executor.alive == []


async def test_that_an_edited_plan_ends_those_it_does_not_need_and_keeps_the_others(stage: Stage) -> None:
    await stage.team.prepare(PLAN, PLAN.subtasks)
    await turns(100)
    await stage.team.keep_only(*whole(T1.model_copy(update={"instructions": "Else"}), T2))
    assert stage.alive_ids() == ["analyst-1", "tester-1"]


@pytest.mark.parametrize("change", [{"model": "opus"}, {"tools": ("Read",)}, {"max_turns": 3}])
async def test_that_an_agent_that_has_to_be_started_otherwise_is_not_kept(stage: Stage, change: dict[str, Any]) -> None:
    await stage.team.prepare(PLAN, [T1, T2])
    await turns()
    edited = changed(T1, **change)
    await stage.team.keep_only(edited, edited.subtasks)
    assert stage.alive_ids() == ["tester-1"]
    await stage.team.take(edited, edited.subtasks[0])
    launch = stage.executor.of("analyst-1")[-1].launch
    assert {name: getattr(launch, name) for name in change} == change


async def test_that_a_warm_agent_that_does_not_fit_is_replaced_when_it_is_taken(stage: Stage) -> None:
    await stage.team.prepare(PLAN, [T1])
    await turns()
    edited = changed(T1, model="opus")
    await stage.team.take(edited, edited.subtasks[0])
    old, new = stage.executor.of("analyst-1")
    assert (old.closed, new.closed) == (True, False)
    assert new.launch.model == "opus"


async def test_that_one_that_is_still_starting_can_be_ended(stage: Stage) -> None:
    stage.executor.may_start.clear()
    await stage.team.prepare(PLAN, PLAN.subtasks)
    await turns()
    await stage.team.keep_only(*whole(T1))
    stage.executor.may_start.set()
    await turns(100)
    assert stage.alive_ids() == ["analyst-1"]


async def test_that_a_failed_start_is_told_to_whoever_needs_the_agent(stage: Stage) -> None:
    stage.executor.start_errors["analyst-1"] = CliNotFoundError("There is no CLI.")
    await stage.team.prepare(PLAN, [T1])
    await turns()
    with pytest.raises(CliNotFoundError):
        await stage.team.take(PLAN, T1)
    assert stage.team.working(A) is None


async def test_that_a_failed_start_that_nobody_needs_is_no_error(stage: Stage) -> None:
    stage.executor.start_errors["analyst-1"] = CliNotFoundError("There is no CLI.")
    await stage.team.prepare(PLAN, [T1])
    await turns()
    await stage.team.keep_only(*whole(T2))


async def test_that_an_agent_is_at_work_from_when_it_is_taken_until_it_is_released(stage: Stage) -> None:
    await stage.team.prepare(PLAN, [T1])
    assert stage.team.working(A) is None
    agent = await stage.team.take(PLAN, T1)
    assert stage.team.working(A) is agent
    await stage.team.release(agent)
    assert stage.team.working(A) is None
    assert stage.executor.alive == []


async def test_that_a_take_that_is_cancelled_leaves_nobody_at_work(stage: Stage) -> None:
    stage.executor.may_start.clear()
    taking = asyncio.create_task(stage.team.take(PLAN, T1))
    await turns()
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert stage.team.working(A) is None


async def test_that_an_agent_has_what_its_task_and_the_session_give_it(folder: Path) -> None:
    stage = Stage(folder, model="sonnet", permission_mode="accept_edits", trust_project_settings=True)
    plan = Plan(
        goal="g",
        subtasks=(
            Subtask(id=T1.id, title="t", instructions="i", role=Role.DEVELOPER, writes=True, max_turns=7),
            Subtask(id=T2.id, title="t", instructions="i", role=Role.SECURITY, model="opus"),
        ),
    )
    for subtask in plan.subtasks:
        await stage.team.take(plan, subtask)
    first, second = stage.executor.team_launches()
    assert (first.model, first.max_turns, first.project_folder) == ("sonnet", 7, folder)
    assert {"Edit", "Write"} <= set(first.tools)
    assert "You are the developer." in first.system_prompt
    assert (first.permission_mode, first.trust_project_settings) == ("accept_edits", True)
    assert (first.resume, first.environment) == (None, {"KEY": "value"})
    assert (second.model, second.max_turns) == ("opus", None)
    assert {tool.name for tool in second.agent_tools} >= {"announce_discovery", "request"}
    await stage.team.aclose()


# --- going on with a conversation ---

STARTED = ev.AgentStarted(agent_id=A, claude_session_id="earlier")
SAID = ev.OutputAppended(agent_id=A, block=4, block_kind="text", text="I look.")
COST = ev.TurnFinished(agent_id=A, turns=1, cost_usd=0.25)


async def resumed(folder: Path, *past: ev.SessionEvent, anew: bool = False) -> Stage:
    stage = Stage(folder, *past)
    await stage.team.take(PLAN, T1, anew=anew)
    await stage.team.aclose()
    return stage


async def test_that_an_agent_goes_on_with_the_conversation_it_had(folder: Path) -> None:
    stage = await resumed(folder, STARTED, SAID, COST)
    (launch,) = stage.executor.team_launches()
    assert (launch.resume, launch.resumed_cost_usd) == ("earlier", 0.25)


async def test_that_a_conversation_in_which_nothing_was_said_is_not_gone_on_with(folder: Path) -> None:
    stage = await resumed(folder, STARTED, ev.PromptSent(agent_id=A, text="Go"))
    (launch,) = stage.executor.team_launches()
    assert (launch.resume, launch.resumed_cost_usd) == (None, None)


async def test_that_an_agent_can_begin_anew(folder: Path) -> None:
    stage = await resumed(folder, STARTED, SAID, COST, anew=True)
    (launch,) = stage.executor.team_launches()
    assert (launch.resume, launch.resumed_cost_usd) == (None, None)


async def test_that_only_the_cost_of_the_conversation_itself_is_counted_on(folder: Path) -> None:
    second = ev.AgentStarted(agent_id=A, claude_session_id="second")
    stage = await resumed(folder, STARTED, SAID, COST, second, SAID, COST, COST)
    (launch,) = stage.executor.team_launches()
    assert (launch.resume, launch.resumed_cost_usd) == ("second", 0.5)
    assert stage.fold.agents[A].cost_usd == 0.75


async def test_that_no_model_is_named_in_rehearsal(folder: Path) -> None:
    stage = Stage(folder, backend="rehearsal", model="sonnet")
    try:
        await stage.team.take(changed(T1, model="opus"), T1.model_copy(update={"model": "opus"}))
        (process,) = stage.executor.processes
        assert process.launch.model is None  # a known name would make the CLI reckon dollars nobody pays
    finally:
        await stage.team.aclose()
