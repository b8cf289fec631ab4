"""Where the agents' panes stand: one wide, a few in an even grid, many as tiles with one pane below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.ids import AgentId
from maos_desktop.ui import theme
from maos_desktop.ui.agent_pane import AgentPane
from maos_desktop.ui.agent_tile import AgentTile
from maos_desktop.ui.bridge import SessionBridge
from maos_desktop.ui.item_models.agent_list_model import AgentRole, session_now

GRID_AT_MOST = 4
_PANE_WIDTH = 360
_TILE_WIDTH = 230


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is shown: ``panes`` as transcripts, ``tiles`` in short."""

    kind: Literal["single", "grid", "tiles"]
    panes: tuple[AgentId, ...]
    tiles: tuple[AgentId, ...] = ()


def arrange(
    team: Sequence[AgentId], others: Sequence[AgentId], focused: AgentId | None, current: AgentId | None
) -> Arrangement:
    """Returns how to show these agents.

    ``team`` has a task each; ``others`` (planner, synthesis) are shown while there is no team. ``focused`` fills
    the view alone; ``current`` is the one whose transcript is seen when the rest are tiles.
    """
    if focused is not None and focused in (*team, *others):
        return Arrangement("single", (focused,))
    shown = tuple(team) or tuple(others[-1:])
    if len(shown) <= 1:
        return Arrangement("single", shown)
    if len(shown) <= GRID_AT_MOST:
        return Arrangement("grid", shown)
    return Arrangement("tiles", (current if current in shown else shown[0],), shown)


