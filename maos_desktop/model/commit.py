"""Acting on what was committed, and only on that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from maos_desktop.model.event import Journal, SessionEvent


async def commit(journal: Journal, *events: SessionEvent, then: Callable[[], None]) -> None:
    """Commits the events and calls ``then``: both happen or neither, also when the caller is cancelled.

    A cancellation waits for the commit that is under way and is raised after it. Raises ``errors.StoreError``
    when the events could not be committed; then ``then`` was not called.
    """
    # A future of our own spares the turn of the loop that waiting for the task itself would take: every message
    # comes through here.
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def commit_and_act() -> None:
        try:
            await journal.record(*events)
            then()
        finally:
            if not ended.done():
                ended.set_result(None)

    task = asyncio.create_task(commit_and_act(), name="commit")
    try:
        await ended
    except asyncio.CancelledError as cancelled:
        await _wait_out(task)
        raise cancelled from (None if task.cancelled() else task.exception())
    await task


async def _wait_out(task: asyncio.Task[None]) -> None:
    """Waits until the task is done, however often the caller is cancelled meanwhile."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
