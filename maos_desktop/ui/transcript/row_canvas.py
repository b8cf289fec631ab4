"""What a transcript scrolls: the widgets of the rows in sight, each in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.transcript.row_stack import RowStack, Slot
from maos_desktop.ui.transcript.rows import PieceRow, TranscriptRow
from maos_desktop.ui.transcript.text_surface import TextSurface

KEPT = 60
"""Row widgets that are kept; beyond that, those out of sight are let go."""


class RowCanvas(QWidget):
    """Makes and places rows; it is opaque, so that Qt moves its picture when it is scrolled.

    Signals:
        row_resized: the row of this ``Slot`` shows more or less than before.
        surface_added: a text that selections and links must be heard from.
        earlier_requested: the user wants to see what stands before the first row.
    """

    row_resized = Signal(object)
    surface_added = Signal(object)
    earlier_requested = Signal()

    def __init__(
        self, stack: RowStack, make: Callable[[Slot], TranscriptRow], refresh: Callable[[TranscriptRow], None]
    ) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._stack = stack
        self._make_row = make
        self._refresh_row = refresh
        self._column = QRect()
        self._earlier = push_button(
            self,
            "showEarlier",
            self.tr("Show earlier"),
            self.earlier_requested.emit,
            icon="chevron-up",
            variant="quiet",
        )

    def set_column(self, left: int, width: int) -> None:
        """Says where rows stand from left to right, in pixels; all of them are laid out anew when it changes."""
        column = QRect(left, 0, width, 0)
        if column != self._column:
            self._column = column
            for slot in self._stack.slots:
                self.fit(slot)

    def place(self, size: QSize, *, has_earlier: bool) -> None:
        """Gives every row its top, and the canvas its height, at least as tall as the view's ``size``."""
        self._earlier.setVisible(has_earlier)
        room = self._earlier.sizeHint().height() + theme.S if has_earlier else 0
        self._stack.top = theme.M + room
        height = self._stack.place() + theme.M
        self.resize(size.width(), max(height, size.height()))

    def make(self, slot: Slot) -> TranscriptRow:
        """Makes the widget of a slot and returns it."""
        row = slot.widget = self._make_row(slot)
        row.setParent(self)
        row.resized.connect(partial(self.row_resized.emit, slot))
        row.surface_added.connect(self.surface_added)
        for surface in row.surfaces():
            self.surface_added.emit(surface)
        self.fit(slot)
        return row

    def fit(self, slot: Slot) -> None:
        """Lays a row out in the column's width, if it is a widget now."""
        if slot.widget is not None:
            slot.height = slot.widget.fit(self._column.width())

    def refresh(self, slot: Slot) -> None:
        """Makes a row show what its entry says now, if it is a widget now."""
        row = slot.widget
        if isinstance(row, PieceRow) and slot.piece is not None:
            if not row.shows_kind_of(slot.piece):
                self.drop([slot])
                return
            row.show_piece(slot.piece)
        elif row is not None:
            self._refresh_row(row)
        self.fit(slot)

    def drop(self, slots: Iterable[Slot]) -> None:
        """Lets the widgets of these slots go."""
        for slot in slots:
            if slot.widget is not None:
                slot.widget.hide()
                slot.widget.deleteLater()
                slot.widget = None

    def show_rows(self, near: list[Slot], may_drop: Callable[[TranscriptRow], bool]) -> None:
        """Puts every widget in its place; those that are not ``near`` go when there are too many."""
        left, width = self._column.left(), self._column.width()
        self._earlier.setGeometry(left, theme.M, width, self._earlier.sizeHint().height())
        kept = {id(slot) for slot in near}
        rows = [(slot, slot.widget) for slot in self._stack.slots if slot.widget is not None]
        surplus = len(rows) - KEPT
        for slot, row in rows:
            if surplus > 0 and id(slot) not in kept and may_drop(row):
                self.drop([slot])
                surplus -= 1
                continue
            place = QRect(left, slot.top, width, slot.height)
            if row.geometry() != place:
                row.setGeometry(place)
            if row.isHidden():
                row.show()

    def surfaces(self) -> Iterator[TextSurface]:
        """Yields the texts that are widgets now, from top to bottom."""
        for slot in self._stack.slots:
            if slot.widget is not None:
                yield from slot.widget.surfaces()

    def has_focus(self, row: TranscriptRow) -> bool:
        """Whether the keyboard is inside that row."""
        focus = QApplication.focusWidget()
        return focus is not None and row.isAncestorOf(focus)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("surface"))
        painter.end()
