"""What stands in a transcript, row by row: each row lays itself out in the width it is given."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget
from typing_extensions import override

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.display_text import PAGE
from maos_desktop.ui.transcript.line_button import Line, LineButton
from maos_desktop.ui.transcript.markdown_pieces import MarkdownPieces, Piece
from maos_desktop.ui.transcript.text_surface import CodeBlock, MarkdownBlock, PlainBlock, TextSurface


class TranscriptRow(QWidget):
    """A row: children below each other, in the order of ``parts``.

    Signals:
        resized: it shows more or less than before and must be fitted anew.
        surface_added: a surface that selections and links must be heard from.
    """

    resized = Signal()
    surface_added = Signal(object)

    spacing = theme.XS
    indent = 0

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[QWidget] = []

    def add(self, part: QWidget) -> None:
        """Puts a part at the end, and passes on what it says of itself when it is a row."""
        part.setParent(self)
        self._parts.append(part)
        part.show()
        if isinstance(part, TextSurface):
            part.named()
            self.surface_added.emit(part)
        elif isinstance(part, TranscriptRow):
            part.resized.connect(self.resized)
            part.surface_added.connect(self.surface_added)
            for surface in part.surfaces():
                self.surface_added.emit(surface)

    def remove(self, part: QWidget) -> None:
        """Takes a part out for good."""
        self._parts.remove(part)
        part.hide()
        part.deleteLater()

    def fit(self, width: int) -> int:
        """Lays the row out in ``width`` pixels and returns the height it takes."""
        top = 0
        for number, part in enumerate(self._parts):
            top += self.spacing if number else 0
            left = self.indent if number else 0
            height = self._fit_part(part, width - left)
            part.setGeometry(left, top, min(self._width_of(part, width - left), width - left), height)
            top += height
        return top

    def surfaces(self) -> Iterator[TextSurface]:
        """Yields the texts of this row from top to bottom."""
        for part in self._parts:
            if isinstance(part, TextSurface):
                yield part
            elif isinstance(part, TranscriptRow):
                yield from part.surfaces()

    def unfold(self) -> None:
        """Shows what the row hides, if it hides anything."""
        for part in self._parts:
            if isinstance(part, TranscriptRow):
                part.unfold()

    @property
    def holds_state(self) -> bool:
        """Whether the user has changed what the row shows, so that it cannot be made anew from its entry."""
        return any(part.holds_state for part in self._parts if isinstance(part, TranscriptRow))

    def _fit_part(self, part: QWidget, width: int) -> int:
        if isinstance(part, TextSurface | TranscriptRow):
            return part.fit(width)
        if part.hasHeightForWidth():
            return part.heightForWidth(width)
        return part.sizeHint().height()

    def _width_of(self, part: QWidget, width: int) -> int:
        return part.sizeHint().width() if isinstance(part, QPushButton) else width


class PieceRow(TranscriptRow):
    """One piece of what the model wrote; the last one of an open block grows."""

    def __init__(self, piece: Piece, tone: str = "text") -> None:
        super().__init__()
        self._piece = piece
        self._block: MarkdownBlock | CodeBlock = (
            CodeBlock(piece.source, piece.language) if piece.kind == "code" else MarkdownBlock(piece.source, tone)
        )
        self.add(self._block)

    def shows_kind_of(self, piece: Piece) -> bool:
        """Whether this row can go on to show ``piece``."""
        return (piece.kind, piece.language) == (self._piece.kind, self._piece.language)

    def show_piece(self, piece: Piece) -> None:
        """Shows the piece as it is now. It must be of the same kind."""
        self._piece = piece
        self._block.set_source(piece.source)
        self._block.named()


class PagedText(TranscriptRow):
    """A text of any length: its beginning, and a button for each further page.

    ``first`` is how many characters stand there at once; further pages have ``PAGE`` characters.
    """

    def __init__(
        self, text: str, *, markdown: bool = False, mono: bool = False, tone: str = "text", first: int = PAGE
    ) -> None:
        super().__init__()
        self._rest = text
        self._markdown, self._mono, self._tone = markdown, mono, tone
        self._more = QPushButton()
        self._more.setObjectName("show_more")
        self._more.setProperty("variant", "link")
        self._more.setCursor(Qt.CursorShape.PointingHandCursor)
        self._more.clicked.connect(lambda: self._show_page(PAGE))
        self._show_page(first)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to show."""
        return not self._rest

    @override
    def unfold(self) -> None:
        while self._rest:
            self._show_page(PAGE)

    def _show_page(self, characters: int) -> None:
        if self._more in self._parts:
            self._parts.remove(self._more)
            self._more.hide()
        page, self._rest = _page_of(self._rest, characters)
        for block in self._blocks_of(page):
            self.add(block)
        if self._rest:
            self._more.setText(self.tr("Show more ({size} left)").format(size=_size_words(len(self._rest))))
            self._more.setAccessibleName(self._more.text())
            self.add(self._more)
        self.resized.emit()

    def _blocks_of(self, page: str) -> Iterator[TextSurface]:
        if not self._markdown:
            yield PlainBlock(page, mono=self._mono, tone=self._tone)
            return
        pieces = MarkdownPieces()
        pieces.update(page, closed=True)
        for piece in pieces.pieces:
            is_code = piece.kind == "code"
            yield CodeBlock(piece.source, piece.language) if is_code else MarkdownBlock(piece.source, self._tone)


class FoldRow(TranscriptRow):
    """A line that unfolds; its body is made when it is first asked for."""

    indent = theme.L + theme.XS

    def __init__(self, line: Line, name: str) -> None:
        super().__init__()
        self.header = LineButton(line)
        self.header.setObjectName(name)
        self.header.toggled.connect(self._toggle)
        self.add(self.header)

    def make_body(self) -> Iterator[QWidget]:
        """Yields the parts that unfold. Every fold row has its own."""
        raise NotImplementedError

    @override
    def unfold(self) -> None:
        self.header.setChecked(True)
        super().unfold()

    @property
    @override
    def holds_state(self) -> bool:
        return self.header.isChecked()

    def renew_body(self) -> None:
        """Makes the body anew when it is unfolded, after what it shows has changed."""
        if self.header.isChecked():
            self._toggle(False)
            self._toggle(True)

    def _toggle(self, unfolded: bool) -> None:
        for part in self._parts[1:]:
            self.remove(part)
        if unfolded:
            for part in self.make_body():
                self.add(part)
        self.resized.emit()


def _page_of(text: str, characters: int) -> tuple[str, str]:
    """Splits off about so many characters, at the end of a line where there is one."""
    if len(text) <= characters + characters // 4:
        return text, ""
    newline = text.rfind("\n", characters // 2, characters)
    end = characters if newline < 0 else newline + 1
    return text[:end].removesuffix("\n"), text[end:]


def _size_words(characters: int) -> str:
    return f"{characters / 1024:.0f} kB" if characters >= 1024 else f"{characters} B"
