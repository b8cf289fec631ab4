"""Calls in a thread: one after the other, and whatever comes of them reaches the caller."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from maos_desktop.store.call_thread import CallThread
from tests.unit.loop_turns import turns


@pytest.fixture
def thread() -> Iterator[CallThread]:
    started = CallThread("test")
    yield started
    started.close()


async def test_that_a_result_comes_back(thread: CallThread) -> None:
    assert await thread.call(lambda: 6 * 7) == 42


async def test_that_calls_run_in_one_other_thread_by_its_name(thread: CallThread) -> None:
    threads = await asyncio.gather(*(thread.call(threading.current_thread) for _ in range(5)))
    assert {(t.name, t is threading.current_thread()) for t in threads} == {("test", False)}


async def test_that_calls_run_in_the_order_given_without_waiting(thread: CallThread) -> None:
    order: list[int] = []
    calls = [thread.call(partial(order.append, number)) for number in range(50)]
    await calls[-1]
    assert order == list(range(50))


@pytest.mark.parametrize("error", [ValueError("ours"), KeyboardInterrupt(), StopAsyncIteration()])
async def test_that_whatever_is_raised_reaches_the_caller(thread: CallThread, error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        await thread.call(fail)
    assert await thread.call(lambda: "goes on") == "goes on"


async def test_that_a_cancelled_call_runs_all_the_same(thread: CallThread) -> None:
    go_on, ran = threading.Event(), threading.Event()
    held = thread.call(go_on.wait)
    cancelled = thread.call(ran.set)
    cancelled.cancel()
    go_on.set()
    await held
    assert await thread.call(ran.is_set)
    await turns()
    assert cancelled.cancelled()


async def test_that_closing_lets_it_finish(thread: CallThread) -> None:
    calls = [thread.call(partial(abs, number)) for number in range(20)]
    thread.close()
    assert await asyncio.gather(*calls) == list(range(20))


def test_that_a_closed_loop_does_not_hurt_the_thread(thread: CallThread) -> None:
    go_on = threading.Event()

    async def leave_early() -> None:
        thread.call(go_on.wait)

    asyncio.run(leave_early())
    go_on.set()

    async def come_back() -> str:
        return await thread.call(lambda: "still there")

    assert asyncio.run(come_back()) == "still there"
