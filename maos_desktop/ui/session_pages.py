"""The request editor and the sessions that are open, one of them shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSettings
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.session_view import SessionView
from maos_desktop.ui.tasks import TaskOwner


class SessionPages(QStackedWidget):
    """Keeps the views of sessions that run; others are let go when they are left, for they are cheap to open.

    Signals:
        changed: another page is shown, or the session that is shown has changed.
    """

    changed = Signal()

    def __init__(self, editor: QWidget, tasks: TaskOwner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self._editor = editor
        self._tasks = tasks
        self._views: dict[SessionId, SessionView] = {}
        self.addWidget(editor)

    @property
    def session_view(self) -> SessionView | None:
        """The session that is shown, or ``None`` while a request is written."""
        shown = self.currentWidget()
        return shown if isinstance(shown, SessionView) else None

    @property
    def open_sessions(self) -> frozenset[SessionId]:
        """The sessions that have a view: the one that is shown and those in which work is under way."""
        return frozenset(self._views)

    def show_editor(self) -> None:
        """Shows the request editor."""
        self.setCurrentWidget(self._editor)
        self.changed.emit()

    async def open_session(self, manager: SessionManager, session_id: SessionId) -> None:
        """Shows a session. Raises ``UnknownSessionError`` and ``StoreError``."""
        if session_id not in self._views:
            live = await manager.reopen(session_id)
            if session_id not in self._views:
                view = self._views[session_id] = SessionView(live, self)
                view.changed.connect(self.changed)
                self.addWidget(view)
                self._show(view)
                await view.load()
                return
        self._show(self._views[session_id])

    async def start_session(self, manager: SessionManager, settings: SessionSettings) -> None:
        """Creates a session, shows it and begins its work. Raises ``BadRequestError`` and ``StoreError``."""
        live = await manager.create(settings)
        await live.start()
        await self.open_session(manager, live.id)

    async def aclose(self) -> None:
        """Ends what the views have under way; the sessions themselves go on."""
        for view in self._views.values():
            await view.aclose()

    def _show(self, view: SessionView) -> None:
        self.setCurrentWidget(view)
        self.changed.emit()
        for other in list(self._views.values()):
            if other is not view and not other.live.is_running:
                self._tasks.start(self._let_go_of(other), "close a session's view")

    async def _let_go_of(self, view: SessionView) -> None:
        if self._views.pop(view.live.id, None) is not None:
            await view.aclose()
            self.removeWidget(view)
            view.deleteLater()
