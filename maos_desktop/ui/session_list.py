"""The side bar: a button for a new request and all sessions, two lines each."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSummary
from maos_desktop.ui import icons, theme, words
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.item_models.session_list_model import SessionListModel, SessionRole
from maos_desktop.ui.states import session_state_word, state_icon_name
from maos_desktop.ui.theme import set_look

_ICON_SIZE = 14
_RADIUS = 6


class SessionList(QFrame):
    """Signals:
    opened: the user chose a session (its ``SessionId``).
    new_requested: the user wants to write a new request.
    """

    opened = Signal(str)
    new_requested = Signal()

    def __init__(self, model: SessionListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionList")
        self._model = model
        self._empty = QLabel(self.tr("Your sessions will be listed here."), self)
        self._empty.setObjectName("noSessions")
        self._empty.setWordWrap(True)
        set_look(self, variant="sidebar")
        set_look(self._empty, tone="muted")
        self._view = self._make_view(model)
        self._lay_out()
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._show_empty)
        self._show_empty()

    def select(self, session_id: SessionId | None) -> None:
        """Marks the session that is shown, or none, without a signal."""
        row = None if session_id is None else self._model.row_of(session_id)
        selection = self._view.selectionModel()
        selection.blockSignals(True)
        if row is None:
            selection.clear()
        else:
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            selection.setCurrentIndex(self._model.index(row), flag)
        selection.blockSignals(False)
        self._view.viewport().update()

    def _make_view(self, model: SessionListModel) -> QListView:
        view = QListView(self)
        view.setObjectName("sessions")
        view.setAccessibleName(self.tr("Sessions"))
        view.setModel(model)
        view.setItemDelegate(_SessionDelegate(view))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        set_look(view, variant="quiet")
        view.selectionModel().currentChanged.connect(self._open)
        view.clicked.connect(self._open)
        return view

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Sessions"), self)
        set_look(heading, tone="heading")
        new = push_button(self, "newRequest", self.tr("New request"), self.new_requested.emit, icon="plus")
        top = QHBoxLayout()
        top.setContentsMargins(theme.M, theme.M, theme.M, theme.S)
        top.setSpacing(theme.S)
        top.addWidget(heading, 1)
        top.addWidget(new)
        self._empty.setContentsMargins(theme.M, theme.S, theme.M, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._empty)
        column.addWidget(self._view, 1)

    def _show_empty(self) -> None:
        self._empty.setVisible(self._model.rowCount() == 0)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.summary(index.row()).id)


class _SessionDelegate(QStyledItemDelegate):
    """Title and date on the first line; state, folder and cost on the second."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = option.fontMetrics.height() * 2 + theme.XS + 2 * theme.S
        return QSize(120, height)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        self._paint_ground(painter, option)
        summary: SessionSummary = index.data(SessionRole.SUMMARY)
        inner = option.rect.adjusted(theme.M, theme.S, -theme.M, -theme.S)
        line = option.fontMetrics.height()
        self._paint_title(painter, QRect(inner.x(), inner.y(), inner.width(), line), summary)
        below = QRect(inner.x(), inner.y() + line + theme.XS, inner.width(), line)
        self._paint_state(painter, below, summary, option.widget.devicePixelRatioF())
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        ground = option.rect.adjusted(theme.XS, 1, -theme.XS, -1)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(ground, _RADIUS, _RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground, _RADIUS, _RADIUS)

    def _paint_title(self, painter: QPainter, place: QRect, summary: SessionSummary) -> None:
        date = words.day_and_time(summary.updated_at)
        font = QFont(QApplication.font())
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, date)
        room = place.width() - painter.fontMetrics().horizontalAdvance(date) - theme.S
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QApplication.palette().color(QPalette.ColorRole.Text))
        title = painter.fontMetrics().elidedText(summary.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)

    def _paint_state(self, painter: QPainter, place: QRect, summary: SessionSummary, ratio: float) -> None:
        state = summary.state.value
        picture = icons.pixmap(state_icon_name(state), _ICON_SIZE, f"state:{state}", ratio)
        painter.drawPixmap(place.x(), place.y() + (place.height() - _ICON_SIZE) // 2, picture)
        painter.setFont(QApplication.font())
        metrics = painter.fontMetrics()
        word = session_state_word(summary.state)
        cost = words.cost(summary.cost_usd, summary.settings.backend)
        at = place.adjusted(_ICON_SIZE + theme.XS + 2, 0, 0, 0)
        painter.setPen(theme.state_color(state))
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, word)
        painter.setPen(theme.color("muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, cost)
        at.adjust(metrics.horizontalAdvance(word), 0, -metrics.horizontalAdvance(cost) - theme.S, 0)
        folder = f"  ·  {summary.settings.project_folder.name}"
        painter.drawText(
            at,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(folder, Qt.TextElideMode.ElideMiddle, at.width()),
        )
