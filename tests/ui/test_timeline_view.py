"""The timeline can be read, narrowed down, looked into, and left for an agent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from maos_desktop.model.ids import USER
from maos_desktop.model.message import MessageType
from maos_desktop.ui.item_models.agent_list_model import AgentListModel
from maos_desktop.ui.item_models.timeline_model import Column, TimelineModel
from maos_desktop.ui.timeline_view import TimelineView
from maos_desktop.ui.transcript.text_surface import TextSurface
from tests.ui.controls import find
from tests.ui.event_writer import ANN, BOB, EventWriter


class Line:
    """A timeline on the screen."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        writer = self.writer = EventWriter()
        writer.begin()
        writer.agent(ANN)
        writer.agent(BOB)
        writer.message(1, "The **token** is old", type=MessageType.DISCOVERY)
        writer.message(2, "Is there a test?", sender=ANN, receivers=(BOB,), type=MessageType.REQUEST)
        writer.message(3, "Look here", sender=USER, receivers=(ANN,))
        self.model = TimelineModel(writer.fold())
        self.agents = AgentListModel(self.model.fold)
        self.view = TimelineView(self.model, self.agents)
        qtbot.addWidget(self.view)
        self.view.resize(900, 400)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.table = find(self.view, QTableView, "timelineTable")

    def apply(self, since: int) -> None:
        changed = set()
        for logged in self.writer.events[since:]:
            changed |= {c.index for c in self.model.fold.apply(logged) if c.part == "row"}
        self.model.refresh(changed)

    @property
    def rows(self) -> list[str]:
        model = self.table.model()
        return [model.index(row, Column.TEXT).data() for row in range(model.rowCount())]

    @property
    def count(self) -> str:
        return find(self.view, QLabel, "timelineCount").text()

    def combo(self, name: str) -> QComboBox:
        return find(self.view, QComboBox, name)

    def choose(self, name: str, data: str) -> None:
        combo = self.combo(name)
        combo.setCurrentIndex(combo.findData(data))


@pytest.fixture
def line(qtbot: QtBot) -> Line:
    return Line(qtbot)


def test_that_all_rows_are_shown_at_first(line: Line) -> None:
    assert line.rows[-3:] == ["The **token** is old", "Is there a test?", "Look here"]
    assert line.count == str(len(line.rows))


def test_that_an_agent_can_be_chosen(line: Line) -> None:
    line.choose("timelineAgent", USER)
    assert "Look here" in line.rows
    assert "Is there a test?" not in line.rows
    line.choose("timelineAgent", BOB)
    assert line.rows == ["The **token** is old", "Is there a test?"]
    assert line.count.startswith("2 of ")


def test_that_a_type_can_be_chosen(line: Line) -> None:
    line.choose("timelineKind", "request")
    assert line.rows == ["Is there a test?"]


def test_that_words_are_searched_for_after_a_moment(line: Line) -> None:
    QTest.keyClicks(find(line.view, QLineEdit, "timelineSearch"), "token")
    line.qtbot.waitUntil(lambda: line.rows == ["The **token** is old"])


def test_that_a_filter_can_be_set_from_outside(line: Line) -> None:
    line.view.filter_by(agent=BOB, kind="discovery")
    assert line.rows == ["The **token** is old"]
    assert line.combo("timelineAgent").currentText() == BOB
    line.view.filter_by()
    assert len(line.rows) == line.model.rowCount()


def test_that_agents_that_come_are_offered(line: Line) -> None:
    line.choose("timelineAgent", BOB)
    since = len(line.writer.events)
    line.writer.agent("reviewer-1")  # type: ignore[arg-type]
    line.apply(since)
    line.agents.refresh(set())
    combo = line.combo("timelineAgent")
    assert combo.findData("reviewer-1") > 0
    assert combo.currentData() == BOB


def test_that_the_chosen_row_is_shown_whole(line: Line) -> None:
    detail = find(line.view, QFrame, "timelineDetail")
    assert detail.isHidden()
    line.table.selectRow(line.rows.index("The **token** is old"))
    assert not detail.isHidden()
    assert find(line.view, QLabel, "timelineDetailHeading").text() == f"Discovery · {BOB} → {ANN}"
    assert find(line.view, QLabel, "timelineDetailStates").text() == f"{ANN}: Queued"
    assert find(detail, TextSurface).text() == "The token is old"


def test_that_the_details_follow_the_state(line: Line) -> None:
    line.table.selectRow(line.rows.index("The **token** is old"))
    since = len(line.writer.events)
    line.writer.read(1)
    line.apply(since)
    assert find(line.view, QLabel, "timelineDetailStates").text() == f"{ANN}: Read"


def test_that_no_row_has_no_details(line: Line) -> None:
    line.table.selectRow(len(line.rows) - 1)
    line.view.filter_by(words="nothing like this")
    assert find(line.view, QFrame, "timelineDetail").isHidden()


def test_that_enter_leads_to_the_sender(line: Line) -> None:
    line.table.selectRow(line.rows.index("Is there a test?"))
    with line.qtbot.waitSignal(line.view.open_agent) as opened:
        QTest.keyClick(line.table, Qt.Key.Key_Return)
    assert opened.args == [ANN]


def test_that_a_message_of_the_user_leads_to_its_receiver(line: Line) -> None:
    line.table.selectRow(line.rows.index("Look here"))
    with line.qtbot.assertNotEmitted(line.view.open_agent):
        QTest.keyClick(line.table, Qt.Key.Key_Return)
    with line.qtbot.waitSignal(line.view.open_agent) as opened:
        find(line.view, QPushButton, "timelineOpenAgent").click()
    assert opened.args == [ANN]


def test_that_the_newest_row_stays_in_sight(line: Line) -> None:
    since = len(line.writer.events)
    for number in range(4, 80):
        line.writer.message(number, f"Number {number}")
    line.apply(since)
    line.table.scrollToBottom()
    bar = line.table.verticalScrollBar()
    assert bar.maximum() > 0
    line.writer.message(80, "Newest")
    line.apply(len(line.writer.events) - 1)
    line.qtbot.waitUntil(lambda: bar.value() == bar.maximum())


def test_that_a_session_that_is_opened_is_shown_from_its_newest_row(line: Line) -> None:
    for number in range(4, 80):
        line.writer.message(number, f"Number {number}")
    line.model.rebase(line.writer.fold())
    bar = line.table.verticalScrollBar()
    line.qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())


def test_that_a_reader_further_up_is_left_alone(line: Line) -> None:
    since = len(line.writer.events)
    for number in range(4, 80):
        line.writer.message(number, f"Number {number}")
    line.apply(since)
    line.table.scrollToTop()
    line.writer.message(80, "Newest")
    line.apply(len(line.writer.events) - 1)
    line.view.grab()
    assert line.table.verticalScrollBar().value() == 0


def test_that_the_search_has_a_key(line: Line) -> None:
    line.view.activateWindow()
    line.qtbot.waitUntil(line.view.isActiveWindow)
    line.table.setFocus()
    QTest.keyClick(line.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert line.view.focusWidget() is find(line.view, QLineEdit, "timelineSearch")


def test_that_every_control_has_a_name(line: Line) -> None:
    controls = [
        line.table,
        line.combo("timelineAgent"),
        line.combo("timelineKind"),
        find(line.view, QLineEdit, "timelineSearch"),
        find(line.view, QPushButton, "timelineOpenAgent"),
    ]
    assert all(control.accessibleName() for control in controls)
