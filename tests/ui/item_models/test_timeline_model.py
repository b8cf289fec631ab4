"""The timeline shows every row with its state, and can be narrowed down."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.message import Importance, MessageType
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.timeline_model import Column, RowRole, TimelineFilter, TimelineModel
from tests.ui.event_writer import ANN, BOB, EventWriter

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def writer(qapp: QApplication) -> EventWriter:
    writer = EventWriter()
    writer.agent(ANN)
    writer.agent(BOB)
    return writer


def words(model: TimelineModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in Column]


def test_that_both_models_keep_qts_rules(writer: EventWriter) -> None:
    model = TimelineModel(SessionFold())
    filtered = TimelineFilter(model)
    testers = [QAbstractItemModelTester(model, STRICT), QAbstractItemModelTester(filtered, STRICT)]
    writer.message(1)
    writer.read(1)
    for logged in writer.events:
        model.fold.apply(logged)
    model.refresh({0})
    filtered.set_filter(BOB, "", "")
    model.refresh({0})
    model.rebase(writer.fold())
    assert filtered.rowCount() == 1
    assert len(testers) == 2


def test_that_a_message_shows_who_what_and_how_far(writer: EventWriter) -> None:
    writer.message(1, "A **secret**\nsecond line", type=MessageType.DISCOVERY)
    model = TimelineModel(writer.fold())
    time, *rest = words(model, 0)
    assert len(time) == len("12:00:05")
    assert rest == [BOB, ANN, "Discovery", "A **secret**", "Queued"]


def test_that_the_state_follows_the_receiver_that_is_furthest_behind(writer: EventWriter) -> None:
    other = AgentId("analyst-1")
    writer.message(1, receivers=(ANN, other))
    writer.read(1, ANN)
    model = TimelineModel(writer.fold())
    state = model.index(0, Column.STATE)
    assert state.data() == "Queued"
    assert state.data(Qt.ItemDataRole.ToolTipRole) == f"{ANN}: Read\n{other}: Queued"


def test_that_a_state_is_told_by_icon_word_and_colour(writer: EventWriter) -> None:
    writer.message(1)
    writer.read(1)
    model = TimelineModel(writer.fold())
    state = model.index(0, Column.STATE)
    assert state.data() == "Read"
    assert isinstance(state.data(Qt.ItemDataRole.DecorationRole), QIcon)
    assert state.data(Qt.ItemDataRole.ForegroundRole) == theme.state_color("read")


def test_that_a_row_that_is_no_message_has_no_state(writer: EventWriter) -> None:
    writer.failure()
    model = TimelineModel(writer.fold())
    assert words(model, 0)[1:] == [ANN, "", "Agent", "The model is overloaded.", ""]
    assert model.index(0, Column.STATE).data(Qt.ItemDataRole.DecorationRole) is None


def test_that_important_rows_stand_out(writer: EventWriter) -> None:
    writer.message(1, importance=Importance.HIGH)
    writer.message(2)
    model = TimelineModel(writer.fold())
    assert model.index(0, Column.KIND).data(Qt.ItemDataRole.ForegroundRole) == theme.state_color("high")
    assert model.index(1, Column.KIND).data(Qt.ItemDataRole.ForegroundRole) is None


def test_that_the_user_is_called_you(writer: EventWriter) -> None:
    writer.message(1, sender=USER)
    assert words(TimelineModel(writer.fold()), 0)[1] == "You"


def test_that_columns_have_headings(writer: EventWriter) -> None:
    model = TimelineModel(writer.fold())
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert headings == ["Time", "From", "To", "Type", "Text", "State"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_that_rows_from_nowhere_have_no_data(writer: EventWriter) -> None:
    assert TimelineModel(writer.fold()).data(QModelIndex()) is None


@pytest.fixture
def filtered(writer: EventWriter, qapp: QApplication) -> TimelineFilter:
    writer.message(1, "The token is old", type=MessageType.DISCOVERY)
    writer.message(2, "Is there a test?", sender=ANN, receivers=(BOB,), type=MessageType.REQUEST)
    writer.message(3, "Look at the reset", sender=USER, receivers=(ANN,))
    writer.failure(BOB)
    model = TimelineModel(writer.fold(), qapp)
    return TimelineFilter(model, qapp)


def texts(filtered: TimelineFilter) -> list[str]:
    return [filtered.index(row, 0).data(RowRole).text for row in range(filtered.rowCount())]


def test_that_no_filter_lets_everything_through(filtered: TimelineFilter) -> None:
    filtered.set_filter("", "", "")
    assert filtered.rowCount() == 4


def test_that_the_agent_may_be_sender_or_receiver(filtered: TimelineFilter) -> None:
    filtered.set_filter(BOB, "", "")
    assert texts(filtered) == ["The token is old", "Is there a test?", "The model is overloaded."]
    filtered.set_filter(USER, "", "")
    assert texts(filtered) == ["Look at the reset"]


def test_that_the_kind_and_words_narrow_further(filtered: TimelineFilter) -> None:
    filtered.set_filter("", "request", "")
    assert texts(filtered) == ["Is there a test?"]
    filtered.set_filter("", "", "TOKEN")
    assert texts(filtered) == ["The token is old"]
    filtered.set_filter(ANN, "discovery", "reset")
    assert texts(filtered) == []


def test_that_words_are_found_in_names_and_types_too(filtered: TimelineFilter) -> None:
    filtered.set_filter("", "", "discovery")
    assert texts(filtered) == ["The token is old"]
    filtered.set_filter("", "", f" {BOB} ")
    assert len(texts(filtered)) == 3
