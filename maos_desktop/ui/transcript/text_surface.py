"""Widgets that show one document each; what is selected and marked in them is said from outside."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.block_document import (
    BlockDocument,
    blocks_of,
    mono_document,
    show_markdown,
    show_plain,
    text_document,
)
from maos_desktop.ui.transcript.code_highlighter import CodeHighlighter
from maos_desktop.ui.transcript.display_text import broken, plain, unbroken

Range = tuple[int, int]
"""Where something starts and ends in a document, in characters."""

_LINE_ENDS = dict.fromkeys(map(ord, "\u2029\ufdd0\ufdd1"), "\n")
"""What Qt puts between paragraphs and around the cells of a table."""

NAME_CHARACTERS = 2_000
"""How much of a surface's text is its accessible name."""


class TextSurface(QWidget):
    """Shows a document as wide as it is told to be.

    Signals:
        pressed: at this character; the flag says whether the selection is to be extended to it.
        dragged: to this point of the screen, with the button held.
        released: the button.
        word_chosen: by a double click, the word's range.
        link_clicked: with the whole address.
    """

    pressed = Signal(int, bool)
    dragged = Signal(QPoint)
    released = Signal()
    word_chosen = Signal(int, int)
    link_clicked = Signal(str)

    def __init__(self, document: BlockDocument, tone: str = "text", padding: int = 0) -> None:
        super().__init__()
        self.document = document
        self._tone = tone
        self._padding = padding
        self._selection: Range | None = None
        self._marks: list[Range] = []
        self._current_mark = -1
        self._quotes: list[QRectF] = []
        self._pressed_link = ""
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def fit(self, width: int) -> int:
        """Lays the text out in ``width`` pixels and returns the height it takes."""
        self.document.setTextWidth(max(width - 2 * self._padding, 1))
        self._quotes = self._quote_bars()
        return math.ceil(self.document.size().height()) + 2 * self._padding

    def text(self) -> str:
        """The whole text as it is read."""
        return self._text_between(0, self.length())

    def named(self) -> None:
        """Gives assistive technology the text that is shown now."""
        self.setAccessibleName(self.text()[:NAME_CHARACTERS])

    # --- selection and marks ---

    def select(self, start: int, end: int) -> None:
        """Shows the characters from ``start`` to ``end`` as selected; none when they are equal."""
        chosen = None if start == end else (start, end)
        if chosen != self._selection:
            self._selection = chosen
            self.update()

    def select_all(self) -> None:
        """Shows everything as selected."""
        self.select(0, self.length())

    def length(self) -> int:
        """The number of characters a selection can cover."""
        return self.document.characterCount() - 1

    @property
    def has_selection(self) -> bool:
        """Whether something in it is selected."""
        return self._selection is not None

    def selected_text(self) -> str:
        """Returns the selected text, an empty one when there is none."""
        if self._selection is None:
            return ""
        return self._text_between(*self._selection)

    def mark(self, words: str, current: int = -1) -> list[Range]:
        """Marks each place where ``words`` stands (any case), the one numbered ``current`` more strongly.

        An empty text takes all marks away. Returns where they are.
        """
        self._marks = self._find(words)
        self._current_mark = min(current, len(self._marks) - 1)
        self.update()
        return self._marks

    def place_of(self, position: int) -> QRect:
        """Returns where the character stands in this widget."""
        block = self.document.findBlock(position)
        line = block.layout().lineForTextPosition(position - block.position())
        top = self.document.documentLayout().blockBoundingRect(block).top()
        inside = line.rect().translated(0, top) if line.isValid() else QRectF(0, top, 1, 1)
        return inside.toRect().translated(self._padding, self._padding)

    def character_at(self, point: QPoint) -> int:
        """Returns the character nearest to a point of this widget."""
        at = point - QPoint(self._padding, self._padding)
        found = self.document.documentLayout().hitTest(at.toPointF(), Qt.HitTestAccuracy.FuzzyHit)
        return self.length() if found < 0 else found

    def _cursor_over(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document)
        cursor.setPosition(min(start, self.length()))
        cursor.setPosition(min(end, self.length()), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _text_between(self, start: int, end: int) -> str:
        # Not `toPlainText`, which makes line ends of the breaks that are only there for Qt.
        return unbroken(self._cursor_over(start, end).selectedText().translate(_LINE_ENDS))

    def _find(self, words: str) -> list[Range]:
        if not words:
            return []
        found, cursor = [], self.document.find(words, 0)
        while not cursor.isNull():
            found.append((cursor.selectionStart(), cursor.selectionEnd()))
            cursor = self.document.find(words, cursor)
        return found

    # --- painting ---

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_background(painter)
        painter.translate(self._padding, self._padding)
        for bar in self._quotes:
            painter.fillRect(bar, theme.color("line_strong"))
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Text, theme.color(self._tone))
        context.palette = palette
        context.clip = QRectF(event.rect().translated(-self._padding, -self._padding))
        context.selections = self._painted_ranges()
        self.document.documentLayout().draw(painter, context)
        painter.end()

    def paint_background(self, painter: QPainter) -> None:
        """Paints what stands behind the text; nothing here."""

    def _painted_ranges(self) -> list[QAbstractTextDocumentLayout.Selection]:
        ranges = []
        for number, found in enumerate(self._marks):
            current = number == self._current_mark
            ranges.append(self._painted(found, theme.color("warning" if current else "warning_quiet"), current))
        if self._selection is not None:
            ranges.append(self._painted(self._selection, theme.color("accent"), inverted=True))
        return ranges

    def _painted(self, place: Range, color: QColor, inverted: bool) -> QAbstractTextDocumentLayout.Selection:
        cursor = self._cursor_over(*place)
        style = QTextCharFormat()
        style.setBackground(color)
        if inverted:
            style.setForeground(theme.color("on_accent"))
        painted = QAbstractTextDocumentLayout.Selection()
        painted.cursor, painted.format = cursor, style
        return painted

    def _quote_bars(self) -> list[QRectF]:
        bars = []
        layout = self.document.documentLayout()
        for block in blocks_of(self.document):
            if block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel):
                place = layout.blockBoundingRect(block)
                bars.append(QRectF(0, place.top(), 2, place.height()))
        return bars

    # --- the mouse ---

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        point = event.position().toPoint()
        self._pressed_link = self._link_at(point)
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.pressed.emit(self.character_at(point), extend)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint())
        else:
            over_link = bool(self._link_at(point))
            shape = Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.IBeamCursor
            if self.cursor().shape() != shape:
                self.setCursor(shape)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.released.emit()
        link = self._link_at(event.position().toPoint())
        if link and link == self._pressed_link and self._selection is None:
            self.link_clicked.emit(link)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cursor = QTextCursor(self.document)
        cursor.setPosition(self.character_at(event.position().toPoint()))
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        self.word_chosen.emit(cursor.selectionStart(), cursor.selectionEnd())

    def _link_at(self, point: QPoint) -> str:
        at = point - QPoint(self._padding, self._padding)
        return self.document.documentLayout().anchorAt(at.toPointF())

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


