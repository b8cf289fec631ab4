"""Documents of the transcript: Markdown or plain lines, laid out in the app's type, that load nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
)
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.display_text import broken, plain

_MARKDOWN = QTextDocument.MarkdownFeature(
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_HEADING_SIZES = {1: 1.3, 2: 1.15, 3: 1.05}
_LINE_HEIGHT = 122.0
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value


class BlockDocument(QTextDocument):
    """A document without undo that asks neither disk nor network for anything its text names."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.setIndentWidth(theme.XL)
        self.setDefaultFont(font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setDefaultTextOption(option)

    @override
    def loadResource(self, type: int, name: QUrl | str) -> Any:
        return None


def blocks_of(document: QTextDocument) -> Iterator[QTextBlock]:
    """Yields the document's blocks from first to last."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def show_markdown(document: BlockDocument, source: str) -> None:
    """Replaces the document's content by rendered Markdown; HTML in it is shown as the text it is."""
    document.setMarkdown(broken(plain(source)), _MARKDOWN)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for block in blocks_of(document):
        _set_block(cursor, block, document)
        _set_fragments(cursor, block)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _set_table(frame)
    cursor.endEditBlock()


def show_plain(document: BlockDocument, text: str) -> None:
    """Replaces the document's content by these lines as they are."""
    document.setPlainText(broken(plain(text)))


def code_font() -> QFont:
    """Returns the fixed-pitch font without ligatures: every character of code is seen as itself."""
    font = theme.mono_font()
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def mono_document() -> BlockDocument:
    """Returns an empty document for code and output."""
    return BlockDocument(code_font())


def text_document() -> BlockDocument:
    """Returns an empty document for what people and agents write."""
    return BlockDocument(QApplication.font())


def _set_block(cursor: QTextCursor, block: QTextBlock, document: BlockDocument) -> None:
    style = block.blockFormat()
    heading = style.headingLevel()
    style.setTopMargin(_gap(block, block.previous()))
    style.setBottomMargin(_gap(block, block.next()))
    style.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
    style.setNonBreakableLines(False)
    quotes = style.intProperty(QTextFormat.Property.BlockQuoteLevel)
    if quotes:
        style.setLeftMargin(theme.M * quotes)
        style.setRightMargin(0.0)
    cursor.setPosition(block.position())
    cursor.setBlockFormat(style)
    if heading:
        _select(cursor, block.position(), block.length() - 1)
        cursor.mergeCharFormat(_heading_style(heading, document.defaultFont()))


def _gap(block: QTextBlock, neighbour: QTextBlock) -> int:
    """Returns the distance to a neighbour: none at the ends, little between the items of a list."""
    if not neighbour.isValid():
        return 0
    both_in_lists = block.textList() is not None and neighbour.textList() is not None
    return 2 if both_in_lists else theme.S


def _heading_style(level: int, font: QFont) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setFontPointSize(font.pointSizeF() * _HEADING_SIZES.get(level, 1.0))
    style.setFontWeight(QFont.Weight.DemiBold)
    # Qt scales headings by this on top of the point size.
    style.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
    return style


def _set_fragments(cursor: QTextCursor, block: QTextBlock) -> None:
    is_code = block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
    special = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        style = fragment.charFormat()
        if style.fontFixedPitch() or style.isAnchor() or style.isImageFormat():
            special.append((fragment.position(), fragment.length(), style))
        iterator += 1
    # From the end, since naming a picture makes the text longer.
    for position, length, style in reversed(special):
        _select(cursor, position, length)
        if style.isImageFormat():
            _name_picture(cursor, style.toImageFormat().name())
        elif style.isAnchor():
            cursor.mergeCharFormat(_link_style())
        else:
            cursor.mergeCharFormat(_code_style(inline=not is_code))


def _name_picture(cursor: QTextCursor, address: str) -> None:
    """Puts the address of a picture in its place: nothing is fetched, and nothing is hidden."""
    style = _link_style()
    style.setAnchor(True)
    style.setAnchorHref(address)
    cursor.insertText(plain(address) or "…", style)


def _link_style() -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(theme.color("accent"))
    style.setFontUnderline(True)
    return style


def _code_style(*, inline: bool) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setFont(code_font(), QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesSpecifiedOnly)
    if inline:
        style.setBackground(theme.color("hover"))
    return style


def _set_table(table: QTextTable) -> None:
    style = table.format()
    style.setBorder(1)
    style.setBorderCollapse(True)
    style.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    style.setBorderBrush(theme.color("line"))
    style.setCellPadding(theme.XS)
    style.setTopMargin(theme.XS)
    style.setBottomMargin(theme.XS)
    style.setWidth(QTextLength())
    table.setFormat(style)


def _select(cursor: QTextCursor, position: int, length: int) -> None:
    cursor.setPosition(position)
    cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
