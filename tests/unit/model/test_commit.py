"""Committing and acting belong together, whatever happens to the caller."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.errors import StoreError
from maos_desktop.model.commit import commit
from maos_desktop.model.event import SessionContinued, SessionEvent
from tests.memory_journal import MemoryJournal
from tests.unit.loop_turns import turns

EVENT = SessionContinued()


async def test_that_the_action_follows_the_commit() -> None:
    journal = MemoryJournal()
    committed_before: list[list[SessionEvent]] = []
    await commit(journal, EVENT, then=lambda: committed_before.append(journal.events))
    assert committed_before == [[EVENT]]


async def test_that_there_is_no_action_when_the_commit_fails() -> None:
    journal = MemoryJournal()
    journal.error = StoreError("The disk is full.")
    acted: list[bool] = []
    with pytest.raises(StoreError):
        await commit(journal, EVENT, then=lambda: acted.append(True))
    assert not acted


async def test_that_a_cancelled_caller_still_acts_on_what_is_committed() -> None:
    journal = MemoryJournal()
    journal.open.clear()
    acted: list[bool] = []
    caller = asyncio.create_task(commit(journal, EVENT, then=lambda: acted.append(True)))
    await turns()
    for _ in range(3):
        caller.cancel()
        await turns()
    assert not caller.done()
    journal.open.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert journal.events == [EVENT]
    assert acted == [True]


async def test_that_a_cancellation_carries_the_failure_of_its_commit() -> None:
    journal = MemoryJournal()
    journal.open.clear()
    acted: list[bool] = []
    caller = asyncio.create_task(commit(journal, EVENT, then=lambda: acted.append(True)))
    await turns()
    caller.cancel()
    await turns()
    journal.error = StoreError("The disk is full.")
    journal.open.set()
    with pytest.raises(asyncio.CancelledError) as raised:
        await caller
    assert raised.value.__cause__ is journal.error
    assert not acted


async def test_that_an_error_of_the_action_reaches_the_caller() -> None:
    def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await commit(MemoryJournal(), EVENT, then=broken)
