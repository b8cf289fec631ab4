"""The rules that tests of the window rely on, themselves tested."""

from __future__ import annotations

import asyncio

import pytest
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot


async def test_that_coroutines_run_on_qts_loop() -> None:
    assert isinstance(asyncio.get_running_loop(), qasync.QEventLoop)


async def test_that_tasks_and_qt_timers_run_side_by_side(qapp: QApplication) -> None:
    fired = asyncio.get_running_loop().create_future()
    QTimer.singleShot(0, lambda: fired.set_result("timer"))
    task = asyncio.create_task(asyncio.sleep(0.01, "task"))
    assert await fired == "timer"
    assert await task == "task"


async def test_that_exec_in_a_task_is_refused(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    with pytest.raises(AssertionError, match=r"QDialog\.exec inside an asyncio task"):
        dialog.exec()


async def test_that_static_dialogs_in_a_task_are_refused(qapp: QApplication) -> None:
    with pytest.raises(AssertionError, match=r"QMessageBox\.question inside an asyncio task"):
        QMessageBox.question(None, "Stop", "Stop the agents?")


async def test_that_waiting_with_qtbot_in_a_task_is_refused(qtbot: QtBot) -> None:
    with pytest.raises(AssertionError, match=r"QEventLoop\.exec inside an asyncio task"):
        qtbot.wait(1)


async def test_that_an_opened_dialog_can_be_awaited(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    finished = asyncio.get_running_loop().create_future()
    dialog.finished.connect(finished.set_result)
    dialog.open()
    QTimer.singleShot(0, dialog.accept)
    assert await finished == QDialog.DialogCode.Accepted


def test_that_exec_outside_a_task_is_allowed(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    QTimer.singleShot(0, dialog.accept)
    assert dialog.exec() == QDialog.DialogCode.Accepted


@pytest.mark.window
def test_that_window_tests_have_a_display(qtbot: QtBot) -> None:
    assert QGuiApplication.platformName() != "offscreen"
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
