"""Appending: what is acknowledged is committed, in order, and told to listeners first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maos_desktop.errors import StoreError, UnknownSessionError
from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.model.ids import SessionId
from maos_desktop.store import Database, EventLog, SessionStore
from tests.unit.loop_turns import turns
from tests.unit.model.strategies import EVENTS
from tests.unit.store.builders import OTHER, SESSION, START, created, output
from tests.unit.store.held_writer import held_writer


def seqs(events: Sequence[LoggedEvent]) -> list[int]:
    return [logged.seq for logged in events]


async def test_that_events_are_numbered_from_one_in_the_order_given(log: EventLog) -> None:
    first = await log.append(SESSION, created(), output("a"), output("b"))
    second = await log.append(SESSION, output("c"))
    assert seqs(first + second) == [1, 2, 3, 4]
    assert [logged.event for logged in first + second] == [created(), output("a"), output("b"), output("c")]


async def test_that_each_session_has_numbers_of_its_own(session_log: EventLog) -> None:
    other = await session_log.append(OTHER, created(), output())
    more = await session_log.append(SESSION, output())
    assert (seqs(other), seqs(more)) == ([1, 2], [2])


async def test_that_what_is_read_equals_what_was_returned(session_log: EventLog) -> None:
    appended = await session_log.append(SESSION, output("ünïcode 🎉"), output('quotes " and \\ and \n'))
    assert tuple(await session_log.read(SESSION, after_seq=1)) == appended


async def test_that_the_time_is_the_clocks_to_the_microsecond(log: EventLog) -> None:
    (first,) = await log.append(SESSION, created())
    (second,) = await log.append(SESSION, output())
    assert (first.at, second.at) == (START, START + timedelta(seconds=1))
    assert [logged.at for logged in await log.read(SESSION)] == [first.at, second.at]


async def test_that_nothing_is_appended_for_no_event(session_log: EventLog) -> None:
    assert await session_log.append(SESSION) == ()
    assert seqs(await session_log.read(SESSION)) == [1]


async def test_that_what_gathers_is_one_commit(session_log: EventLog) -> None:
    commits: list[list[int]] = []
    session_log.subscribe(SESSION, lambda events: commits.append(seqs(events)))
    await asyncio.gather(*(session_log.append(SESSION, output(number)) for number in range(16)))
    assert commits == [list(range(2, 18))]


async def test_that_what_comes_during_a_commit_is_the_next_one(session_log: EventLog, database: Database) -> None:
    commits: list[list[int]] = []
    session_log.subscribe(SESSION, lambda events: commits.append(seqs(events)))
    with held_writer(database):
        first = asyncio.create_task(session_log.append(SESSION, output("first")))
        await turns()
        later = [asyncio.create_task(session_log.append(SESSION, output(number))) for number in range(3)]
        await turns()
    await asyncio.gather(first, *later)
    assert commits == [[2], [3, 4, 5]]


async def test_that_nobody_hears_of_an_event_before_it_is_committed(session_log: EventLog, database: Database) -> None:
    heard: list[Sequence[LoggedEvent]] = []
    session_log.subscribe(None, heard.append)
    with held_writer(database):
        appending = asyncio.create_task(session_log.append(SESSION, output()))
        await turns()
        assert not heard
        assert not appending.done()
        assert seqs(await session_log.read(SESSION)) == [1]
    await appending
    assert len(heard) == 1


async def test_that_listeners_are_told_before_the_appender_goes_on(session_log: EventLog) -> None:
    order: list[str] = []
    session_log.subscribe(SESSION, lambda events: order.append("listener"))
    await session_log.append(SESSION, output())
    order.append("appender")
    assert order == ["listener", "appender"]


async def test_that_listeners_get_the_same_events_as_the_appender(session_log: EventLog) -> None:
    heard: list[LoggedEvent] = []
    session_log.subscribe(SESSION, heard.extend)
    appended = await session_log.append(SESSION, output("a"), output("b"))
    assert tuple(heard) == appended


async def test_that_a_listener_may_append(session_log: EventLog) -> None:
    tasks: list[asyncio.Task[tuple[LoggedEvent, ...]]] = []

    def answer(events: Sequence[LoggedEvent]) -> None:
        if len(tasks) < 3:
            tasks.append(asyncio.create_task(session_log.append(SESSION, output(f"answer to {events[0].seq}"))))

    session_log.subscribe(SESSION, answer)
    await session_log.append(SESSION, output())
    while not all(task.done() for task in tasks) or len(tasks) < 3:
        await asyncio.gather(*tasks)
    assert seqs(await session_log.read(SESSION)) == [1, 2, 3, 4, 5]


@pytest.mark.expected_errors("A listener failed")
async def test_that_a_listener_that_fails_disturbs_nobody(session_log: EventLog) -> None:
    heard: list[LoggedEvent] = []

    def fail(events: Sequence[LoggedEvent]) -> None:
        raise ZeroDivisionError

    session_log.subscribe(SESSION, fail)
    session_log.subscribe(SESSION, heard.extend)
    await session_log.append(SESSION, output("a"))
    await session_log.append(SESSION, output("b"))
    assert seqs(heard) == [2, 3]


async def test_that_an_unknown_session_is_refused_alone(session_log: EventLog) -> None:
    unknown, known = await asyncio.gather(
        session_log.append(OTHER, output()), session_log.append(SESSION, output()), return_exceptions=True
    )
    assert isinstance(unknown, UnknownSessionError)
    assert isinstance(known, tuple)
    assert seqs(known) == [2]


async def test_that_a_session_and_its_first_events_may_come_together(log: EventLog) -> None:
    await asyncio.gather(
        log.append(SESSION, created()), log.append(SESSION, output()), log.append(OTHER, created("Other"))
    )
    assert seqs(await log.read(SESSION)) == [1, 2]
    assert seqs(await log.read(OTHER)) == [1]


async def test_that_a_cancelled_appender_loses_nothing(session_log: EventLog, database: Database) -> None:
    with held_writer(database):
        committing = asyncio.create_task(session_log.append(SESSION, output("committing")))
        await turns()
        gathered = asyncio.create_task(session_log.append(SESSION, output("gathered")))
        await turns()
        committing.cancel()
        gathered.cancel()
        await turns()
    later = await session_log.append(SESSION, output("later"))
    assert committing.cancelled() and gathered.cancelled()
    assert seqs(later) == [4]
    texts = [getattr(logged.event, "text", "") for logged in await session_log.read(SESSION)]
    assert texts == ["", "committing", "gathered", "later"]
    assert await session_log.verify(SESSION) is None


async def test_that_closing_commits_what_was_appended(database: Database) -> None:
    log = EventLog(database)
    await log.append(SESSION, created())
    appending = [asyncio.create_task(log.append(SESSION, output(number))) for number in range(20)]
    await turns(1)
    await log.aclose()
    assert [seq for task in appending for seq in seqs(await task)] == list(range(2, 22))


async def test_that_nothing_is_appended_after_closing(database: Database) -> None:
    log = EventLog(database)
    await log.append(SESSION, created())
    await log.aclose()
    await log.aclose()
    with pytest.raises(StoreError, match="closed"):
        await log.append(SESSION, output())
    assert seqs(await log.read(SESSION)) == [1]


async def test_that_a_log_that_was_never_used_closes(database: Database) -> None:
    await EventLog(database).aclose()


async def test_that_a_log_goes_on_where_the_last_one_ended(path: Path) -> None:
    for expected in ([1, 2], [3], [4]):
        database = await Database.open(path)
        log = EventLog(database)
        events = [output()] if expected != [1, 2] else [created(), output()]
        assert seqs(await log.append(SESSION, *events)) == expected
        assert await log.verify(SESSION) is None
        await log.aclose()
        await database.aclose()


async def test_that_the_writer_ended_from_outside_answers_those_who_wait(database: Database) -> None:
    log = EventLog(database)
    await log.append(SESSION, created())
    with held_writer(database):
        committing = asyncio.create_task(log.append(SESSION, output()))
        await turns()
        gathered = asyncio.create_task(log.append(SESSION, output()))
        await turns()
        (writer,) = (task for task in asyncio.all_tasks() if task.get_name() == "event log writer")
        writer.cancel()
        results = await asyncio.gather(committing, gathered, return_exceptions=True)
    assert [type(result) for result in results] == [StoreError, StoreError]
    with pytest.raises(StoreError):
        await log.append(SESSION, output())
    await log.aclose()


@st.composite
def interleavings(draw: st.DrawFn) -> list[tuple[SessionId, list[SessionEvent]]]:
    """Appends of any events to three sessions in any order."""
    ids = st.sampled_from([SESSION, OTHER, SessionId("third")])
    return draw(st.lists(st.tuples(ids, st.lists(EVENTS, min_size=1, max_size=3)), max_size=12))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(appends=interleavings(), pauses=st.lists(st.integers(0, 6), max_size=12))
async def test_that_any_interleaving_gives_gapless_numbers_and_a_whole_chain(
    tmp_path_factory: pytest.TempPathFactory,
    appends: list[tuple[SessionId, list[SessionEvent]]],
    pauses: list[int],
) -> None:
    database = await Database.open(tmp_path_factory.mktemp("any") / "maos.sqlite3")
    log = EventLog(database)
    ids = {session_id for session_id, _ in appends}
    heard: list[LoggedEvent] = []
    log.subscribe(None, heard.extend)
    await asyncio.gather(*(log.append(session_id, created()) for session_id in ids))
    tasks = []
    for number, (session_id, events) in enumerate(appends):
        tasks.append(asyncio.create_task(log.append(session_id, *events)))
        await turns(pauses[number] if number < len(pauses) else 0)
    results = await asyncio.gather(*tasks)
    for session_id in ids:
        read = await log.read(session_id)
        assert seqs(read) == list(range(1, len(read) + 1))
        assert read == [logged for logged in heard if logged.session_id == session_id]
        assert (await SessionStore(database).get(session_id)).event_count == len(read)
        assert await log.verify(session_id) is None
    for (_, events), result in zip(appends, results, strict=True):
        assert [logged.event for logged in result] == events
        assert seqs(result) == list(range(result[0].seq, result[0].seq + len(events)))
    await log.aclose()
    await database.aclose()
