"""The window's composition root: one process, one Qt loop, the window first and everything behind it after."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from pathlib import Path

import qasync
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from maos_desktop import __version__, paths
from maos_desktop.config import ConfigFile
from maos_desktop.errors import BadRequestError, KnownError
from maos_desktop.log import LogFile
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.crash import CrashReporter
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.signal_watch import SignalWatch
from maos_desktop.ui.theme import Theme

_log = logging.getLogger(__name__)


def main() -> int:
    """Shows the window until it is closed; returns the exit code. Raises ``BadRequestError`` without a data folder."""
    data_folder, log_folder = _folders()
    log_file = LogFile(log_folder)
    crash = CrashReporter(log_folder)
    try:
        app = _application()
        with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
            try:
                return runner.run(_run(app, crash, data_folder, log_folder))
            except RuntimeError:
                _log.critical("Qt's loop has ended, as it does when the display is gone", exc_info=True)
                # Nothing can be awaited any more. What was said is committed, and with the process its agents end.
                os._exit(1)
    finally:
        crash.close()
        log_file.close()


def make_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """Returns the one event loop: asyncio inside Qt's."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    return loop


def _folders() -> tuple[Path, Path]:
    try:
        return paths.data_folder(), paths.log_folder()
    except OSError as error:
        raise BadRequestError(
            f"The data folder cannot be used: {error}.", next_step="Set MAOS_DATA_DIR to a folder of yours."
        ) from error


def _application() -> QApplication:
    app = QApplication(sys.argv[:1])
    app.setApplicationName("maos-desktop")
    app.setApplicationDisplayName("MAOS Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("maos-desktop")
    app.setWindowIcon(QIcon(str(paths.resources_folder() / "app_icon.svg")))
    # The loop goes on after the last window, until the sessions have been closed.
    app.setQuitOnLastWindowClosed(False)
    return app


async def _run(app: QApplication, crash: CrashReporter, data_folder: Path, log_folder: Path) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(crash.on_loop_error)
    config = ConfigFile()
    look = Theme(app, config.config.theme, config.config.text_zoom)
    window = MainWindow(config, look, data_folder, log_folder)
    crash.crashed.connect(window.show_crash, Qt.ConnectionType.QueuedConnection)
    signals = SignalWatch()
    signals.asked_to_end.connect(window.quit_now)
    closed = _once(window.quit_requested)
    painted = _once(window.painted)
    window.show()
    manager: SessionManager | None = None
    try:
        await asyncio.wait([painted, closed], return_when=asyncio.FIRST_COMPLETED)
        manager = await _open_sessions(window, data_folder)
        if manager is not None:
            await window.attach(manager)
        await closed
    finally:
        await window.aclose()
        if manager is not None:
            await manager.aclose()
        signals.close()
    return 0


async def _open_sessions(window: MainWindow, data_folder: Path) -> SessionManager | None:
    """Brings up everything behind the window; what goes wrong is shown in it."""
    # The SDK takes a second to import; in a thread the window stays alive meanwhile.
    await asyncio.to_thread(importlib.import_module, "maos_desktop.executor.claude")
    try:
        return await SessionManager.open(data_folder)
    except KnownError as error:
        _log.warning("The sessions could not be opened: %s %s", error, error.detail)
        window.show_error(error)
        return None


def _once(signal: SignalInstance) -> asyncio.Future[None]:
    """Returns a future that is done when the signal has been emitted."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def resolve() -> None:
        if not future.done():
            future.set_result(None)

    signal.connect(resolve)
    return future
