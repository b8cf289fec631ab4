"""The agents of a session as a Qt model over its fold, and the same in the order of who needs the user."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from maos_desktop.model.event import AgentState
from maos_desktop.model.fold import AgentFold, SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.transcript import MessageEntry, NoticeEntry, PermissionEntry, TextEntry, ToolEntry
from maos_desktop.ui.states import agent_state_word
from maos_desktop.ui.tool_words import tool_words
from maos_desktop.ui.transcript.display_text import first_line

_ROOT = QModelIndex()
_LAST_CHARACTERS = 400


class AgentRole(IntEnum):
    """What the model says of an agent besides its name."""

    ID = Qt.ItemDataRole.UserRole + 1
    AGENT = Qt.ItemDataRole.UserRole + 2
    """The agent's fold."""
    GROUP = Qt.ItemDataRole.UserRole + 3
    """An ``AgentGroup``."""
    ACTIVITY = Qt.ItemDataRole.UserRole + 4
    """One line: what it does now."""
    NOW = Qt.ItemDataRole.UserRole + 5
    """The session's present, as a ``datetime``."""


class AgentGroup(IntEnum):
    """Why the user would look at an agent, most urgent first."""

    NEEDS_YOU = 0
    WORKING = 1
    WAITING = 2
    DONE = 3


_GROUPS = {
    AgentState.NEEDS_PERMISSION: AgentGroup.NEEDS_YOU,
    AgentState.FAILED: AgentGroup.NEEDS_YOU,
    AgentState.WORKING: AgentGroup.WORKING,
    AgentState.AWAITING_REPLY: AgentGroup.WORKING,
    AgentState.WARMING: AgentGroup.WAITING,
    AgentState.WAITING: AgentGroup.WAITING,
    AgentState.PAUSED: AgentGroup.WAITING,
    AgentState.DONE: AgentGroup.DONE,
    AgentState.CANCELLED: AgentGroup.DONE,
}


def group_of(state: AgentState) -> AgentGroup:
    """Returns the group an agent in this state stands in."""
    return _GROUPS[state]


def session_now(fold: SessionFold) -> datetime:
    """Returns the present of a session: the clock while it is at work, else the moment of its last event."""
    if fold.state.is_active or fold.last_at is None:
        return datetime.now(UTC)
    return fold.last_at


def elapsed_seconds(agent: AgentFold, now: datetime) -> float:
    """Returns how long the agent has worked: until its end, or until ``now``; 0 before its start."""
    if agent.started_at is None:
        return 0.0
    return max(((agent.ended_at or now) - agent.started_at).total_seconds(), 0.0)


class AgentListModel(QAbstractListModel):
    """All agents in order of appearance.

    Attributes:
        fold: of the session.
    """

    def __init__(self, fold: SessionFold, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fold = fold
        self._ids = list(fold.agents)

    def agent(self, row: int) -> AgentFold:
        """Returns the agent of that row."""
        return self.fold.agents[self._ids[row]]

    def row_of(self, agent_id: AgentId) -> int:
        """Returns the agent's row, which also numbers its colour; -1 for one that is unknown."""
        return self._ids.index(agent_id) if agent_id in self._ids else -1

    def refresh(self, changed: set[AgentId]) -> None:
        """Tells the views about agents that are new or have changed."""
        new = [agent_id for agent_id in self.fold.agents if agent_id not in self._ids]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._ids), len(self._ids) + len(new) - 1)
            self._ids += new
            self.endInsertRows()
        for row in sorted(self._ids.index(agent_id) for agent_id in changed if agent_id in self._ids):
            self.dataChanged.emit(self.index(row), self.index(row))

    def rebase(self, fold: SessionFold) -> None:
        """Shows another fold of the same session."""
        self.beginResetModel()
        self.fold = fold
        self._ids = list(fold.agents)
        self.endResetModel()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._ids):
            return None
        agent = self.agent(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole | AgentRole.ID:
                return agent.id
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{agent.id}, {agent_state_word(agent.state)}, {self._activity(agent)}"
            case Qt.ItemDataRole.ToolTipRole:
                return agent.title
            case AgentRole.AGENT:
                return agent
            case AgentRole.GROUP:
                return int(group_of(agent.state))
            case AgentRole.ACTIVITY:
                return self._activity(agent)
            case AgentRole.NOW:
                return session_now(self.fold)
        return None

    def _activity(self, agent: AgentFold) -> str:
        """Returns the newest thing that happened in the agent's pane, in one line."""
        if agent.state_reason and group_of(agent.state) is not AgentGroup.WORKING:
            return first_line(agent.state_reason)
        for entry in reversed(agent.transcript[-20:]):
            match entry:
                case TextEntry(block_kind="thinking", closed=False):
                    return self.tr("Thinking …")
                case TextEntry(block_kind="text"):
                    if words := last_line(entry):
                        return words
                case ToolEntry() | PermissionEntry():
                    folder = str(self.fold.settings.project_folder) if self.fold.settings else ""
                    words_ = tool_words(entry.tool, entry.input, folder)
                    return f"{words_.label} {words_.argument}".strip()
                case MessageEntry(direction=direction):
                    return self.tr("Got a message") if direction == "in" else self.tr("Sent a message")
                case NoticeEntry():
                    return first_line(entry.text)
        return agent.title


def last_line(entry: TextEntry) -> str:
    """Returns the last line with words in it of what the model wrote."""
    tail = "".join(entry.pieces[-8:])[-_LAST_CHARACTERS:]
    lines = [line for line in tail.splitlines() if line.strip(" \t`-|#*>")]
    return first_line(lines[-1]).strip("# ") if lines else ""


class AgentsByNeed(QSortFilterProxyModel):
    """The agents, those that need the user first; inside a group in order of appearance."""

    def __init__(self, source: AgentListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self.setDynamicSortFilter(True)
        self.sort(0)

    @override
    def lessThan(
        self, source_left: QModelIndex | QPersistentModelIndex, source_right: QModelIndex | QPersistentModelIndex
    ) -> bool:
        left, right = source_left.data(AgentRole.GROUP), source_right.data(AgentRole.GROUP)
        return bool((left, source_left.row()) < (right, source_right.row()))
