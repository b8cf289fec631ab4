"""How a model may name a team-mate."""

from __future__ import annotations

import pytest

from maos_desktop.agents.team_names import TeamNames
from maos_desktop.errors import MessageError
from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Plan, Role, Subtask


def names_of(*tasks: tuple[str, Role]) -> TeamNames:
    names = TeamNames()
    subtasks = tuple(Subtask(id=TaskId(name), title="t", instructions="i", role=role) for name, role in tasks)
    names.adopt(Plan(goal="g", subtasks=subtasks))
    return names


NAMES = names_of(("t1", Role.TESTER), ("t2", Role.TESTER), ("look", Role.SECURITY))


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("tester-2", "tester-2"),
        (" Tester-1\n", "tester-1"),
        ("t2", "tester-2"),
        ("LOOK", "security-1"),
        ("security", "security-1"),
        ("Security", "security-1"),
    ],
)
def test_that_an_agent_is_found_by_name_task_or_the_only_one_of_its_role(name: str, agent: str) -> None:
    assert NAMES.resolve(name) == agent


@pytest.mark.parametrize("name", ["", "tester", "tester-3", "user", "planner", "t", "security-1-1", "-1"])
def test_that_any_other_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(MessageError) as raised:
        NAMES.resolve(name)
    assert f"“{name}”" in str(raised.value)
    assert raised.value.next_step == "Use one of: tester-1, tester-2, security-1."


def test_that_a_name_as_it_is_written_goes_first() -> None:
    names = names_of(("T1", Role.TESTER), ("t1", Role.ANALYST))
    assert names.resolve("T1") == "tester-1"
    assert names.resolve("t1") == "analyst-1"


def test_that_a_new_plan_replaces_the_team() -> None:
    names = names_of(("t1", Role.TESTER))
    names.adopt(Plan(goal="g", subtasks=(Subtask(id=TaskId("t1"), title="t", instructions="i", role=Role.ANALYST),)))
    assert names.resolve("t1") == "analyst-1"
    with pytest.raises(MessageError):
        names.resolve("tester-1")
