"""What goes wrong is said in the window, once, with what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.config import ConfigFile
from maos_desktop.errors import CliNotFoundError, StoreBusyError
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.paths import database_file
from maos_desktop.ui.banner import Banner
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.theme import Theme
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import always
from tests.ui.window.conftest import OpenDesk


@pytest.fixture
def window(qtbot: QtBot, light_theme: Theme, private_environment: Path) -> MainWindow:
    private_environment.mkdir(exist_ok=True)
    made = MainWindow(ConfigFile(), light_theme, private_environment, private_environment)
    qtbot.addWidget(made)
    made.show()
    return made


def banner_text(window: QWidget) -> str:
    shown = [banner.accessibleName() for banner in window.findChildren(Banner) if banner.isVisible()]
    assert len(shown) == 1
    return shown[0]


def test_that_sessions_that_cannot_be_opened_leave_a_window_that_says_why(window: MainWindow) -> None:
    window.show_error(StoreBusyError("Another window is open."))
    expected = "Another window is open. Use the window that is already open, or close it and try again."
    assert banner_text(window) == expected
    start = window.findChild(QWidget, "makePlan")
    assert start is not None
    assert not start.isEnabled()


def test_that_several_mistakes_share_one_dialog(window: MainWindow) -> None:
    window.show_crash("first mistake")
    window.show_crash("second mistake")
    dialogs = [child for child in window.findChildren(QWidget, "crashDialog") if child.isVisible()]
    assert len(dialogs) == 1
    details = dialogs[0].findChild(QPlainTextEdit, "crashDetails")
    assert details is not None
    assert "first mistake" in details.toPlainText()
    assert "second mistake" in details.toPlainText()
    dialogs[0].close()
    window.show_crash("third mistake")
    assert [child for child in window.findChildren(QWidget, "crashDialog") if child.isVisible()] != []


@pytest.mark.expected_errors("ended by an error|could not")
async def test_that_a_missing_cli_is_said_in_the_session_with_its_fix(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.start_errors["planner"] = CliNotFoundError("The Claude CLI was not found.")
    async with open_desk() as desk:
        view = await desk.submit(settings)
        await desk.ended(view)
        assert view.fold.state is SessionState.FAILED
        text = banner_text(view)
        assert "The Claude CLI was not found." in text
        assert "MAOS_CLAUDE_CLI" in text
        assert view.can_continue


async def test_that_a_plan_that_is_none_can_be_written_by_hand(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = always({"goal": "x", "subtasks": []})
    async with open_desk() as desk:
        view = await desk.submit(settings)
        dialog = await desk.plan_dialog()
        lead = desk.find(QLabel, "planLead", dialog)
        assert "No usable plan came back" in lead.text()
        desk.click("addTask", dialog)
        desk.find(QLineEdit, "taskTitle", dialog).setText("Look")
        desk.find(QPlainTextEdit, "taskInstructions", dialog).setPlainText("Look at it.")
        desk.click("approvePlan", dialog)
        await desk.ended(view)
        assert view.fold.plan is not None
        assert [task.title for task in view.fold.plan.subtasks] == ["Look"]
        assert [task.state for task in view.fold.tasks.values()] == ["done"]


async def test_that_a_session_that_is_gone_is_said(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        desk.window.open_session("gone")
        await desk.until(lambda: any(b.isVisible() for b in desk.window.findChildren(Banner)))
        assert desk.window.session_view is None


async def test_that_a_damaged_last_session_leaves_the_others_in_reach(
    open_desk: OpenDesk, settings: SessionSettings, private_environment: Path
) -> None:
    async with open_desk() as desk:
        kept = await desk.manager.create(settings)
        damaged = await desk.manager.create(settings)
        desk.window.open_session(damaged.id)
        await desk.until(lambda: desk.window.session_view is not None)
    with contextlib.closing(sqlite3.connect(database_file(private_environment))) as database, database:
        changed = database.execute(
            "UPDATE events SET payload = '{' WHERE session = (SELECT number FROM sessions WHERE id = ?)", [damaged.id]
        )
        assert changed.rowcount == 1

    async with open_desk() as desk:
        assert "damaged" in banner_text(desk.window)
        desk.window.open_session(kept.id)
        await desk.until(lambda: desk.window.session_view is not None and desk.view.live.id == kept.id)
