"""The window over a real database, with scripted agents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.config import ConfigFile
from maos_desktop.model.session import SessionSettings
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.session_view import SessionView
from maos_desktop.ui.theme import Theme
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import team_of_three

W = TypeVar("W", bound=QObject)


class Desk:
    """The window as its user sees it, and what a test does with it."""

    def __init__(self, window: MainWindow, manager: SessionManager, qtbot: QtBot) -> None:
        self.window = window
        self.manager = manager
        self._qtbot = qtbot

    @property
    def view(self) -> SessionView:
        """The session that is shown."""
        view = self.window.session_view
        assert view is not None
        return view

    def find(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        found = (inside or self.window).findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name: str, inside: QWidget | None = None) -> None:
        button = self.find(QAbstractButton, name, inside)
        assert button.isEnabled(), name
        assert button.isVisible(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def do(self, name: str) -> None:
        """Chooses an action of the menus."""
        action = self.find(QAction, name)
        assert action.isEnabled(), name
        action.trigger()

    async def until(self, condition: Callable[[], object]) -> None:
        """Waits until the window shows what is waited for."""
        while not condition():  # noqa: ASYNC110 – any state of the window, not one event
            await asyncio.sleep(0.01)

    async def submit(self, settings: SessionSettings) -> SessionView:
        """Writes a request, submits it, and returns the session's view."""
        self.window.show_editor()
        self.window.editor.fill(settings.request, settings.project_folder, settings.backend)
        self.click("makePlan")
        await self.until(lambda: self.window.session_view is not None and self.view.live.is_running)
        return self.view

    async def plan_dialog(self) -> QWidget:
        """Returns the plan dialog, once it is there."""
        await self.until(self.plan_dialogs)
        return self.plan_dialogs()[0]

    def plan_dialogs(self) -> list[QWidget]:
        """Returns the plan dialogs that can be seen."""
        return [child for child in self.window.findChildren(QWidget, "planDialog") if child.isVisible()]

    async def approve(self) -> None:
        """Approves the plan that is shown."""
        self.click("approvePlan", await self.plan_dialog())

    async def run(self, settings: SessionSettings) -> SessionView:
        """Takes a request all the way to its report."""
        view = await self.submit(settings)
        await self.approve()
        await self.ended(view)
        return view

    async def ended(self, view: SessionView) -> None:
        """Waits until nothing of the session runs and the window shows that."""
        await self.until(lambda: not view.live.is_running and view.fold.state is view.live.state)

    def request_text(self) -> str:
        return self.find(QPlainTextEdit, "request").toPlainText()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text("print('hello')\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(project: Path) -> SessionSettings:
    return SessionSettings(request="Review this project", project_folder=project)


@pytest.fixture
def executor() -> ScriptedExecutor:
    return team_of_three()


OpenDesk = Callable[[], AbstractAsyncContextManager[Desk]]


@pytest.fixture
def open_desk(executor: ScriptedExecutor, light_theme: Theme, private_environment: Path, qtbot: QtBot) -> OpenDesk:
    """Returns what opens the window with all behind it, and ends both in the test's own loop.

    Not an async fixture: between a test and the end of such a fixture Qt goes on while no loop runs.
    """
    # As the app does: the loop goes on until all is closed.
    QApplication.setQuitOnLastWindowClosed(False)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Desk]:
        manager = await SessionManager.open(private_environment, executor)
        window = MainWindow(ConfigFile(), light_theme, private_environment, private_environment)
        try:
            window.show()
            await window.attach(manager)
            yield Desk(window, manager, qtbot)
        finally:
            window.quit_now()
            await window.aclose()
            await manager.aclose()
            window.deleteLater()

    return opened
