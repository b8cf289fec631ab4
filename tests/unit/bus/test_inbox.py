"""How far the messages of one agent have come."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.bus.inbox import Inbox, message_number
from maos_desktop.model.ids import MessageId
from tests.unit.bus.builders import message
from tests.unit.loop_turns import turns

M1, M2, M3 = MessageId("m1"), MessageId("m2"), MessageId("m3")


def inbox_with(*numbers: int) -> Inbox:
    inbox = Inbox()
    for number in numbers:
        inbox.put(message(number))
    return inbox


def delivered(*numbers: int) -> Inbox:
    inbox = inbox_with(*numbers)
    messages = inbox.queued()
    inbox.take(messages)
    inbox.note_delivered(messages)
    return inbox


def ids(inbox: Inbox) -> list[MessageId]:
    return [queued.id for queued in inbox.queued()]


def test_that_messages_wait_in_the_order_of_sending() -> None:
    assert ids(inbox_with(1, 2, 3)) == [M1, M2, M3]


def test_that_some_or_all_can_be_taken() -> None:
    inbox = inbox_with(1, 2, 3)
    inbox.take([message(2)])
    assert ids(inbox) == [M1, M3]
    inbox.take([message(1), message(3)])
    assert not inbox


def test_that_what_is_put_back_stands_where_it_was() -> None:
    inbox = inbox_with(1, 2, 10)
    inbox.take([message(2)])
    inbox.put(message(11))
    inbox.put_back([message(2)])
    assert ids(inbox) == ["m1", "m2", "m10", "m11"]


def test_that_reading_takes_each_message_once() -> None:
    inbox = delivered(1, 2)
    with inbox.reading() as first, inbox.reading() as second:
        assert first == (M1, M2)
        assert second == ()
    assert inbox.unread([M1, M2]) == ()


def test_that_only_named_messages_are_read() -> None:
    inbox = delivered(1, 2)
    with inbox.reading([M2, M3]) as read:
        assert read == (M2,)
    assert inbox.unread([M1, M2]) == (M1,)


def test_that_a_failed_reading_is_undone() -> None:
    inbox = delivered(1)
    with pytest.raises(OSError, match="full"), inbox.reading():
        raise OSError("full")
    with inbox.reading() as again:
        assert again == (M1,)


def test_that_an_acknowledgement_outlives_a_failed_reading() -> None:
    inbox = delivered(1, 2)
    with pytest.raises(OSError, match="full"), inbox.reading():
        inbox.acknowledge([M1])
        raise OSError("full")
    assert inbox.unread([M1, M2]) == (M2,)
    assert inbox.unacknowledged([M1]) == ()


def test_that_a_message_can_be_acknowledged_while_its_reading_is_committed() -> None:
    inbox = delivered(1)
    with inbox.reading():
        assert inbox.has_received(M1)
        assert inbox.unacknowledged([M1]) == (M1,)


def test_that_only_received_messages_are_acknowledged_and_each_once() -> None:
    inbox = delivered(1)
    inbox.put(message(2))
    inbox.acknowledge([M1, M2])
    assert inbox.unacknowledged([M1, M1, M2]) == ()
    assert inbox.has_received(M1)
    assert not inbox.has_received(M2)


def test_that_what_was_not_read_is_queued_again() -> None:
    inbox = delivered(1, 2, 3)
    with inbox.reading([M2]):
        pass
    inbox.requeue_unread()
    assert ids(inbox) == [M1, M3]
    inbox.requeue_unread()
    assert ids(inbox) == [M1, M3]


async def test_that_every_waiter_is_woken_by_one_message() -> None:
    inbox = Inbox()
    inbox.expect()
    waiters = [asyncio.create_task(inbox.settle()) for _ in range(3)]
    await turns()
    waiters[0].cancel()
    await turns()
    inbox.put(message(1))
    await asyncio.gather(*waiters[1:])
    assert waiters[0].cancelled()


async def test_that_a_put_back_message_wakes_too() -> None:
    inbox = Inbox()
    inbox.expect()
    waiter = asyncio.create_task(inbox.settle())
    await turns()
    inbox.put_back([])
    await turns()
    assert not waiter.done()
    inbox.put_back([message(1)])
    await waiter


async def test_that_an_expected_message_counts_until_it_has_arrived_or_failed() -> None:
    inbox = Inbox()
    await inbox.settle()
    inbox.expect()
    assert inbox
    settled = asyncio.create_task(inbox.settle())
    await turns()
    assert not settled.done()
    inbox.arrived()
    await settled
    assert not inbox


def test_that_messages_are_numbered_by_their_id() -> None:
    assert message_number(MessageId("m12")) == 12
