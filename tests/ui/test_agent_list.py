"""The list of agents, grouped by who needs the user."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from maos_desktop.model.event import AgentState
from maos_desktop.model.ids import AgentId
from maos_desktop.ui import theme
from maos_desktop.ui.agent_list import AgentList, begins_group, group_word
from maos_desktop.ui.item_models.agent_list_model import AgentGroup, AgentListModel, AgentRole, AgentsByNeed
from tests.ui.event_writer import ANN, BOB, EventWriter

CARL = AgentId("analyst-1")


class Board:
    """A list with its models."""

    def __init__(self, qtbot: QtBot) -> None:
        writer = EventWriter()
        writer.begin()
        writer.agent(ANN)
        writer.agent(BOB)
        writer.agent(CARL, AgentState.DONE)
        self.writer = writer
        self.model = AgentListModel(writer.fold())
        self.sorted = AgentsByNeed(self.model)
        self.view = AgentList(self.sorted, lambda agent: theme.agent_color(0))
        qtbot.addWidget(self.view)
        self.view.resize(240, 400)
        self.view.show()
        qtbot.waitExposed(self.view)

    def place(self, row: int) -> QRect:
        return self.view.visualRect(self.sorted.index(row, 0))

    def center(self, row: int) -> QPoint:
        place = self.place(row)
        return QPoint(place.center().x(), place.bottom() - 10)

    @property
    def chosen(self) -> str | None:
        index = self.view.currentIndex()
        return index.data(AgentRole.ID) if index.isValid() else None


@pytest.fixture
def board(qtbot: QtBot) -> Board:
    return Board(qtbot)


def test_that_every_group_has_a_word() -> None:
    assert [group_word(group) for group in AgentGroup] == ["Needs you", "Working", "Waiting", "Done"]


def test_that_the_first_of_a_group_has_room_for_its_heading(board: Board) -> None:
    assert [begins_group(board.sorted.index(row, 0)) for row in range(3)] == [True, False, True]
    heights = [board.place(row).height() for row in range(3)]
    assert heights[0] == heights[2] > heights[1]


def test_that_a_change_of_group_moves_the_heading(board: Board, qtbot: QtBot) -> None:
    board.model.fold.apply(board.writer.add(board.writer.state_event(BOB, AgentState.NEEDS_PERMISSION))[0])
    board.model.refresh({BOB})
    assert board.sorted.index(0, 0).data(AgentRole.ID) == BOB
    qtbot.waitUntil(lambda: board.place(1).height() == board.place(0).height())


def test_that_a_click_chooses(board: Board, qtbot: QtBot) -> None:
    with qtbot.waitSignal(board.view.chosen) as chosen:
        QTest.mouseClick(board.view.viewport(), Qt.MouseButton.LeftButton, pos=board.center(1))
    assert chosen.args == [BOB]


def test_that_the_keys_choose_and_open(board: Board, qtbot: QtBot) -> None:
    board.view.activateWindow()
    board.view.setFocus()
    qtbot.waitUntil(board.view.hasFocus)
    board.view.select(ANN)
    with qtbot.waitSignal(board.view.chosen) as chosen:
        QTest.keyClick(board.view, Qt.Key.Key_Down)
    assert chosen.args == [BOB]
    with qtbot.waitSignal(board.view.opened) as opened:
        QTest.keyClick(board.view, Qt.Key.Key_Return)
    assert opened.args == [BOB]


def test_that_selecting_says_nothing(board: Board, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(board.view.chosen):
        board.view.select(CARL)
    assert board.chosen == CARL
    board.view.select(None)
    assert board.chosen is None
    board.view.select(AgentId("nobody"))
    assert board.chosen is None


def test_that_the_list_is_painted_in_every_state(board: Board) -> None:
    pictures = []
    for state in AgentState:
        board.model.fold.apply(board.writer.add(board.writer.state_event(ANN, state, "Because"))[0])
        board.model.refresh({ANN})
        pictures.append(board.view.grab().toImage())
    assert all(one != other for one, other in itertools.pairwise(pictures))


def test_that_a_row_is_two_lines_high(board: Board) -> None:
    option = QStyleOptionViewItem()
    board.view.initViewItemOption(option)
    size = board.view.itemDelegate().sizeHint(option, board.sorted.index(1, 0))
    assert 2 * option.fontMetrics.height() < size.height() < 4 * option.fontMetrics.height()
