"""A plan can be edited freely, is told what is wrong with it, and takes every step back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Mode, Role
from maos_desktop.ui.item_models.plan_model import PlanColumn, PlanModel
from tests.ui.plan.drafts import diamond

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def model(qapp: QApplication) -> PlanModel:
    made = PlanModel(diamond())
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def cell(model: PlanModel, row: int, column: PlanColumn) -> str:
    return str(model.data(model.index(row, column)))


def test_that_an_unedited_plan_is_the_one_that_was_proposed(model: PlanModel) -> None:
    assert model.to_plan() == diamond()
    assert not model.is_edited()
    assert model.problems() == []


def test_that_the_table_says_what_a_task_is_and_waits_for(model: PlanModel) -> None:
    assert cell(model, 3, PlanColumn.TASK) == "t4  Weigh it"
    assert cell(model, 3, PlanColumn.ROLE) == "Reviewer"
    assert cell(model, 3, PlanColumn.WAITS_FOR) == "t2, t3"
    assert model.headerData(2, Qt.Orientation.Horizontal) == "Waits for"
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_that_edits_are_in_the_plan(model: PlanModel) -> None:
    model.change(0, title="Map it", role=Role.ARCHITECT, writes=True)
    plan = model.to_plan()
    assert plan.subtasks[0].title == "Map it"
    assert plan.subtasks[0].role is Role.ARCHITECT
    assert plan.subtasks[0].writes
    assert model.is_edited()


def test_that_typing_into_one_field_is_one_step_of_undo(model: PlanModel) -> None:
    for text in ("M", "Ma", "Map"):
        model.change(0, title=text)
    model.change(0, instructions="Other")
    assert model.undo_stack.count() == 2
    model.undo_stack.undo()
    assert model.tasks[0].title == "Map"
    model.undo_stack.undo()
    assert model.tasks[0].title == "Map the code"
    assert not model.is_edited()
    model.undo_stack.redo()
    assert model.tasks[0].title == "Map"


def test_that_typing_back_what_was_there_leaves_no_step(model: PlanModel) -> None:
    model.change(0, title="Map the codes")
    model.change(0, title="Map the code")
    assert not model.undo_stack.canUndo()


def test_that_steps_have_names(model: PlanModel) -> None:
    model.change(1, title="Look")
    assert model.undo_stack.undoText() == "change of t2"
    model.remove(1)
    assert model.undo_stack.undoText() == "removal of t2"
    model.add()
    assert model.undo_stack.undoText() == "adding of t5"


def test_that_a_change_to_the_same_is_no_change(model: PlanModel) -> None:
    model.change(0, title="Map the code")
    assert model.undo_stack.count() == 0


def test_that_nothing_waits_for_a_task_that_is_gone(model: PlanModel) -> None:
    model.remove(1)
    assert [task.id for task in model.tasks] == ["t1", "t3", "t4"]
    assert model.tasks[2].depends_on == ("t3",)
    assert model.to_plan().subtasks[2].depends_on == ("t3",)
    model.undo_stack.undo()
    assert model.to_plan() == diamond()


def test_that_a_new_task_has_a_free_id_and_must_be_filled_in(model: PlanModel) -> None:
    model.remove(0)
    row = model.add()
    assert len({task.id for task in model.tasks}) == len(model.tasks)
    problems = model.problems()
    assert {(problem.task_id, problem.field) for problem in problems} == {
        (model.tasks[row].id, "title"),
        (model.tasks[row].id, "instructions"),
    }
    with pytest.raises(ValueError, match="title"):
        model.to_plan()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("title", "  ", "t1 needs a title."),
        ("title", "x" * 201, "The title of t1 is longer than 200 characters."),
        ("instructions", "\n", "t1 needs instructions."),
        ("instructions", "x" * 20_001, "The instructions of t1 are longer than 20000 characters."),
    ],
)
def test_that_a_problem_stands_at_its_field(model: PlanModel, field: str, text: str, words: str) -> None:
    model.change(0, **{field: text})
    (problem,) = model.problems()
    assert (problem.task_id, problem.field, problem.text) == ("t1", field, words)
    assert model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole) == words
    assert model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole) is not None
    assert model.data(model.index(1, 0), Qt.ItemDataRole.DecorationRole) is None


def test_that_a_cycle_is_named(model: PlanModel) -> None:
    model.change(0, depends_on=(TaskId("t4"),))
    texts = [problem.text for problem in model.problems()]
    assert len(texts) == 1
    assert "cycle" in texts[0]
    assert model.problems()[0].task_id is None


def test_that_a_plan_can_be_written_by_hand(qapp: QApplication) -> None:
    model = PlanModel(None, "Do something " * 1_000)
    assert len(model.goal) == 4_000
    assert model.mode is Mode.DYNAMIC
    assert [problem.text for problem in model.problems()] == ["A plan needs at least one subtask."]
    model.change(model.add(), title="Look", instructions="Look at it.")
    assert model.to_plan().subtasks[0].id == "t1"


def test_that_agents_are_named_as_the_plan_would_name_them(model: PlanModel) -> None:
    model.change(1, role=Role.TESTER)
    assert model.agent_ids() == model.to_plan().agent_ids()
    assert model.agent_ids()[TaskId("t3")] == "tester-2"


def test_that_fields_which_are_not_edited_are_kept(qapp: QApplication) -> None:
    plan = diamond()
    first = plan.subtasks[0].model_copy(update={"model": "opus", "tools": ("Read",), "max_turns": 7})
    model = PlanModel(plan.model_copy(update={"subtasks": (first, *plan.subtasks[1:])}))
    model.change(0, title="Other")
    changed = model.to_plan().subtasks[0]
    assert (changed.model, changed.tools, changed.max_turns) == ("opus", ("Read",), 7)


EDITS = st.lists(st.tuples(st.sampled_from(["add", "remove", "title", "depends", "undo", "redo"]), st.integers(0, 5)))


@given(EDITS)
def test_that_undoing_everything_gives_the_proposal_back(edits: list[tuple[str, int]]) -> None:
    model = PlanModel(diamond())
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for kind, number in edits:
        row = number % len(model.tasks) if model.tasks else None
        match kind:
            case "add":
                model.add()
            case "remove" if row is not None:
                model.remove(row)
            case "title" if row is not None:
                model.change(row, title=f"title {number}")
            case "depends" if row is not None:
                model.change(row, depends_on=(model.tasks[number % len(model.tasks)].id,))
            case "undo":
                model.undo_stack.undo()
            case "redo":
                model.undo_stack.redo()
    while model.undo_stack.canUndo():
        model.undo_stack.undo()
    assert model.to_plan() == diamond()
