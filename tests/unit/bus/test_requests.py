"""Who waits for whom."""

from __future__ import annotations

import pytest

from maos_desktop.bus.requests import RequestBook
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message, MessageType
from tests.unit.bus.builders import A, R, S, T, message


def request(number: int, sender: AgentId, to: AgentId) -> Message:
    return message(number, sender=sender, receivers=[to], type=MessageType.REQUEST)


def reply(number: int, to: Message) -> Message:
    return message(number, sender=to.receivers[0], receivers=[to.sender], type=MessageType.RESPONSE, in_reply_to=to.id)


@pytest.fixture
def book() -> RequestBook:
    return RequestBook()


async def test_that_a_blocked_asker_gets_the_reply(book: RequestBook) -> None:
    asked = request(1, A, T)
    with book.waiting(asked) as answer:
        assert book.owed_by(T) == [asked]
        assert book.settle(reply(2, asked))
        assert answer.result() == reply(2, asked)
        assert book.owed_by(T) == []


async def test_that_a_reply_after_the_wait_is_left_to_the_inbox(book: RequestBook) -> None:
    asked = request(1, A, T)
    with book.waiting(asked):
        pass
    assert not book.settle(reply(2, asked))


async def test_that_a_reply_to_nothing_is_left_to_the_inbox(book: RequestBook) -> None:
    assert not book.settle(message(1, type=MessageType.RESPONSE, in_reply_to=MessageId("m9")))
    assert not book.settle(message(1, type=MessageType.RESPONSE))


async def test_that_only_the_one_who_was_asked_can_answer(book: RequestBook) -> None:
    book.note(request(1, A, T))
    assert book.refusal_of_reply(MessageId("m1"), T) is None
    for request_id, replier in ((MessageId("m1"), S), (MessageId("m2"), T)):
        refusal = book.refusal_of_reply(request_id, replier)
        assert refusal is not None
        assert refusal.reason == f"No request “{request_id}” was made to you."


async def test_that_a_request_is_answered_once(book: RequestBook) -> None:
    asked = request(1, A, T)
    book.note(asked)
    with book.answering(asked.id):
        assert book.refusal_of_reply(asked.id, T) is not None
        book.settle(reply(2, asked))
    assert book.refusal_of_reply(asked.id, T) is not None


async def test_that_a_request_stays_open_when_its_reply_was_not_committed(book: RequestBook) -> None:
    asked = request(1, A, T)
    book.note(asked)
    with pytest.raises(OSError, match="full"), book.answering(asked.id):
        raise OSError("full")
    assert book.refusal_of_reply(asked.id, T) is None


async def test_that_nobody_waits_for_an_agent_that_has_ended(book: RequestBook) -> None:
    with book.waiting(request(1, A, T)) as of_t, book.waiting(request(2, A, S)) as of_s:
        book.give_up_on(T)
        assert of_t.result() is None
        assert not of_s.done()
        assert not book.settle(reply(3, request(1, A, T)))
        book.give_up()
        assert of_s.result() is None


async def test_that_two_cannot_wait_for_each_other(book: RequestBook) -> None:
    asked = request(1, A, T)
    with book.waiting(asked):
        assert book.deadlock(sender=T, to=A) == asked
        assert book.deadlock(sender=A, to=T) is None
        assert book.deadlock(sender=S, to=T) is None
    assert book.deadlock(sender=T, to=A) is None


async def test_that_a_ring_is_seen_through_others(book: RequestBook) -> None:
    with book.waiting(request(1, A, S)), book.waiting(request(2, S, T)), book.waiting(request(3, S, R)):
        owed = book.deadlock(sender=T, to=A)
        assert owed is not None
        assert owed.id == "m2"
        assert book.deadlock(sender=R, to=A) is not None
        assert book.deadlock(sender=T, to=R) is None


async def test_that_an_answered_request_is_no_part_of_a_ring(book: RequestBook) -> None:
    asked = request(1, A, T)
    with book.waiting(asked):
        book.settle(reply(2, asked))
        assert book.deadlock(sender=T, to=A) is None
