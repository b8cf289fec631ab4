"""What each role is told, and what it may use."""

from __future__ import annotations

import pytest

from maos_desktop.agents.roles import prompt_text, role_prompt, tools_for
from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Role, Subtask
from tests.unit.agents.test_coordination_tools import NAMES

WRITING = {"Edit", "Write", "MultiEdit", "NotebookEdit"}


def task(role: Role, *, writes: bool = False, tools: tuple[str, ...] | None = None) -> Subtask:
    return Subtask(id=TaskId("t1"), title="t", instructions="i", role=role, writes=writes, tools=tools)


@pytest.mark.parametrize("role", Role)
def test_that_a_task_that_does_not_write_has_no_tool_that_does(role: Role) -> None:
    assert not WRITING & set(tools_for(task(role)))
    assert {"Read", "Glob", "Grep"} <= set(tools_for(task(role)))


def test_that_tools_that_write_are_left_out_of_the_tasks_own_list_too() -> None:
    own = ("Read", "NotebookEdit", "MultiEdit", "Edit", "Write")
    assert tools_for(task(Role.DEVELOPER, tools=own)) == ("Read",)
    assert tools_for(task(Role.ANALYST, tools=own, writes=True)) == own
    assert tools_for(task(Role.ANALYST, tools=())) == ()


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.TESTER, Role.DOCUMENTER, Role.ARCHITECT, Role.PERFORMANCE])
def test_that_a_task_that_writes_has_the_tools_for_it(role: Role) -> None:
    assert {"Edit", "Write"} <= set(tools_for(task(role, writes=True)))


@pytest.mark.parametrize("role", Role)
def test_that_every_role_has_a_prompt_of_its_own_and_that_of_the_team(role: Role) -> None:
    prompt = role_prompt(role)
    assert prompt.startswith("You are the ")
    assert prompt_text("team") in prompt
    assert prompt_text(role) != prompt_text("team")


def test_that_the_prompt_of_the_team_names_every_tool_of_the_team() -> None:
    text = prompt_text("team")
    assert [name for name in NAMES if f"`{name}`" not in text] == []


def test_that_the_planner_knows_every_role() -> None:
    text = prompt_text("planner")
    assert [role for role in Role if role not in text] == []
