"""Deltas become few events, and no character is lost or moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.agents.output_recorder import OutputRecorder
from maos_desktop.model.event import OutputAppended
from maos_desktop.model.ids import AgentId
from maos_desktop.model.transcript import TextEntry
from tests.memory_journal import MemoryJournal

A = AgentId("analyst-1")


@asynccontextmanager
async def running(recorder: OutputRecorder) -> AsyncIterator[None]:
    frames = asyncio.create_task(recorder.run())
    try:
        yield
    finally:
        frames.cancel()
        await asyncio.wait([frames])


def texts(journal: MemoryJournal) -> list[str]:
    """Returns each block as a view shows it, in the order of their beginning."""
    agent = journal.fold.agents.get(A)
    return [entry.text for entry in agent.transcript if isinstance(entry, TextEntry)] if agent else []


async def test_that_many_deltas_are_few_events() -> None:
    journal = MemoryJournal()
    recorder = OutputRecorder(journal, A, 0)
    async with running(recorder):
        for n in range(1_000):
            recorder.append(0, "text", f"{n} ")
            if n % 100 == 0:
                await asyncio.sleep(0)
        await journal.until(lambda: journal.log)
        await recorder.close_block(0)
    assert texts(journal) == ["".join(f"{n} " for n in range(1_000))]
    assert len(journal.log) <= 3
    assert journal.of(OutputAppended)[-1].closed


async def test_that_text_is_recorded_without_waiting_for_the_end_of_its_block() -> None:
    journal = MemoryJournal()
    recorder = OutputRecorder(journal, A, 0)
    async with running(recorder):
        recorder.append(0, "text", "half a sen")
        await journal.until(lambda: journal.log)
    assert journal.events == [OutputAppended(agent_id=A, block=0, block_kind="text", text="half a sen")]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 2), st.text(max_size=4)),
        st.tuples(st.just("close"), st.integers(0, 2), st.just("")),
        st.tuples(st.sampled_from(["flush", "yield", "close all"]), st.just(0), st.just("")),
    ),
    max_size=30,
)


@given(STEPS, st.integers(0, 5))
async def test_that_every_block_comes_out_whole_and_in_order(
    steps: list[tuple[str, int, str]], first_block: int
) -> None:
    journal = MemoryJournal()
    recorder = OutputRecorder(journal, A, first_block)
    expected: list[str] = []
    open_blocks: dict[int, int] = {}
    for what, block, text in steps:
        match what:
            case "append":
                recorder.append(block, "text", text)
                if text and block not in open_blocks:
                    open_blocks[block] = len(expected)
                    expected.append("")
                if text:
                    expected[open_blocks[block]] += text
            case "close":
                await recorder.close_block(block)
                open_blocks.pop(block, None)
            case "close all":
                await recorder.close_all()
                open_blocks.clear()
            case "flush":
                await recorder.flush()
            case "yield":
                await asyncio.sleep(0)
    await recorder.close_all()

    assert texts(journal) == expected
    closed = [event.block for event in journal.of(OutputAppended) if event.closed]
    assert sorted(closed) == list(range(first_block, first_block + len(expected)))


async def test_that_flushes_at_the_same_time_keep_the_order() -> None:
    journal = MemoryJournal()
    recorder = OutputRecorder(journal, A, 0)
    journal.open.clear()
    flushes = []
    for n in range(5):
        recorder.append(0, "text", str(n))
        flushes.append(asyncio.create_task(recorder.flush()))
        await asyncio.sleep(0)
    journal.open.set()
    await asyncio.gather(*flushes)
    assert texts(journal) == ["01234"]


async def test_that_blocks_of_a_new_process_do_not_run_into_the_old_ones() -> None:
    journal = MemoryJournal()
    first, second = OutputRecorder(journal, A, 0), OutputRecorder(journal, A, 1)
    first.append(0, "thinking", "old")
    await first.close_all()
    second.append(0, "text", "new")
    await second.close_all()
    assert [(e.block, e.block_kind, e.text) for e in journal.of(OutputAppended)] == [
        (0, "thinking", "old"),
        (1, "text", "new"),
    ]


async def test_that_nothing_is_recorded_where_nothing_was_said() -> None:
    journal = MemoryJournal()
    recorder = OutputRecorder(journal, A, 0)
    recorder.append(0, "text", "")
    await recorder.close_block(0)
    await recorder.close_block(7)
    await recorder.close_all()
    await recorder.flush()
    assert journal.log == []
