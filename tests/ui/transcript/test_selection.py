"""One selection runs across all texts of a transcript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextLine
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.ui.transcript.selection import TranscriptSelection
from maos_desktop.ui.transcript.text_surface import PlainBlock, TextSurface

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
WIDTH = 300


def x_of(line: QTextLine, character: int) -> float:
    # The binding returns the place and the character, the stubs say otherwise.
    place: Any = line.cursorToX(character)
    return float(place[0])


class Board:
    """Three texts below each other."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.holder = QWidget()
        qtbot.addWidget(self.holder)
        self.surfaces: list[TextSurface] = []
        self.selection = TranscriptSelection(lambda: self.surfaces, self.holder)
        top = 0
        for words in ("first text", "second text", "third text"):
            top = self.add(words, top)
        self.holder.resize(WIDTH, top)
        self.holder.show()
        qtbot.waitExposed(self.holder)

    def add(self, words: str, top: int) -> int:
        surface = PlainBlock(words, mono=True)
        surface.setParent(self.holder)
        surface.setGeometry(0, top, WIDTH, surface.fit(WIDTH))
        surface.show()
        self.selection.attach(surface)
        self.surfaces.append(surface)
        return surface.geometry().bottom() + 10

    def point(self, surface: int, character: int) -> QPoint:
        """Returns the left edge of a character, in the surface."""
        line = self.surfaces[surface].document.begin().layout().lineAt(0)
        x = x_of(line, character)
        return QPoint(round(x), self.surfaces[surface].height() // 2)

    def press(self, surface: int, character: int, modifier: Qt.KeyboardModifier | None = None) -> None:
        where = self.point(surface, character)
        QTest.mousePress(self.surfaces[surface], LEFT, modifier or Qt.KeyboardModifier.NoModifier, where)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Presses at a character of one text and moves to a character of another."""
        self.press(*start)
        target = self.surfaces[end[0]].mapToGlobal(self.point(*end))
        self.surfaces[start[0]].dragged.emit(target)

    @property
    def selected(self) -> list[str]:
        return [surface.selected_text() for surface in self.surfaces]


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[Board]:
    yield Board(qtbot)


def test_that_nothing_is_selected_at_first(board: Board) -> None:
    assert board.selection.is_empty
    assert board.selection.text() == ""


def test_that_a_drag_inside_one_text_selects_in_it(board: Board) -> None:
    board.drag((0, 0), (0, 5))
    assert board.selected == ["first", "", ""]
    assert board.selection.text() == "first"


def test_that_a_drag_across_texts_takes_all_between(board: Board) -> None:
    board.drag((0, 6), (2, 5))
    assert board.selected == ["text", "second text", "third"]
    assert board.selection.text() == "text\nsecond text\nthird"


def test_that_a_drag_upwards_selects_the_same(board: Board) -> None:
    board.drag((2, 5), (0, 6))
    assert board.selected == ["text", "second text", "third"]


def test_that_a_drag_back_gives_up_what_it_left(board: Board) -> None:
    board.drag((0, 0), (2, 5))
    board.surfaces[0].dragged.emit(board.surfaces[0].mapToGlobal(board.point(0, 3)))
    assert board.selected == ["fir", "", ""]


def test_that_shift_extends_the_selection(board: Board) -> None:
    board.press(0, 6)
    board.press(1, 6, SHIFT)
    assert board.selected == ["text", "second", ""]


def test_that_a_click_gives_the_selection_up(board: Board) -> None:
    board.drag((0, 0), (2, 5))
    board.press(1, 2)
    assert board.selection.is_empty


def test_that_a_word_can_be_chosen(board: Board) -> None:
    board.drag((0, 0), (2, 5))
    board.surfaces[1].word_chosen.emit(0, 6)
    assert board.selected == ["", "second", ""]


def test_that_everything_can_be_chosen_also_what_is_made_later(board: Board) -> None:
    board.selection.choose_everything()
    board.add("fourth text", board.holder.height())
    assert board.selected == ["first text", "second text", "third text", "fourth text"]
    assert not board.selection.is_empty
    board.selection.clear()
    assert board.selected[:3] == ["", "", ""]
    assert not board.selection.everything


def test_that_a_text_that_is_gone_is_forgotten(board: Board) -> None:
    board.drag((0, 0), (1, 6))
    gone = board.surfaces.pop(0)
    gone.deleteLater()
    board.qtbot.waitUntil(lambda: board.selection.text() == "second")
    board.surfaces[0].dragged.emit(board.surfaces[0].mapToGlobal(board.point(0, 3)))
    assert board.selection.text() == "second"


def test_that_the_view_hears_of_a_drag(board: Board) -> None:
    with board.qtbot.waitSignal(board.selection.dragged):
        board.drag((0, 0), (2, 5))
    with board.qtbot.waitSignal(board.selection.released):
        QTest.mouseRelease(board.surfaces[0], LEFT, pos=board.point(0, 1))
