"""The window: sessions on the left; a request to write, or a session to watch, beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.config import ConfigFile
from maos_desktop.errors import KnownError
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSettings
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.about_dialog import AboutDialog
from maos_desktop.ui.actions import SESSION_ACTIONS, Actions
from maos_desktop.ui.banner import Banner
from maos_desktop.ui.crash_dialog import CrashDialog
from maos_desktop.ui.folder_field import dropped_folder
from maos_desktop.ui.item_models.session_list_model import SessionListModel
from maos_desktop.ui.quit_dialog import QuitDialog
from maos_desktop.ui.request_editor import RequestEditor
from maos_desktop.ui.session_list import SessionList
from maos_desktop.ui.session_pages import SessionPages
from maos_desktop.ui.session_status import SessionStatusBar
from maos_desktop.ui.session_view import SessionView
from maos_desktop.ui.shortcuts_dialog import ShortcutsDialog
from maos_desktop.ui.tasks import TaskOwner
from maos_desktop.ui.theme import Theme, ThemeChoice
from maos_desktop.ui.window_state import WindowState

_SIDEBAR_WIDTH = 256
_SMALLEST = (880, 560)
_SMALLEST_TEXT, _LARGEST_TEXT, _TEXT_STEP = 0.8, 2.0, 0.1


class MainWindow(QMainWindow):
    """Usable before there is anything behind it: ``attach`` brings the sessions.

    Signals:
        painted: the window has been painted for the first time.
        quit_requested: it was closed for good; what is behind it may end.
    """

    painted = Signal()
    quit_requested = Signal()

    def __init__(self, config: ConfigFile, look: Theme, data_folder: Path, log_folder: Path) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self._config = config
        self._look = look
        self._log_folder = log_folder
        self._state = WindowState(data_folder)
        self._tasks = TaskOwner(self.show_error)
        self._manager: SessionManager | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._quit_confirmed = False
        self._was_painted = False
        self._crash_dialog: CrashDialog | None = None
        self._sessions = SessionListModel()
        self._sidebar = SessionList(self._sessions, self)
        self._banner = Banner(self)
        self._editor = RequestEditor(config.config, self)
        self._editor.set_ready(False)
        self._pages = SessionPages(self._editor, self._tasks, self)
        self._status = SessionStatusBar(self)
        self._actions = Actions(self)
        self._lay_out()
        self._connect()
        self._state.restore(self, self._split)
        self.show_editor()
        if config.moved_aside is not None:
            self._say_settings_were_moved(config.moved_aside)

    # --- its life ---

    async def attach(self, manager: SessionManager) -> None:
        """Shows the sessions of ``manager``, the one shown last first, and lets new ones be started.

        Raises ``StoreError`` when they cannot be listed.
        """
        self._manager = manager
        self._unsubscribe = manager.subscribe_all(self._sessions.apply)
        summaries = await manager.list_sessions()
        self._sessions.fill(summaries)
        self._editor.set_first_run(not summaries)
        self._editor.set_recent(await manager.recent_requests())
        self._editor.set_ready(True)
        last = self._state.last_session
        if last is not None and self._sessions.row_of(last) is not None:
            try:
                await self._pages.open_session(manager, last)
            except KnownError as error:  # one damaged session must not keep the others away
                self.show_error(error)

    async def aclose(self) -> None:
        """Ends what the window has under way. The sessions themselves are the manager's to end."""
        self._unsubscribe()
        await self._tasks.aclose()
        await self._pages.aclose()

    def quit_now(self) -> None:
        """Closes without a question: the system wants the app to end."""
        self._quit_confirmed = True
        self.close()

    # --- what is shown ---

    @property
    def session_view(self) -> SessionView | None:
        """The session that is shown, or ``None`` while a request is written."""
        return self._pages.session_view

    @property
    def open_sessions(self) -> frozenset[SessionId]:
        """The sessions that have a view."""
        return self._pages.open_sessions

    @property
    def editor(self) -> RequestEditor:
        """Where requests are written."""
        return self._editor

    def show_editor(self) -> None:
        """Lets the user write a request."""
        self._editor.set_first_run(self._manager is not None and self._sessions.rowCount() == 0)
        self._pages.show_editor()
        self._editor.focus_request()

    def open_session(self, session_id: str) -> None:
        """Shows a session."""
        if self._manager is not None:
            self._tasks.start(self._pages.open_session(self._manager, SessionId(session_id)), "open a session")

    def show_error(self, error: KnownError) -> None:
        """Shows what the user can act on, above everything else."""
        self._banner.show_error(error)

    def show_crash(self, details: str) -> None:
        """Says that the app made a mistake; more of them go into the same dialog."""
        if self._crash_dialog is not None:
            self._crash_dialog.add(details)
            return
        self._crash_dialog = CrashDialog(details, self._log_folder, self)
        self._crash_dialog.finished.connect(self._forget_crash)
        self._crash_dialog.show()

    # --- inside: building ---

    def _lay_out(self) -> None:
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._banner.setObjectName("windowBanner")
        column.addWidget(self._banner)
        column.addWidget(self._pages, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setObjectName("sidebarSplitter")
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._sidebar)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([_SIDEBAR_WIDTH, 4 * _SIDEBAR_WIDTH])
        self.setCentralWidget(self._split)
        self.setStatusBar(self._status)

    def _connect(self) -> None:
        self._sidebar.opened.connect(self.open_session)
        self._sidebar.new_requested.connect(self.show_editor)
        self._editor.submitted.connect(self._submit)
        self._pages.changed.connect(self._refresh)
        self._look.changed.connect(self._refresh)
        self._actions.connect(
            {
                "newRequest": self.show_editor,
                "trySample": self._try_sample,
                "quit": self.close,
                "showSessions": lambda: self._sidebar.setVisible(self._actions["showSessions"].isChecked()),
                "largerText": lambda: self._zoom(self._look.zoom + _TEXT_STEP),
                "smallerText": lambda: self._zoom(self._look.zoom - _TEXT_STEP),
                "usualText": lambda: self._zoom(1.0),
                "themeSystem": lambda: self._choose_theme("system"),
                "themeLight": lambda: self._choose_theme("light"),
                "themeDark": lambda: self._choose_theme("dark"),
                "showShortcuts": self._show_shortcuts,
                "openLogs": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder))),
                "about": lambda: AboutDialog(self).open(),
            }
        )
        self._connect_session_actions()

    def _connect_session_actions(self) -> None:
        def on_view(action: Callable[[SessionView], object]) -> Callable[[], None]:
            def run() -> None:
                if self.session_view is not None:
                    action(self.session_view)

            return run

        slots: dict[str, Callable[[SessionView], object]] = {
            "reviewPlan": SessionView.review_plan,
            "stopSession": SessionView.stop_session,
            "continueSession": SessionView.continue_session,
            "messageAll": lambda view: view.write_to(None),
            "interruptAgent": SessionView.interrupt_current_agent,
            "nextThatNeedsYou": SessionView.show_next_that_needs_you,
            "showAgents": SessionView.show_agents,
            "showReport": SessionView.show_report,
            "showTimeline": lambda view: view.show_timeline(self._actions["showTimeline"].isChecked()),
        }
        slots |= {f"agent{number}": _show_agent(number - 1) for number in range(1, 10)}
        self._actions.connect({name: on_view(slot) for name, slot in slots.items()})

    def _say_settings_were_moved(self, path: Path) -> None:
        text = self.tr("Your settings could not be read, so the app starts with the usual ones.")
        self._banner.show_message("warning", text, self.tr("The old file was kept as {path}.").format(path=path))

    # --- inside: sessions ---

    def _submit(self, settings: SessionSettings) -> None:
        values = settings.model_dump(mode="json", include={"backend", "mode", "max_agents", "permission_mode"})
        self._config.change(**values, model=settings.model or "")
        self._tasks.start(self._start(settings), "start a session")

    async def _start(self, settings: SessionSettings) -> None:
        if self._manager is None:
            return
        self._banner.hide()
        self._editor.set_ready(False)
        try:
            await self._pages.start_session(self._manager, settings)
        finally:
            self._editor.set_ready(True)
        self._editor.clear_request()
        self._editor.set_recent(await self._manager.recent_requests())

    def _try_sample(self) -> None:
        self.show_editor()
        self._editor.fill_with_sample()

    # --- inside: state of the window ---

    def _refresh(self) -> None:
        view = self.session_view
        self._sidebar.select(view.live.id if view is not None else None)
        self.setWindowTitle(view.live.title if view is not None else self.tr("New request"))
        self._status.show_session(view.fold if view is not None else None)
        possible = view.possible_actions() if view is not None else frozenset()
        for name in SESSION_ACTIONS:
            self._actions[name].setEnabled(name in possible)
        self._actions["showTimeline"].setChecked(view is not None and view.timeline_is_shown)
        self._actions["showSessions"].setChecked(not self._sidebar.isHidden())
        self._actions[f"theme{self._look.choice.capitalize()}"].setChecked(True)

    def _zoom(self, zoom: float) -> None:
        zoom = round(min(max(zoom, _SMALLEST_TEXT), _LARGEST_TEXT), 1)
        self._config.change(text_zoom=zoom)
        self._look.apply(self._look.choice, zoom)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._config.change(theme=choice)
        self._look.apply(choice, self._look.zoom)

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self._actions.by_name.values(), self).show()

    def _forget_crash(self) -> None:
        self._crash_dialog = None

    # --- inside: closing ---

    def _ask_to_quit(self, running: int) -> None:
        dialog = QuitDialog(running, self)
        dialog.accepted.connect(self.quit_now)
        dialog.open()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        running = len(self._manager.running) if self._manager is not None else 0
        if running and not self._quit_confirmed:
            event.ignore()
            self._ask_to_quit(running)
            return
        view = self.session_view
        self._state.save(self, self._split, view.live.id if view is not None else None)
        event.accept()
        self.quit_requested.emit()

    # --- inside: Qt's events ---

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_folder(event.mimeData()) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        folder = dropped_folder(event.mimeData())
        if folder is not None:
            self.show_editor()
            self._editor.set_folder(folder)
            event.acceptProposedAction()


def _show_agent(place: int) -> Callable[[SessionView], object]:
    return lambda view: view.show_agent_at(place)
