"""The entries of one agent's pane as a Qt model over the session's fold."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from maos_desktop.model.fold import AgentFold, SessionFold
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.transcript import (
    MessageEntry,
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    ToolEntry,
    TrackedMessage,
    TranscriptEntry,
)
from maos_desktop.ui.tool_words import pretty_input

EntryRole = Qt.ItemDataRole.UserRole + 1
_ROOT = QModelIndex()


class TranscriptModel(QAbstractListModel):
    """Shows what the fold held at the last ``flush``; what has changed since is told at the next.

    Attributes:
        agent_id: whose pane this is.
        fold: of the session.
    """

    def __init__(self, agent_id: AgentId, fold: SessionFold, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.agent_id = agent_id
        self.fold = fold
        self._shown = len(self._entries())
        self._touched: set[int] = set()
        self._rows_of_message: dict[MessageId, list[int]] = {}
        self._index_messages(0)

    # --- what rows need to know besides their entry ---

    @property
    def agent(self) -> AgentFold | None:
        """The agent as the fold knows it, ``None`` before its first event."""
        return self.fold.agents.get(self.agent_id)

    @property
    def project_folder(self) -> str:
        """The folder the session works on, empty while it is unknown."""
        return str(self.fold.settings.project_folder) if self.fold.settings else ""

    def entry(self, row: int) -> TranscriptEntry:
        """Returns the entry of that row."""
        return self._entries()[row]

    def tracked(self, message_id: MessageId) -> TrackedMessage | None:
        """Returns a message with its states, ``None`` where the log's tail does not reach back to it."""
        return self.fold.messages.get(message_id)

    def text_of(self, row: int) -> str:
        """Returns the row's whole text, for a copy and to search in."""
        return entry_text(self.entry(row), self.fold)

    # --- changes ---

    def touch(self, index: int) -> None:
        """Notes that an entry was added or has changed."""
        self._touched.add(index)

    def touch_message(self, message_id: MessageId) -> None:
        """Notes that a message has come further."""
        self._touched.update(self._rows_of_message.get(message_id, ()))

    @property
    def has_news(self) -> bool:
        """Whether ``flush`` has something to tell."""
        return bool(self._touched)

    def flush(self) -> None:
        """Tells the views what has changed since the last time."""
        touched, self._touched = self._touched, set()
        before, now = self._shown, len(self._entries())
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
            self._shown = now
            self._index_messages(before)
            self.endInsertRows()
        for row in sorted(index for index in touched if index < before):
            place = self.index(row)
            self.dataChanged.emit(place, place)

    def rebase(self, fold: SessionFold) -> None:
        """Shows another fold of the same session, e.g. the whole log in place of its tail."""
        self.beginResetModel()
        self.fold = fold
        self._shown = len(self._entries())
        self._touched.clear()
        self._rows_of_message.clear()
        self._index_messages(0)
        self.endResetModel()

    def _entries(self) -> list[TranscriptEntry]:
        agent = self.agent
        return agent.transcript if agent is not None else []

    def _index_messages(self, start: int) -> None:
        for row, entry in enumerate(self._entries()[start : self._shown], start):
            if isinstance(entry, MessageEntry):
                self._rows_of_message.setdefault(entry.message_id, []).append(row)

    # --- Qt's side ---

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else self._shown

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self._shown:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_of(index.row())
        return self.entry(index.row()) if role == EntryRole else None


def entry_text(entry: TranscriptEntry, fold: SessionFold) -> str:
    """Returns everything an entry says, as plain text."""
    match entry:
        case PromptEntry() | TextEntry():
            return entry.text
        case ToolEntry():
            return f"{entry.tool}\n{pretty_input(entry.tool, entry.input)}\n{entry.output or ''}".rstrip()
        case PermissionEntry():
            return f"{entry.tool}\n{pretty_input(entry.tool, entry.input)}\n{entry.message}".rstrip()
        case MessageEntry():
            tracked = fold.messages.get(entry.message_id)
            return tracked.message.text if tracked is not None else str(entry.message_id)
        case NoticeEntry():
            return f"{entry.text}\n{entry.next_step}".rstrip()
