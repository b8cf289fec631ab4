"""A bus that goes on from the log of a session."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.bus import AgentMessageBus
from maos_desktop.errors import BugError, MessageError
from maos_desktop.model.event import MessageAcknowledged, MessageRead, SessionContinued, SessionInterrupted
from maos_desktop.model.ids import MessageId
from tests.memory_journal import MemoryJournal
from tests.unit.bus.builders import A, S, T, handed_over, running_bus
from tests.unit.loop_turns import turns

M1, M2, M3 = MessageId("m1"), MessageId("m2"), MessageId("m3")


async def restored(journal: MemoryJournal) -> AgentMessageBus:
    """Returns a bus on what the journal holds, as after a restart of the app."""
    bus = AgentMessageBus(journal)
    bus.restore(journal.events)
    for agent_id in (A, S, T):
        bus.register_agent(agent_id)
    await bus.start()
    return bus


async def test_that_queued_and_delivered_but_unread_messages_come_again_and_nothing_else(
    journal: MemoryJournal,
) -> None:
    bus = await running_bus(journal)
    for text in ("acknowledged", "read", "delivered"):
        await bus.send_message(A, T, text)
        await handed_over(bus, T)
        if text != "delivered":
            await bus.mark_read(T)
    await bus.acknowledge(T, [M1])
    await bus.send_message(A, T, "queued")
    again = await restored(journal)
    assert await handed_over(again, T) == [M3, "m4"]
    assert await handed_over(again, A) == []


async def test_that_it_goes_on_twice(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    bus = await restored(journal)
    assert await handed_over(bus, T) == [M1]
    bus = await restored(journal)
    assert await handed_over(bus, T) == [M1]
    await bus.mark_read(T)
    bus = await restored(journal)
    assert await handed_over(bus, T) == []


async def test_that_each_receiver_of_a_broadcast_stands_for_itself(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.broadcast(A, "to all")
    await handed_over(bus, S)
    await bus.mark_read(S)
    again = await restored(journal)
    assert await handed_over(again, S) == []
    assert await handed_over(again, T) == [M1]


async def test_that_numbers_go_on(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    for n in range(11):
        await bus.send_message(A, T, str(n))
    again = await restored(journal)
    assert (await again.send_message(A, T, "next")).id == "m12"
    assert len(again.get_messages_for_agent(T)) == 12


async def test_that_known_discoveries_stay_known(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    first = await bus.notify_discovery(A, "Secret in a.py")
    again = await restored(journal)
    assert await again.notify_discovery(T, "secret in a.py.") == first


async def test_that_an_open_request_can_still_be_answered_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    asking = asyncio.create_task(bus.request_from_agent(A, T, "what?", None))
    await turns()
    await handed_over(bus, T)
    await bus.mark_read(T)
    again = await restored(journal)
    reply = await again.respond_to_request(T, M1, "this")
    assert await handed_over(again, A) == [reply.id]
    third = await restored(journal)
    with pytest.raises(MessageError, match="answered already"):
        await third.respond_to_request(T, M1, "again")
    asking.cancel()
    await asyncio.wait({asking})


async def test_that_a_reply_whose_asker_died_comes_through_the_inbox(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    asking = asyncio.create_task(bus.request_from_agent(A, T, "what?", None))
    await turns()
    await handed_over(bus, T)
    await bus.respond_to_request(T, M1, "this")
    assert (await asking).status == "replied"
    again = await restored(journal)
    assert await handed_over(again, A) == [M2]
    assert await handed_over(again, T) == []


async def test_that_states_are_not_recorded_again(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.acknowledge(T, [M1])
    again = await restored(journal)
    await again.mark_read(T)
    await again.acknowledge(T, [M1])
    assert len(journal.of(MessageRead)) == len(journal.of(MessageAcknowledged)) == 1


async def test_that_other_events_change_nothing(journal: MemoryJournal) -> None:
    await journal.record(SessionInterrupted(reason="The app ended."), SessionContinued())
    bus = await restored(journal)
    assert await handed_over(bus, T) == []


async def test_that_a_running_bus_is_not_restored(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    with pytest.raises(BugError):
        bus.restore(journal.events)


async def test_that_an_agent_that_comes_back_has_its_inbox(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    bus.unregister_agent(T, "stopped")
    with pytest.raises(MessageError, match="has ended"):
        await bus.send_message(A, T, "two")
    bus.register_agent(T)
    assert await handed_over(bus, T) == [M1]
