"""The rules of a plan, and who works on which of its subtasks."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Mode, Plan, Role, Subtask, plan_problems
from tests.unit.model.strategies import acyclic_subtasks, plans, subtask, task_id


def needs_itself(start: TaskId, graph: dict[TaskId, set[TaskId]]) -> bool:
    """Whether a walk along the dependencies comes back to where it began."""
    seen: set[TaskId] = set()
    ahead = list(graph[start])
    while ahead:
        here = ahead.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            ahead += graph[here]
    return False


@st.composite
def any_subtasks(draw: st.DrawFn) -> tuple[Subtask, ...]:
    """Subtasks that may break every rule."""
    numbers = st.integers(0, 5)
    drawn = draw(st.lists(st.tuples(numbers, st.lists(numbers, max_size=3)), max_size=6))
    return tuple(subtask(number, depends_on) for number, depends_on in drawn)


@given(acyclic_subtasks())
def test_that_a_graph_without_cycles_is_a_plan(subtasks: tuple[Subtask, ...]) -> None:
    assert plan_problems(subtasks) == []


@given(any_subtasks())
def test_that_exactly_the_broken_rules_are_found(subtasks: tuple[Subtask, ...]) -> None:
    ids = [s.id for s in subtasks]
    graph: dict[TaskId, set[TaskId]] = {s.id: set() for s in subtasks}
    graph |= {s.id: {d for d in s.depends_on if d in graph and d != s.id} for s in subtasks}
    text = "\n".join(plan_problems(subtasks))

    assert ("at least one" in text) == (not subtasks)
    assert ("is used by" in text) == (len(set(ids)) < len(ids))
    assert ("does not exist" in text) == any(d not in graph for s in subtasks for d in s.depends_on)
    assert ("depends on itself" in text) == any(s.id in s.depends_on for s in subtasks)
    assert ("form a cycle" in text) == any(needs_itself(task, graph) for task in graph)


def test_that_a_cycle_is_named_with_each_task_before_the_one_it_needs() -> None:
    problems = plan_problems((subtask(1, [3]), subtask(2, [1]), subtask(3, [2])))
    assert len(problems) == 1
    steps = problems[0].removeprefix("The dependencies form a cycle: ").removesuffix(".").split(" → ")
    assert sorted(steps[:-1]) == ["t1", "t2", "t3"]
    assert steps[0] == steps[-1]
    assert all((a, b) in {("t1", "t3"), ("t2", "t1"), ("t3", "t2")} for a, b in itertools.pairwise(steps))


def test_that_each_broken_rule_is_a_sentence_of_its_own() -> None:
    assert plan_problems((subtask(1, [1]), subtask(2, [9]), subtask(2))) == [
        "The id “t2” is used by 2 subtasks.",
        "Subtask “t1” depends on itself.",
        "Subtask “t2” depends on “t9”, which does not exist.",
    ]


def test_that_a_plan_that_breaks_a_rule_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="A plan needs at least one subtask"):
        Plan(goal="g", subtasks=())
    with pytest.raises(ValidationError, match="“t9”, which does not exist"):
        Plan(goal="g", subtasks=(subtask(1, [9]),))


@pytest.mark.parametrize("bad_id", ["", "a b", "a\n", "ä", "../x", "x" * 41])
def test_that_the_id_of_a_subtask_is_a_plain_word(bad_id: str) -> None:
    with pytest.raises(ValidationError):
        Subtask(id=TaskId(bad_id), title="t", instructions="i", role=Role.ANALYST)


@given(plans())
def test_that_every_subtask_has_an_agent_of_its_role_and_its_own(plan: Plan) -> None:
    agents = plan.agent_ids()
    assert list(agents) == [s.id for s in plan.subtasks]
    assert len(set(agents.values())) == len(plan.subtasks)
    assert all(agents[s.id].rpartition("-")[0] == s.role for s in plan.subtasks)


@given(plans())
def test_that_the_agents_of_a_role_are_numbered_in_the_plans_order(plan: Plan) -> None:
    agents = plan.agent_ids()
    seen: Counter[Role] = Counter()
    for one in plan.subtasks:
        seen[one.role] += 1
        assert agents[one.id] == f"{one.role}-{seen[one.role]}"


@given(plans(), st.sampled_from(Mode))
def test_that_agents_keep_their_names_when_the_plan_is_stored_or_worded_anew(plan: Plan, mode: Mode) -> None:
    again = Plan.model_validate_json(plan.model_dump_json())
    reworded = tuple(s.model_copy(update={"title": "other", "depends_on": ()}) for s in again.subtasks)
    other = Plan(goal="another goal", mode=mode, subtasks=reworded)
    assert other.agent_ids() == plan.agent_ids()


def test_that_a_subtask_is_found_by_its_id() -> None:
    plan = Plan(goal="g", subtasks=(subtask(1), subtask(2)))
    assert plan.subtask(task_id(2)).title == "Title 2"
    with pytest.raises(KeyError):
        plan.subtask(task_id(3))
