"""What becomes of a message from its draft to its commit, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maos_desktop.bus import AgentMessageBus, Limits
from maos_desktop.errors import BugError, MessageError, StoreError
from maos_desktop.model.event import (
    DependencyDeclared,
    MessageRefused,
    MessageSent,
    NoticeRaised,
)
from maos_desktop.model.ids import USER, AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from tests.memory_journal import MemoryJournal
from tests.unit.bus.builders import A, R, S, T, handed_over, running_bus
from tests.unit.loop_turns import turns

Send = Callable[[AgentMessageBus], Awaitable[object]]


async def test_that_a_message_is_committed_before_it_is_queued(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    sending = asyncio.create_task(bus.send_message(A, T, "look at a.py"))
    await turns()
    assert not sending.done()
    assert bus.get_messages_for_agent(T) == ()
    journal.open.set()
    sent = await sending
    assert journal.events == [MessageSent(message=sent)]
    assert await handed_over(bus, T) == [sent.id]


async def test_that_a_message_is_as_it_was_sent(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    sent = await bus.send_message(A, T, "text", Importance.HIGH, type=MessageType.COORDINATION)
    assert sent == Message(
        id=MessageId("m1"),
        sender=A,
        receivers=(T,),
        type=MessageType.COORDINATION,
        importance=Importance.HIGH,
        text="text",
    )


async def test_that_messages_are_numbered_in_the_order_of_sending(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    sent = await asyncio.gather(*(bus.send_message(A, T, f"text {n}") for n in range(5)))
    assert [m.id for m in sent] == ["m1", "m2", "m3", "m4", "m5"]
    assert [event.message for event in journal.of(MessageSent)] == sent


async def test_that_nothing_is_queued_when_the_commit_fails(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await bus.send_message(A, T, "lost")
    journal.error = None
    assert await handed_over(bus, T) == []
    assert not bus.has_unread(T)


async def test_that_a_message_whose_sender_is_stopped_meanwhile_arrives(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    sending = asyncio.create_task(bus.send_message(A, T, "text"))
    await turns()
    sending.cancel()
    await turns()
    journal.open.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await handed_over(bus, T) == ["m1"]


async def test_that_a_broadcast_reaches_everybody_else(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    by_agent = await bus.broadcast(A, "text")
    by_user = await bus.broadcast(USER, "text", Importance.HIGH)
    assert by_agent.receivers == (S, T)
    assert by_user.receivers == (A, S, T)
    assert bus.get_broadcast_history() == (by_agent, by_user)
    assert bus.get_messages_for_agent(A) == (by_user,)


async def test_that_a_dependency_is_recorded_with_its_message(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    sent = await bus.notify_dependency(A, T, "the fixtures")
    assert sent.type is MessageType.DEPENDENCY
    assert journal.events == [
        MessageSent(message=sent),
        DependencyDeclared(agent_id=A, on=T, need="the fixtures", message_id=sent.id),
    ]


# --- discoveries ---


async def test_that_a_discovery_said_twice_is_sent_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    first = await bus.notify_discovery(A, "Secret in a.py:3.", Importance.HIGH)
    assert bus.find_discovery("secret in  a.py:3") == first
    assert await bus.notify_discovery(T, "secret in  a.py:3") == first
    assert len(journal.of(MessageSent)) == 1


async def test_that_a_discovery_said_by_two_at_once_is_sent_once(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.open.clear()
    both = asyncio.gather(bus.notify_discovery(A, "Secret in a.py"), bus.notify_discovery(T, "secret in a.py"))
    await turns()
    journal.open.set()
    first, second = await both
    assert first == second
    assert first.sender == A


async def test_that_a_discovery_that_was_not_committed_can_be_said_again(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await bus.notify_discovery(A, "Secret in a.py")
    journal.error = None
    assert (await bus.notify_discovery(T, "Secret in a.py")).sender == T


async def test_that_a_discovery_needs_nobody_to_hear_it(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, A)
    assert (await bus.notify_discovery(A, "Secret in a.py")).receivers == ()


# --- hops ---


async def test_that_a_message_on_its_own_starts_at_hop_0(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    await bus.send_message(A, T, "one")
    await handed_over(bus, T)
    assert (await bus.send_message(T, A, "two")).hop == 0


# --- what is refused ---


@pytest.mark.parametrize(
    ("send", "reason", "next_step"),
    [
        (lambda bus: bus.send_message(A, T, ""), "The message is empty.", "Say in a sentence"),
        (lambda bus: bus.send_message(A, T, " \u200b\x00\n"), "The message is empty.", "Say in a sentence"),
        (lambda bus: bus.broadcast(A, ""), "The message is empty.", "Say in a sentence"),
        (lambda bus: bus.notify_discovery(A, "\u2060"), "The message is empty.", "Say in a sentence"),
        (lambda bus: bus.send_message(A, T, "x" * 1_000_001), "1,000,001 characters", "Send a summary"),
        (lambda bus: bus.send_message(A, A, "x"), "cannot write to itself", "record_fact"),
        (lambda bus: bus.send_message(A, USER, "x"), "reads no messages", "report"),
        (lambda bus: bus.send_message(A, R, "x"), "has ended its work", "Go on without it"),
        (lambda bus: bus.send_message(A, AgentId("nobody-1"), "x"), "no agent “nobody-1”", "security-1, tester-1"),
        (lambda bus: bus.send_message(A, AgentId("<b>\ud800\n"), "x"), "no agent “&lt;b>”", "write to"),
        (lambda bus: bus.respond_to_request(A, MessageId("m9"), "x"), "No request “m9”", "ordinary message"),
    ],
)
async def test_that_a_refusal_is_recorded_and_says_what_to_do(
    journal: MemoryJournal, send: Send, reason: str, next_step: str
) -> None:
    bus = await running_bus(journal, A, S, T, R)
    bus.unregister_agent(R, "done")
    with pytest.raises(MessageError) as raised:
        await send(bus)
    assert reason in str(raised.value)
    assert next_step in raised.value.next_step
    (refused,) = journal.events
    assert isinstance(refused, MessageRefused)
    assert refused.sender == A
    assert refused.reason == str(raised.value)
    assert not any(bus.has_unread(agent_id) for agent_id in (A, S, T))


async def test_that_a_broadcast_to_nobody_is_refused(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, A)
    with pytest.raises(MessageError, match="no other agent"):
        await bus.broadcast(A, "anyone?")


async def test_that_the_rate_is_kept_for_agents_and_not_for_the_user(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, limits=Limits(messages_per_minute=2))
    for _ in range(2):
        await bus.send_message(A, T, "again")
    with pytest.raises(MessageError, match="too often"):
        await bus.send_message(A, T, "again")
    for _ in range(30):
        await bus.send_message(USER, T, "again")
    assert len(await handed_over(bus, T)) == 32


async def test_that_the_user_is_told_of_ping_pong(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, limits=Limits(ping_pong=2))
    await bus.send_message(A, T, "ping")
    await bus.send_message(T, A, "pong")
    for _ in range(2):
        with pytest.raises(MessageError, match="without any other work"):
            await bus.send_message(A, T, "ping")
    (notice,) = journal.of(NoticeRaised)
    assert notice.level == "warning"
    assert notice.agent_id == A
    bus.note_work(T)
    await bus.send_message(A, T, "ping")


async def test_that_a_word_of_the_user_makes_an_exchange_new(journal: MemoryJournal) -> None:
    bus = await running_bus(journal, limits=Limits(ping_pong=2))
    await bus.send_message(A, T, "ping")
    await bus.send_message(T, A, "pong")
    await bus.send_message(USER, T, "go on, you two")
    await bus.send_message(A, T, "ping")


async def test_that_nothing_is_sent_before_the_start_or_after_the_stop(journal: MemoryJournal) -> None:
    bus = AgentMessageBus(journal)
    bus.register_agent(A)
    bus.register_agent(T)
    with pytest.raises(MessageError, match="not running"):
        await bus.send_message(A, T, "x")
    await bus.start()
    sent = await bus.send_message(A, T, "x")
    await bus.stop()
    with pytest.raises(MessageError, match="not running"):
        await bus.send_message(A, T, "x")
    with pytest.raises(MessageError, match="not running"):
        await bus.respond_to_request(A, MessageId("m1"), "x")
    assert journal.events == [MessageSent(message=sent)]
    assert await handed_over(bus, T) == [sent.id]


async def test_that_a_sender_from_nowhere_is_our_own_fault(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    with pytest.raises(BugError):
        await bus.send_message(AgentId("nobody-1"), T, "x")


@pytest.mark.parametrize("type", [MessageType.REQUEST, MessageType.RESPONSE])
async def test_that_requests_and_replies_are_no_plain_messages(journal: MemoryJournal, type: MessageType) -> None:
    bus = await running_bus(journal)
    with pytest.raises(BugError):
        await bus.send_message(A, T, "x", type=type)


async def test_that_half_a_character_does_not_stop_a_message(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    assert (await bus.send_message(A, T, "half \ud83d")).text == "half ?"


async def test_that_the_log_keeps_the_whole_text_as_it_was_written(journal: MemoryJournal) -> None:
    bus = await running_bus(journal)
    text = "<b>\x1b[1m\u202e" + "x" * 50_000
    await bus.send_message(A, T, text)
    assert journal.of(MessageSent)[0].message.text == text


def test_that_titles_are_listed() -> None:
    bus = AgentMessageBus(MemoryJournal())
    bus.register_agent(A, "Map the code")
    bus.register_agent(T)
    bus.unregister_agent(T)
    assert bus.agents() == {A: "Map the code"}
