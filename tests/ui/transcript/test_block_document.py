"""Markdown is rendered without its HTML, its pictures, and anything it would have Qt fetch."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat, QTextTable
from PySide6.QtWidgets import QApplication

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.block_document import (
    BlockDocument,
    blocks_of,
    code_font,
    mono_document,
    show_markdown,
    show_plain,
    text_document,
)


@pytest.fixture
def document(qapp: QApplication) -> BlockDocument:
    return text_document()


def style_at(document: QTextDocument, words: str) -> QTextCharFormat:
    cursor = document.find(words)
    assert not cursor.isNull(), f"{words!r} is not in {document.toPlainText()!r}"
    return cursor.charFormat()


class RecordingDocument(BlockDocument):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__(QFont())
        self.asked: list[str] = []

    def loadResource(self, type: int, name: QUrl | str) -> object:
        self.asked.append(name.toString() if isinstance(name, QUrl) else name)
        return super().loadResource(type, name)


def test_that_markdown_is_rendered(document: BlockDocument) -> None:
    show_markdown(document, "A **bold** and *slanted* word")
    assert document.toPlainText() == "A bold and slanted word"
    assert style_at(document, "bold").fontWeight() >= QFont.Weight.DemiBold
    assert style_at(document, "slanted").fontItalic()


def test_that_html_is_shown_as_text(document: BlockDocument) -> None:
    show_markdown(document, "<b>not bold</b> <script>alert(1)</script>\n\n<img src='http://x.test/p.png'>")
    assert "<b>not bold</b>" in document.toPlainText()
    assert "<script>" in document.toPlainText()
    assert style_at(document, "not bold").fontWeight() < QFont.Weight.DemiBold


def test_that_a_picture_becomes_its_address(document: BlockDocument) -> None:
    show_markdown(document, "Before ![a cat](https://x.test/cat.png) after")
    assert document.toPlainText() == "Before https://x.test/cat.png after"
    assert style_at(document, "cat.png").anchorHref() == "https://x.test/cat.png"


def test_that_several_pictures_keep_their_places(document: BlockDocument) -> None:
    show_markdown(document, "![x](a.png) and **b** and ![x](c.png)")
    assert document.toPlainText() == "a.png and b and c.png"


@pytest.mark.parametrize("address", ["https://x.test/p.png", "file:///etc/passwd", "/etc/passwd", "data:text/html,x"])
def test_that_nothing_is_loaded_for_a_text(qapp: QApplication, address: str) -> None:
    document = RecordingDocument()
    show_markdown(document, f"![x]({address})")
    document.setTextWidth(200)
    assert document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl(address)) is None


def test_that_a_file_is_not_read_even_if_it_is_there(qapp: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "style.css"
    picture.write_text("body { color: red }")
    document = RecordingDocument()
    url = QUrl.fromLocalFile(str(picture))
    assert document.resource(QTextDocument.ResourceType.StyleSheetResource.value, url) is None
    assert document.asked == [url.toString()]


def test_that_inline_code_stands_out_without_ligatures(document: BlockDocument) -> None:
    show_markdown(document, "Use `a == b` here")
    style = style_at(document, "a == b")
    assert style.background().color() == theme.color("hover")
    assert style.fontFamilies() == code_font().families()
    assert code_font().isFeatureSet(QFont.Tag("calt"))


def test_that_links_are_seen_as_links(document: BlockDocument) -> None:
    show_markdown(document, "See [the guide](https://x.test/guide)")
    style = style_at(document, "the guide")
    assert style.fontUnderline()
    assert style.foreground().color() == theme.color("accent")
    assert style.anchorHref() == "https://x.test/guide"


def test_that_headings_are_only_a_little_larger(document: BlockDocument) -> None:
    show_markdown(document, "# One\n\n#### Four\n\ntext")
    base = document.defaultFont().pointSizeF()
    assert base < style_at(document, "One").fontPointSize() <= base * 1.4
    assert style_at(document, "Four").fontPointSize() == pytest.approx(base)
    assert style_at(document, "Four").intProperty(QTextFormat.Property.FontSizeAdjustment) == 0


def test_that_the_ends_of_a_document_have_no_gap(document: BlockDocument) -> None:
    show_markdown(document, "One\n\nTwo\n\nThree")
    blocks = list(blocks_of(document))
    gaps = [(block.blockFormat().topMargin(), block.blockFormat().bottomMargin()) for block in blocks]
    assert gaps == [(0, theme.S), (theme.S, theme.S), (theme.S, 0)]


def test_that_items_of_a_list_stand_close(document: BlockDocument) -> None:
    show_markdown(document, "- one\n- two\n\nAfter")
    one, two, _after = blocks_of(document)
    assert one.blockFormat().bottomMargin() < theme.S
    assert two.blockFormat().bottomMargin() == theme.S


def test_that_a_numbered_list_begins_with_its_number(document: BlockDocument) -> None:
    show_markdown(document, "7. seven\n8. eight")
    block = document.begin()
    assert block.textList().itemText(block) == "7."


def test_that_a_table_has_thin_lines(document: BlockDocument) -> None:
    show_markdown(document, "|a|b|\n|-|-|\n|1|2|")
    (table,) = (frame for frame in document.rootFrame().childFrames() if isinstance(frame, QTextTable))
    assert table.format().borderCollapse()
    assert table.format().borderBrush().color() == theme.color("line")


def test_that_code_inside_a_list_wraps(document: BlockDocument) -> None:
    show_markdown(document, "- item\n\n  ```\n  code()\n  ```")
    assert not any(block.blockFormat().nonBreakableLines() for block in blocks_of(document))


def test_that_lines_are_shown_as_they_are(qapp: QApplication) -> None:
    document = mono_document()
    show_plain(document, "# not a heading\n\x1b[31mred\x1b[0m <b>x</b>")
    assert document.toPlainText() == "# not a heading\nred <b>x</b>"


def test_that_what_was_shown_cannot_be_undone(document: BlockDocument) -> None:
    show_markdown(document, "one")
    QTextCursor(document).insertText("two")
    assert not document.isUndoAvailable()
