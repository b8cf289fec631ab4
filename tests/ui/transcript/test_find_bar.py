"""Finding leads through every place in a transcript, also what is folded or not on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.ui import theme
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.transcript.find_bar import FindBar
from maos_desktop.ui.transcript.live_window import LIVE
from maos_desktop.ui.transcript.text_surface import TextSurface
from maos_desktop.ui.transcript.view import TranscriptView
from tests.ui.controls import find
from tests.ui.event_writer import ANN, EventWriter


class Search:
    """A transcript with its find bar."""

    def __init__(self, qtbot: QtBot, writer: EventWriter) -> None:
        self._qtbot = qtbot
        self.view = TranscriptView(TranscriptModel(ANN, writer.fold()), lambda agent: theme.agent_color(0))
        self.bar = FindBar(self.view)
        qtbot.addWidget(self.view)
        qtbot.addWidget(self.bar)
        self.view.resize(500, 300)
        self.view.show()
        self.bar.open()
        self.field = find(self.bar, QLineEdit, "findField")

    def find(self, words: str) -> None:
        self.field.setText(words)
        self.bar.search()

    def click(self, name: str) -> None:
        QTest.mouseClick(find(self.bar, QToolButton, name), Qt.MouseButton.LeftButton)

    @property
    def count(self) -> str:
        return find(self.bar, QLabel, "findCount").text()

    @property
    def texts_in_sight(self) -> str:
        viewport = self.view.viewport()
        texts = []
        for surface in self.view.findChildren(TextSurface):
            top = surface.mapTo(viewport, QPoint(0, 0)).y()
            if surface.isVisible() and top < viewport.height() and top + surface.height() > 0:
                texts.append(surface.text())
        return "\n".join(texts)


@pytest.fixture
def writer() -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent()
    return writer


def test_that_the_bar_is_hidden_until_it_is_asked_for(qtbot: QtBot, writer: EventWriter) -> None:
    view = TranscriptView(TranscriptModel(ANN, writer.fold()), lambda agent: theme.agent_color(0))
    qtbot.addWidget(view)
    bar = FindBar(view)
    qtbot.addWidget(bar)
    assert bar.isHidden()


def test_that_it_counts_every_place_and_begins_with_the_newest(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("A token and a TOKEN", block=0)
    writer.text("No more", block=1)
    writer.text("Last Token", block=2)
    search = Search(qtbot, writer)
    search.find("token")
    assert search.count == "3 of 3"


def test_that_it_goes_around_the_ends(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("one token", block=0)
    writer.text("two token", block=1)
    search = Search(qtbot, writer)
    search.find("token")
    search.click("findNext")
    assert search.count == "1 of 2"
    search.click("findPrevious")
    assert search.count == "2 of 2"
    QTest.keyClick(search.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert search.count == "1 of 2"
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert search.count == "2 of 2"


def test_that_only_one_place_is_the_current_one(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("one token", block=0)
    writer.text("two token", block=1)
    search = Search(qtbot, writer)
    search.find("token")
    search.click("findPrevious")
    strong = theme.color("warning")
    marked = []
    for surface in search.view.findChildren(TextSurface):
        image = surface.grab().toImage()
        colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        marked += [surface.text()] if strong.name() in colors else []
    assert marked == ["one token"]


def test_that_nothing_found_is_said(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("Hello")
    search = Search(qtbot, writer)
    search.find("token")
    assert search.count == "Nothing found"
    search.click("findNext")
    search.find("")
    assert search.count == ""


def test_that_it_finds_what_is_far_above(qtbot: QtBot, writer: EventWriter) -> None:
    for block in range(LIVE * 3):
        writer.text(f"Number {block} here.\n\n" + "line\n\n" * 5, block=block)
    search = Search(qtbot, writer)
    search.find("Number 7 here")
    assert "Number 7 here." in search.texts_in_sight


def test_that_it_finds_the_piece_of_a_long_text(qtbot: QtBot, writer: EventWriter) -> None:
    paragraphs = [f"Paragraph {number} says word. " + "filling text " * 60 for number in range(60)]
    writer.text("\n\n".join(paragraphs))
    search = Search(qtbot, writer)
    search.find("says word")
    assert search.count == "60 of 60"
    for _ in range(49):
        search.click("findPrevious")
    assert search.count == "11 of 60"
    assert "Paragraph 10 says word." in search.texts_in_sight


def test_that_it_unfolds_what_hides_the_words(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "cat notes"}, "the secret plan")
    for block in range(20):
        writer.text("line\n\n" * 5, block=block)
    search = Search(qtbot, writer)
    search.find("secret")
    assert search.count == "1 of 1"
    assert "the secret plan" in search.texts_in_sight


def test_that_words_that_are_gone_once_rendered_lead_to_their_text(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("See [the guide](https://x.test/hidden)")
    search = Search(qtbot, writer)
    search.find("x.test/hidden")
    assert search.count == "1 of 1"
    assert "the guide" in search.texts_in_sight


def test_that_typing_searches_after_a_moment(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("A token")
    search = Search(qtbot, writer)
    QTest.keyClicks(search.field, "token")
    qtbot.waitUntil(lambda: search.count == "1 of 1")


def test_that_enter_does_not_wait_for_the_moment(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("A token")
    search = Search(qtbot, writer)
    search.field.setText("token")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert search.count == "1 of 1"


def test_that_escape_ends_it_and_takes_the_marks_away(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("A token")
    search = Search(qtbot, writer)
    search.find("token")
    with qtbot.waitSignal(search.bar.closed):
        QTest.keyClick(search.field, Qt.Key.Key_Escape)
    assert search.bar.isHidden()
    assert search.field.text() == ""


def test_that_every_control_has_a_name(qtbot: QtBot, writer: EventWriter) -> None:
    search = Search(qtbot, writer)
    controls = [*search.bar.findChildren(QToolButton), search.field]
    assert all(control.objectName() and control.accessibleName() for control in controls)
