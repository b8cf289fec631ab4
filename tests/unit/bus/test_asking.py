"""Asking another agent, waiting for it, and answering."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.bus import AgentMessageBus, Limits, RequestOutcome
from maos_desktop.errors import MessageError, StoreError
from maos_desktop.model.event import (
    MessageAcknowledged,
    MessageDelivered,
    MessageRead,
    MessageRefused,
    MessageSent,
    RequestTimedOut,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, MessageType
from tests.memory_journal import MemoryJournal
from tests.unit.bus.builders import FRAME, A, R, S, T, handed_over, running_bus
from tests.unit.loop_turns import turns

M1, M2 = MessageId("m1"), MessageId("m2")


async def asking(
    bus: AgentMessageBus, sender: AgentId, to: AgentId, timeout: float | None = None
) -> asyncio.Task[RequestOutcome]:
    """Returns a request that is under way."""
    task = asyncio.create_task(bus.request_from_agent(sender, to, f"{sender} needs this", timeout))
    await turns()
    return task


async def test_that_a_request_ends_with_its_reply(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T, timeout=60)
    assert await handed_over(bus, T) == [M1]
    reply = await bus.respond_to_request(T, M1, "it is 42")
    outcome = await task
    assert outcome.status == "replied"
    assert outcome.reply == reply
    assert outcome.request is not None
    assert (outcome.request.type, outcome.request.timeout_seconds) == (MessageType.REQUEST, 60)
    assert (reply.type, reply.in_reply_to, reply.hop) == (MessageType.RESPONSE, M1, 1)
    assert [text for _, _, text in FRAME.findall(outcome.text)] == ["it is 42"]


async def test_that_a_reply_comes_once_and_not_through_the_inbox_too(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    await bus.respond_to_request(T, M1, "it is 42")
    await task
    assert not bus.has_unread(A)
    await bus.mark_read(A)
    assert journal.events[2:] == [
        *journal.of(MessageSent)[1:],
        MessageRead(message_ids=(M1,), receiver=T),
        MessageAcknowledged(message_ids=(M1,), receiver=T),
        MessageDelivered(message_ids=(M2,), receiver=A, via="reply"),
        MessageRead(message_ids=(M2,), receiver=A),
    ]


async def test_that_a_hand_over_at_the_same_time_does_not_take_the_reply(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    journal.open.clear()
    replying = asyncio.create_task(bus.respond_to_request(T, M1, "it is 42"))
    taking = asyncio.create_task(bus.take_handover(A, "tool_boundary"))
    await turns()
    journal.open.set()
    await replying
    assert (await task).status == "replied"
    assert await taking is None


async def test_that_a_request_times_out(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    outcome = await bus.request_from_agent(A, T, "quick", 0.001)
    assert outcome.status == "timed_out"
    assert outcome.reply is None
    assert "tester-1 has not replied to m1 within 0.001 s. Go on with what you have" in outcome.text
    assert journal.of(RequestTimedOut) == [RequestTimedOut(message_id=M1, sender=A, receiver=T, timeout_seconds=0.001)]


async def test_that_a_late_reply_is_queued_like_any_message(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.request_from_agent(A, T, "quick", 0.001)
    await handed_over(bus, T)
    late = await bus.respond_to_request(T, M1, "here")
    handover = await bus.take_handover(A, "tool_boundary")
    assert handover is not None
    assert handover.message_ids == (late.id,)
    assert 'type="response"' in handover.text
    assert 'in_reply_to="m1"' in handover.text


async def test_that_a_reply_during_the_commit_of_the_time_out_is_queued(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = asyncio.create_task(bus.request_from_agent(A, T, "quick", 0.001))
    await journal.until(lambda: journal.of(MessageSent))
    await handed_over(bus, T)
    journal.open.clear()
    await asyncio.sleep(0.01)
    replying = asyncio.create_task(bus.respond_to_request(T, M1, "here"))
    await turns()
    journal.open.set()
    assert (await task).status == "timed_out"
    assert await handed_over(bus, A) == [(await replying).id]


async def test_that_the_end_of_the_receiver_ends_the_wait_with_its_report(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    bus.unregister_agent(T, "All green. </report-x>")
    outcome = await task
    assert outcome.status == "receiver_ended"
    assert outcome.request is not None
    assert outcome.text.startswith(
        "tester-1 has ended its work and will not reply. Its report, as information:\n<report-"
    )
    assert "All green. &lt;/report-x>" in outcome.text


async def test_that_an_ended_receiver_is_not_waited_for(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    bus.unregister_agent(T)
    outcome = await bus.request_from_agent(A, T, "still there?", 60)
    assert outcome == RequestOutcome(
        "receiver_ended",
        None,
        None,
        "tester-1 has ended its work without a report and will not reply. Go on with what you have.",
    )
    (refused,) = journal.events
    assert isinstance(refused, MessageRefused)
    assert refused.receivers == (T,)


async def test_that_a_ring_of_requests_is_refused_at_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    first, second = await asking(bus, A, S), await asking(bus, S, T)
    outcome = await bus.request_from_agent(T, A, "and you?", 60)
    assert outcome.status == "would_deadlock"
    assert outcome.text == (
        "security-1 waits for your reply to m2, so a reply of analyst-1 would never come. "
        "Reply to m2 first, then ask again."
    )
    assert journal.of(MessageRefused)[0].reason == outcome.text
    await bus.respond_to_request(T, M2, "done")
    await bus.respond_to_request(S, M1, "done")
    assert {(await first).status, (await second).status} == {"replied"}


async def test_that_two_requests_at_once_cannot_wait_for_each_other(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    first = await asking(bus, A, T)
    second = await asking(bus, T, A)
    journal.open.set()
    assert (await second).status == "would_deadlock"
    await bus.respond_to_request(T, M1, "done")
    assert (await first).status == "replied"


async def test_that_a_stopped_asker_leaves_nothing_behind(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await asking(bus, T, A)).cancel()
    await turns()
    await handed_over(bus, T)
    late = await bus.respond_to_request(T, M1, "here")
    assert late.id in await handed_over(bus, A)


async def test_that_an_asker_stopped_while_its_request_is_committed_gets_the_reply_later(
    journal: MemoryJournal,
) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    task = await asking(bus, A, T)
    task.cancel()
    await turns()
    journal.open.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await handed_over(bus, T) == [M1]
    await bus.respond_to_request(T, M1, "here")
    assert await handed_over(bus, A) == [M2]


async def test_that_a_reply_is_not_lost_when_its_asker_is_stopped_in_that_moment(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    await bus.respond_to_request(T, M1, "here")
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert await handed_over(bus, A) == [M2]


async def test_that_a_reply_is_not_lost_when_its_hand_over_fails(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    await bus.respond_to_request(T, M1, "here")
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await task
    journal.error = None
    assert await handed_over(bus, A) == [M2]


async def test_that_the_stop_of_the_bus_ends_every_wait(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    tasks = [await asking(bus, A, T), await asking(bus, S, T)]
    await bus.stop()
    outcomes = await asyncio.gather(*tasks)
    assert {outcome.status for outcome in outcomes} == {"receiver_ended"}
    assert outcomes[0].text == "The session is being stopped; tester-1 will not reply."


async def test_that_a_request_is_answered_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    journal.open.clear()
    replies = asyncio.gather(
        bus.respond_to_request(T, M1, "one"), bus.respond_to_request(T, M1, "two"), return_exceptions=True
    )
    await turns()
    journal.open.set()
    first, second = await replies
    assert not isinstance(first, BaseException)
    assert isinstance(second, MessageError)
    assert str(second) == "m1 has been answered already."
    assert (await task).reply == first


async def test_that_a_reply_that_was_not_committed_can_be_given_again(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await bus.respond_to_request(T, M1, "one")
    journal.error = None
    await bus.respond_to_request(T, M1, "one")
    assert (await task).status == "replied"


async def test_that_an_empty_reply_is_refused_and_the_request_stays_open(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    with pytest.raises(MessageError, match="empty"):
        await bus.respond_to_request(T, M1, "\u200b")
    await bus.respond_to_request(T, M1, "one")
    assert (await task).status == "replied"


async def test_that_requests_matter_more_than_plain_messages(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(S, T, "by the way")
    task = await asking(bus, A, T)
    assert await handed_over(bus, T) == [M2, M1]
    assert (await bus.respond_to_request(T, M2, "yes")).importance is Importance.HIGH
    await task


async def test_that_asking_on_behalf_of_others_ends_before_a_reply_would_be_over_the_cap(
    journal: MemoryJournal,
) -> None:
    bus = await running_bus(journal, A, S, T, R, limits=Limits(hop_cap=2))
    first, second = await asking(bus, A, S), await asking(bus, S, T)
    with pytest.raises(MessageError, match="chain") as raised:
        await bus.request_from_agent(T, R, "and you?", 60)
    assert "Answer with what you know" in raised.value.next_step
    assert (await bus.respond_to_request(T, M2, "done")).hop == 2
    assert (await bus.respond_to_request(S, M1, "done")).hop == 1
    await asyncio.gather(first, second)


async def test_that_a_message_is_a_hop_further_only_while_its_sender_owes_a_reply(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    task = await asking(bus, A, T)
    await handed_over(bus, T)
    assert (await bus.send_message(T, S, "on the way")).hop == 1
    await bus.respond_to_request(T, M1, "done")
    await task
    assert (await bus.send_message(T, S, "later")).hop == 0


async def test_that_replies_are_never_stopped_by_a_limit(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, limits=Limits(messages_per_minute=1, ping_pong=2, hop_cap=1))
    task = await asking(bus, A, T)
    await bus.send_message(T, A, "I look")
    await bus.respond_to_request(T, M1, "done")
    assert (await task).status == "replied"


async def test_that_a_bad_request_is_refused_like_a_message(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    with pytest.raises(MessageError, match="cannot write to itself"):
        await bus.request_from_agent(A, A, "me?", 60)
    with pytest.raises(MessageError, match="empty"):
        await bus.request_from_agent(A, T, "", 60)
    assert len(journal.of(MessageRefused)) == 2
