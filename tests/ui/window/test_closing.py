"""Closing asks at most one question, keeps everything, and gives the window back as it was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from maos_desktop.config import ConfigFile
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.quit_dialog import QuitDialog
from maos_desktop.ui.theme import Theme
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import hang
from tests.ui.window.conftest import Desk, OpenDesk


async def running(desk: Desk, settings: SessionSettings, executor: ScriptedExecutor) -> None:
    """Brings a session to where agents are at work."""
    executor.scripts["analyst-1"] = hang
    view = await desk.submit(settings)
    await desk.approve()
    await desk.until(lambda: view.fold.state is SessionState.RUNNING)


def question(desk: Desk) -> QuitDialog | None:
    return desk.window.findChild(QuitDialog, "quitDialog")


async def test_that_a_window_at_rest_closes_without_a_question(open_desk: OpenDesk, qtbot: QtBot) -> None:
    async with open_desk() as desk:
        with qtbot.waitSignal(desk.window.quit_requested, timeout=0, raising=False) as quit_requested:
            desk.window.close()
        assert quit_requested.signal_triggered
        assert desk.window.isHidden()
        assert question(desk) is None


async def test_that_stop_and_keep_stops_and_keeps(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        await running(desk, settings, executor)
        desk.window.close()
        assert desk.window.isVisible()
        dialog = question(desk)
        assert dialog is not None
        assert dialog.isVisible()
        desk.click("quitStop", dialog)
        await desk.until(desk.window.isHidden)
    assert executor.alive == []
    async with open_desk() as desk:
        assert desk.view.fold.state is SessionState.INTERRUPTED
        assert desk.view.can_continue


async def test_that_cancel_changes_nothing(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor, qtbot: QtBot
) -> None:
    async with open_desk() as desk:
        await running(desk, settings, executor)
        desk.window.close()
        dialog = question(desk)
        assert dialog is not None
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await desk.until(lambda: question(desk) is None)
        assert desk.window.isVisible()
        assert desk.view.live.is_running


async def test_that_the_system_is_not_asked_back(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        await running(desk, settings, executor)
        desk.window.quit_now()
        assert desk.window.isHidden()
        assert question(desk) is None


async def test_that_geometry_and_side_bar_come_back(open_desk: OpenDesk, private_environment: Path) -> None:
    async with open_desk() as desk:
        desk.window.resize(880, 640)
        desk.window.close()
    file = private_environment / "window.ini"
    assert file.stat().st_mode & 0o077 == 0
    async with open_desk() as desk:
        assert (desk.window.width(), desk.window.height()) == (880, 640)


def test_that_a_damaged_state_is_as_good_as_none(qtbot: QtBot, light_theme: Theme, private_environment: Path) -> None:
    private_environment.mkdir(exist_ok=True)
    settings = QSettings(str(private_environment / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("window/geometry", "nonsense")
    settings.setValue("session/last", ["nonsense"])
    settings.sync()
    window = MainWindow(ConfigFile(), light_theme, private_environment, private_environment)
    qtbot.addWidget(window)
    assert (window.width(), window.height()) == (1_280, 800)


def test_that_settings_that_were_moved_aside_are_named(
    qtbot: QtBot, light_theme: Theme, private_environment: Path
) -> None:
    private_environment.mkdir(exist_ok=True)
    (private_environment / "settings.json").write_text("{", encoding="utf-8")
    window = MainWindow(ConfigFile(), light_theme, private_environment, private_environment)
    qtbot.addWidget(window)
    window.show()
    texts = [label.text() for label in window.findChildren(QLabel, "bannerNextStep") if label.isVisible()]
    assert any("settings.unreadable.json" in text for text in texts)


def test_that_a_window_can_be_closed_before_anything_is_behind_it(
    qtbot: QtBot, light_theme: Theme, private_environment: Path
) -> None:
    private_environment.mkdir(exist_ok=True)
    window = MainWindow(ConfigFile(), light_theme, private_environment, private_environment)
    qtbot.addWidget(window)
    QApplication.setQuitOnLastWindowClosed(False)
    with qtbot.waitSignal(window.painted):
        window.show()
    with qtbot.waitSignal(window.quit_requested):
        window.close()
