"""Lines that a person types, one per question."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from typing import Any

from maos_desktop.cli.console import Console


class Keyboard:
    """Asks questions on a terminal without holding up the loop, and gives up once ``stopping`` is set.

    Reads the file descriptor in a thread of its own: a read cannot be cancelled, and one that is left behind
    may neither hold ``sys.stdin``'s lock nor keep the process alive.
    """

    def __init__(self, descriptor: int, console: Console, stopping: asyncio.Event) -> None:
        self._descriptor = descriptor
        self._console = console
        self._stopping = stopping
        self._typed: asyncio.Future[str | None] | None = None

    async def ask(self, question: str, *, fresh: bool = False) -> str | None:
        """Returns the line that was typed, without white space around it.

        ``fresh`` throws away what was typed before the question stood there. ``None`` means that no answer will
        come: the input has ended, or everything is being stopped.
        """
        if fresh:
            self._forget_typed_ahead()
        self._console.prompt(question)
        if self._typed is None:
            self._typed = asyncio.get_running_loop().create_future()
            threading.Thread(target=self._read, args=(self._typed,), name="keyboard", daemon=True).start()
        stopping = asyncio.create_task(self._stopping.wait())
        first: list[asyncio.Future[Any]] = [self._typed, stopping]
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        if self._stopping.is_set():
            self._console.line()
            return None
        typed, self._typed = self._typed.result(), None
        return typed

    def _read(self, typed: asyncio.Future[str | None]) -> None:
        try:
            line = os.read(self._descriptor, 64 * 1024)
        except OSError:  # the terminal is gone
            line = b""
        text = line.decode(sys.stdin.encoding or "utf-8", "replace").strip() if line else None
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits for the answer any more
            typed.get_loop().call_soon_threadsafe(_settle, typed, text)

    def _forget_typed_ahead(self) -> None:
        if self._typed is not None and self._typed.done():
            self._typed = None
        if os.name == "posix":
            import termios

            with contextlib.suppress(termios.error):
                termios.tcflush(self._descriptor, termios.TCIFLUSH)


def _settle(typed: asyncio.Future[str | None], text: str | None) -> None:
    if not typed.done():
        typed.set_result(text)
