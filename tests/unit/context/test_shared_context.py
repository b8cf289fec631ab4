"""What the team knows is what its events say."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.context import Decision, Discovery, Fact, SharedContext
from maos_desktop.errors import BadRequestError, StoreError
from maos_desktop.model.event import (
    DecisionRecorded,
    DiscoveryAnnounced,
    FactRecorded,
    MessageSent,
    SessionContinued,
    SessionEvent,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from tests.memory_journal import MemoryJournal
from tests.unit.loop_turns import turns

A = AgentId("analyst-1")
T = AgentId("tester-1")
M1 = MessageId("m1")

names = st.sampled_from([A, T])
words = st.sampled_from(["one", "two", "three"])
events = st.lists(
    st.one_of(
        st.builds(FactRecorded, agent_id=names, key=words, text=words),
        st.builds(DecisionRecorded, agent_id=names, text=words, why=words),
        st.builds(
            DiscoveryAnnounced,
            agent_id=names,
            text=words,
            importance=st.sampled_from(Importance),
            message_id=st.sampled_from([MessageId("m1"), MessageId("m2")]),
        ),
    ),
    max_size=20,
)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


def folded(events: list[SessionEvent]) -> SharedContext:
    context = SharedContext(MemoryJournal())
    for event in events:
        context.apply(event)
    return context


def contents(context: SharedContext) -> tuple[object, ...]:
    return context.decisions(), context.facts(), context.discoveries()


def discovery_message(type: MessageType = MessageType.DISCOVERY) -> MessageSent:
    message = Message(id=M1, sender=A, receivers=(T,), type=type, importance=Importance.HIGH, text="Secret in a.py:3")
    return MessageSent(message=message)


async def test_that_what_is_written_is_committed_and_known(journal: MemoryJournal) -> None:
    context = SharedContext(journal)
    await context.record_fact(A, "python", "3.11")
    await context.record_decision(T, "No mocks", "they hide bugs")
    await context.announce(A, "Secret in a.py:3", Importance.HIGH, M1)
    assert journal.events == [
        FactRecorded(agent_id=A, key="python", text="3.11"),
        DecisionRecorded(agent_id=T, text="No mocks", why="they hide bugs"),
        DiscoveryAnnounced(agent_id=A, text="Secret in a.py:3", importance=Importance.HIGH, message_id=M1),
    ]
    assert context.facts() == (Fact("python", A, "3.11"),)
    assert context.decisions() == (Decision(T, "No mocks", "they hide bugs"),)
    assert context.discoveries() == (Discovery(M1, A, "Secret in a.py:3", Importance.HIGH),)


async def test_that_nothing_is_known_before_its_commit(journal: MemoryJournal) -> None:
    context = SharedContext(journal)
    journal.open.clear()
    recording = asyncio.create_task(context.record_fact(A, "python", "3.11"))
    await turns()
    assert context.facts() == ()
    journal.open.set()
    await recording
    assert len(context.facts()) == 1


async def test_that_nothing_is_known_when_its_commit_fails(journal: MemoryJournal) -> None:
    context = SharedContext(journal)
    journal.error = StoreError("The disk is full.")
    with pytest.raises(StoreError):
        await context.record_fact(A, "python", "3.11")
    assert context.facts() == ()


async def test_that_a_stopped_writer_leaves_the_live_context_as_the_log(journal: MemoryJournal) -> None:
    context = SharedContext(journal)
    journal.open.clear()
    recording = asyncio.create_task(context.record_fact(A, "python", "3.11"))
    await turns()
    recording.cancel()
    await turns()
    journal.open.set()
    await asyncio.wait({recording})
    assert recording.cancelled()
    assert contents(context) == contents(folded(journal.events))
    assert len(context.facts()) == 1


def test_that_the_latest_fact_of_a_key_counts() -> None:
    context = folded(
        [
            FactRecorded(agent_id=A, key="python", text="3.10"),
            FactRecorded(agent_id=A, key="tests", text="12"),
            FactRecorded(agent_id=T, key="python", text="3.11"),
        ]
    )
    assert context.facts() == (Fact("tests", A, "12"), Fact("python", T, "3.11"))


def test_that_a_decision_made_again_counts_once_and_as_new() -> None:
    first, second = DecisionRecorded(agent_id=A, text="one"), DecisionRecorded(agent_id=A, text="two")
    assert folded([first, second, first]).decisions() == (Decision(A, "two"), Decision(A, "one"))


def test_that_a_discovery_counts_once_with_all_who_found_it() -> None:
    announced = DiscoveryAnnounced(agent_id=A, text="Secret in a.py:3", importance=Importance.LOW, message_id=M1)
    by_other = DiscoveryAnnounced(agent_id=T, text="secret in a.py:3!", importance=Importance.HIGH, message_id=M1)
    context = folded([announced, by_other, by_other, announced])
    assert context.discoveries() == (Discovery(M1, A, "Secret in a.py:3", Importance.HIGH, also=(T,)),)


def test_that_a_sent_discovery_counts_also_when_the_app_ended_before_its_announcement() -> None:
    announced = DiscoveryAnnounced(agent_id=A, text="Secret in a.py:3", importance=Importance.HIGH, message_id=M1)
    assert len(folded([discovery_message()]).discoveries()) == 1
    assert contents(folded([discovery_message(), announced])) == contents(folded([announced]))


def test_that_other_events_change_nothing() -> None:
    context = folded([SessionContinued(), discovery_message(MessageType.INFO)])
    assert contents(context) == ((), (), ())


@given(events)
def test_that_the_fold_of_a_log_is_the_same_every_time(log: list[SessionEvent]) -> None:
    assert contents(folded(log)) == contents(folded(log))


@given(events)
def test_that_each_key_each_decision_and_each_message_stands_once(log: list[SessionEvent]) -> None:
    context = folded(log)
    for entries in (
        [fact.key for fact in context.facts()],
        list(context.decisions()),
        [discovery.message_id for discovery in context.discoveries()],
    ):
        assert len(entries) == len(set(entries))


@pytest.mark.parametrize("empty", ["", " \n", "\u200b\x00"])
async def test_that_what_is_empty_is_refused(journal: MemoryJournal, empty: str) -> None:
    context = SharedContext(journal)
    for writing in (
        context.record_fact(A, empty, "text"),
        context.record_fact(A, "key", empty),
        context.record_decision(A, empty),
        context.announce(A, empty, Importance.LOW, M1),
    ):
        with pytest.raises(BadRequestError, match="is empty") as raised:
            await writing
        assert raised.value.next_step
    assert journal.events == []


async def test_that_keys_are_one_clean_line_and_half_characters_do_no_harm(journal: MemoryJournal) -> None:
    context = SharedContext(journal)
    await context.record_fact(A, " python \n version\u200b", "3.11 \ud83d")
    await context.record_decision(A, " text ", " why \ud83d")
    assert context.facts() == (Fact("python version", A, "3.11 ?"),)
    assert context.decisions() == (Decision(A, "text", "why ?"),)
