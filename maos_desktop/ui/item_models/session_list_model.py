"""The list of sessions, kept up to date by the events of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from maos_desktop.model.event import LoggedEvent, SessionCreated, TurnFinished
from maos_desktop.model.fold import session_state_after
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSummary
from maos_desktop.ui.states import session_state_word

_NO_PARENT = QModelIndex()


class SessionRole(IntEnum):
    """What the delegate asks for beside the title (``DisplayRole``)."""

    SUMMARY = Qt.ItemDataRole.UserRole
    """The ``SessionSummary``."""


class SessionListModel(QAbstractListModel):
    """One row per session, the one changed last first when it was filled, new ones above."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[SessionSummary] = []
        self._row_by_id: dict[SessionId, int] = {}

    def fill(self, summaries: Sequence[SessionSummary]) -> None:
        """Shows these sessions in this order, in place of all before."""
        self.beginResetModel()
        self._rows = list(summaries)
        self._number_rows()
        self.endResetModel()

    def apply(self, events: Sequence[LoggedEvent]) -> None:
        """Follows a committed batch, of any sessions."""
        changed: set[int] = set()
        for logged in events:
            row = self.row_of(logged.session_id)
            if row is None:
                if isinstance(logged.event, SessionCreated):
                    self._insert(logged, logged.event)
                    changed = {number + 1 for number in changed}
            elif self._update(row, logged):
                changed.add(row)
        for row in sorted(changed):
            self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, session_id: SessionId) -> int | None:
        """Returns the row of the session, or ``None`` when it is not listed."""
        return self._row_by_id.get(session_id)

    def summary(self, row: int) -> SessionSummary:
        """Returns the session of that row."""
        return self._rows[row]

    def _insert(self, logged: LoggedEvent, event: SessionCreated) -> None:
        state = session_state_after(event)
        assert state is not None
        summary = SessionSummary(
            id=logged.session_id,
            title=event.title,
            settings=event.settings,
            state=state,
            created_at=logged.at,
            updated_at=logged.at,
        )
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._rows.insert(0, summary)
        self._number_rows()
        self.endInsertRows()

    def _number_rows(self) -> None:
        self._row_by_id = {summary.id: row for row, summary in enumerate(self._rows)}

    def _update(self, row: int, logged: LoggedEvent) -> bool:
        """Returns whether something that is shown has changed."""
        summary, event = self._rows[row], logged.event
        changes: dict[str, Any] = {}
        state = session_state_after(event)
        if state is not None and state is not summary.state:
            changes["state"] = state
        if isinstance(event, TurnFinished) and event.cost_usd is not None:
            changes["cost_usd"] = (summary.cost_usd or 0.0) + event.cost_usd
        if changes:
            self._rows[row] = summary.model_copy(update=changes | {"updated_at": logged.at})
        return bool(changes)

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        summary = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return summary.title
            case Qt.ItemDataRole.ToolTipRole:
                return f"{summary.title}\n{summary.settings.project_folder}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(
                    (summary.title, session_state_word(summary.state), summary.settings.project_folder.name)
                )
            case SessionRole.SUMMARY:
                return summary
        return None
