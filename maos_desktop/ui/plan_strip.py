"""The plan as one line above the agents: each task with its state, in the order things can run."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.fold import TaskFold
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.plan import Plan, Subtask
from maos_desktop.ui import icons, theme
from maos_desktop.ui.icon_label import IconLabel
from maos_desktop.ui.plan_layers import plan_layers
from maos_desktop.ui.states import state_icon_name, task_state_word
from maos_desktop.ui.theme import set_look

_NARROWEST, _WIDEST = 70, 240
"""Room for the title of a task, in pixels."""
_AROUND_TITLE = 44
_OVERVIEW_WIDTH = 96
_ICON = QSize(15, 15)
_ARROW = 13
_SETTLED = ("done", "failed", "skipped")


class PlanStrip(QWidget):
    """Hidden until there is a plan.

    Signals:
        agent_chosen: the agent of the task that was pressed (its ``AgentId``).
    """

    agent_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("planStrip")
        self._plan: Plan | None = None
        self._tasks: Mapping[TaskId, TaskFold] = {}
        self._chips: dict[TaskId, QToolButton] = {}
        self._arrows = 0
        self._progress = QProgressBar(self)
        self._progress.setObjectName("planProgress")
        self._progress.setAccessibleName(self.tr("Progress of the plan"))
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(_OVERVIEW_WIDTH)
        self._count = QLabel(self)
        self._count.setObjectName("planCount")
        set_look(self._count, tone="muted")
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        overview = QVBoxLayout()
        overview.setSpacing(theme.XS)
        overview.addStretch(1)
        overview.addWidget(self._count)
        overview.addWidget(self._progress)
        overview.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.L, theme.XS, theme.L, theme.XS)
        row.setSpacing(theme.L)
        row.addLayout(overview)
        row.addWidget(self._scroll, 1)
        self.hide()

    def show_plan(self, plan: Plan | None, tasks: Mapping[TaskId, TaskFold]) -> None:
        """Shows the plan with what has become of its tasks."""
        if plan is None:
            self.hide()
            return
        self._tasks = tasks
        if plan != self._plan:
            self._plan = plan
            self._build(plan)
        settled = sum(tasks[s.id].state in _SETTLED for s in plan.subtasks if s.id in tasks)
        self._progress.setRange(0, len(plan.subtasks))
        self._progress.setValue(settled)
        count = self.tr("{n} of 1 task") if len(plan.subtasks) == 1 else self.tr("{n} of {all} tasks")
        self._count.setText(count.format(n=settled, all=len(plan.subtasks)))
        self._refresh(plan)
        self.show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._plan is not None:
            self._refresh(self._plan)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._plan is not None:
            self._refresh(self._plan)

    def _build(self, plan: Plan) -> None:
        line = QWidget()
        line.setProperty("variant", "page")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.XS)
        self._chips = {}
        layers = plan_layers({subtask.id: subtask.depends_on for subtask in plan.subtasks})
        self._arrows = len(layers) - 1
        for number, layer in enumerate(layers):
            if number:
                row.addWidget(IconLabel("chevron-right", _ARROW, "muted"))
            for task_id in layer:
                self._chips[task_id] = self._chip(plan, task_id)
                row.addWidget(self._chips[task_id])
        row.addStretch(1)
        self._scroll.setWidget(line)
        self._scroll.setFixedHeight(line.sizeHint().height() + theme.M)

    def _chip(self, plan: Plan, task_id: TaskId) -> QToolButton:
        chip = QToolButton()
        chip.setObjectName(f"task_{task_id}")
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setIconSize(_ICON)
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        agent_id = plan.agent_ids()[task_id]
        chip.clicked.connect(lambda: self.agent_chosen.emit(agent_id))
        return chip

    def _refresh(self, plan: Plan) -> None:
        """Shares the room there is among the titles and shows the tasks' states."""
        overview = max(_OVERVIEW_WIDTH, self._count.sizeHint().width())
        room = self.width() - overview - 3 * theme.L - self._arrows * (_ARROW + theme.XS)
        share = room // len(plan.subtasks) - _AROUND_TITLE - theme.XS
        agents = plan.agent_ids()
        for subtask in plan.subtasks:
            task = self._tasks.get(subtask.id, TaskFold())
            self._show_task(subtask, task, agents[subtask.id], min(max(share, _NARROWEST), _WIDEST))

    def _show_task(self, subtask: Subtask, task: TaskFold, agent_id: AgentId, width: int) -> None:
        chip = self._chips[subtask.id]
        word = task_state_word(task.state)
        title = self.fontMetrics().elidedText(subtask.title, Qt.TextElideMode.ElideRight, width)
        chip.setText(f"\u2009{title}")
        chip.setIcon(icons.icon(state_icon_name(task.state), f"state:{task.state}"))
        reason = task.failure.what if task.failure else task.reason
        chip.setToolTip("\n".join(part for part in (f"{subtask.title} ({agent_id}): {word}", reason) if part))
        chip.setAccessibleName(f"{subtask.title}: {word}")
