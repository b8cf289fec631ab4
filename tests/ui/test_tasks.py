"""Tasks of slots are owned: nothing fails unseen, nothing outlives the window."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from maos_desktop.errors import BadRequestError, KnownError
from maos_desktop.ui.tasks import TaskOwner


@pytest.fixture
def shown() -> list[KnownError]:
    return []


@pytest.fixture
def owner(shown: list[KnownError]) -> TaskOwner:
    return TaskOwner(shown.append)


async def fail(error: Exception) -> None:
    raise error


async def test_that_work_runs_to_its_end(owner: TaskOwner, shown: list[KnownError]) -> None:
    task = owner.start(asyncio.sleep(0, "result"), "sleep")
    assert await task == "result"
    assert shown == []


async def test_that_a_known_error_is_shown(owner: TaskOwner, shown: list[KnownError]) -> None:
    error = BadRequestError("The folder is gone.")
    task = owner.start(fail(error), "start the session")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert shown == [error]


async def test_that_a_bug_goes_to_the_loops_handler(owner: TaskOwner, shown: list[KnownError]) -> None:
    contexts: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: contexts.append(context))
    task = owner.start(fail(ZeroDivisionError("ours")), "count")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [str(context["exception"]) for context in contexts] == ["ours"]
    assert "“count” failed" in contexts[0]["message"]
    assert shown == []


async def test_that_closing_cancels_and_waits(owner: TaskOwner) -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    task = owner.start(work(), "work")
    await asyncio.sleep(0)
    await owner.aclose()
    assert task.cancelled()
    assert ended == ["cleaned up"]


async def test_that_a_task_can_close_its_own_owner(owner: TaskOwner) -> None:
    other = owner.start(asyncio.sleep(60), "other")
    await owner.start(owner.aclose(), "close")
    assert other.cancelled()
