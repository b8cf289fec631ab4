"""One agent is shown wide, a few in an even grid, many as tiles with one pane."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.ids import AgentId
from maos_desktop.ui.agent_pane import AgentPane
from maos_desktop.ui.agent_tile import AgentTile
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.pane_area import Arrangement, PaneArea, arrange
from tests.ui.controls import find
from tests.ui.event_writer import EventWriter, ScriptedSource

TEAM = [AgentId(f"tester-{number}") for number in range(1, 17)]
PLANNER, SYNTHESIS = AgentId("planner"), AgentId("synthesis")

MakeArea = Callable[[int], PaneArea]


# --- which agents are shown ---


def test_that_the_planner_is_seen_while_there_is_no_team() -> None:
    assert arrange([], [PLANNER], None, None) == Arrangement("single", (PLANNER,))
    assert arrange([], [], None, None) == Arrangement("single", ())


def test_that_the_team_takes_the_planners_place() -> None:
    assert arrange(TEAM[:1], [PLANNER], None, None) == Arrangement("single", (TEAM[0],))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_that_a_few_stand_in_a_grid(count: int) -> None:
    assert arrange(TEAM[:count], [PLANNER], None, None) == Arrangement("grid", tuple(TEAM[:count]))


@pytest.mark.parametrize("count", [5, 16])
def test_that_many_are_tiles_with_one_pane(count: int) -> None:
    team = tuple(TEAM[:count])
    assert arrange(team, [], None, None) == Arrangement("tiles", (TEAM[0],), team)
    assert arrange(team, [], None, TEAM[2]) == Arrangement("tiles", (TEAM[2],), team)
    assert arrange(team, [PLANNER], None, PLANNER) == Arrangement("tiles", (TEAM[0],), team)


def test_that_one_can_fill_the_view() -> None:
    assert arrange(TEAM, [PLANNER], TEAM[3], None) == Arrangement("single", (TEAM[3],))
    assert arrange(TEAM[:2], [SYNTHESIS], SYNTHESIS, None) == Arrangement("single", (SYNTHESIS,))
    assert arrange(TEAM[:2], [], AgentId("gone"), None).kind == "grid"


# --- where they stand ---


@pytest.fixture
def make_area(qtbot: QtBot) -> Iterator[MakeArea]:
    bridges: list[SessionBridge] = []

    def make(count: int) -> PaneArea:
        writer = EventWriter()
        writer.begin()
        for agent_id in TEAM[:count]:
            writer.agent(agent_id)
        source = ScriptedSource(writer)
        bridge = SessionBridge(source)
        bridges.append(bridge)
        source.publish(writer.events)
        bridge.clock.tick()
        area = PaneArea(bridge)
        qtbot.addWidget(area)
        area.resize(1_000, 700)
        area.show()
        area.show_arrangement(arrange(TEAM[:count], [], None, None), focused=False)
        QApplication.processEvents()
        return area

    yield make
    for bridge in bridges:
        bridge.close()


def resize(area: PaneArea, width: int, height: int) -> None:
    area.resize(width, height)
    QApplication.processEvents()


def panes(area: PaneArea) -> list[AgentPane]:
    return [pane for pane in area.findChildren(AgentPane) if not pane.isHidden()]


def tiles(area: PaneArea) -> list[AgentTile]:
    return [tile for tile in area.findChildren(AgentTile) if not tile.isHidden()]


def test_that_a_single_pane_fills_the_area(make_area: MakeArea) -> None:
    area = make_area(1)
    (pane,) = panes(area)
    assert pane.width() == area.width()
    assert find(pane, QToolButton, "agentFocus").isHidden()


@pytest.mark.parametrize("count", [2, 4])
def test_that_a_grid_is_even(make_area: MakeArea, count: int) -> None:
    area = make_area(count)
    sizes = {(pane.width(), pane.height()) for pane in panes(area)}
    assert len(panes(area)) == count
    assert max(width for width, _ in sizes) - min(width for width, _ in sizes) <= 1
    assert max(height for _, height in sizes) - min(height for _, height in sizes) <= 1


def test_that_three_stand_in_a_row_where_there_is_room(make_area: MakeArea) -> None:
    area = make_area(3)
    resize(area, 1_400, 700)
    assert len({pane.y() for pane in panes(area)}) == 1
    resize(area, 800, 700)
    assert len({pane.y() for pane in panes(area)}) == 2
    assert max(pane.width() for pane in panes(area)) == area.width()


def test_that_a_narrow_area_has_one_column(make_area: MakeArea) -> None:
    area = make_area(4)
    resize(area, 400, 900)
    assert len({pane.x() for pane in panes(area)}) == 1


def test_that_tiles_stand_above_the_pane(make_area: MakeArea) -> None:
    area = make_area(16)
    assert (len(tiles(area)), len(panes(area))) == (16, 1)
    scroll = find(area, QScrollArea, "agentTiles")
    assert scroll.geometry().bottom() < panes(area)[0].mapTo(area, panes(area)[0].rect().topLeft()).y()
    assert scroll.height() <= area.height() * 2 // 5
    assert scroll.height() % (tiles(area)[0].height()) < scroll.height()


def test_that_only_the_panes_that_are_seen_are_watched(make_area: MakeArea) -> None:
    area = make_area(6)
    assert area.bridge.watched == frozenset(TEAM[:1])


def test_that_a_pane_is_kept_while_it_is_not_shown(make_area: MakeArea) -> None:
    area = make_area(2)
    first = area.pane(TEAM[0])
    area.show_arrangement(Arrangement("single", (TEAM[1],)), focused=True)
    assert area.pane(TEAM[0]) is None
    assert [pane.agent_id for pane in panes(area)] == [TEAM[1]]
    area.show_arrangement(Arrangement("grid", (TEAM[0], TEAM[1])), focused=False)
    assert area.pane(TEAM[0]) is first


def test_that_the_chosen_tile_leads_to_its_agent(make_area: MakeArea, qtbot: QtBot) -> None:
    area = make_area(6)
    with qtbot.waitSignal(area.tile_chosen) as chosen:
        QTest.mouseClick(tiles(area)[3], Qt.MouseButton.LeftButton)
    assert chosen.args == [TEAM[3]]


def test_that_times_are_shown_in_tiles_and_panes(make_area: MakeArea) -> None:
    area = make_area(5)
    area.refresh_times()
    assert area.arrangement.kind == "tiles"