class MarkdownBlock(TextSurface):
    """A piece of Markdown, rendered."""

    def __init__(self, source: str, tone: str = "text") -> None:
        super().__init__(text_document(), tone)
        self._source = ""
        self.set_source(source)

    def set_source(self, source: str) -> None:
        """Shows this Markdown from now on; the caller fits it anew."""
        if source != self._source:
            self._source = source
            show_markdown(self.document, source)


class PlainBlock(TextSurface):
    """Lines as they are, in the fixed-pitch font when ``mono``."""

    def __init__(self, text: str, *, mono: bool = False, tone: str = "text") -> None:
        super().__init__(mono_document() if mono else text_document(), tone)
        show_plain(self.document, text)


class CodeBlock(TextSurface):
    """Code on a ground of its own; lines that are added at its end leave the others as they are."""

    def __init__(self, source: str, language: str) -> None:
        super().__init__(mono_document(), padding=theme.S)
        self.language = language
        self._highlighter = CodeHighlighter(self.document, language)
        self._shown = ""
        self.set_source(source)

    def set_source(self, source: str) -> None:
        """Shows this code from now on; the caller fits it anew."""
        shown = broken(plain(source))
        if self._shown and shown.startswith(self._shown):
            cursor = QTextCursor(self.document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(shown[len(self._shown) :])
        else:
            self.document.setPlainText(shown)
        self._shown = shown

    @override
    def paint_background(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("window"))
        painter.drawRoundedRect(self.rect(), 6, 6)
