"""Acting on what was committed, and only on that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from maos_desktop.model.event import Journal, SessionEvent


async def commit(journal: Journal, *events: SessionEvent, then: Callable[[], None]) -> None:
    """Commits the events and calls ``then``: both happen or neither, also when the caller is cancelled.

    A cancellation waits for the commit that is under way and is raised after it. Raises ``errors.StoreError``
    when the events could not be committed; then ``then`` was not called.
    """

    async def commit_and_act() -> None:
        await journal.record(*events)
        then()

    task = asyncio.create_task(commit_and_act(), name=f"commit {events[0].kind}")
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        task.result()
    elif task.cancelled() or task.exception() is None:
        raise cancelled
    else:
        raise cancelled from task.exception()
