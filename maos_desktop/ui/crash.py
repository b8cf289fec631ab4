"""Where everything ends up that nobody expected: the log, and a dialog that says so."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

from maos_desktop import __version__
from maos_desktop.log import redact

_log = logging.getLogger("maos_desktop.crash")
_qt_log = logging.getLogger("maos_desktop.qt")

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = ("This plugin does not support propagateSizeHints",)


class CrashReporter(QObject):
    """Takes over the hooks for exceptions that nobody caught, from creation to ``close``.

    Signals:
        crashed: the details, for people who can fix it. May come from any thread; connect it queued.
    """

    crashed = Signal(str)

    def __init__(self, log_folder: Path) -> None:
        super().__init__()
        self._faults = (log_folder / "faults.log").open("a", encoding="utf-8")
        (log_folder / "faults.log").chmod(0o600)
        faulthandler.enable(self._faults)
        self._excepthook = sys.excepthook
        self._threading_hook = threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        self._qt_handler = qInstallMessageHandler(_log_qt_message)

    def close(self) -> None:
        """Gives the hooks back."""
        qInstallMessageHandler(self._qt_handler)
        threading.excepthook = self._threading_hook
        sys.excepthook = self._excepthook
        faulthandler.disable()
        self._faults.close()

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Takes what no task handled; see ``loop.set_exception_handler``."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._report(context["message"], error)
        else:
            _log.error("%s", context["message"])

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._excepthook(kind, error, trace)
        else:
            self._report("An error was not handled", error.with_traceback(trace))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            name = args.thread.name if args.thread is not None else "unknown"
            self._report(f"An error was not handled in the thread {name}", args.exc_value)

    def _report(self, what: str, error: BaseException) -> None:
        _log.error(what, exc_info=error)
        trace = "".join(traceback.format_exception(error))
        self.crashed.emit(f"{what}\n\n{redact(trace)}\n{system_words()}")


def system_words() -> str:
    """Returns what a bug report needs to know of this machine; nothing personal."""
    python = platform.python_version()
    return f"MAOS Desktop {__version__}, Python {python}, Qt {qVersion()}, {platform.platform()}"


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    if message is not None and not message.startswith(_HARMLESS):
        _qt_log.log(_QT_LEVELS[kind], "%s", message)
