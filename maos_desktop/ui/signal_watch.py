"""Ends the window when the system asks the process to end (Ctrl+C in its terminal, log-out, shut-down)."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_WATCHED = ("SIGINT", "SIGTERM", "SIGHUP")


class SignalWatch(QObject):
    """Python sees a signal only when it runs, and Qt's loop may sleep: the wake-up socket makes it run.

    Signals:
        asked_to_end: one of the signals has arrived.
    """

    asked_to_end = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._old_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        names = [getattr(signal, name) for name in _WATCHED if hasattr(signal, name)]
        self._old_handlers = {number: signal.signal(number, _do_nothing) for number in names}
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_wake_up)

    def close(self) -> None:
        """Gives the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_descriptor)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _on_wake_up(self) -> None:
        numbers = self._reader.recv(64)
        if any(number in self._old_handlers for number in numbers):
            self.asked_to_end.emit()


def _do_nothing(number: int, frame: object) -> None:
    """Python must have a handler for the wake-up descriptor to be written."""
