"""A plan while it is edited: any state that typing goes through, what is wrong with it, undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from typing_extensions import override

from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.plan import Mode, Plan, Role, Subtask, plan_problems
from maos_desktop.ui import icons
from maos_desktop.ui.role_words import role_word

TaskField = Literal["title", "instructions", "role", "depends_on", "writes"]

LONGEST_TITLE = 200
LONGEST_INSTRUCTIONS = 20_000
LONGEST_GOAL = 4_000

_NO_PARENT = QModelIndex()


class PlanColumn(IntEnum):
    """Columns of the table."""

    TASK = 0
    ROLE = 1
    WAITS_FOR = 2


@dataclass(frozen=True, slots=True)
class DraftTask:
    """A subtask as it is being edited: like ``Subtask``, but its texts may be empty."""

    id: TaskId
    title: str = ""
    instructions: str = ""
    role: Role = Role.ANALYST
    depends_on: tuple[TaskId, ...] = ()
    writes: bool = False
    model: str | None = None
    tools: tuple[str, ...] | None = None
    max_turns: int | None = None

    @classmethod
    def of(cls, subtask: Subtask) -> DraftTask:
        """Returns the subtask as a draft."""
        return cls(**{name: getattr(subtask, name) for name in cls.__slots__})

    def values(self) -> dict[str, Any]:
        """Returns the fields by name, as ``Subtask`` takes them."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a sentence; with the task and the field it stands at, if it stands at one."""

    text: str
    task_id: TaskId | None = None
    field: TaskField | None = None


_Tasks = tuple[DraftTask, ...]


