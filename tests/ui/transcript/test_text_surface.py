"""A surface shows its document, what is selected and marked in it, and tells where the mouse is."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QTextLine
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.display_text import LONGEST_RUN
from maos_desktop.ui.transcript.text_surface import (
    NAME_CHARACTERS,
    CodeBlock,
    MarkdownBlock,
    PlainBlock,
    TextSurface,
)

WIDTH = 300
LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, surface: TextSurface) -> TextSurface:
    qtbot.addWidget(surface)
    surface.resize(WIDTH, surface.fit(WIDTH))
    surface.show()
    return surface


def colors(surface: TextSurface) -> set[str]:
    image: QImage = surface.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def x_of(line: QTextLine, character: int) -> float:
    # The binding returns the place and the character, the stubs say otherwise.
    place: Any = line.cursorToX(character)
    return float(place[0])


def middle_of(surface: TextSurface, character: int) -> QPoint:
    """Returns a point on the right half of a character, so that the place after it is the nearest."""
    place = surface.place_of(character)
    width = surface.fontMetrics().averageCharWidth()
    block = surface.document.findBlock(character)
    line = block.layout().lineForTextPosition(character - block.position())
    x = x_of(line, character - block.position())
    return QPoint(round(x) + width // 2, place.center().y())


def test_that_a_narrow_text_is_taller(qtbot: QtBot) -> None:
    surface = PlainBlock("word " * 100)
    qtbot.addWidget(surface)
    assert surface.fit(100) > surface.fit(400)


def test_that_nothing_selected_is_no_text(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello world"))
    assert surface.selected_text() == ""
    assert not surface.has_selection


def test_that_a_range_can_be_selected_and_read(qtbot: QtBot) -> None:
    surface = shown(qtbot, MarkdownBlock("Hello **bold** world"))
    surface.select(6, 10)
    assert surface.selected_text() == "bold"
    surface.select(3, 3)
    assert surface.selected_text() == ""


def test_that_all_of_it_can_be_selected(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("one\ntwo"))
    surface.select_all()
    assert surface.selected_text() == "one\ntwo"


def test_that_a_selection_beyond_the_end_is_cut(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("short"))
    surface.select(2, 999)
    assert surface.selected_text() == "ort"


def test_that_a_selection_is_seen(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello world"))
    before = colors(surface)
    surface.select_all()
    assert theme.color("accent").name() in colors(surface) - before


def test_that_a_long_run_is_copied_without_its_breaks(qtbot: QtBot) -> None:
    run = "x" * (LONGEST_RUN + 10)
    surface = shown(qtbot, PlainBlock(run))
    surface.select_all()
    assert surface.selected_text() == run
    assert surface.text() == run


def test_that_words_are_marked_in_any_case(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Token, token and TOKEN"))
    assert surface.mark("token", 1) == [(0, 5), (7, 12), (17, 22)]
    assert theme.color("warning").name() in colors(surface)
    assert surface.mark("") == []
    assert theme.color("warning").name() not in colors(surface)


def test_that_a_place_is_inside_the_surface(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("\n".join(f"line {number}" for number in range(30))))
    first, last = surface.place_of(0), surface.place_of(surface.length())
    assert 0 <= first.top() < last.top() < surface.height()


def test_that_a_point_leads_to_its_character(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello world", mono=True))
    assert surface.character_at(middle_of(surface, 6)) in (6, 7)
    assert surface.character_at(QPoint(WIDTH - 1, surface.height() - 1)) == surface.length()


def test_that_the_mouse_tells_where_it_was_pressed(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello world", mono=True))
    with qtbot.waitSignal(surface.pressed) as pressed:
        QTest.mousePress(surface, LEFT, pos=middle_of(surface, 0))
    assert pressed.args == [pytest.approx(0, abs=1), False]
    with qtbot.waitSignal(surface.released):
        QTest.mouseRelease(surface, LEFT, pos=middle_of(surface, 0))
    with qtbot.waitSignal(surface.pressed) as pressed:
        QTest.mousePress(surface, LEFT, Qt.KeyboardModifier.ShiftModifier, middle_of(surface, 4))
    assert pressed.args[1] is True


def test_that_a_double_click_chooses_a_word(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello world", mono=True))
    with qtbot.waitSignal(surface.word_chosen) as chosen:
        QTest.mouseDClick(surface, LEFT, pos=middle_of(surface, 8))
    assert chosen.args == [6, 11]


def test_that_the_right_button_belongs_to_those_behind(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("Hello"))
    with qtbot.assertNotEmitted(surface.pressed):
        QTest.mouseClick(surface, Qt.MouseButton.RightButton, pos=QPoint(3, 3))


def test_that_a_clicked_link_tells_its_whole_address(qtbot: QtBot) -> None:
    surface = shown(qtbot, MarkdownBlock("[guide](https://x.test/guide?a=1)"))
    with qtbot.waitSignal(surface.link_clicked) as clicked:
        QTest.mouseClick(surface, LEFT, pos=middle_of(surface, 1))
    assert clicked.args == ["https://x.test/guide?a=1"]


def test_that_a_link_under_a_selection_is_not_followed(qtbot: QtBot) -> None:
    surface = shown(qtbot, MarkdownBlock("[guide](https://x.test/)"))
    surface.select_all()
    with qtbot.assertNotEmitted(surface.link_clicked):
        QTest.mouseClick(surface, LEFT, pos=middle_of(surface, 1))


def test_that_the_pointer_shows_links(qtbot: QtBot) -> None:
    surface = shown(qtbot, MarkdownBlock("[guide](https://x.test/) text"))
    QTest.mouseMove(surface, middle_of(surface, 1))
    assert surface.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(surface, middle_of(surface, 9))
    assert surface.cursor().shape() is Qt.CursorShape.IBeamCursor


def test_that_a_quote_has_a_bar(qtbot: QtBot) -> None:
    surface = shown(qtbot, MarkdownBlock("> quoted"))
    assert surface.grab().toImage().pixelColor(0, surface.height() // 2) == theme.color("line_strong")


def test_that_code_stands_on_its_own_ground(qtbot: QtBot) -> None:
    holder = QWidget()
    holder.setStyleSheet("background: #123456")
    surface = shown(qtbot, CodeBlock("x = 1", "python"))
    assert surface.grab().toImage().pixelColor(WIDTH // 2, 2) == theme.color("window")


def test_that_code_that_grows_keeps_its_lines(qtbot: QtBot) -> None:
    block = CodeBlock("def f():", "python")
    qtbot.addWidget(block)
    before = block.document.revision()
    block.set_source("def f():\n    return 1")
    assert block.text() == "def f():\n    return 1"
    assert block.document.blockCount() == 2
    block.set_source("other")
    assert block.text() == "other"
    assert block.document.revision() > before


def test_that_markdown_that_is_the_same_is_not_rendered_again(qtbot: QtBot) -> None:
    block = MarkdownBlock("Hello")
    qtbot.addWidget(block)
    before = block.document.revision()
    block.set_source("Hello")
    assert block.document.revision() == before


def test_that_the_accessible_name_is_the_text_up_to_a_limit(qtbot: QtBot) -> None:
    block = MarkdownBlock("Some **bold** text")
    qtbot.addWidget(block)
    block.named()
    assert block.accessibleName() == "Some bold text"
    block.set_source("word " * 1_000)
    block.named()
    assert len(block.accessibleName()) == NAME_CHARACTERS


def test_that_muted_text_is_painted_muted(qtbot: QtBot) -> None:
    surface = shown(qtbot, PlainBlock("█████", tone="danger"))
    wanted = theme.color("danger")

    def near(name: str) -> bool:
        color = QColor(name)
        return abs(color.red() - wanted.red()) < 12 and abs(color.green() - wanted.green()) < 12

    assert any(near(name) for name in colors(surface))
