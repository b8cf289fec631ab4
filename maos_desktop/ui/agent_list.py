"""The list of agents, those that need the user first: state, what each does now, how long, at what cost."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import (
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from maos_desktop.model.fold import AgentFold
from maos_desktop.model.ids import AgentId
from maos_desktop.ui import icons, theme, words
from maos_desktop.ui.item_models.agent_list_model import AgentGroup, AgentRole, AgentsByNeed, elapsed_seconds
from maos_desktop.ui.message_words import ColorOf
from maos_desktop.ui.states import state_icon_name

_ICON = 14


def group_word(group: AgentGroup) -> str:
    """Returns the heading of a group."""
    tr = QCoreApplication.translate
    return {
        AgentGroup.NEEDS_YOU: tr("AgentList", "Needs you"),
        AgentGroup.WORKING: tr("AgentList", "Working"),
        AgentGroup.WAITING: tr("AgentList", "Waiting"),
        AgentGroup.DONE: tr("AgentList", "Done"),
    }[group]


class AgentList(QListView):
    """Lists ``AgentsByNeed``.

    Signals:
        chosen: the user has gone to an agent in the list.
        opened: the user wants to see that agent alone (Enter or a double click).
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, model: AgentsByNeed, color_of: ColorOf) -> None:
        super().__init__()
        self.setObjectName("agentList")
        self.setAccessibleName(self.tr("Agents"))
        self.setProperty("variant", "quiet")
        self.setModel(model)
        self.setItemDelegate(_AgentDelegate(self, color_of))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setMinimumWidth(180)
        self.clicked.connect(lambda index: self.chosen.emit(index.data(AgentRole.ID)))
        self.activated.connect(lambda index: self.opened.emit(index.data(AgentRole.ID)))
        model.layoutChanged.connect(self.scheduleDelayedItemsLayout)
        model.dataChanged.connect(self.scheduleDelayedItemsLayout)

    def select(self, agent_id: AgentId | None) -> None:
        """Marks the agent that is shown, or none, without a signal."""
        for row in range(self.model().rowCount()):
            index = self.model().index(row, 0)
            if index.data(AgentRole.ID) == agent_id:
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return
        self.selectionModel().clear()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex()
        super().keyPressEvent(event)
        # Only a key of the user's chooses: the list also gets a current row when it is merely given the focus.
        current = self.currentIndex()
        if current.isValid() and current != before:
            self.chosen.emit(current.data(AgentRole.ID))


def begins_group(index: QModelIndex | QPersistentModelIndex) -> bool:
    """Whether the row is the first of its group."""
    if index.row() == 0:
        return True
    before = index.sibling(index.row() - 1, 0)
    return bool(before.data(AgentRole.GROUP) != index.data(AgentRole.GROUP))


class _AgentDelegate(QStyledItemDelegate):
    """Name and figures on the first line, what the agent does on the second; a heading above each group."""

    def __init__(self, view: QListView, color_of: ColorOf) -> None:
        super().__init__(view)
        self._color_of = color_of

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = option.fontMetrics.height()
        heading = line + theme.M if begins_group(index) else 0
        return QSize(120, 2 * line + theme.XS + 2 * theme.S + heading)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRect(option.rect)
        line = option.fontMetrics.height()
        if begins_group(index):
            self._paint_heading(painter, QRect(place.x(), place.y() + theme.S, place.width(), line), index)
            place.setTop(place.top() + line + theme.M)
        self._paint_ground(painter, option, place)
        inner = place.adjusted(theme.M, theme.S, -theme.M, -theme.S)
        agent: AgentFold = index.data(AgentRole.AGENT)
        upper = QRect(inner.x(), inner.y(), inner.width(), line)
        lower = QRect(inner.x(), inner.y() + line + theme.XS, inner.width(), line)
        self._paint_name(painter, upper, agent, index.data(AgentRole.NOW), option.widget.devicePixelRatioF())
        painter.setPen(theme.color("muted"))
        self._paint_text(painter, lower.adjusted(_ICON + theme.S, 0, 0, 0), index.data(AgentRole.ACTIVITY))
        painter.restore()

    def _paint_heading(self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        group = AgentGroup(index.data(AgentRole.GROUP))
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.color("warning" if group is AgentGroup.NEEDS_YOU else "muted"))
        painter.drawText(place.adjusted(theme.M, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, group_word(group))

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, place: QRect) -> None:
        ground = place.adjusted(theme.XS, 1, -theme.XS, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(ground, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground, 6, 6)

    def _paint_name(self, painter: QPainter, place: QRect, agent: AgentFold, now: datetime, ratio: float) -> None:
        sign = icons.pixmap(state_icon_name(agent.state), _ICON, f"state:{agent.state}", ratio)
        painter.drawPixmap(place.x(), place.y() + (place.height() - _ICON) // 2, sign)
        painter.setFont(self._font(QFont.Weight.Normal))
        figures = " · ".join(part for part in (_time(agent, now), words.cost(agent.cost_usd)) if part)
        painter.setPen(theme.color("muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figures)
        taken = painter.fontMetrics().horizontalAdvance(figures)
        painter.setFont(self._font(QFont.Weight.DemiBold))
        painter.setPen(self._color_of(agent.id))
        self._paint_text(painter, place.adjusted(_ICON + theme.S, 0, -taken - theme.S, 0), agent.id)
        painter.setFont(self._font(QFont.Weight.Normal))

    def _paint_text(self, painter: QPainter, place: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def _font(self, weight: QFont.Weight) -> QFont:
        view = self.parent()
        font = QFont(view.font()) if isinstance(view, QListView) else QFont()
        font.setWeight(weight)
        return font


def _time(agent: AgentFold, now: datetime) -> str:
    return words.duration(elapsed_seconds(agent, now)) if agent.started_at is not None else ""
