"""The transcript follows its model, stays where the user reads, and holds widgets only for what is in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.model.fold import SessionFold
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.permission_card import PermissionCard
from maos_desktop.ui.transcript.live_window import LIVE
from maos_desktop.ui.transcript.row_canvas import KEPT, RowCanvas
from maos_desktop.ui.transcript.rows import TranscriptRow
from maos_desktop.ui.transcript.text_surface import TextSurface
from maos_desktop.ui.transcript.view import TranscriptView
from tests.ui.controls import find
from tests.ui.event_writer import ANN, BOB, EventWriter

PARAGRAPH = "All the words of this paragraph fill it up to some length. " * 12


class Pane:
    """A view with the log behind it.

    Attributes:
        view, model, writer: from the screen to the log.
    """

    def __init__(self, qtbot: QtBot, writer: EventWriter, height: int = 400, *, shown: bool = True) -> None:
        self.writer = writer
        self._seen = len(writer.events)
        self.model = TranscriptModel(ANN, writer.fold())
        self.view = TranscriptView(self.model, lambda agent: theme.agent_color(0))
        qtbot.addWidget(self.view)
        self.view.resize(500, height)
        if shown:
            self.view.show()
            qtbot.waitExposed(self.view)

    def catch_up(self) -> None:
        """Folds what was written since the last time, and flushes."""
        for logged in self.writer.events[self._seen :]:
            for change in self.model.fold.apply(logged):
                if change.part == "entry" and change.agent_id == ANN:
                    self.model.touch(change.index)
        self._seen = len(self.writer.events)
        self.model.flush()

    @property
    def rows(self) -> list[TranscriptRow]:
        """The rows that are widgets and shown, from top to bottom."""
        canvas = find(self.view, RowCanvas)
        rows = [child for child in canvas.children() if isinstance(child, TranscriptRow) and not child.isHidden()]
        return sorted(rows, key=QWidget.y)

    @property
    def texts(self) -> list[str]:
        """The texts of the rows that are widgets."""
        return [surface.text() for row in self.rows for surface in row.surfaces()]

    @property
    def at_end(self) -> bool:
        """Whether the view stands at its end."""
        bar = self.view.verticalScrollBar()
        return bar.value() == bar.maximum()

    def scroll_to(self, value: int) -> None:
        """Scrolls as the user does."""
        self.view.verticalScrollBar().setValue(value)

    def top_of(self, words: str) -> int:
        """Returns how far the row with these words stands below the upper edge."""
        row = next(row for row in self.rows if any(words in surface.text() for surface in row.surfaces()))
        return row.mapTo(self.view.viewport(), QPoint(0, 0)).y()

    def button(self, name: str) -> QPushButton:
        """Returns a button of the transcript."""
        return find(self.view, QPushButton, name)


@pytest.fixture
def writer() -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent()
    return writer


def long_log(writer: EventWriter, blocks: int = LIVE * 2) -> EventWriter:
    for block in range(blocks):
        writer.text(f"Number {block}.\n\n" + "line\n\n" * 4, block=block)
    return writer


# --- what is shown ---


def test_that_entries_are_shown_in_order(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("First", block=0)
    writer.message(1, "Second")
    writer.delivered(1)
    writer.text("Third", block=1)
    assert Pane(qtbot, writer).texts == ["First", "Second", "Third"]


def test_that_an_empty_transcript_is_empty(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, writer)
    assert pane.texts == []
    writer.text("Hello")
    pane.catch_up()
    assert pane.texts == ["Hello"]


def test_that_text_grows_in_its_row(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("Hel", closed=False)
    pane = Pane(qtbot, writer)
    (row,) = pane.rows
    writer.text("lo **you**", closed=False)
    pane.catch_up()
    assert pane.rows == [row]
    assert pane.texts == ["Hello you"]


def test_that_text_that_turns_out_to_be_code_becomes_code(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("``", closed=False)
    pane = Pane(qtbot, writer)
    writer.text("`python\nx = 1\n", closed=False)
    pane.catch_up()
    assert pane.texts == ["x = 1"]


def test_that_a_row_is_as_tall_as_its_text(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("Short", block=0)
    writer.text("After", block=1, closed=False)
    pane = Pane(qtbot, writer)
    first, second = pane.rows
    assert first.geometry().bottom() < second.geometry().top()
    writer.text("\nmore\n\nand more", block=1)
    pane.catch_up()
    assert pane.rows[-1].height() > second.fontMetrics().height() * 2


def test_that_a_hidden_view_does_nothing_until_it_is_shown(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("Hello", closed=False)
    pane = Pane(qtbot, writer, shown=False)
    writer.text(" world")
    pane.catch_up()
    assert pane.rows == []
    pane.view.show()
    assert pane.texts == ["Hello world"]


def test_that_another_fold_is_shown_from_its_end(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, writer)
    long_log(writer)
    pane.model.rebase(writer.fold())
    assert pane.at_end
    assert any("Number 199." in text for text in pane.texts)


def test_that_the_whole_log_in_the_place_of_its_tail_leaves_the_reader_where_they_are(
    qtbot: QtBot, writer: EventWriter
) -> None:
    long_log(writer, 150)
    pane = Pane(qtbot, writer)
    whole = pane.model.fold
    pane.model.rebase(SessionFold([*writer.events[:4], *writer.events[-60:]]))
    pane.view.reveal(20)
    shown = next(text for text in pane.texts if pane.top_of(text) >= 0)
    pane.model.rebase(whole)
    assert not pane.at_end
    assert 0 <= pane.top_of(shown) < 250


# --- how much of it exists ---


def test_that_only_rows_near_the_view_are_widgets(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer))
    assert 0 < len(pane.rows) < LIVE // 2
    assert pane.at_end


def test_that_rows_out_of_sight_are_let_go(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer, LIVE))
    bar = pane.view.verticalScrollBar()
    for value in range(bar.maximum(), -1, -200):
        pane.scroll_to(value)
    assert len(pane.rows) <= KEPT + 20


def test_that_an_unfolded_row_is_kept(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "ls"}, "a.py")
    pane = Pane(qtbot, long_log(writer, LIVE - 1))
    pane.scroll_to(0)
    tool = pane.rows[0]
    tool.unfold()
    bar = pane.view.verticalScrollBar()
    for value in range(0, bar.maximum(), 200):
        pane.scroll_to(value)
    assert tool.holds_state
    assert "a.py" in [surface.text() for surface in tool.surfaces()]


def test_that_earlier_rows_are_shown_on_request(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer, LIVE + 50))
    earlier = pane.button("showEarlier")
    assert not earlier.isHidden()
    pane.scroll_to(0)
    before = pane.top_of("Number 50.")
    earlier.click()
    assert pane.top_of("Number 50.") == before
    assert earlier.isHidden()
    pane.scroll_to(0)
    assert "Number 0." in pane.texts[0]


# --- where the user reads ---


def test_that_it_follows_the_end(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer, 30))
    writer.text("The newest", block=900)
    pane.catch_up()
    assert pane.at_end
    assert pane.texts[-1] == "The newest"


def test_that_it_stays_where_the_user_reads(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer, 30))
    with qtbot.waitSignal(pane.view.left_end) as left:
        pane.scroll_to(pane.view.verticalScrollBar().maximum() // 2)
    assert left.args == [True]
    words = next(row for row in pane.rows if row.mapTo(pane.view.viewport(), QPoint(0, 0)).y() >= 0)
    first = next(words.surfaces()).text()
    before = pane.top_of(first)
    for block in range(900, 905):
        writer.text(PARAGRAPH, block=block)
    pane.catch_up()
    assert pane.top_of(first) == before
    assert not pane.at_end


def test_that_the_user_can_go_back_to_the_end(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer, 30))
    pane.scroll_to(0)
    with qtbot.waitSignal(pane.view.left_end) as left:
        QTest.keyClick(pane.view, Qt.Key.Key_End)
    assert left.args == [False]
    assert pane.at_end
    QTest.keyClick(pane.view, Qt.Key.Key_Home)
    assert pane.view.verticalScrollBar().value() == 0


def test_that_unfolding_grows_downwards(qtbot: QtBot, writer: EventWriter) -> None:
    long_log(writer, 20)
    writer.tool("Bash", {"command": "seq"}, "\n".join(map(str, range(100))))
    pane = Pane(qtbot, writer)
    tool = pane.rows[-1]
    before = tool.mapTo(pane.view.viewport(), QPoint(0, 0)).y()
    tool.unfold()
    assert tool.mapTo(pane.view.viewport(), QPoint(0, 0)).y() == before
    assert not pane.at_end


def test_that_a_running_tool_that_returns_does_not_move_the_reader(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "ls"})
    long_log(writer, 30)
    pane = Pane(qtbot, writer)
    pane.scroll_to(pane.view.verticalScrollBar().maximum() // 2)
    value = pane.view.verticalScrollBar().value()
    pane.model.touch(0)
    pane.model.flush()
    assert pane.view.verticalScrollBar().value() == value


def test_that_an_entry_can_be_gone_to(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer))
    slots = pane.view.reveal(10)
    assert slots[0].entry == 10
    assert 0 <= pane.top_of("Number 10.") < 100
    assert pane.view.reveal(9_999) == []


def test_that_the_column_is_not_wider_than_one_can_read(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text(PARAGRAPH)
    pane = Pane(qtbot, writer)
    narrow = pane.rows[0].width()
    assert narrow < 500
    pane.view.resize(3_000, 400)
    (row,) = pane.rows
    assert narrow < row.width() < 1_500
    assert abs(row.geometry().center().x() - pane.view.width() // 2) < 20


def test_that_another_width_lays_everything_out_anew(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text(PARAGRAPH)
    pane = Pane(qtbot, writer)
    before = pane.rows[0].height()
    pane.view.resize(260, 400)
    assert pane.rows[0].height() > before


def test_that_another_palette_makes_the_rows_anew(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("See `code`")
    pane = Pane(qtbot, writer)
    (old,) = pane.rows
    palette = pane.view.palette()
    palette.setColor(palette.ColorRole.Text, theme.color("danger"))
    pane.view.setPalette(palette)
    qtbot.waitUntil(lambda: pane.rows != [old])
    assert pane.texts == ["See code"]


# --- what the user does ---


def test_that_an_answer_is_passed_on(qtbot: QtBot, writer: EventWriter) -> None:
    writer.question({"command": "rm x"})
    pane = Pane(qtbot, writer)
    card = find(pane.view, PermissionCard)
    with qtbot.waitSignal(pane.view.permission_decided) as decided:
        card.decided.emit("p1", "f" * 64, False, "No.")
    assert decided.args == ["p1", "f" * 64, False, "No."]
    writer.answer(allowed=False)
    pane.catch_up()
    assert pane.rows[0].height() < 60


def test_that_a_question_taller_than_the_view_is_seen_from_its_top(qtbot: QtBot, writer: EventWriter) -> None:
    long_log(writer, 20)
    pane = Pane(qtbot, writer, height=140)
    writer.question({"command": "\n".join(f"echo {number}" for number in range(40))}, description="Harmless")
    writer.text("Meanwhile", block=800)
    pane.catch_up()
    card = find(pane.view, PermissionCard)
    assert card.height() > pane.view.viewport().height()
    assert 0 <= card.mapTo(pane.view.viewport(), QPoint(0, 0)).y() < 20
    writer.answer(allowed=True)
    pane.catch_up()
    assert pane.at_end
    assert pane.texts[-1] == "Meanwhile"


def test_that_a_clicked_link_is_passed_on(qtbot: QtBot, writer: EventWriter) -> None:
    writer.text("[guide](https://x.test/)")
    pane = Pane(qtbot, writer)
    surface = find(pane.view, TextSurface)
    with qtbot.waitSignal(pane.view.link_clicked) as clicked:
        surface.link_clicked.emit("https://x.test/")
    assert clicked.args == ["https://x.test/"]


def test_that_everything_can_be_copied_also_what_is_not_on_the_screen(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, long_log(writer))
    QTest.keyClick(pane.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Number 0.")
    assert "Number 199." in copied


def test_that_copying_nothing_leaves_the_clipboard(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, writer)
    QGuiApplication.clipboard().setText("kept")
    pane.view.copy()
    assert QGuiApplication.clipboard().text() == "kept"


def test_that_marks_reach_rows_that_are_made_later(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, writer)
    pane.view.mark("token")
    writer.text("A token")
    pane.catch_up()
    surface = find(pane.view, TextSurface)
    before = surface.grab().toImage()
    pane.view.mark("")
    assert surface.grab().toImage() != before


def test_that_messages_of_others_do_not_come_in(qtbot: QtBot, writer: EventWriter) -> None:
    writer.agent(BOB)
    pane = Pane(qtbot, writer)
    writer.text("From Bob", BOB)
    pane.catch_up()
    assert pane.texts == []


def test_that_the_view_is_named_after_its_agent(qtbot: QtBot, writer: EventWriter) -> None:
    pane = Pane(qtbot, writer)
    assert pane.view.accessibleName() == f"Transcript of {ANN}"
    assert isinstance(pane.button("showEarlier").accessibleName(), str)
