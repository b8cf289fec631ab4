"""What nobody expected reaches the log and the user, from wherever it comes."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QtMsgType, QUrl, qInstallMessageHandler, qWarning
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop import __version__
from maos_desktop.log import LogFile
from maos_desktop.ui import crash
from maos_desktop.ui.crash import CrashReporter
from maos_desktop.ui.crash_dialog import CrashDialog

pytestmark = pytest.mark.usefixtures("light_theme")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    file = LogFile(tmp_path)
    yield file
    file.close()


@pytest.fixture
def reporter(log: LogFile, tmp_path: Path, qapp: QApplication) -> Iterator[CrashReporter]:
    made = CrashReporter(tmp_path)
    yield made
    made.close()


@pytest.fixture
def reported(reporter: CrashReporter) -> list[str]:
    details: list[str] = []
    reporter.crashed.connect(details.append)
    return details


def logged(log: LogFile) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]


def fail() -> None:
    raise ZeroDivisionError("ours, with AKIAIOSFODNN7EXAMPLE")


@pytest.mark.expected_errors("not handled")
def test_that_an_exception_that_nobody_caught_is_reported(
    reporter: CrashReporter, reported: list[str], log: LogFile
) -> None:
    try:
        fail()
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (details,) = reported
    assert "ZeroDivisionError: ours" in details
    assert "test_crash.py" in details
    assert f"MAOS Desktop {__version__}" in details
    assert "AKIA" not in details
    (line,) = logged(log)
    assert line["level"] == "ERROR"
    assert "ZeroDivisionError" in line["exception"]


@pytest.mark.expected_errors("not handled in the thread worker")
def test_that_an_exception_in_a_thread_is_reported(reporter: CrashReporter, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail, name="worker")
    with qtbot.waitSignal(reporter.crashed) as crashed:
        thread.start()
        thread.join()
    assert crashed.args is not None
    assert "worker" in crashed.args[0]


@pytest.mark.expected_errors("never retrieved|failed")
async def test_that_an_error_of_the_loop_is_reported(reporter: CrashReporter, reported: list[str]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(reporter.on_loop_error)
    loop.call_exception_handler({"message": "A task failed", "exception": ValueError("ours")})
    loop.call_exception_handler({"message": "Something without an exception failed"})
    assert len(reported) == 1
    assert reported[0].startswith("A task failed")


def test_that_ctrl_c_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    passed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: passed_on.append(kind))
    reporter = CrashReporter(tmp_path)
    try:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        reporter.close()
    assert passed_on == [KeyboardInterrupt]


@pytest.mark.expected_errors("a warning of Qt")
def test_that_what_qt_says_is_logged(reporter: CrashReporter, log: LogFile) -> None:
    qWarning("a warning of Qt")
    (line,) = logged(log)
    assert (line["logger"], line["level"], line["text"]) == ("maos_desktop.qt", "WARNING", "a warning of Qt")


def test_that_harmless_words_of_qt_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "maos_desktop.qt"):
        crash._log_qt_message(QtMsgType.QtWarningMsg, None, "This plugin does not support propagateSizeHints()")  # type: ignore[arg-type]
    assert caplog.records == []


def test_that_the_hooks_are_given_back(tmp_path: Path, qapp: QApplication) -> None:
    before = sys.excepthook, threading.excepthook
    handler = qInstallMessageHandler(None)
    qInstallMessageHandler(handler)
    reporter = CrashReporter(tmp_path)
    assert (sys.excepthook, threading.excepthook) != before
    reporter.close()
    assert (sys.excepthook, threading.excepthook) == before
    assert (tmp_path / "faults.log").stat().st_mode & 0o077 == 0


class TestDialog:
    @pytest.fixture
    def dialog(self, qtbot: QtBot, tmp_path: Path) -> CrashDialog:
        made = CrashDialog("It broke\nin line 3", tmp_path)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(made)
        made.show()
        return made

    def click(self, dialog: CrashDialog, name: str, qtbot: QtBot) -> None:
        button = dialog.findChild(QPushButton, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def test_that_the_details_can_be_copied(self, dialog: CrashDialog, qtbot: QtBot) -> None:
        dialog.add("And again")
        self.click(dialog, "copyCrash", qtbot)
        assert QGuiApplication.clipboard().text() == "It broke\nin line 3\n\nAnd again"

    def test_that_the_log_folder_can_be_opened(
        self, dialog: CrashDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        opened: list[QUrl] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
        self.click(dialog, "openLogFolder", qtbot)
        assert [Path(url.toLocalFile()) for url in opened] == [tmp_path]

    def test_that_it_can_be_closed_and_the_details_not_changed(self, dialog: CrashDialog, qtbot: QtBot) -> None:
        details = dialog.findChild(QPlainTextEdit, "crashDetails")
        assert details is not None
        assert details.isReadOnly()
        self.click(dialog, "closeCrash", qtbot)
        assert dialog.isHidden()
