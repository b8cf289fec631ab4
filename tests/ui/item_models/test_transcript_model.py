"""The model of a pane tells what changed when it is asked to, and never anything else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.transcript import MessageEntry, TextEntry, ToolEntry
from maos_desktop.ui.item_models.transcript_model import EntryRole, TranscriptModel
from tests.ui.event_writer import ANN, BOB, FOLDER, EventWriter

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def writer(qapp: QApplication) -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent()
    return writer


def apply(model: TranscriptModel, writer: EventWriter, since: int) -> None:
    for logged in writer.events[since:]:
        for change in model.fold.apply(logged):
            if change.part == "entry" and change.agent_id == model.agent_id:
                model.touch(change.index)


def test_that_the_model_keeps_qts_rules(writer: EventWriter) -> None:
    model = TranscriptModel(ANN, writer.fold())
    tester = QAbstractItemModelTester(model, STRICT)
    since = len(writer.events)
    writer.text("Hello")
    writer.tool("Read", {"file_path": "a.py"}, "x")
    apply(model, writer, since)
    model.flush()
    model.rebase(writer.fold())
    assert tester.model() is model
    assert model.rowCount() == 2


def test_that_nothing_is_shown_before_a_flush(writer: EventWriter, qtbot: QtBot) -> None:
    model = TranscriptModel(ANN, writer.fold())
    since = len(writer.events)
    writer.text("Hello")
    apply(model, writer, since)
    assert (model.rowCount(), model.has_news) == (0, True)
    with qtbot.waitSignal(model.rowsInserted):
        model.flush()
    assert (model.rowCount(), model.has_news) == (1, False)


def test_that_growing_text_is_told_as_a_change_of_its_row(writer: EventWriter, qtbot: QtBot) -> None:
    writer.text("Hel", closed=False)
    model = TranscriptModel(ANN, writer.fold())
    since = len(writer.events)
    writer.text("lo")
    apply(model, writer, since)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.flush()
    assert [index.row() for index in changed.args[:2]] == [0, 0]
    assert model.index(0).data() == "Hello"


def test_that_an_entry_is_told_once_however_often_it_was_touched(writer: EventWriter) -> None:
    writer.text("a", closed=False)
    model = TranscriptModel(ANN, writer.fold())
    changes: list[int] = []
    model.dataChanged.connect(lambda first, last: changes.append(first.row()))
    for _ in range(5):
        model.touch(0)
    model.flush()
    model.flush()
    assert changes == [0]


def test_that_a_message_that_comes_further_touches_its_rows(writer: EventWriter) -> None:
    writer.message(1)
    writer.delivered(1)
    model = TranscriptModel(ANN, writer.fold())
    model.touch_message(MessageId("m1"))
    model.touch_message(MessageId("m9"))
    changes: list[int] = []
    model.dataChanged.connect(lambda first, last: changes.append(first.row()))
    model.flush()
    assert changes == [0]


def test_that_a_rebase_shows_another_fold(writer: EventWriter, qtbot: QtBot) -> None:
    model = TranscriptModel(ANN, SessionFold())
    assert model.rowCount() == 0
    writer.text("Hello")
    with qtbot.waitSignal(model.modelReset):
        model.rebase(writer.fold())
    assert model.rowCount() == 1


def test_that_an_unknown_agent_has_an_empty_transcript(writer: EventWriter) -> None:
    model = TranscriptModel(AgentId("nobody"), writer.fold())
    assert model.rowCount() == 0
    assert model.agent is None


def test_that_the_project_folder_is_known(writer: EventWriter) -> None:
    assert TranscriptModel(ANN, writer.fold()).project_folder == str(FOLDER)
    assert TranscriptModel(ANN, SessionFold()).project_folder == ""


def test_that_each_kind_of_entry_has_a_whole_text(writer: EventWriter) -> None:
    writer.text("Said")
    writer.tool("Bash", {"command": "ls -l"}, "a.py")
    writer.message(1, "Told")
    writer.delivered(1)
    writer.question({"command": "rm x"})
    writer.answer(allowed=False, message="No.")
    writer.failure()
    model = TranscriptModel(ANN, writer.fold())
    texts = [model.text_of(row) for row in range(model.rowCount())]
    assert texts == [
        "Said",
        "Bash\nls -l\na.py",
        "Told",
        "Bash\nrm x\nNo.",
        "The model is overloaded.\nContinue in a few minutes.",
    ]


def test_that_a_message_from_before_the_tail_is_named_by_its_id(writer: EventWriter) -> None:
    fold = writer.fold()
    fold.agents[ANN].transcript.append(MessageEntry(1, writer.events[0].at, MessageId("m7"), "in"))
    model = TranscriptModel(ANN, fold)
    assert model.text_of(0) == "m7"
    assert model.tracked(MessageId("m7")) is None


def test_that_views_get_the_entry_itself(writer: EventWriter) -> None:
    writer.text("Hello")
    writer.tool("Read", {"file_path": "a.py"})
    model = TranscriptModel(ANN, writer.fold())
    assert isinstance(model.index(0).data(EntryRole), TextEntry)
    assert isinstance(model.index(1).data(EntryRole), ToolEntry)
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.data(QModelIndex()) is None


def test_that_agents_do_not_see_each_others_entries(writer: EventWriter) -> None:
    writer.agent(BOB)
    writer.text("From Bob", BOB)
    assert TranscriptModel(ANN, writer.fold()).rowCount() == 0
    assert TranscriptModel(BOB, writer.fold()).rowCount() == 1
