"""Asyncio tasks that slots start: owned, their failures looked at and shown, cancelled at close."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from maos_desktop.errors import KnownError

_log = logging.getLogger(__name__)


class TaskOwner:
    """Keeps every task it starts until it has ended.

    ``on_known_error`` is given what the user can act on; any other failure is a bug of ours and goes to the
    loop's exception handler, which logs it and shows the crash dialog.
    """

    def __init__(self, on_known_error: Callable[[KnownError], None]) -> None:
        self._on_known_error = on_known_error
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Starts ``work`` on the running loop. ``name`` says in a few words what it is for."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._look_at)
        return task

    async def aclose(self) -> None:
        """Cancels what is still running and waits until all of it has ended."""
        running = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _look_at(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, KnownError):
            _log.warning("%s: %s %s", task.get_name(), error, error.detail)
            self._on_known_error(error)
        elif error is not None:
            task.get_loop().call_exception_handler(
                {"message": f"The task “{task.get_name()}” failed", "exception": error, "task": task}
            )
