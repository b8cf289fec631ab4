"""All fields of the subtask that is selected in the plan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Role
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.plan_model import PlanModel, Problem, TaskField
from maos_desktop.ui.role_words import role_word
from maos_desktop.ui.theme import set_look

_DEPENDENCIES_SHOWN = 4


class SubtaskForm(QWidget):
    """Writes into the model as the user types, and shows what an undo brought back."""

    def __init__(self, model: PlanModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("subtaskForm")
        self._model = model
        self._row: int | None = None
        self._filling = False
        self._problems: dict[TaskField, QLabel] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.XS)
        self._add_title()
        self._add_role()
        self._add_instructions()
        self._add_dependencies()
        self._writes = QCheckBox(self.tr("May change files"), self)
        self._writes.setObjectName("taskWrites")
        self._writes.setAccessibleName(self._writes.text())
        self._writes.toggled.connect(lambda on: self._write(writes=on))
        self._column.addSpacing(theme.XS)
        self._column.addWidget(self._writes)
        model.edited.connect(self._refresh)
        self.show_row(None)

    def show_row(self, row: int | None) -> None:
        """Shows the subtask of that row, or nothing to edit."""
        self._row = row
        self.setEnabled(row is not None)
        self._refresh()

    def focus_title(self) -> None:
        """Moves the keyboard to the title."""
        self._title.setFocus()
        self._title.selectAll()

    # --- building ---

    def _add_title(self) -> None:
        self._title = QLineEdit(self)
        self._title.textChanged.connect(lambda text: self._write(title=text))
        self._add("title", self.tr("Title"), self._title)

    def _add_role(self) -> None:
        self._role = QComboBox(self)
        for role in Role:
            self._role.addItem(role_word(role), role.value)
        self._role.activated.connect(lambda _: self._write(role=Role(self._role.currentData())))
        self._add("role", self.tr("Role"), self._role)

    def _add_instructions(self) -> None:
        self._instructions = QPlainTextEdit(self)
        self._instructions.setTabChangesFocus(True)
        self._instructions.textChanged.connect(lambda: self._write(instructions=self._instructions.toPlainText()))
        self._add("instructions", self.tr("Instructions"), self._instructions, stretch=1)

    def _add_dependencies(self) -> None:
        self._depends_on = QListWidget(self)
        self._depends_on.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._depends_on.itemChanged.connect(self._take_dependencies)
        self._add("depends_on", self.tr("Waits for"), self._depends_on)
        rows = self.fontMetrics().lineSpacing() + theme.S
        self._depends_on.setFixedHeight(rows * _DEPENDENCIES_SHOWN)

    def _add(self, field: TaskField, title: str, widget: QWidget, stretch: int = 0) -> None:
        names = {"title": "taskTitle", "role": "taskRole", "depends_on": "taskDependsOn"}
        widget.setObjectName(names.get(field, "taskInstructions"))
        widget.setAccessibleName(title)
        label = QLabel(title, self)
        label.setBuddy(widget)
        set_look(label, tone="small")
        problem = QLabel(self)
        problem.setObjectName(f"{widget.objectName()}Problem")
        problem.setWordWrap(True)
        problem.hide()
        set_look(problem, tone="error")
        self._problems[field] = problem
        if self._column.count():
            self._column.addSpacing(theme.S)
        self._column.addWidget(label)
        self._column.addWidget(widget, stretch)
        self._column.addWidget(problem)

    # --- both ways ---

    def _write(self, **values: object) -> None:
        if not self._filling and self._row is not None:
            self._model.change(self._row, **values)

    def _take_dependencies(self) -> None:
        items = (self._depends_on.item(row) for row in range(self._depends_on.count()))
        chosen = tuple(item.data(Qt.ItemDataRole.UserRole) for item in items if _is_checked(item))
        self._write(depends_on=chosen)

    def _refresh(self) -> None:
        self._filling = True
        row = self._row
        if row is None or row >= len(self._model.tasks):
            self._clear()
        else:
            self._fill(row)
        self._filling = False
        self._show_problems(self._model.problems())

    def _clear(self) -> None:
        self._title.clear()
        self._instructions.clear()
        self._depends_on.clear()
        self._writes.setChecked(False)

    def _fill(self, row: int) -> None:
        task = self._model.tasks[row]
        # Setting a text that is already there would move the cursor.
        if self._title.text() != task.title:
            self._title.setText(task.title)
        if self._instructions.toPlainText() != task.instructions:
            self._instructions.setPlainText(task.instructions)
        self._role.setCurrentIndex(self._role.findData(task.role.value))
        self._writes.setChecked(task.writes)
        self._fill_dependencies(task.id, task.depends_on)

    def _fill_dependencies(self, task_id: TaskId, chosen: tuple[TaskId, ...]) -> None:
        others = [task for task in self._model.tasks if task.id != task_id]
        self._depends_on.setEnabled(bool(others))
        while self._depends_on.count() > len(others):
            self._depends_on.takeItem(self._depends_on.count() - 1)
        while self._depends_on.count() < len(others):
            self._depends_on.addItem("")
        for place, task in enumerate(others):
            item = self._depends_on.item(place)
            item.setText(f"{task.id}  {task.title}")
            item.setData(Qt.ItemDataRole.UserRole, task.id)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if task.id in chosen else Qt.CheckState.Unchecked)

    def _show_problems(self, problems: list[Problem]) -> None:
        shown = self._model.tasks[self._row].id if self._row is not None and self._row < len(self._model.tasks) else ""
        texts = {problem.field: problem.text for problem in problems if problem.task_id == shown}
        for field, label in self._problems.items():
            text = texts.get(field, "")
            label.setText(text)
            label.setVisible(bool(text))
        set_look(self._title, invalid="true" if "title" in texts else "false")
        set_look(self._instructions, invalid="true" if "instructions" in texts else "false")


def _is_checked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked
