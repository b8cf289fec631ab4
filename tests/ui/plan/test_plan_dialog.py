"""The plan can be read, edited, approved, sent back and rejected, with the mouse and without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Plan, Role
from maos_desktop.ui.plan_dialog import PlanDialog
from maos_desktop.ui.plan_graph import PlanGraph
from tests.ui.plan.drafts import diamond

W = TypeVar("W", bound=QObject)

pytestmark = pytest.mark.usefixtures("light_theme")


class Decisions:
    """What the dialog has said so far."""

    def __init__(self, dialog: PlanDialog) -> None:
        self.approved: list[Plan | None] = []
        self.comments: list[str] = []
        self.rejections = 0
        dialog.approved.connect(self.approved.append)
        dialog.asked_again.connect(self.comments.append)
        dialog.rejected_plan.connect(self._reject)

    def _reject(self) -> None:
        self.rejections += 1

    @property
    def count(self) -> int:
        return len(self.approved) + len(self.comments) + self.rejections


class Page:
    """The dialog as its user sees it."""

    def __init__(self, dialog: PlanDialog, qtbot: QtBot) -> None:
        self.dialog = dialog
        self.decisions = Decisions(dialog)
        self._qtbot = qtbot

    def find(self, kind: type[W], name: str) -> W:
        found = self.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        button = self.dialog.findChild(QPushButton, name) or self.find(QToolButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def select(self, row: int) -> None:
        self.find(QTableView, "planTable").selectRow(row)

    def type_title(self, text: str) -> None:
        field = self.find(QLineEdit, "taskTitle")
        field.selectAll()
        QTest.keyClicks(field, text)

    def can_approve(self) -> bool:
        return self.find(QPushButton, "approvePlan").isEnabled()


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[Page]:
    yield open_page(qtbot, PlanDialog("Review it", diamond()))


def open_page(qtbot: QtBot, dialog: PlanDialog) -> Page:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return Page(dialog, qtbot)


def test_that_an_unchanged_plan_is_approved_as_it_was_proposed(page: Page) -> None:
    page.click("approvePlan")
    assert page.decisions.approved == [None]
    assert page.dialog.isHidden()


def test_that_an_edited_plan_is_approved_as_it_was_edited(page: Page) -> None:
    page.select(1)
    page.type_title("Look for keys")
    page.click("approvePlan")
    (plan,) = page.decisions.approved
    assert plan is not None
    assert plan.subtasks[1].title == "Look for keys"
    assert plan.subtasks[0] == diamond().subtasks[0]


def test_that_every_field_can_be_edited(page: Page, qtbot: QtBot) -> None:
    page.select(3)
    role = page.find(QComboBox, "taskRole")
    role.setCurrentIndex(role.findData(Role.ARCHITECT.value))
    role.activated.emit(role.currentIndex())
    page.find(QPlainTextEdit, "taskInstructions").setPlainText("Other words")
    dependencies = page.find(QListWidget, "taskDependsOn")
    assert [dependencies.item(row).checkState() for row in range(3)] == [
        Qt.CheckState.Unchecked,
        Qt.CheckState.Checked,
        Qt.CheckState.Checked,
    ]
    dependencies.item(1).setCheckState(Qt.CheckState.Unchecked)
    page.dialog.findChild(QObject, "taskWrites").click()  # type: ignore[union-attr]
    task = page.dialog.model.tasks[3]
    assert task.role is Role.ARCHITECT
    assert task.instructions == "Other words"
    assert task.depends_on == ("t3",)
    assert task.writes


def test_that_what_is_wrong_is_said_where_it_is_and_keeps_from_approving(page: Page) -> None:
    page.click("addTask")
    assert not page.can_approve()
    problem = page.find(QLabel, "taskTitleProblem")
    assert problem.isVisible()
    assert problem.text() == "t5 needs a title."
    page.type_title("Write it down")
    assert not problem.isVisible()
    page.find(QPlainTextEdit, "taskInstructions").setPlainText("Into a file.")
    assert page.can_approve()


def test_that_a_cycle_is_said_below(page: Page) -> None:
    page.select(0)
    page.find(QListWidget, "taskDependsOn").item(2).setCheckState(Qt.CheckState.Checked)
    assert "cycle" in page.find(QLabel, "planProblem").text()
    assert not page.can_approve()
    page.click("undoPlan")
    assert page.can_approve()
    assert not page.find(QLabel, "planProblem").isVisible()


def test_that_a_task_can_be_removed_and_brought_back(page: Page) -> None:
    page.select(1)
    page.click("removeTask")
    assert [task.id for task in page.dialog.model.tasks] == ["t1", "t3", "t4"]
    undo = page.find(QToolButton, "undoPlan")
    assert undo.accessibleName() == "Undo: removal of t2"
    page.click("undoPlan")
    assert [task.id for task in page.dialog.model.tasks] == ["t1", "t2", "t3", "t4"]
    page.click("redoPlan")
    assert [task.id for task in page.dialog.model.tasks] == ["t1", "t3", "t4"]


def test_that_removing_the_last_task_leaves_nothing_to_edit(qtbot: QtBot) -> None:
    plan = diamond()
    page = open_page(qtbot, PlanDialog("One", plan.model_copy(update={"subtasks": plan.subtasks[:1]})))
    page.click("removeTask")
    assert not page.find(QLineEdit, "taskTitle").isEnabled()
    assert page.find(QLineEdit, "taskTitle").text() == ""
    assert not page.find(QToolButton, "removeTask").isEnabled()
    assert page.find(QLabel, "planProblem").text() == "A plan needs at least one subtask."


def test_that_undo_shows_the_old_text_in_the_form(page: Page) -> None:
    page.select(0)
    page.type_title("Draw it")
    page.click("undoPlan")
    assert page.find(QLineEdit, "taskTitle").text() == "Map the code"


def test_that_the_cursor_stays_where_it_is_while_typing(page: Page, qtbot: QtBot) -> None:
    page.select(0)
    field = page.find(QLineEdit, "taskTitle")
    field.setCursorPosition(3)
    QTest.keyClicks(field, "XY")
    assert field.text() == "MapXY the code"
    assert field.cursorPosition() == 5


def test_that_another_plan_can_be_asked_for_with_a_comment(page: Page, qtbot: QtBot) -> None:
    assert not page.find(QLineEdit, "planComment").isVisible()
    page.click("askAgain")
    comment = page.find(QLineEdit, "planComment")
    assert comment.isVisible()
    QTest.keyClicks(comment, "fewer tasks")
    QTest.keyClick(comment, Qt.Key.Key_Return)
    assert page.decisions.comments == ["fewer tasks"]
    assert page.decisions.count == 1
    assert page.dialog.isHidden()


def test_that_the_plan_can_be_rejected(page: Page) -> None:
    page.click("rejectPlan")
    assert page.decisions.rejections == 1
    assert page.decisions.count == 1


@pytest.mark.parametrize("how", ["escape", "button", "close"])
def test_that_leaving_decides_nothing(page: Page, qtbot: QtBot, how: str) -> None:
    match how:
        case "escape":
            QTest.keyClick(page.dialog, Qt.Key.Key_Escape)
        case "button":
            page.click("decideLater")
        case _:
            page.dialog.close()
    assert page.dialog.isHidden()
    assert page.decisions.count == 0


def test_that_enter_in_a_field_decides_nothing(page: Page, qtbot: QtBot) -> None:
    QTest.keyClick(page.find(QLineEdit, "taskTitle"), Qt.Key.Key_Return)
    assert page.dialog.isVisible()
    assert page.decisions.count == 0


def test_that_the_graph_and_the_table_show_the_same_selection(page: Page, qtbot: QtBot) -> None:
    graph = page.find(PlanGraph, "planGraph")
    box = graph.box_of(TaskId("t3"))
    spot = QPoint(round(box.center().x()), round(box.center().y()))
    QTest.mouseClick(graph.picture, Qt.MouseButton.LeftButton, pos=spot)
    assert page.find(QTableView, "planTable").currentIndex().row() == 2
    assert page.find(QLineEdit, "taskTitle").text() == "Look at the tests"


def test_that_dependencies_run_from_left_to_right_in_the_graph(page: Page) -> None:
    graph = page.find(PlanGraph, "planGraph")
    left = [graph.box_of(TaskId(f"t{number}")).left() for number in (1, 2, 3, 4)]
    assert left[0] < left[1] == left[2] < left[3]


def test_that_a_refused_plan_can_be_written_by_hand(qtbot: QtBot) -> None:
    dialog = PlanDialog("Review it", None, "Find bugs", "The dependencies form a cycle.")
    page = open_page(qtbot, dialog)
    lead = page.find(QLabel, "planLead")
    assert "The dependencies form a cycle." in lead.text()
    assert "by hand" in lead.text()
    page.click("addTask")
    page.type_title("Look")
    page.find(QPlainTextEdit, "taskInstructions").setPlainText("Look at it.")
    page.click("approvePlan")
    (plan,) = page.decisions.approved
    assert plan is not None
    assert plan.goal == "Find bugs"
    assert [task.title for task in plan.subtasks] == ["Look"]


def test_that_texts_of_the_planner_are_shown_as_text(qtbot: QtBot) -> None:
    plan = diamond().model_copy(update={"goal": "<b>bold</b>\x1b[31m", "rationale": "<img src=x>"})
    page = open_page(qtbot, PlanDialog("Review it", plan))
    shown = [label.text() for label in page.dialog.findChildren(QLabel) if label.text().startswith(("<b>", "Runs"))]
    assert shown == ["<b>bold</b>", "Runs as results allow. <img src=x>"]
    labels = [label for label in page.dialog.findChildren(QLabel) if "<" in label.text()]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
