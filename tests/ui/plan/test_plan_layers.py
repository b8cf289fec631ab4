"""The columns of the graph follow the dependencies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.model.ids import TaskId
from maos_desktop.ui.plan_layers import plan_layers


def layers(**needs: str) -> list[list[TaskId]]:
    return plan_layers({TaskId(task): [TaskId(n) for n in needed.split()] for task, needed in needs.items()})


def test_that_a_task_stands_right_of_all_it_depends_on() -> None:
    assert layers(a="", b="a", c="a", d="b c", e="a d") == [["a"], ["b", "c"], ["d"], ["e"]]


def test_that_independent_tasks_share_a_column() -> None:
    assert layers(a="", b="", c="") == [["a", "b", "c"]]


def test_that_tasks_stand_at_the_height_of_what_they_need() -> None:
    assert layers(a="", b="", c="b", d="a") == [["a", "b"], ["d", "c"]]


def test_that_a_cycle_stands_last() -> None:
    assert layers(a="", b="c", c="b") == [["a"], ["b", "c"]]


def test_that_unknown_and_own_dependencies_are_left_out() -> None:
    assert layers(a="a gone") == [["a"]]


def test_that_no_tasks_are_no_columns() -> None:
    assert layers() == []


NAMES = st.sampled_from([TaskId(name) for name in "abcdef"])


@given(st.dictionaries(NAMES, st.lists(NAMES)))
def test_that_every_task_is_placed_once(needs: dict[TaskId, list[TaskId]]) -> None:
    placed = [task for layer in plan_layers(needs) for task in layer]
    assert sorted(placed) == sorted(needs)
