"""A thread that runs one call after the other for the loop."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class CallThread:
    """What a thread pool of one does, at two thirds of the cost per call, which every commit pays.

    The thread ends with the process, or by ``close``.
    """

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[tuple[asyncio.Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def call(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Has ``function`` run after everything before it; the future is done when it has returned or raised.

        It runs also when the future is cancelled meanwhile.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._calls.put((future, function))
        return future

    def close(self) -> None:
        """Ends the thread when it has run what it was given."""
        self._calls.put(None)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            future, function = call
            result, failure = None, None
            try:
                result = function()
            except BaseException as error:  # whatever it is, it belongs to the caller
                failure = error
            with suppress(RuntimeError):  # the loop is closed, so nobody waits any more
                future.get_loop().call_soon_threadsafe(_answer, future, result, failure)


def _answer(future: asyncio.Future[T], result: T, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)
