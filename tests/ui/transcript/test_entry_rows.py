"""Prompts, thoughts, tool calls, messages, notices and questions as rows of a transcript."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.message import Importance, MessageType
from maos_desktop.model.transcript import (
    MessageEntry,
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    ToolEntry,
)
from maos_desktop.paths import log_folder
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.permission_card import PermissionCard
from maos_desktop.ui.transcript.entry_rows import PromptRow, ThinkingRow, ToolRow
from maos_desktop.ui.transcript.markdown_pieces import Piece
from maos_desktop.ui.transcript.message_row import MessageRow
from maos_desktop.ui.transcript.notice_row import NoticeRow, PermissionRow
from maos_desktop.ui.transcript.row_factory import make_row, refresh_row
from maos_desktop.ui.transcript.rows import PieceRow, TranscriptRow
from tests.ui.controls import find
from tests.ui.event_writer import ANN, BOB, FOLDER, EventWriter

WIDTH = 400
RED = QColor("#ff0000")
Entry = TypeVar("Entry")
Row = TypeVar("Row", bound=TranscriptRow)


def last(writer: EventWriter, kind: type[Entry]) -> Entry:
    entry = writer.fold().agents[ANN].transcript[-1]
    assert isinstance(entry, kind)
    return entry


def kept(qtbot: QtBot, row: Row) -> Row:
    qtbot.addWidget(row)
    row.fit(WIDTH)
    return row


def texts(row: TranscriptRow) -> list[str]:
    return [surface.text() for surface in row.surfaces()]


@pytest.fixture
def writer() -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent(ANN)
    writer.agent(BOB)
    return writer


# --- prompts and thoughts ---


def test_that_a_prompt_is_one_line_with_the_task(qtbot: QtBot, writer: EventWriter) -> None:
    entry = PromptEntry(1, writer.events[0].at, "# Your task\nAgent: x\nTask: t1 – Look at the tests\n\nDo it.")
    row = kept(qtbot, PromptRow(entry))
    assert row.header.accessibleName() == "Asked t1 – Look at the tests"
    assert texts(row) == []
    row.header.click()
    assert "Do it." in "\n".join(texts(row))


def test_that_another_prompt_shows_its_first_words(qtbot: QtBot, writer: EventWriter) -> None:
    row = kept(qtbot, PromptRow(PromptEntry(1, writer.events[0].at, "# Make a plan\n\nNow.")))
    assert row.header.accessibleName() == "Asked Make a plan"


def test_that_thinking_is_folded_and_named_by_its_state(qtbot: QtBot, writer: EventWriter) -> None:
    writer.thinking("First I look.", closed=False)
    entry = last(writer, TextEntry)
    row = kept(qtbot, ThinkingRow(entry))
    assert row.header.accessibleName() == "Thinking … First I look."
    row.header.click()
    assert texts(row) == ["First I look."]
    entry.pieces.append(" Then I think.")
    entry.closed = True
    refresh_row(row)
    assert row.header.accessibleName().startswith("Thought First I look.")
    assert texts(row) == ["First I look. Then I think."]


# --- tools ---


def test_that_a_running_tool_says_so(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Read", {"file_path": str(FOLDER / "src/login.py")})
    row = kept(qtbot, ToolRow(last(writer, ToolEntry), str(FOLDER)))
    assert row.header.accessibleName() == "Read src/login.py, running"


def test_that_a_tool_that_returned_unfolds_to_input_and_output(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "ls"}, "a.py\nb.py")
    row = kept(qtbot, ToolRow(last(writer, ToolEntry), ""))
    assert row.header.accessibleName() == "Bash ls, 2 lines"
    row.header.click()
    assert texts(row) == ["ls", "a.py\nb.py"]
    assert [label.text() for label in row.findChildren(QLabel)] == ["Input", "Output"]


def test_that_a_failed_tool_says_why(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "pytest"}, "pytest: not found", is_error=True)
    row = kept(qtbot, ToolRow(last(writer, ToolEntry), ""))
    assert row.header.accessibleName() == "Bash pytest, pytest: not found"
    row.unfold()
    assert [label.text() for label in row.findChildren(QLabel)] == ["Input", "Error"]


def test_that_an_empty_output_is_said_to_be_empty(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "true"}, "")
    row = kept(qtbot, ToolRow(last(writer, ToolEntry), ""))
    row.unfold()
    assert texts(row) == ["true", "(nothing)"]


def test_that_an_unfolded_tool_shows_its_output_when_it_comes(qtbot: QtBot, writer: EventWriter) -> None:
    writer.tool("Bash", {"command": "ls"})
    entry = last(writer, ToolEntry)
    row = kept(qtbot, ToolRow(entry, ""))
    row.unfold()
    entry.output = "a.py"
    refresh_row(row)
    assert texts(row) == ["ls", "a.py"]


# --- messages ---


def message_row(qtbot: QtBot, writer: EventWriter) -> MessageRow:
    fold = writer.fold()
    entry = fold.agents[ANN].transcript[-1]
    assert isinstance(entry, MessageEntry)
    return kept(qtbot, MessageRow(entry, fold.messages.get(entry.message_id), lambda agent: RED))


def test_that_a_message_says_who_to_whom_and_how_far(qtbot: QtBot, writer: EventWriter) -> None:
    writer.message(1, "The **token** is old.", type=MessageType.DISCOVERY, importance=Importance.HIGH)
    writer.delivered(1)
    row = message_row(qtbot, writer)
    assert row.accessibleName() == f"Discovery from {BOB} to {ANN}, Delivered"
    assert texts(row) == ["The token is old."]


def test_that_a_message_has_a_bar_in_its_senders_colour(qtbot: QtBot, writer: EventWriter) -> None:
    writer.message(1)
    writer.delivered(1)
    row = message_row(qtbot, writer)
    row.resize(WIDTH, row.fit(WIDTH))
    assert row.grab().toImage().pixelColor(1, row.height() // 2) == RED


def test_that_a_message_follows_its_state(qtbot: QtBot, writer: EventWriter) -> None:
    writer.message(1)
    writer.delivered(1)
    fold = writer.fold()
    entry = fold.agents[ANN].transcript[-1]
    assert isinstance(entry, MessageEntry)
    row = kept(qtbot, MessageRow(entry, fold.messages[entry.message_id], lambda agent: RED))
    fold.apply(writer.read(1)[0])
    refresh_row(row)
    assert row.accessibleName().endswith("Read")


def test_that_a_message_from_the_user_is_from_you(qtbot: QtBot, writer: EventWriter) -> None:
    writer.message(1, sender=USER)
    writer.delivered(1)
    assert message_row(qtbot, writer).accessibleName().startswith("Info from You")


def test_that_a_message_to_many_is_painted_whatever_its_width(qtbot: QtBot, writer: EventWriter) -> None:
    others = tuple(AgentId(f"analyst-{number}") for number in range(1, 9))
    writer.message(1, sender=ANN, receivers=others, importance=Importance.CRITICAL)
    row = message_row(qtbot, writer)
    assert "analyst-1 and 7 others" in row.accessibleName()
    for width in (120, 900):
        row.resize(width, row.fit(width))
        assert not row.grab().isNull()


def test_that_a_message_the_tail_does_not_hold_is_named(qtbot: QtBot, writer: EventWriter) -> None:
    writer.message(1)
    writer.delivered(1)
    entry = last(writer, MessageEntry)
    row = kept(qtbot, MessageRow(entry, None, lambda agent: RED))
    assert texts(row) == ["A message from earlier (m1)"]
    row.resize(WIDTH, row.fit(WIDTH))
    assert not row.grab().isNull()


# --- notices ---


def test_that_a_failure_says_what_was_kept_and_what_to_do(qtbot: QtBot, writer: EventWriter) -> None:
    writer.failure()
    row = kept(qtbot, NoticeRow(last(writer, NoticeEntry)))
    assert texts(row) == ["The model is overloaded.", "All it found was kept. Continue in a few minutes."]


def test_that_the_details_of_a_failure_can_be_copied(qtbot: QtBot, writer: EventWriter) -> None:
    writer.failure()
    row = kept(qtbot, NoticeRow(last(writer, NoticeEntry)))
    find(row, QPushButton, "noticeCopy").click()
    assert QGuiApplication.clipboard().text().splitlines() == [
        "overloaded: The model is overloaded.",
        "All it found was kept.",
        "Continue in a few minutes.",
        "HTTP 529",
    ]


def test_that_a_failure_leads_to_the_log_folder(
    qtbot: QtBot, writer: EventWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    writer.failure()
    row = kept(qtbot, NoticeRow(last(writer, NoticeEntry)))
    find(row, QPushButton, "noticeLogs").click()
    assert [url.toLocalFile() for url in opened] == [str(log_folder())]


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_that_a_plain_notice_has_no_buttons(qtbot: QtBot, writer: EventWriter, level: str) -> None:
    notice = NoticeEntry(1, writer.events[0].at, level, "Slow network")  # type: ignore[arg-type]
    row = kept(qtbot, NoticeRow(notice))
    assert texts(row) == ["Slow network"]
    assert row.findChildren(QPushButton, "noticeCopy") == []
    row.resize(WIDTH, row.fit(WIDTH))
    assert not row.grab().isNull()


# --- questions ---


def test_that_an_open_question_is_a_card(qtbot: QtBot, writer: EventWriter) -> None:
    writer.question({"command": "rm -rf build"})
    row = kept(qtbot, PermissionRow(last(writer, PermissionEntry), ""))
    card = find(row, PermissionCard)
    assert card is not None
    assert row.holds_state
    with qtbot.waitSignal(row.decided) as decided:
        card.decided.emit("p1", "f" * 64, True, "")
    assert decided.args == ["p1", "f" * 64, True, ""]


@pytest.mark.parametrize(("allowed", "word"), [(True, "Allowed"), (False, "Denied")])
def test_that_an_answered_question_becomes_a_line(qtbot: QtBot, writer: EventWriter, allowed: bool, word: str) -> None:
    writer.question({"command": "rm -rf build"})
    entry = last(writer, PermissionEntry)
    row = kept(qtbot, PermissionRow(entry, ""))
    entry.allowed, entry.message = allowed, "Not now."
    refresh_row(row)
    assert not row.holds_state
    assert row.fit(WIDTH) < 60
    row.unfold()
    assert texts(row) == ["rm -rf build"]
    (line,) = [child for child in row.findChildren(TranscriptRow) if hasattr(child, "header")]
    assert line.header.accessibleName() == f"{word} Bash rm -rf build, Not now."


# --- the factory ---


def test_that_every_kind_of_entry_has_its_row(qtbot: QtBot, writer: EventWriter) -> None:
    writer.thinking("Hm", block=0)
    writer.text("Said", block=1)
    writer.tool("Read", {"file_path": "a"})
    writer.message(1)
    writer.delivered(1)
    writer.question({"command": "x"})
    writer.failure()
    model = TranscriptModel(ANN, writer.fold())
    kinds = []
    for row in range(model.rowCount()):
        piece = Piece("text", "Said") if row == 1 else None
        kinds.append(type(kept(qtbot, make_row(model, model.entry(row), piece, lambda agent: RED))))
    assert kinds == [ThinkingRow, PieceRow, ToolRow, MessageRow, PermissionRow, NoticeRow]


def test_that_a_prompt_has_its_row_and_needs_no_refresh(qtbot: QtBot, writer: EventWriter) -> None:
    model = TranscriptModel(ANN, writer.fold())
    row = kept(qtbot, make_row(model, PromptEntry(1, writer.events[0].at, "Go"), None, lambda agent: RED))
    refresh_row(row)
    assert isinstance(row, PromptRow)
