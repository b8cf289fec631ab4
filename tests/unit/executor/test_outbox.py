"""The queue between the CLI and who owns the agent."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.errors import CliCrashedError
from maos_desktop.executor.base import AssistantAnswered, BlockClosed, RuntimeEvent, TextStreamed
from maos_desktop.executor.outbox import Outbox


async def _taken(outbox: Outbox) -> list[RuntimeEvent]:
    events: list[RuntimeEvent] = []
    while (event := await outbox.take()) is not None:
        events.append(event)
    return events


async def test_that_events_are_taken_in_order_to_the_end() -> None:
    outbox = Outbox()
    for n in range(5):
        await outbox.put(AssistantAnswered(n))
    outbox.end()
    assert await _taken(outbox) == [AssistantAnswered(n) for n in range(5)]
    assert await outbox.take() is None


async def test_that_waiting_deltas_of_one_block_are_joined_and_others_are_not() -> None:
    outbox = Outbox()
    for event in (
        TextStreamed(0, "text", "a"),
        TextStreamed(0, "text", "b"),
        TextStreamed(1, "thinking", "c"),
        BlockClosed(1),
        TextStreamed(1, "thinking", "d"),
    ):
        outbox.put_nowait(event)
    outbox.end()
    assert await _taken(outbox) == [
        TextStreamed(0, "text", "ab"),
        TextStreamed(1, "thinking", "c"),
        BlockClosed(1),
        TextStreamed(1, "thinking", "d"),
    ]


async def test_that_a_failure_is_raised_after_what_came_before_it_and_stays() -> None:
    outbox = Outbox()
    outbox.put_nowait(BlockClosed(0))
    outbox.end(CliCrashedError("gone"))
    outbox.put_nowait(BlockClosed(1))
    assert await outbox.take() == BlockClosed(0)
    for _ in range(2):
        with pytest.raises(CliCrashedError, match="gone"):
            await outbox.take()


async def test_that_the_first_end_counts() -> None:
    outbox = Outbox()
    outbox.end()
    outbox.end(CliCrashedError("late"))
    assert await outbox.take() is None


async def test_that_a_taker_is_woken_by_an_event_and_by_the_end() -> None:
    outbox = Outbox()
    taker = asyncio.create_task(_taken(outbox))
    await asyncio.sleep(0)
    outbox.put_nowait(BlockClosed(0))
    await asyncio.sleep(0)
    outbox.end()
    assert await taker == [BlockClosed(0)]


@pytest.mark.parametrize("limit", [{"max_events": 2}, {"max_characters": 3}])
async def test_that_a_full_queue_holds_who_puts_until_something_is_taken(limit: dict[str, int]) -> None:
    outbox = Outbox(**limit)
    await outbox.put(TextStreamed(0, "text", "aa"))
    await outbox.put(TextStreamed(1, "text", "bb"))
    putting = asyncio.create_task(outbox.put(TextStreamed(2, "text", "cc")))
    await asyncio.sleep(0)
    assert not putting.done()
    assert await outbox.take() == TextStreamed(0, "text", "aa")
    await putting


async def test_that_the_end_lets_go_of_who_waits_to_put() -> None:
    outbox = Outbox(max_events=1)
    await outbox.put(BlockClosed(0))
    putting = asyncio.create_task(outbox.put(BlockClosed(1)))
    await asyncio.sleep(0)
    outbox.end()
    await putting
    assert await _taken(outbox) == [BlockClosed(0)]