class PaneArea(QWidget):
    """Makes the panes of a bridge's agents and puts them in their places.

    Attributes:
        bridge: where the panes' models come from.
        arrangement: what is shown.

    Signals:
        interrupt_requested, resume_requested, message_requested: with the agent's id.
        focus_toggled: the agent's id, and whether it is to fill the view.
        permission_decided: request id, hash of the input that was shown, whether it is allowed, a message.
        tile_chosen: the user wants to see the transcript of this agent.
    """

    interrupt_requested = Signal(str)
    resume_requested = Signal(str)
    message_requested = Signal(str)
    focus_toggled = Signal(str, bool)
    permission_decided = Signal(str, str, bool, str)
    tile_chosen = Signal(str)

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        self.bridge = bridge
        self._panes: dict[AgentId, AgentPane] = {}
        self._tiles: dict[AgentId, AgentTile] = {}
        self.arrangement = Arrangement("single", ())
        self._tile_board = QWidget()
        self._tile_grid = QGridLayout(self._tile_board)
        self._tile_grid.setContentsMargins(0, 0, 0, 0)
        self._tile_grid.setSpacing(theme.S)
        self._tile_scroll = self._scroll_tiles()
        pane_board = QWidget()
        self._pane_grid = QGridLayout(pane_board)
        self._pane_grid.setContentsMargins(0, 0, 0, 0)
        self._pane_grid.setSpacing(theme.S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        layout.addWidget(self._tile_scroll)
        layout.addWidget(pane_board, 1)

    def show_arrangement(self, arrangement: Arrangement, *, focused: bool) -> None:
        """Shows these agents, each pane as it was left."""
        if arrangement != self.arrangement:
            self.arrangement = arrangement
            self._lay_out_panes()
            self._lay_out_tiles()
        for agent_id in arrangement.panes:
            self._panes[agent_id].header.show_focus(possible=arrangement.kind != "single", focused=focused)
        self.bridge.watch(frozenset(arrangement.panes))
        self.refresh()

    def refresh(self) -> None:
        """Shows every agent's state as it is now."""
        for agent_id in self.arrangement.panes:
            self._panes[agent_id].refresh()
        model = self.bridge.agents
        for agent_id in self.arrangement.tiles:
            row = model.row_of(agent_id)
            if row >= 0:
                activity = model.index(row).data(AgentRole.ACTIVITY)
                color = self.bridge.color_of(agent_id)
                self._tiles[agent_id].show_agent(model.agent(row), activity, color, session_now(model.fold))

    def refresh_times(self) -> None:
        """Shows how long each agent has worked until now."""
        for agent_id in self.arrangement.panes:
            self._panes[agent_id].refresh_time()
        fold = self.bridge.fold
        for agent_id in self.arrangement.tiles:
            self._tiles[agent_id].show_time(fold.agents[agent_id], session_now(fold))

    def show_current(self, agent_id: AgentId | None) -> None:
        """Marks the pane of this agent among the others."""
        for shown in self.arrangement.panes:
            self._panes[shown].show_current(shown == agent_id)

    def agent_around(self, widget: QWidget) -> AgentId | None:
        """Returns the agent in whose pane a widget stands, if it stands in one."""
        for agent_id in self.arrangement.panes:
            if self._panes[agent_id].isAncestorOf(widget):
                return agent_id
        return None

    def pane(self, agent_id: AgentId) -> AgentPane | None:
        """Returns the pane of an agent when it is shown now."""
        return self._panes[agent_id] if agent_id in self.arrangement.panes else None

    def _make_pane(self, agent_id: AgentId) -> AgentPane:
        pane = AgentPane(self.bridge.transcript(agent_id), self.bridge.color_of)
        pane.interrupt_requested.connect(self.interrupt_requested)
        pane.resume_requested.connect(self.resume_requested)
        pane.message_requested.connect(self.message_requested)
        pane.focus_toggled.connect(self.focus_toggled)
        pane.permission_decided.connect(self.permission_decided)
        return pane

    def _lay_out_panes(self) -> None:
        shown = self.arrangement.panes
        columns = self._pane_columns(len(shown))
        rows = max(-(-len(shown) // columns), 1)
        for agent_id in shown:
            if agent_id not in self._panes:
                pane = self._panes[agent_id] = self._make_pane(agent_id)
                # About its place to come, so that its text is not laid out for another one first.
                pane.resize(self.width() // columns, self.height() // rows)
        for agent_id, pane in self._panes.items():
            self._pane_grid.removeWidget(pane)
            if agent_id not in shown:
                pane.hide()
        for number, agent_id in enumerate(shown):
            row, column = divmod(number, columns)
            # The last pane takes what is left of its row.
            span = columns - column if number == len(shown) - 1 else 1
            self._pane_grid.addWidget(self._panes[agent_id], row, column, 1, span)
            self._panes[agent_id].show()
        _share_evenly(self._pane_grid, columns, rows)

    def _lay_out_tiles(self) -> None:
        shown = self.arrangement.tiles
        for tile in self._tiles.values():
            self._tile_grid.removeWidget(tile)
            tile.setVisible(tile.agent_id in shown)
        columns = max(self.width() // _TILE_WIDTH, 1)
        for number, agent_id in enumerate(shown):
            tile = self._tiles.get(agent_id) or self._make_tile(agent_id)
            tile.show_selected(agent_id in self.arrangement.panes)
            self._tile_grid.addWidget(tile, *divmod(number, columns))
            tile.show()
        _share_evenly(self._tile_grid, columns, 0)
        self._tile_scroll.setVisible(bool(shown))
        if shown:
            rows = -(-len(shown) // columns)
            tall = self._tiles[shown[0]].sizeHint().height() + theme.S
            fitting = max(self.height() * 2 // 5 // tall, 1)
            self._tile_scroll.setFixedHeight(min(rows, fitting) * tall - theme.S)

    def _make_tile(self, agent_id: AgentId) -> AgentTile:
        tile = self._tiles[agent_id] = AgentTile(self.bridge.fold.agents[agent_id])
        tile.chosen.connect(self.tile_chosen)
        return tile

    def _scroll_tiles(self) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setObjectName("agentTiles")
        scroll.setAccessibleName(self.tr("Agents in short"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._tile_board)
        scroll.hide()
        return scroll

    def _pane_columns(self, count: int) -> int:
        if count <= 1:
            return 1
        fits = max(self.width() // _PANE_WIDTH, 1)
        return min(count, fits, 3) if count == 3 else min(2, fits)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_panes()
        self._lay_out_tiles()


def _share_evenly(grid: QGridLayout, columns: int, rows: int) -> None:
    """Gives every used column and row the same room, and the unused ones none."""
    for column in range(max(grid.columnCount(), columns)):
        grid.setColumnStretch(column, 1 if column < columns else 0)
    for row in range(max(grid.rowCount(), rows)):
        grid.setRowStretch(row, 1 if row < rows else 0)
