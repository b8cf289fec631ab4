"""The transcript of one agent: a scrolled column of rows, of which only those in sight are widgets."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea
from typing_extensions import override

from maos_desktop.model.transcript import PermissionEntry
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.message_words import ColorOf
from maos_desktop.ui.transcript.live_window import LiveWindow
from maos_desktop.ui.transcript.notice_row import PermissionRow
from maos_desktop.ui.transcript.row_canvas import RowCanvas
from maos_desktop.ui.transcript.row_factory import make_row, refresh_row
from maos_desktop.ui.transcript.row_stack import Slot
from maos_desktop.ui.transcript.rows import TranscriptRow
from maos_desktop.ui.transcript.selection import TranscriptSelection
from maos_desktop.ui.transcript.text_surface import TextSurface

NEAR = 200
"""Pixels above and below the view in which rows are kept ready."""
CHARACTERS = 92
"""The widest column of text."""
_AT_END = 4
_WATCHED_ROWS = 20
_WIDE = 500


class TranscriptView(QScrollArea):
    """Shows a ``TranscriptModel``. It follows the end as long as the user is there.

    Attributes:
        model: what is shown.
        selection: what the user has selected in it.

    Signals:
        permission_decided: request id, hash of the input that was shown, whether it is allowed, a message.
        link_clicked: the whole address.
        left_end: the user is not at the end any more, or is again (the flag says which).
    """

    permission_decided = Signal(str, str, bool, str)
    link_clicked = Signal(str)
    left_end = Signal(bool)

    def __init__(self, model: TranscriptModel, color_of: ColorOf) -> None:
        super().__init__()
        self.setObjectName("transcript")
        self.setAccessibleName(self.tr("Transcript of {agent}").format(agent=model.agent_id))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.model = model
        self._color_of = color_of
        self._window = LiveWindow(model)
        self._canvas = RowCanvas(self._window.stack, self._make_row, refresh_row)
        self.setWidget(self._canvas)
        self.selection = TranscriptSelection(lambda: list(self._canvas.surfaces()), self)
        self._marked = ""
        self._dirty: set[int] = set()
        self._stale = True
        self._at_end = True
        self._placing = False
        self._reading: int | None = None
        self._renewal = QTimer(self)
        self._renewal.setSingleShot(True)
        self._connect()

    def _connect(self) -> None:
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.model.rowsInserted.connect(self._catch_up)
        self.model.dataChanged.connect(self._on_changed)
        self.model.modelAboutToBeReset.connect(self._before_reset)
        self.model.modelReset.connect(self._on_reset)
        self.selection.dragged.connect(self._scroll_towards)
        self._canvas.row_resized.connect(self._on_row_resized)
        self._canvas.surface_added.connect(self._attach)
        self._canvas.earlier_requested.connect(self.show_earlier)
        self._renewal.timeout.connect(self._renew_rows)

    # --- what the model says ---

    def _on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._dirty.update(range(first.row(), last.row() + 1))
        self._catch_up()

    def _before_reset(self) -> None:
        uppermost = None if self._at_end else self._uppermost()
        self._reading = self.model.entry(uppermost[0].entry).seq if uppermost is not None else None

    def _on_reset(self) -> None:
        """The whole log has come in the place of its tail: the user goes on where they were."""
        self._canvas.drop(self._window.restart())
        self._dirty.clear()
        self.selection.clear()
        self._set_at_end(True)
        self._catch_up()
        if self._reading is not None:
            seqs = [self.model.entry(row).seq for row in range(self.model.rowCount())]
            self.reveal(max(bisect_right(seqs, self._reading) - 1, 0))

    def _catch_up(self) -> None:
        """Shows the model as it is now; a view that nobody sees waits until it is seen."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        anchor = self._uppermost()
        self._placing = True
        for entry in sorted(self._dirty):
            changed, gone = self._window.update(entry)
            self._canvas.drop(gone)
            for slot in changed:
                self._canvas.refresh(slot)
        self._dirty.clear()
        self._canvas.drop(self._window.append_new())
        if self._at_end:
            self._canvas.drop(self._window.trim())
        self._placing = False
        self._place(anchor)

    # --- rows ---

    def _make_row(self, slot: Slot) -> TranscriptRow:
        row = make_row(self.model, self.model.entry(slot.entry), slot.piece, self._color_of)
        if isinstance(row, PermissionRow):
            row.decided.connect(self.permission_decided)
        return row

    def _attach(self, surface: TextSurface) -> None:
        self.selection.attach(surface)
        surface.link_clicked.connect(self.link_clicked)
        if self._marked:
            surface.mark(self._marked)

    def _place(self, anchor: tuple[Slot, int] | None = None) -> None:
        """Puts every row in its place and makes those in sight; what the user looks at stays where it is.

        ``anchor`` is the row that stays, and its distance from the upper edge; the uppermost one if ``None``.
        """
        if self._placing:
            return
        self._placing = True
        anchor = anchor or self._uppermost()
        fresh = True
        # A row is taller or shorter than was guessed, so that others come into sight.
        while fresh:
            self._canvas.place(self.viewport().size(), has_earlier=self._window.has_earlier)
            self._scroll_to(anchor)
            missing = [slot for slot in self._near() if slot.widget is None]
            for slot in missing:
                self._canvas.make(slot)
            fresh = bool(missing)
        self._canvas.show_rows(self._near(), self._may_drop)
        self._placing = False

    def _uppermost(self) -> tuple[Slot, int] | None:
        value = self.verticalScrollBar().value()
        slot = self._window.stack.at(value)
        return (slot, slot.top - value) if slot is not None else None

    def _scroll_to(self, anchor: tuple[Slot, int] | None) -> None:
        bar = self.verticalScrollBar()
        if self._at_end:
            bar.setValue(self._end())
        elif anchor is not None and anchor[0] in self._window.stack.slots:
            bar.setValue(anchor[0].top - anchor[1])

    def _near(self) -> list[Slot]:
        top = self.verticalScrollBar().value()
        return self._window.stack.in_sight(top - NEAR, top + self.viewport().height() + NEAR)

    def _set_column(self) -> None:
        """Rows stand in the middle, in a width one can read; it is the same with and without a scroll bar."""
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        margin = theme.L if room > _WIDE else theme.M
        width = min(room - 2 * margin, self.fontMetrics().averageCharWidth() * CHARACTERS)
        self._canvas.set_column(max(margin, (room - width) // 2), max(width, 1))

    def _may_drop(self, row: TranscriptRow) -> bool:
        return self.selection.is_empty and not row.holds_state and not self._canvas.has_focus(row)

    def _on_row_resized(self, slot: Slot) -> None:
        """The user has unfolded something: it grows downwards from where it stands."""
        if self._placing:
            return
        self._canvas.fit(slot)
        was_at_end, self._at_end = self._at_end, False
        self._place((slot, slot.top - self.verticalScrollBar().value()))
        self._at_end = was_at_end
        self._set_at_end(was_at_end and self._is_at_end())

    # --- scrolling ---

    def show_earlier(self) -> None:
        """Makes older rows, and leaves what stands on the screen where it is."""
        anchor = self._uppermost()
        self._set_at_end(False)
        self._window.grow()
        self._place(anchor)

    def scroll_to_end(self) -> None:
        """Goes to the newest row and follows it from now on."""
        self._set_at_end(True)
        self._catch_up()

    def reveal(self, entry: int) -> list[Slot]:
        """Goes to an entry, makes its rows, and returns them."""
        self._catch_up()
        self._window.reach(entry)
        slots = self._window.stack.of_entry(entry)
        if slots:
            self._set_at_end(False)
        self._place((slots[0], theme.M) if slots else None)
        return slots

    def reveal_place(self, slot: Slot, words: str, current: int) -> None:
        """Goes to the place numbered ``current`` where ``words`` stands in a row, and marks it."""
        self.mark(words)
        row = slot.widget or self._canvas.make(slot)
        row.unfold()
        self._set_at_end(False)
        self._place((slot, theme.M))
        for surface in row.surfaces():
            places = surface.mark(words, current)
            if 0 <= current < len(places):
                inside = surface.mapTo(self._canvas, surface.place_of(places[current][0]).topLeft())
                self.ensureVisible(inside.x(), inside.y(), 0, self.viewport().height() // 3)
            current -= len(places)

    def mark(self, words: str) -> None:
        """Marks every place where ``words`` stands, in rows to come as well; an empty text ends that."""
        self._marked = words
        for surface in self._canvas.surfaces():
            surface.mark(words)

    def _on_scrolled(self) -> None:
        if not self._placing:
            self._set_at_end(self._is_at_end())
            self._place()

    def _end(self) -> int:
        """Where the end is followed to: a question that waits stays in sight from its top, with what it is about."""
        bottom = self.verticalScrollBar().maximum()
        for slot in self._window.stack.slots[-_WATCHED_ROWS:]:
            entry = self.model.entry(slot.entry)
            if isinstance(entry, PermissionEntry) and entry.allowed is None:
                return min(bottom, slot.top - theme.XS)
        return bottom

    def _is_at_end(self) -> bool:
        return self.verticalScrollBar().value() >= self._end() - _AT_END

    def _set_at_end(self, at_end: bool) -> None:
        if at_end is not self._at_end:
            self._at_end = at_end
            self.left_end.emit(not at_end)

    def _scroll_towards(self, point: QPoint) -> None:
        """Scrolls while the selection is dragged beyond an edge."""
        inside, bar = self.viewport().mapFromGlobal(point).y(), self.verticalScrollBar()
        beyond = min(inside, 0) + max(inside - self.viewport().height(), 0)
        if beyond:
            bar.setValue(bar.value() + beyond)

    # --- copying ---

    def copy(self) -> None:
        """Puts what is selected on the clipboard; with everything selected, the whole transcript."""
        text = self.selection.text()
        if self.selection.everything:
            text = "\n\n".join(self.model.text_of(row) for row in range(self.model.rowCount()))
        if text:
            QGuiApplication.clipboard().setText(text)

    # --- Qt's side ---

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selection.choose_everything()
        elif event.key() == Qt.Key.Key_End:
            self.scroll_to_end()
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._catch_up()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_column()
        self._place()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._renewal.start(0)

    def _renew_rows(self) -> None:
        """Colours and sizes are part of the documents, so another look needs other rows."""
        self._canvas.drop(self._window.stack.slots)
        self._set_column()
        self._catch_up()
