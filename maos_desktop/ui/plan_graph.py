"""The plan as a picture: tasks as boxes, dependencies as lines from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.plan_model import DraftTask
from maos_desktop.ui.plan_layers import plan_layers

_NARROWEST, _WIDEST = 150, 240
_GAP_ACROSS = 44
_GAP_DOWN = 10
_TALLEST = 240
"""Height from which the picture scrolls, in pixels."""


class PlanGraph(QScrollArea):
    """Shows a plan; the same tasks are in the table beside it, which is what the keyboard uses.

    Signals:
        chosen: a task was clicked (its ``TaskId``).
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("planGraph")
        self.setAccessibleName(self.tr("Graph of the plan"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self._picture = _Picture(self)
        self.setWidget(self._picture)

    def show_tasks(
        self,
        tasks: Sequence[DraftTask],
        agents: dict[TaskId, AgentId],
        faulty: frozenset[TaskId],
        current: TaskId | None,
    ) -> None:
        """Shows these tasks with their agents; ``faulty`` ones are marked, ``current`` is highlighted."""
        self._picture.show_tasks(tasks, agents, faulty, current)
        self.updateGeometry()

    def box_of(self, task_id: TaskId) -> QRectF:
        """Returns where a task's box stands in the picture."""
        return self._picture.boxes[task_id]

    @property
    def picture(self) -> QWidget:
        """The widget that is painted and clicked."""
        return self._picture

    @override
    def sizeHint(self) -> QSize:
        wanted = self._picture.minimumSize()
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if wanted.width() > self.viewport().width() else 0
        return QSize(wanted.width(), min(wanted.height() + below, _TALLEST))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.place(self.viewport().width())
        self.updateGeometry()


class _Picture(QWidget):
    def __init__(self, graph: PlanGraph) -> None:
        super().__init__(graph)
        self._graph = graph
        self._tasks: dict[TaskId, DraftTask] = {}
        self._agents: dict[TaskId, AgentId] = {}
        self._faulty: frozenset[TaskId] = frozenset()
        self._current: TaskId | None = None
        self.boxes: dict[TaskId, QRectF] = {}
        self.setProperty("variant", "page")

    def show_tasks(
        self,
        tasks: Sequence[DraftTask],
        agents: dict[TaskId, AgentId],
        faulty: frozenset[TaskId],
        current: TaskId | None,
    ) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._agents, self._faulty, self._current = agents, faulty, current
        self.place(self._graph.viewport().width())
        self.update()

    def place(self, room: int) -> None:
        """Finds the place of every box, as wide as ``room`` pixels allow."""
        height = 2 * self.fontMetrics().height() + 2 * theme.S
        layers = plan_layers({task.id: task.depends_on for task in self._tasks.values()})
        tallest = max((len(layer) for layer in layers), default=0)
        share = (room - 2 * theme.XS + _GAP_ACROSS) // max(len(layers), 1) - _GAP_ACROSS
        box = min(max(share, _NARROWEST), _WIDEST)
        total = tallest * (height + _GAP_DOWN)
        self.boxes = {}
        for column, layer in enumerate(layers):
            x = theme.XS + column * (box + _GAP_ACROSS)
            top = theme.XS + (total - len(layer) * (height + _GAP_DOWN)) / 2
            for row, task_id in enumerate(layer):
                self.boxes[task_id] = QRectF(x, top + row * (height + _GAP_DOWN), box, height)
        width = len(layers) * (box + _GAP_ACROSS) - _GAP_ACROSS + 2 * theme.XS
        self.setMinimumSize(QSize(max(width, 1), int(total) + 2 * theme.XS))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.place(self._graph.viewport().width())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for task_id, box in self.boxes.items():
            if box.contains(event.position()):
                self._graph.chosen.emit(task_id)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for task_id, task in self._tasks.items():
            for needed in task.depends_on:
                if needed in self.boxes:
                    touches = self._current in (task_id, needed)
                    self._paint_line(painter, self.boxes[needed], self.boxes[task_id], touches)
        for task_id, box in self.boxes.items():
            self._paint_box(painter, box, self._tasks[task_id])

    def _paint_line(self, painter: QPainter, start: QRectF, end: QRectF, strong: bool) -> None:
        a = QPointF(start.right(), start.center().y())
        b = QPointF(end.left(), end.center().y())
        bend = max((b.x() - a.x()) / 2, _GAP_ACROSS / 2)
        path = QPainterPath(a)
        path.cubicTo(a + QPointF(bend, 0), b - QPointF(bend, 0), b)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent" if strong else "line_strong"), 1.5 if strong else 1))
        painter.drawPath(path)
        tip = QPainterPath(b)
        tip.lineTo(b + QPointF(-6, -4))
        tip.moveTo(b)
        tip.lineTo(b + QPointF(-6, 4))
        painter.drawPath(tip)

    def _paint_box(self, painter: QPainter, box: QRectF, task: DraftTask) -> None:
        current = task.id == self._current
        border = "danger" if task.id in self._faulty else "accent" if current else "line_strong"
        painter.setPen(QPen(theme.color(border), 2 if current or task.id in self._faulty else 1))
        painter.setBrush(theme.color("selection" if current else "surface"))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 6, 6)
        inner = box.adjusted(theme.S + 2, theme.XS + 2, -theme.S, -theme.XS - 2)
        line = inner.height() / 2
        font = QFont(QApplication.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        title = painter.fontMetrics().elidedText(
            task.title or self.tr("No title"), Qt.TextElideMode.ElideRight, int(inner.width())
        )
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(inner.x(), inner.y(), inner.width(), line), left, title)
        painter.setFont(QApplication.font())
        painter.setPen(theme.color("muted"))
        below = QRectF(inner.x(), inner.y() + line, inner.width(), line)
        painter.drawText(below, left, f"{task.id}  ·  {self._agents.get(task.id, '')}")
