"""From a request to a valid plan, or to the reason why there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.errors import BadRequestError, CliNotSetUpError, PlanError
from maos_desktop.model.event import AgentState, PlanRefused
from maos_desktop.model.plan import Mode, Plan
from maos_desktop.orchestration.decomposer import TaskDecomposer
from maos_desktop.rehearsal.prompts import read_plan_prompt
from tests.scripted_executor import Ending, answering
from tests.unit.orchestration.run_stage import RunStage, plan_of

GOOD = plan_of(("t1", "analyst", []), ("t2", "tester", ["t1"]))
CYCLE = plan_of(("t1", "analyst", ["t2"]), ("t2", "tester", ["t1"]))


def stage_with(folder: Path, *answers: Ending, **settings: Any) -> RunStage:
    return RunStage(folder, GOOD, {"planner": answering(*answers)}, **settings)


async def test_that_a_valid_plan_is_taken_as_it_is(folder: Path) -> None:
    stage = stage_with(folder, GOOD)
    plan = await TaskDecomposer(stage.place).decompose("Find it")
    assert plan == Plan.model_validate(GOOD)
    (process,) = stage.executor.of("planner")
    assert process.closed
    assert process.launch.tools == ("Read", "Glob", "Grep")
    assert process.launch.output_schema == Plan.model_json_schema()
    assert process.launch.environment == {"KEY": "value"}
    assert stage.journal.of(PlanRefused) == []


async def test_that_the_planner_is_told_the_request_the_folder_and_the_mode(folder: Path) -> None:
    stage = stage_with(folder, GOOD)
    await TaskDecomposer(stage.place).decompose("Find it")
    (prompt,) = stage.executor.prompts("planner")
    assert prompt.startswith("# Make a plan\n\n## Request\nFind it\n\n## Project folder\nFolder: ")
    assert [line for line in prompt.splitlines() if line.startswith("## ")] == [
        "## Request",
        "## Project folder",
        "## Mode",
    ]
    read = read_plan_prompt(prompt)
    assert (read.request, read.mode) == ("Find it", None)
    assert "Python (1 file)" in read.project


async def test_that_a_comment_comes_with_the_plan_it_is_about(folder: Path) -> None:
    stage = stage_with(folder, GOOD)
    before = Plan.model_validate(GOOD)
    await TaskDecomposer(stage.place).decompose("Find it", "Fewer tasks", before)
    read = read_plan_prompt(stage.executor.prompts("planner")[0])
    assert read.comment == "Fewer tasks"
    assert read.roles_before == ("analyst", "tester")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (CYCLE, "The dependencies form a cycle"),
        (plan_of(("t1", "analyst", ["t9"])), "depends on “t9”, which does not exist"),
        (plan_of(("t1", "analyst", []), ("t1", "tester", [])), "The id “t1” is used by 2 subtasks"),
        (plan_of(), "A plan needs at least one subtask"),
        (plan_of(("t1", "boss", [])), "subtasks.0.role: Input should be"),
        ({"goal": "g"}, "subtasks: Field required"),
        (GOOD | {"extra": 1}, "extra: Extra inputs are not permitted"),
    ],
)
async def test_that_an_invalid_plan_goes_back_once_with_the_reason(
    folder: Path, wrong: dict[str, Any], reason: str
) -> None:
    stage = stage_with(folder, wrong, GOOD)
    assert await TaskDecomposer(stage.place).decompose("Find it") == Plan.model_validate(GOOD)
    (refused,) = stage.journal.of(PlanRefused)
    assert reason in refused.reason
    assert "Value error" not in refused.reason
    assert not refused.final
    assert json.loads(refused.raw) == wrong
    first, second = stage.executor.prompts("planner")
    assert second.startswith(first)
    assert reason in read_plan_prompt(second).refusal
    assert len(stage.executor.of("planner")) == 1


async def test_that_a_second_invalid_plan_is_an_error_with_what_came_back(folder: Path) -> None:
    stage = stage_with(folder, plan_of(), CYCLE)
    with pytest.raises(PlanError, match="form a cycle") as raised:
        await TaskDecomposer(stage.place).decompose("Find it")
    assert json.loads(raised.value.detail) == CYCLE
    assert raised.value.next_step == "Write the plan by hand, or ask for another one with a comment."
    assert stage.executor.alive == []


@pytest.mark.parametrize("mode", Mode)
async def test_that_a_mode_that_the_user_chose_is_asked_for_and_kept(folder: Path, mode: Mode) -> None:
    stage = stage_with(folder, GOOD, mode=mode)
    plan = await TaskDecomposer(stage.place).decompose("Find it")
    assert plan.mode is mode
    assert read_plan_prompt(stage.executor.prompts("planner")[0]).mode is mode


async def test_that_the_models_error_comes_out(folder: Path) -> None:
    stage = stage_with(folder, CliNotSetUpError("No key."))
    with pytest.raises(CliNotSetUpError):
        await TaskDecomposer(stage.place).decompose("Find it")
    assert stage.states("planner")[-1] is AgentState.FAILED
    assert stage.executor.alive == []


async def test_that_a_folder_that_is_gone_is_told_before_anybody_is_asked(tmp_path: Path) -> None:
    stage = stage_with(tmp_path / "gone", GOOD)
    with pytest.raises(BadRequestError, match="cannot be read"):
        await TaskDecomposer(stage.place).decompose("Find it")
    assert stage.executor.processes == []
