"""An agent in a few lines that can be pressed like a button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState
from maos_desktop.ui import theme
from maos_desktop.ui.agent_tile import AgentTile
from tests.ui.controls import find
from tests.ui.event_writer import ANN, START, EventWriter

LEFT = Qt.MouseButton.LeftButton
NOW = START + timedelta(minutes=1)


def tile_in(qtbot: QtBot, state: AgentState) -> AgentTile:
    writer = EventWriter()
    writer.agent()
    writer.add(ev.TurnFinished(agent_id=ANN, turns=1, cost_usd=0.5), writer.state_event(ANN, state))
    agent = writer.fold().agents[ANN]
    tile = AgentTile(agent)
    qtbot.addWidget(tile)
    tile.show_agent(agent, "Read a.py", theme.agent_color(0), NOW)
    tile.resize(230, tile.sizeHint().height())
    tile.show()
    qtbot.waitExposed(tile)
    return tile


@pytest.fixture
def tile(qtbot: QtBot) -> AgentTile:
    return tile_in(qtbot, AgentState.WORKING)


def text(tile: AgentTile, name: str) -> str:
    return find(tile, QLabel, name).text()


def test_that_it_says_who_what_how_long_and_at_what_cost(tile: AgentTile) -> None:
    assert text(tile, "agentTileName") == ANN
    assert text(tile, "agentTileActivity") == "Read a.py"
    assert text(tile, "agentTileFigures") == "0:58 · $0.50"
    assert tile.accessibleName() == f"{ANN}, Working, Read a.py"


def test_that_a_press_chooses_the_agent(tile: AgentTile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.chosen) as chosen:
        QTest.mouseClick(tile, LEFT)
    assert chosen.args == [ANN]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_that_the_keys_choose_it_too(tile: AgentTile, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(tile.chosen):
        QTest.keyClick(tile, key)
    with qtbot.assertNotEmitted(tile.chosen):
        QTest.keyClick(tile, Qt.Key.Key_A)


def test_that_a_press_that_is_dragged_away_chooses_nothing(tile: AgentTile, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(tile.chosen):
        QTest.mousePress(tile, LEFT)
        QTest.mouseRelease(tile, LEFT, pos=QPoint(-20, -20))


@pytest.mark.parametrize(
    ("state", "offered"),
    [(AgentState.NEEDS_PERMISSION, True), (AgentState.FAILED, True), (AgentState.WORKING, False)],
)
def test_that_who_needs_the_user_offers_a_review(qtbot: QtBot, state: AgentState, offered: bool) -> None:
    tile = tile_in(qtbot, state)
    review = find(tile, QPushButton, "agentTileReview")
    assert review.isHidden() is not offered
    with qtbot.waitSignal(tile.chosen):
        review.click()


def test_that_all_tiles_are_equally_high(qtbot: QtBot) -> None:
    heights = {tile_in(qtbot, state).sizeHint().height() for state in AgentState}
    assert len(heights) == 1


def test_that_the_chosen_one_is_seen(tile: AgentTile) -> None:
    tile.clearFocus()
    before = tile.grab().toImage()
    tile.show_selected(True)
    assert tile.grab().toImage() != before
