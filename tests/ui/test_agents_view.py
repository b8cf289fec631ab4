"""The agents of a session: list, panes and composer work together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState
from maos_desktop.model.ids import AgentId
from maos_desktop.model.message import Importance
from maos_desktop.ui.agent_list import AgentList
from maos_desktop.ui.agent_pane import AgentPane
from maos_desktop.ui.agent_tile import AgentTile
from maos_desktop.ui.agents_view import AgentsView
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.item_models.agent_list_model import AgentRole
from maos_desktop.ui.message_composer import MessageComposer
from maos_desktop.ui.permission_card import PermissionCard
from tests.ui.controls import find
from tests.ui.event_writer import EventWriter, ScriptedSource

TEAM = [AgentId(f"tester-{number}") for number in range(1, 8)]
PLANNER = AgentId("planner")


class Room:
    """A session on the screen."""

    def __init__(self, qtbot: QtBot, count: int, *, planner: bool = True) -> None:
        self.writer = EventWriter()
        self.writer.begin()
        if planner:
            self.writer.planner()
        for agent_id in TEAM[:count]:
            self.writer.agent(agent_id)
        self.source = ScriptedSource(self.writer)
        self.bridge = SessionBridge(self.source)
        self.source.publish(self.writer.events)
        self.settle()
        self.view = AgentsView(self.bridge)
        qtbot.addWidget(self.view)
        self.view.resize(1_200, 800)
        self.view.show()
        qtbot.waitExposed(self.view)

    def publish(self, *events: ev.SessionEvent) -> None:
        self.source.publish(self.writer.add(*events))
        self.settle()

    def settle(self) -> None:
        for _ in range(40):
            self.bridge.clock.tick()

    @property
    def panes(self) -> list[str]:
        return [pane.agent_id for pane in self.view.findChildren(AgentPane) if pane.isVisible()]

    @property
    def tiles(self) -> list[str]:
        return [tile.agent_id for tile in self.view.findChildren(AgentTile) if tile.isVisible()]

    @property
    def listed(self) -> list[str]:
        model = find(self.view, AgentList).model()
        return [model.index(row, 0).data(AgentRole.ID) for row in range(model.rowCount())]

    @property
    def marked(self) -> str | None:
        index = find(self.view, AgentList).currentIndex()
        return index.data(AgentRole.ID) if index.isValid() else None

    @property
    def seconds(self) -> QTimer:
        (timer,) = [t for t in self.view.findChildren(QTimer) if t.parent() is self.view]
        return timer


@pytest.fixture
def room_of(qtbot: QtBot) -> Iterator[Callable[[int], Room]]:
    rooms: list[Room] = []

    def make(count: int) -> Room:
        rooms.append(Room(qtbot, count))
        return rooms[-1]

    yield make
    for room in rooms:
        room.bridge.close()


MakeRoom = Callable[[int], Room]


def test_that_an_empty_session_says_what_comes(qtbot: QtBot) -> None:
    room = Room(qtbot, 0, planner=False)
    labels = [label.text() for label in room.view.findChildren(QLabel) if label.isVisible()]
    assert labels == ["The agents appear here as soon as they start."]
    room.bridge.close()


def test_that_the_planner_is_shown_until_the_team_comes(room_of: MakeRoom) -> None:
    room = room_of(0)
    assert room.panes == [PLANNER]
    room.source.publish(room.writer.agent(TEAM[0]))
    room.source.publish(room.writer.agent(TEAM[1]))
    room.settle()
    assert room.panes == TEAM[:2]
    assert room.listed == [PLANNER, *TEAM[:2]]


def test_that_many_agents_are_tiles(room_of: MakeRoom) -> None:
    room = room_of(6)
    assert room.panes == [TEAM[0]]
    assert room.tiles == TEAM[:6]
    assert room.marked == TEAM[0]


def test_that_a_tile_brings_its_agent_into_the_pane(room_of: MakeRoom) -> None:
    room = room_of(6)
    room.view.show_agent(TEAM[4])
    assert (room.panes, room.marked) == ([TEAM[4]], TEAM[4])
    assert room.view.current_agent() == TEAM[4]


def test_that_an_agent_of_the_grid_gets_the_keyboard(room_of: MakeRoom, qtbot: QtBot) -> None:
    room = room_of(3)
    room.view.activateWindow()
    qtbot.waitUntil(room.view.isActiveWindow)
    pane = next(p for p in room.view.findChildren(AgentPane) if p.agent_id == TEAM[2])
    pane.transcript.setFocus()
    assert (room.view.current_agent(), room.marked) == (TEAM[2], TEAM[2])
    room.view.show_agent(TEAM[1])
    assert room.panes == TEAM[:3]
    assert room.view.current_agent() == TEAM[1]
    assert room.view.focusWidget() is not pane.transcript


def test_that_the_current_pane_is_marked_among_others(room_of: MakeRoom) -> None:
    room = room_of(2)
    pane = next(p for p in room.view.findChildren(AgentPane) if p.agent_id == TEAM[0])
    before = pane.grab().toImage()
    room.view.show_agent(TEAM[0])
    assert pane.grab().toImage() != before


def test_that_the_planner_fills_the_view_when_it_is_chosen(room_of: MakeRoom) -> None:
    room = room_of(3)
    room.view.show_agent(PLANNER)
    assert room.panes == [PLANNER]
    room.view.show_agent(TEAM[0])
    assert room.panes == [TEAM[0]]
    room.view.show_only(None)
    assert room.panes == TEAM[:3]


def test_that_one_agent_can_fill_the_view_and_give_it_back(room_of: MakeRoom) -> None:
    room = room_of(3)
    pane = next(p for p in room.view.findChildren(AgentPane) if p.agent_id == TEAM[1])
    find(pane, QToolButton, "agentFocus").click()
    assert room.panes == [TEAM[1]]
    find(pane, QToolButton, "agentFocus").click()
    assert room.panes == TEAM[:3]


def test_that_the_list_opens_an_agent_alone(room_of: MakeRoom) -> None:
    room = room_of(3)
    find(room.view, AgentList).opened.emit(TEAM[2])
    assert room.panes == [TEAM[2]]


def test_that_agents_can_be_gone_to_by_number(room_of: MakeRoom) -> None:
    room = room_of(6)
    room.view.show_agent_at(3)
    assert room.panes == [room.listed[3]]
    room.view.show_agent_at(99)
    room.view.show_agent(AgentId("nobody"))
    assert room.panes == [room.listed[3]]


def test_that_a_key_leads_through_those_that_need_the_user(room_of: MakeRoom) -> None:
    room = room_of(6)
    room.view.show_next_that_needs_you()
    assert room.panes == [TEAM[0]]
    for agent_id in (TEAM[2], TEAM[5]):
        room.publish(room.writer.state_event(agent_id, AgentState.NEEDS_PERMISSION))
    seen = []
    for _ in range(3):
        room.view.show_next_that_needs_you()
        seen += room.panes
    assert seen == [TEAM[2], TEAM[5], TEAM[2]]


def test_that_who_needs_the_user_moves_up(room_of: MakeRoom) -> None:
    room = room_of(3)
    room.publish(room.writer.state_event(TEAM[2], AgentState.NEEDS_PERMISSION))
    assert room.listed[0] == TEAM[2]


def test_that_a_message_is_passed_on(room_of: MakeRoom, qtbot: QtBot) -> None:
    room = room_of(2)
    pane = next(p for p in room.view.findChildren(AgentPane) if p.agent_id == TEAM[1])
    find(pane, QToolButton, "agentMessage").click()
    assert find(room.view, QComboBox, "messageReceiver").currentData() == TEAM[1]
    find(room.view, QPlainTextEdit, "messageText").setPlainText("Hello")
    with qtbot.waitSignal(room.view.message_submitted) as sent:
        find(room.view, MessageComposer).submit()
    assert sent.args == [TEAM[1], "Hello", Importance.NORMAL]


def test_that_only_the_team_can_be_written_to(room_of: MakeRoom) -> None:
    receiver = find(room_of(2).view, QComboBox, "messageReceiver")
    assert [receiver.itemData(row) for row in range(receiver.count())] == [None, *TEAM[:2]]


def test_that_a_session_that_does_not_run_cannot_be_written_to(room_of: MakeRoom) -> None:
    room = room_of(2)
    room.view.set_active(False)
    assert not find(room.view, MessageComposer).isEnabled()
    room.view.set_active(True)
    assert find(room.view, MessageComposer).isEnabled()


def test_that_wishes_are_passed_on(room_of: MakeRoom, qtbot: QtBot) -> None:
    room = room_of(1)
    pane = next(p for p in room.view.findChildren(AgentPane) if p.isVisible())
    with qtbot.waitSignal(room.view.interrupt_requested) as wished:
        find(pane, QToolButton, "agentInterrupt").click()
    assert wished.args == [TEAM[0]]
    with qtbot.waitSignal(room.view.resume_requested) as wished:
        find(pane, QToolButton, "agentContinue").click()
    assert wished.args == [TEAM[0]]


def test_that_an_answer_is_passed_on(room_of: MakeRoom, qtbot: QtBot) -> None:
    room = room_of(1)
    room.source.publish(room.writer.question({"command": "rm x"}))
    room.settle()
    card = find(room.view, PermissionCard)
    with qtbot.waitSignal(room.view.permission_decided) as decided:
        card.decided.emit("p1", "f" * 64, True, "")
    assert decided.args == ["p1", "f" * 64, True, ""]


def test_that_seconds_are_counted_only_while_somebody_works_and_looks(room_of: MakeRoom) -> None:
    room = room_of(1)
    assert room.seconds.isActive()
    room.seconds.timeout.emit()
    room.view.hide()
    assert not room.seconds.isActive()
    room.view.show()
    assert room.seconds.isActive()
    room.publish(ev.SessionInterrupted(reason="Stopped"))
    assert not room.seconds.isActive()
