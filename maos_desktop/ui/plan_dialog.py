"""The gate before any agent starts: read the plan, change it, then approve it, ask for another, or reject it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Plan
from maos_desktop.ui import icons, theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.item_models.plan_model import PlanColumn, PlanModel
from maos_desktop.ui.plan_graph import PlanGraph
from maos_desktop.ui.role_words import mode_words
from maos_desktop.ui.subtask_form import SubtaskForm
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.transcript.display_text import plain

_SIZE = (1_080, 740)
_GOAL_SHOWN = 400


class PlanDialog(QDialog):
    """Not modal. Closing it (Esc) decides nothing: the plan goes on waiting.

    Signals:
        approved: with the ``Plan`` as it stands if it was edited, else with ``None``.
        asked_again: for another plan, with the comment.
        rejected_plan: the session is to end.
    """

    approved = Signal(object)
    asked_again = Signal(str)
    rejected_plan = Signal()

    def __init__(
        self, title: str, plan: Plan | None, goal: str = "", refusal: str = "", parent: QWidget | None = None
    ) -> None:
        """Shows ``plan``. Without one, ``refusal`` says why and the plan for ``goal`` is written by hand."""
        super().__init__(parent)
        self.setObjectName("planDialog")
        self.setWindowTitle(self.tr("Plan: {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._by_hand = plan is None
        self.model = PlanModel(plan, goal)
        self.model.setParent(self)
        self._graph = PlanGraph(self)
        self._table = self._make_table()
        self._form = SubtaskForm(self.model, self)
        self._problem = QLabel(self)
        self._approve = push_button(
            self, "approvePlan", self.tr("Approve and start"), self._approve_plan, icon="check", variant="primary"
        )
        self._comment_row = QFrame(self)
        self._comment = QLineEdit(self._comment_row)
        self._lay_out(refusal)
        self._connect()
        if self.model.rowCount():
            self._table.selectRow(0)
        self._refresh()

    # --- building ---

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("planTable")
        table.setAccessibleName(self.tr("Tasks of the plan"))
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(PlanColumn.TASK, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self, refusal: str) -> None:
        left = QWidget(self)
        tasks = QVBoxLayout(left)
        tasks.setContentsMargins(0, 0, theme.L, 0)
        tasks.setSpacing(theme.S)
        tasks.addLayout(self._tool_row())
        tasks.addWidget(self._table, 1)
        right = QWidget(self)
        fields = QVBoxLayout(right)
        fields.setContentsMargins(theme.L, 0, 0, 0)
        fields.addWidget(self._form)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([600, 400])
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        column.setSpacing(theme.M)
        column.addLayout(self._heading(refusal))
        column.addWidget(self._graph)
        column.addWidget(split, 1)
        column.addWidget(self._problem)
        column.addWidget(self._lay_out_comment())
        column.addLayout(self._button_row())

    def _heading(self, refusal: str) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(theme.XS)
        goal = plain(self.model.goal)
        title = QLabel(goal if len(goal) <= _GOAL_SHOWN else goal[:_GOAL_SHOWN] + "…", self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        set_look(title, tone="heading")
        words.addWidget(title)
        lead = QLabel(self._lead(refusal), self)
        lead.setObjectName("planLead")
        lead.setTextFormat(Qt.TextFormat.PlainText)
        lead.setWordWrap(True)
        set_look(lead, tone="error" if refusal else "muted")
        words.addWidget(lead)
        return words

    def _lead(self, refusal: str) -> str:
        if self._by_hand:
            text = self.tr("No usable plan came back: {reason} Add tasks by hand, or ask again with a comment.")
            return text.format(reason=plain(refusal))
        how = self.tr("Runs {how}.").format(how=mode_words(self.model.mode))
        return f"{how} {plain(self.model.rationale)}".strip()

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.XS)
        stack = self.model.undo_stack
        add = self._tool("addTask", "plus", self.tr("Add a task"), QKeySequence("Ctrl+Shift+N"), self._add)
        add.setText(self.tr("Add a task"))
        add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addWidget(add)
        self._remove_button = self._tool(
            "removeTask", "trash-2", self.tr("Remove the task"), QKeySequence("Ctrl+Backspace"), self._remove
        )
        self._undo = self._tool("undoPlan", "undo-2", self.tr("Undo"), QKeySequence.StandardKey.Undo, stack.undo)
        self._redo = self._tool("redoPlan", "redo-2", self.tr("Redo"), QKeySequence.StandardKey.Redo, stack.redo)
        for button in (self._remove_button, self._undo, self._redo):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _tool(
        self, name: str, icon: str, text: str, keys: QKeySequence | QKeySequence.StandardKey, slot: object
    ) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setIcon(icons.icon(icon))
        button.setAccessibleName(text)
        button.clicked.connect(slot)
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(button.click)
        button.setToolTip(f"{text} ({shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)})")
        return button

    def _lay_out_comment(self) -> QFrame:
        self._comment.setObjectName("planComment")
        self._comment.setAccessibleName(self.tr("What should be different?"))
        self._comment.setPlaceholderText(self.tr("What should be different? For example: fewer tasks, tests first"))
        send = push_button(self._comment_row, "sendComment", self.tr("Ask for another plan"), self._ask_again)
        self._comment.returnPressed.connect(self._ask_again)
        row = QHBoxLayout(self._comment_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.S)
        row.addWidget(self._comment, 1)
        row.addWidget(send)
        self._comment_row.hide()
        return self._comment_row

    def _button_row(self) -> QHBoxLayout:
        reject = push_button(self, "rejectPlan", self.tr("Reject the plan"), self._reject_plan, variant="danger")
        reject.setToolTip(self.tr("Ends the session; the request and this plan are kept in the list"))
        self._approve.setShortcut(QKeySequence("Ctrl+Return"))
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(reject)
        row.addStretch(1)
        row.addWidget(push_button(self, "decideLater", self.tr("Decide later"), self.close, variant="quiet"))
        row.addWidget(push_button(self, "askAgain", self.tr("Ask again…"), self._show_comment, icon="refresh-cw"))
        row.addWidget(self._approve)
        return row

    def _connect(self) -> None:
        set_look(self._problem, tone="error")
        self._problem.setObjectName("planProblem")
        self._problem.setWordWrap(True)
        self._table.selectionModel().currentRowChanged.connect(self._show_row)
        self._graph.chosen.connect(self._select_task)
        self.model.edited.connect(self._refresh)
        self.model.undo_stack.canUndoChanged.connect(self._undo.setEnabled)
        self.model.undo_stack.canRedoChanged.connect(self._redo.setEnabled)
        self.model.undo_stack.undoTextChanged.connect(self._name_undo)
        self._undo.setEnabled(False)
        self._redo.setEnabled(False)

    # --- editing ---

    def _current_row(self) -> int | None:
        index = self._table.currentIndex()
        return index.row() if index.isValid() else None

    def _show_row(self, index: QModelIndex) -> None:
        self._form.show_row(index.row() if index.isValid() else None)
        self._refresh()

    def _select_task(self, task_id: str) -> None:
        row = self.model.row_of(TaskId(task_id))
        if row is not None:
            self._table.selectRow(row)

    def _add(self) -> None:
        self._table.selectRow(self.model.add())
        self._form.focus_title()

    def _remove(self) -> None:
        row = self._current_row()
        if row is not None:
            self.model.remove(row)

    def _name_undo(self, what: str) -> None:
        name = self.tr("Undo: {what}").format(what=what) if what else self.tr("Undo")
        self._undo.setToolTip(name)
        self._undo.setAccessibleName(name)

    def _refresh(self) -> None:
        row = self._current_row()
        self._form.setEnabled(row is not None)
        self._remove_button.setEnabled(row is not None)
        problems = self.model.problems()
        self._problem.setText(" ".join(problem.text for problem in problems if problem.task_id is None))
        self._problem.setVisible(bool(self._problem.text()))
        self._approve.setEnabled(not problems)
        count = len(problems)
        self._approve.setToolTip(self.tr("{n} to put right first").format(n=count) if count else self.tr("Ctrl+Enter"))
        faulty = frozenset(problem.task_id for problem in problems if problem.task_id is not None)
        current = self.model.tasks[row].id if row is not None and row < len(self.model.tasks) else None
        self._graph.show_tasks(self.model.tasks, self.model.agent_ids(), faulty, current)

    # --- deciding ---

    def _approve_plan(self) -> None:
        edited = self._by_hand or self.model.is_edited()
        self.approved.emit(self.model.to_plan() if edited else None)
        self.close()

    def _show_comment(self) -> None:
        self._comment_row.show()
        self._comment.setFocus()

    def _ask_again(self) -> None:
        self.asked_again.emit(self._comment.text().strip())
        self.close()

    def _reject_plan(self) -> None:
        self.rejected_plan.emit()
        self.close()