class PlanModel(QAbstractTableModel):
    """One row per subtask. Every change goes through ``undo_stack``.

    Attributes:
        goal, mode, rationale: of the plan; they are not edited here.
        undo_stack: named steps back and forth.

    Signals:
        edited: something has changed, by an edit, an undo or a redo.
    """

    edited = Signal()

    def __init__(self, plan: Plan | None, goal: str = "") -> None:
        """Begins with ``plan``, or with an empty one for ``goal``, to be written by hand."""
        super().__init__()
        self.goal = plan.goal if plan is not None else goal.strip()[:LONGEST_GOAL]
        self.mode = plan.mode if plan is not None else Mode.DYNAMIC
        self.rationale = plan.rationale if plan is not None else ""
        self.undo_stack = QUndoStack(self)
        self._tasks: _Tasks = tuple(DraftTask.of(subtask) for subtask in plan.subtasks) if plan is not None else ()
        self._original = self._tasks

    @property
    def tasks(self) -> _Tasks:
        """The subtasks as they are now."""
        return self._tasks

    def row_of(self, task_id: TaskId) -> int | None:
        """Returns the row of that subtask, or ``None`` when there is none."""
        return next((row for row, task in enumerate(self._tasks) if task.id == task_id), None)

    # --- changing it ---

    def change(self, row: int, **values: Any) -> None:
        """Changes fields of one subtask. Typing into the same field is one step of undo."""
        task = self._tasks[row]
        changed = replace(task, **values)
        if changed != task:
            text = QCoreApplication.translate("PlanModel", "change of {task}").format(task=task.id)
            merge_key = f"{task.id}:{','.join(sorted(values))}"
            self._push(text, (*self._tasks[:row], changed, *self._tasks[row + 1 :]), merge_key)

    def add(self) -> int:
        """Adds an empty subtask at the end and returns its row."""
        task = DraftTask(self._free_id())
        text = QCoreApplication.translate("PlanModel", "adding of {task}").format(task=task.id)
        self._push(text, (*self._tasks, task))
        return len(self._tasks) - 1

    def remove(self, row: int) -> None:
        """Removes a subtask; nothing waits for it any more."""
        gone = self._tasks[row].id
        left = [task for task in self._tasks if task.id != gone]
        kept = tuple(replace(task, depends_on=tuple(d for d in task.depends_on if d != gone)) for task in left)
        self._push(QCoreApplication.translate("PlanModel", "removal of {task}").format(task=gone), kept)

    def is_edited(self) -> bool:
        """Returns whether it differs from what was proposed."""
        return self._tasks != self._original

    # --- what is wrong, and what comes of it ---

    def problems(self) -> list[Problem]:
        """Returns everything that keeps this from being a plan."""
        found = [problem for task in self._tasks for problem in _field_problems(task)]
        # Without validation, for here only ids and dependencies are looked at.
        subtasks = tuple(Subtask.model_construct(**task.values()) for task in self._tasks)
        return [*found, *(Problem(text) for text in plan_problems(subtasks))]

    def to_plan(self) -> Plan:
        """Returns the plan. Raises ``ValueError`` while there are problems."""
        subtasks = tuple(Subtask(**task.values()) for task in self._tasks)
        return Plan(goal=self.goal, mode=self.mode, rationale=self.rationale, subtasks=subtasks)

    def agent_ids(self) -> dict[TaskId, AgentId]:
        """Returns which agent each subtask would get."""
        subtasks = tuple(Subtask.model_construct(**task.values()) for task in self._tasks)
        return Plan.model_construct(goal=self.goal, subtasks=subtasks).agent_ids()

    # --- as a table ---

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._tasks)

    @override
    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(PlanColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        tr = QCoreApplication.translate
        return (tr("PlanModel", "Task"), tr("PlanModel", "Role"), tr("PlanModel", "Waits for"))[section]

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        task = self._tasks[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(task, PlanColumn(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(problem.text for problem in _field_problems(task)) or task.title
            case Qt.ItemDataRole.DecorationRole if index.column() == PlanColumn.TASK and _field_problems(task):
                return icons.icon("circle-alert", "danger")
        return None

    # --- inside ---

    def _free_id(self) -> TaskId:
        taken = {task.id for task in self._tasks}
        number = len(self._tasks) + 1
        while f"t{number}" in taken:
            number += 1
        return TaskId(f"t{number}")

    def _push(self, text: str, after: _Tasks, merge_key: str = "") -> None:
        self.undo_stack.push(_Step(self, text, self._tasks, after, merge_key))

    def _show(self, tasks: _Tasks) -> None:
        """Takes a whole state in. Rows that stay are changed, not reset, so that the selection survives."""
        before, now = [task.id for task in self._tasks], [task.id for task in tasks]
        if before == now:
            self._tasks = tasks
            self.dataChanged.emit(self.index(0, 0), self.index(len(tasks) - 1, len(PlanColumn) - 1))
        elif len(now) == len(before) + 1:
            row = next(row for row, task_id in enumerate(now) if task_id not in before)
            self.beginInsertRows(QModelIndex(), row, row)
            self._tasks = tasks
            self.endInsertRows()
        else:
            row = next(row for row, task_id in enumerate(before) if task_id not in now)
            self.beginRemoveRows(QModelIndex(), row, row)
            self._tasks = tasks
            self.endRemoveRows()
        self.edited.emit()


class _Step(QUndoCommand):
    """One edit; edits of the same field that follow each other become one."""

    def __init__(self, model: PlanModel, text: str, before: _Tasks, after: _Tasks, merge_key: str) -> None:
        super().__init__(text)
        self._model = model
        self._before = before
        self._after = after
        self._merge_key = merge_key

    @override
    def id(self) -> int:
        return 1 if self._merge_key else -1

    @override
    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True

    @override
    def redo(self) -> None:
        self._model._show(self._after)

    @override
    def undo(self) -> None:
        self._model._show(self._before)


def _cell(task: DraftTask, column: PlanColumn) -> str:
    match column:
        case PlanColumn.TASK:
            return f"{task.id}  {task.title}"
        case PlanColumn.ROLE:
            return role_word(task.role)
        case PlanColumn.WAITS_FOR:
            return ", ".join(task.depends_on)


def _field_problems(task: DraftTask) -> list[Problem]:
    tr = QCoreApplication.translate
    found: list[Problem] = []
    if not task.title.strip():
        found.append(Problem(tr("PlanModel", "{task} needs a title.").format(task=task.id), task.id, "title"))
    elif len(task.title) > LONGEST_TITLE:
        text = tr("PlanModel", "The title of {task} is longer than {n} characters.")
        found.append(Problem(text.format(task=task.id, n=LONGEST_TITLE), task.id, "title"))
    if not task.instructions.strip():
        text = tr("PlanModel", "{task} needs instructions.")
        found.append(Problem(text.format(task=task.id), task.id, "instructions"))
    elif len(task.instructions) > LONGEST_INSTRUCTIONS:
        text = tr("PlanModel", "The instructions of {task} are longer than {n} characters.")
        found.append(Problem(text.format(task=task.id, n=LONGEST_INSTRUCTIONS), task.id, "instructions"))
    return found
