"""Ctrl+C and its kin."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

CANCELLED = 130
"""The exit code of a run that was cancelled."""


class Interrupts:
    """While it is entered, the first signal sets ``stopping`` and a second one ends the process at once.

    Ending at once leaves no agent behind: the agents' warden cleans up when the app's end of its pipe closes.

    Attributes:
        stopping: set once everything is to be stopped.
    """

    def __init__(self, end_process: Callable[[int], Any] = os._exit) -> None:
        self.stopping = asyncio.Event()
        self._end_process = end_process
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        loop = asyncio.get_running_loop()

        def caught(number: int, frame: FrameType | None) -> None:
            if self.stopping.is_set():
                self._end_process(CANCELLED)
            loop.call_soon_threadsafe(self.stopping.set)

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, caught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
