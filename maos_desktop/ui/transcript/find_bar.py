"""Searches in one transcript: a field, how many places there are, and the way from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton
from typing_extensions import override

from maos_desktop.model.transcript import TextEntry
from maos_desktop.ui import icons, theme
from maos_desktop.ui.transcript.row_stack import Slot
from maos_desktop.ui.transcript.view import TranscriptView

_TYPING_MS = 150


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where the words stand: the ``number``-th (from 0) in the text of that entry."""

    entry: int
    number: int


class FindBar(QFrame):
    """Searches the whole transcript, also what is folded or not on the screen.

    Signals:
        closed: the user is done; the marks are gone.
    """

    closed = Signal()

    def __init__(self, view: TranscriptView) -> None:
        super().__init__()
        self.setObjectName("findBar")
        self.setProperty("variant", "bar")
        self._view = view
        self._hits: list[Hit] = []
        self._current = -1
        self._field = QLineEdit()
        self._field.setObjectName("findField")
        self._field.setAccessibleName(self.tr("Find in this transcript"))
        self._field.setPlaceholderText(self.tr("Find in this transcript"))
        self._count = QLabel()
        self._count.setObjectName("findCount")
        self._count.setProperty("tone", "small")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.search)
        self._field.textChanged.connect(lambda: self._typing.start())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        layout.setSpacing(theme.XS)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._count)
        layout.addWidget(self._button("chevron-up", self.tr("Previous place"), "findPrevious", lambda: self.step(-1)))
        layout.addWidget(self._button("chevron-down", self.tr("Next place"), "findNext", lambda: self.step(1)))
        layout.addWidget(self._button("x", self.tr("Close"), "findClose", self.dismiss))
        self.hide()

    def open(self) -> None:
        """Shows the bar and waits for words."""
        self.show()
        self._field.setFocus()
        self._field.selectAll()

    def dismiss(self) -> None:
        """Hides the bar and takes the marks away."""
        self._field.clear()
        self.search()
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def search(self) -> None:
        """Looks for the words in the field and goes to the last place, which is the newest."""
        self._typing.stop()
        words = self._field.text()
        self._hits = self._find(words)
        self._current = len(self._hits)
        self._view.mark(words)
        if self._hits:
            self.step(-1)
        else:
            self._count.setText(self.tr("Nothing found") if words else "")

    def step(self, direction: int) -> None:
        """Goes to the next place (1) or the one before (-1), around the ends."""
        if self._typing.isActive():
            self.search()
            return
        if not self._hits:
            return
        self._current = (self._current + direction) % len(self._hits)
        self._count.setText(self.tr("{current} of {total}").format(current=self._current + 1, total=len(self._hits)))
        self._go_to(self._hits[self._current], self._field.text())

    def _find(self, words: str) -> list[Hit]:
        if not words:
            return []
        wanted = words.lower()
        model = self._view.model
        return [
            Hit(row, number)
            for row in range(model.rowCount())
            for number in range(model.text_of(row).lower().count(wanted))
        ]

    def _go_to(self, hit: Hit, words: str) -> None:
        slots = self._view.reveal(hit.entry)
        number = hit.number
        if isinstance(self._view.model.entry(hit.entry), TextEntry):
            slot, number = _piece_with(slots, words.lower(), number)
        else:
            slot = slots[0] if slots else None
        if slot is not None:
            self._view.reveal_place(slot, words, number)

    def _button(self, sign: str, words: str, name: str, do: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icons.icon(sign, "muted"))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.clicked.connect(do)
        return button

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            backwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step(-1 if backwards else 1)
        else:
            super().keyPressEvent(event)


def _piece_with(slots: list[Slot], wanted: str, number: int) -> tuple[Slot | None, int]:
    """Returns the row in which the ``number``-th place of the whole text stands, and its number there."""
    for slot in slots:
        here = slot.piece.source.lower().count(wanted) if slot.piece else number + 1
        if number < here:
            return slot, number
        number -= here
    # The place lies across the seam of two pieces.
    return (slots[-1], 0) if slots else (None, 0)
