"""Hand-overs, and what receivers do with their messages."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.bus import Limits
from maos_desktop.bus.handover import HANDOVER_LIMIT
from maos_desktop.errors import MessageError, StoreError
from maos_desktop.model.event import MessageAcknowledged, MessageDelivered, MessageRead
from maos_desktop.model.ids import MessageId
from maos_desktop.model.message import Importance, Message
from tests.memory_journal import MemoryJournal
from tests.unit.bus.builders import FRAME, A, S, T, handed_over, running_bus
from tests.unit.loop_turns import turns

M1, M2, M3 = MessageId("m1"), MessageId("m2"), MessageId("m3")


async def test_that_the_whole_inbox_is_taken_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await bus.broadcast(S, "two")
    handover = await bus.take_handover(T, "tool_boundary")
    assert handover is not None
    assert [text for _, _, text in FRAME.findall(handover.text)] == ["one", "two"]
    assert journal.events[-1] == MessageDelivered(message_ids=(M1, M2), receiver=T, via="tool_boundary")
    assert await bus.take_handover(T, "stop_hook") is None
    assert await handed_over(bus, A) == [M2]


async def test_that_the_delivery_is_committed_before_the_text_is_given(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    journal.open.clear()
    taking = asyncio.create_task(bus.take_handover(T, "tool_boundary"))
    await turns()
    assert not taking.done()
    journal.open.set()
    assert await taking is not None
    assert journal.of(MessageDelivered)


async def test_that_hand_overs_at_the_same_time_take_each_message_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    for n in range(5):
        await bus.send_message(A, T, f"text {n}")
    handovers = await asyncio.gather(*(bus.take_handover(T, "tool_boundary") for _ in range(4)))
    assert [h.message_ids for h in handovers if h] == [("m1", "m2", "m3", "m4", "m5")]
    assert len(journal.of(MessageDelivered)) == 1


async def test_that_a_message_sent_during_a_hand_over_comes_with_the_next(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    journal.open.clear()
    taking = asyncio.create_task(bus.take_handover(T, "tool_boundary"))
    sending = asyncio.create_task(bus.send_message(A, T, "two"))
    await turns()
    journal.open.set()
    first = await taking
    await sending
    assert first is not None
    assert first.message_ids == (M1,)
    assert await handed_over(bus, T) == [M2]


async def test_that_an_agent_does_not_end_beside_a_message_that_is_being_committed(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    sending = asyncio.create_task(bus.send_message(A, T, "one"))
    await turns()
    assert bus.has_unread(T)
    assert not bus.has_unread(A)
    taking = asyncio.create_task(bus.take_handover(T, "stop_hook"))
    await turns()
    assert not taking.done()
    journal.open.set()
    await sending
    handover = await taking
    assert handover is not None
    assert handover.message_ids == (M1,)
    assert not bus.has_unread(T)


async def test_that_a_failed_send_holds_nobody_up(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    sending = asyncio.create_task(bus.send_message(A, T, "one"))
    await turns()
    taking = asyncio.create_task(bus.take_handover(T, "stop_hook"))
    await turns()
    journal.error = StoreError("The disk is full.")
    journal.open.set()
    with pytest.raises(StoreError):
        await sending
    assert await taking is None


async def test_that_a_hand_over_that_was_not_committed_comes_again(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await bus.take_handover(T, "tool_boundary")
    journal.error = None
    assert await handed_over(bus, T) == [M1]


async def test_that_a_hand_over_that_was_cancelled_comes_again_in_order(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    journal.open.clear()
    taking = asyncio.create_task(bus.take_handover(T, "tool_boundary"))
    await turns()
    taking.cancel()
    await asyncio.wait({taking})
    journal.open.set()
    await bus.send_message(A, T, "two")
    assert await handed_over(bus, T) == [M1, M2]


async def test_that_what_does_not_fit_stays_queued(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    for n, importance in enumerate((Importance.LOW, Importance.NORMAL, Importance.HIGH)):
        await bus.send_message(A, T, f"{n}" * 6_000, importance)
    first = await bus.take_handover(T, "tool_boundary")
    assert first is not None
    assert first.message_ids == (M3,)
    assert len(first.text) <= HANDOVER_LIMIT
    assert "(2 more messages wait for you" in first.text
    assert bus.has_unread(T)
    assert await handed_over(bus, T) == [M2, M1]


async def test_that_a_message_goes_from_delivered_to_read_to_acknowledged(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.mark_read(T)
    await bus.mark_read(T)
    await bus.acknowledge(T, [M1, M1])
    await bus.acknowledge(T, [M1])
    assert journal.events[2:] == [
        MessageRead(message_ids=(M1,), receiver=T),
        MessageAcknowledged(message_ids=(M1,), receiver=T),
    ]


async def test_that_only_what_the_model_can_have_seen_is_read(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.send_message(A, T, "two")
    await handed_over(bus, T)
    await bus.send_message(A, T, "three")
    await bus.mark_read(T, [M1, M3])
    await bus.mark_read(A)
    assert journal.of(MessageRead) == [MessageRead(message_ids=(M1,), receiver=T)]


async def test_that_a_reading_that_was_not_committed_is_recorded_later(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await bus.mark_read(T)
    journal.error = None
    await bus.mark_read(T)
    assert journal.of(MessageRead) == [MessageRead(message_ids=(M1,), receiver=T)]


async def test_that_an_acknowledgement_proves_the_reading(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.acknowledge(T, [M1])
    await bus.mark_read(T)
    assert journal.events[2:] == [
        MessageRead(message_ids=(M1,), receiver=T),
        MessageAcknowledged(message_ids=(M1,), receiver=T),
    ]


async def test_that_only_received_messages_can_be_acknowledged(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.send_message(A, T, "two")
    with pytest.raises(MessageError, match="No message m2, m9 has reached you") as raised:
        await bus.acknowledge(T, [M1, M2, MessageId("m9")])
    assert "frames" in raised.value.next_step
    assert not journal.of(MessageAcknowledged)


async def test_that_a_critical_message_calls_its_receiver_after_the_commit(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    called: list[tuple[Message, bool, int]] = []
    bus.on_critical(T, lambda m: called.append((m, bus.has_unread(T), len(journal.events))))
    await bus.send_message(A, T, "soon", Importance.HIGH)
    assert called == []
    critical = await bus.broadcast(A, "stop", Importance.CRITICAL)
    assert called == [(critical, True, 2)]
    bus.on_critical(T, None)
    await bus.send_message(A, T, "stop", Importance.CRITICAL)
    assert len(called) == 1


async def test_that_nobody_is_called_for_an_agent_that_has_ended(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    called: list[Message] = []
    bus.on_critical(T, called.append)
    bus.unregister_agent(T)
    bus.register_agent(T)
    await bus.send_message(A, T, "stop", Importance.CRITICAL)
    assert called == []


async def test_that_what_a_dead_process_had_not_read_comes_again(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    await bus.mark_read(T)
    await bus.send_message(A, T, "two")
    await handed_over(bus, T)
    bus.requeue_unread(T)
    assert await handed_over(bus, T) == [M2]


async def test_that_thousands_of_short_messages_all_come(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, limits=Limits(messages_per_minute=10_000))
    await asyncio.gather(*(bus.send_message(A, T, f"{n}") for n in range(1_000)))
    assert await handed_over(bus, T) == [f"m{n}" for n in range(1, 1_001)]
