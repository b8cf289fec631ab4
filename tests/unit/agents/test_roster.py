"""How a model may name a team-mate."""

from __future__ import annotations

import pytest

from maos_desktop.agents.roster import Roster
from maos_desktop.errors import MessageError
from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Plan, Role, Subtask


def roster_of(*tasks: tuple[str, Role]) -> Roster:
    roster = Roster()
    subtasks = tuple(Subtask(id=TaskId(name), title="t", instructions="i", role=role) for name, role in tasks)
    roster.adopt(Plan(goal="g", subtasks=subtasks))
    return roster


ROSTER = roster_of(("t1", Role.TESTER), ("t2", Role.TESTER), ("look", Role.SECURITY))


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
    assert ROSTER.resolve(name) == agent


@pytest.mark.parametrize("name", ["", "tester", "tester-3", "user", "planner", "t", "security-1-1", "-1"])
def test_that_any_other_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(MessageError) as raised:
        ROSTER.resolve(name)
    assert f"“{name}”" in str(raised.value)
    assert raised.value.next_step == "Use one of: tester-1, tester-2, security-1."


def test_that_a_name_as_it_is_written_goes_first() -> None:
    roster = roster_of(("T1", Role.TESTER), ("t1", Role.ANALYST))
    assert roster.resolve("T1") == "tester-1"
    assert roster.resolve("t1") == "analyst-1"


def test_that_a_new_plan_replaces_the_team() -> None:
    roster = roster_of(("t1", Role.TESTER))
    roster.adopt(Plan(goal="g", subtasks=(Subtask(id=TaskId("t1"), title="t", instructions="i", role=Role.ANALYST),)))
    assert roster.resolve("t1") == "analyst-1"
    with pytest.raises(MessageError):
        roster.resolve("tester-1")
