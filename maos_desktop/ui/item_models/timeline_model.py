"""The timeline of a session as a Qt model over its fold, and a filter for it."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from maos_desktop.model.fold import SessionFold
from maos_desktop.model.message import DeliveryState
from maos_desktop.model.transcript import TimelineRow, TrackedMessage
from maos_desktop.ui import icons, theme
from maos_desktop.ui.message_words import receivers_words, sender_words, type_icon_name, type_word
from maos_desktop.ui.states import delivery_state_word, state_icon_name
from maos_desktop.ui.transcript.display_text import first_line

RowRole = Qt.ItemDataRole.UserRole + 1
_ROOT = QModelIndex()


class Column(IntEnum):
    """The columns, from left to right."""

    TIME = 0
    SENDER = 1
    RECEIVERS = 2
    KIND = 3
    TEXT = 4
    STATE = 5


class TimelineModel(QAbstractTableModel):
    """Shows the rows the fold held at the last ``refresh``.

    Attributes:
        fold: of the session.
    """

    def __init__(self, fold: SessionFold, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fold = fold
        self._shown = len(fold.timeline)

    def row(self, number: int) -> TimelineRow:
        """Returns a row of the timeline."""
        return self.fold.timeline[number]

    def tracked(self, row: TimelineRow) -> TrackedMessage | None:
        """Returns the message of a row with its states; ``None`` when the row is no message."""
        return self.fold.messages.get(row.message_id) if row.message_id else None

    def refresh(self, changed: set[int]) -> None:
        """Tells the views about rows that are new, and about those of ``changed``."""
        before, now = self._shown, len(self.fold.timeline)
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
            self._shown = now
            self.endInsertRows()
        for number in sorted(row for row in changed if row < before):
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(Column) - 1))

    def rebase(self, fold: SessionFold) -> None:
        """Shows another fold of the same session."""
        self.beginResetModel()
        self.fold = fold
        self._shown = len(fold.timeline)
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else self._shown

    @override
    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.TIME: self.tr("Time"),
            Column.SENDER: self.tr("From"),
            Column.RECEIVERS: self.tr("To"),
            Column.KIND: self.tr("Type"),
            Column.TEXT: self.tr("Text"),
            Column.STATE: self.tr("State"),
        }.get(Column(section))

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self._shown:
            return None
        row, column = self.row(index.row()), Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words(row, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._picture(row, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(row, column)
            case Qt.ItemDataRole.ToolTipRole if column is Column.STATE:
                return self._states(row)
        return row if role == RowRole else None

    def _words(self, row: TimelineRow, column: Column) -> str:
        match column:
            case Column.TIME:
                return row.at.astimezone().strftime("%H:%M:%S")
            case Column.SENDER:
                return sender_words(row.sender)
            case Column.RECEIVERS:
                return receivers_words(row.receivers)
            case Column.KIND:
                return type_word(row.kind)
            case Column.TEXT:
                return first_line(row.text)
            case Column.STATE:
                state = self._state(row)
                return delivery_state_word(state) if state is not None else ""

    def _picture(self, row: TimelineRow, column: Column) -> Any:
        if column is Column.KIND:
            return icons.icon(type_icon_name(row.kind), "muted")
        state = self._state(row) if column is Column.STATE else None
        return icons.icon(state_icon_name(state), f"state:{state}") if state is not None else None

    def _color(self, row: TimelineRow, column: Column) -> Any:
        if column is Column.TIME:
            return theme.color("muted")
        if column is Column.STATE and (state := self._state(row)) is not None:
            return theme.state_color(state)
        return theme.state_color(row.importance) if column is Column.KIND and row.importance.rank > 1 else None

    def _state(self, row: TimelineRow) -> DeliveryState | None:
        tracked = self.tracked(row)
        return tracked.least_state if tracked is not None and tracked.states else None

    def _states(self, row: TimelineRow) -> str:
        tracked = self.tracked(row)
        states = tracked.states if tracked is not None else {}
        return "\n".join(f"{who}: {delivery_state_word(state)}" for who, state in states.items())


class TimelineFilter(QSortFilterProxyModel):
    """Rows of one agent, of one kind, and with certain words; an empty text stands for all."""

    def __init__(self, source: TimelineModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self._source = source
        self._agent = self._kind = self._words = ""

    def set_filter(self, agent: str, kind: str, words: str) -> None:
        """Lets through rows that agent sent or was sent, of that kind, with these words in text or names."""
        self.beginFilterChange()
        self._agent, self._kind, self._words = agent, kind, words.casefold().strip()
        self.endFilterChange()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex) -> bool:
        row = self._source.row(source_row)
        if self._agent and self._agent != row.sender and self._agent not in row.receivers:
            return False
        if self._kind and self._kind != row.kind:
            return False
        return not self._words or self._words in self._haystack(row)

    def _haystack(self, row: TimelineRow) -> str:
        return " ".join((row.text, row.sender, *row.receivers, type_word(row.kind))).casefold()
