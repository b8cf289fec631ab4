"""Reading back: everything, a part, the newest of each strand, and whether it is still what was written."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from maos_desktop.errors import StoreCorruptError, UnknownSessionError
from maos_desktop.model.event import (
    AgentState,
    AgentStateChanged,
    MessageRead,
    PlanRequested,
    SessionEvent,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.store import Database, EventLog, EventReader, event_reader
from maos_desktop.store.strands import MESSAGE_KINDS, PANE_KINDS
from tests.unit.model.strategies import BY_KIND
from tests.unit.store.builders import ANALYST, OTHER, SESSION, TESTER, created, output, turn


def message_read(number: int) -> MessageRead:
    return MessageRead(message_ids=(MessageId(f"m{number}"),), receiver=TESTER)


async def test_that_a_part_can_be_read(session_log: EventLog) -> None:
    await session_log.append(SESSION, *(output(number) for number in range(9)))
    assert [logged.seq for logged in await session_log.read(SESSION, after_seq=7)] == [8, 9, 10]
    assert [logged.seq for logged in await session_log.read(SESSION, after_seq=2, limit=3)] == [3, 4, 5]
    assert await session_log.read(SESSION, after_seq=10) == []
    assert await session_log.read(SESSION, limit=0) == []


async def test_that_reading_pages_over_a_long_session(session_log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_reader, "_PAGE", 3)
    await session_log.append(SESSION, *(output(number) for number in range(10)))
    await session_log.append(OTHER, created(), output())
    assert [row.seq for row in await session_log.read_rows(SESSION)] == list(range(1, 12))
    assert [row.seq for row in await session_log.read_rows(SESSION, after_seq=1, limit=6)] == list(range(2, 8))
    assert [row.seq for row in await session_log.read_rows(SESSION, limit=7)] == list(range(1, 8))
    assert await session_log.verify(SESSION) is None


async def test_that_rows_are_the_events_unread(session_log: EventLog) -> None:
    (appended,) = await session_log.append(SESSION, output("text"))
    _, row = await session_log.read_rows(SESSION)
    assert (row.seq, row.kind, row.agent_id) == (2, "output_appended", TESTER)
    assert row.payload == output("text").model_dump_json()
    assert row.event() == output("text")
    assert row.logged(SESSION) == appended


@pytest.mark.parametrize("method", ["read", "read_rows", "read_tail", "verify"])
async def test_that_an_unknown_session_is_said_to_be_unknown(log: EventLog, method: str) -> None:
    with pytest.raises(UnknownSessionError, match=OTHER):
        await getattr(log, method)(OTHER)


async def test_that_a_reader_works_beside_the_log(session_log: EventLog, database: Database) -> None:
    await session_log.append(SESSION, output())
    assert await EventReader(database).read(SESSION) == await session_log.read(SESSION)


# --- the tail ------------------------------------------------------------------------------------


async def test_that_the_tail_has_the_newest_rows_of_every_agent(session_log: EventLog) -> None:
    for number in range(6):
        await session_log.append(SESSION, output(f"tester {number}"), output(f"analyst {number}", ANALYST))
    await session_log.append(SESSION, output("tester 6"))
    tail = await session_log.read_tail(SESSION, per_agent=2)
    texts = [getattr(row.event(), "text", row.kind) for row in tail]
    assert texts == ["session_created", "analyst 4", "tester 5", "analyst 5", "tester 6"]


async def test_that_the_tail_has_the_whole_outline_however_old(session_log: EventLog) -> None:
    state = AgentStateChanged(agent_id=TESTER, state=AgentState.WORKING)
    await session_log.append(SESSION, PlanRequested(), state, turn(0.1))
    await session_log.append(SESSION, *(output(number) for number in range(50)))
    tail = await session_log.read_tail(SESSION, per_agent=3)
    assert [row.event() for row in tail] == [created(), PlanRequested(), state, turn(0.1), *map(output, (47, 48, 49))]


async def test_that_the_tail_has_the_newest_of_the_messages(session_log: EventLog) -> None:
    await session_log.append(SESSION, *(message_read(number) for number in range(9)))
    tail = await session_log.read_tail(SESSION, messages=2)
    assert [row.event() for row in tail] == [created(), message_read(7), message_read(8)]


async def test_that_the_tail_of_a_short_session_is_all_of_it_in_order(session_log: EventLog) -> None:
    events: list[SessionEvent] = [output(1), message_read(1), turn(None), output(2, ANALYST), message_read(2)]
    await session_log.append(SESSION, *events)
    await session_log.append(OTHER, created(), output("elsewhere"))
    assert await session_log.read_tail(SESSION) == await session_log.read_rows(SESSION)


async def test_that_the_tail_spans_restarts(path: Path) -> None:
    for start in (0, 3):
        database = await Database.open(path)
        log = EventLog(database)
        if start == 0:
            await log.append(SESSION, created())
        await log.append(SESSION, *(output(number) for number in range(start, start + 3)))
        tail = await log.read_tail(SESSION, per_agent=4)
        await log.aclose()
        await database.aclose()
    assert [getattr(row.event(), "text", "") for row in tail] == ["", "2", "3", "4", "5"]


async def test_that_an_agent_of_any_name_has_a_strand_of_its_own(session_log: EventLog) -> None:
    names = ["outline:", "messages:", 'quoted"', "a.b[0]", "ünïcode", ""]
    await session_log.append(SESSION, *(output(n, AgentId(name)) for n in range(3) for name in names))
    tail = await session_log.read_tail(SESSION, per_agent=1)
    assert [row.agent_id for row in tail] == [None, *names]


def test_that_the_strands_are_of_kinds_that_exist() -> None:
    kinds = {event_type.model_fields["kind"].default for event_type in BY_KIND}
    assert kinds > PANE_KINDS
    assert kinds > MESSAGE_KINDS
    assert not PANE_KINDS & MESSAGE_KINDS


def test_that_only_events_of_one_agent_are_in_its_pane() -> None:
    for event_type in BY_KIND:
        if event_type.model_fields["kind"].default in PANE_KINDS:
            assert event_type.model_fields["agent_id"].is_required()


# --- damage --------------------------------------------------------------------------------------

Damage = Callable[[sqlite3.Connection], object]


@pytest.fixture
async def damaged(path: Path) -> AsyncIterator[Callable[[str], EventReader]]:
    """Five events; what the test calls runs one statement on the closed file and opens it again."""
    database = await Database.open(path)
    log = EventLog(database)
    await log.append(SESSION, created(), *(output(number) for number in range(4)))
    await log.append(OTHER, created())
    await log.aclose()

    def damage(statement: str) -> EventReader:
        with closing(sqlite3.connect(path)) as connection, connection:
            assert connection.execute(statement).rowcount > 0
        return EventReader(database)

    yield damage
    await database.aclose()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE events SET payload = replace(payload, '2', '7') WHERE session = 1 AND seq = 4", 4),
        ("UPDATE events SET at = at + 1 WHERE session = 1 AND seq = 2", 2),
        ("UPDATE events SET kind = 'prompt_sent' WHERE session = 1 AND seq = 5", 5),
        ("UPDATE events SET agent_id = NULL WHERE session = 1 AND seq = 3", 3),
        ("UPDATE events SET previous = 1 WHERE session = 1 AND seq = 3", 3),
        ("UPDATE events SET hash = zeroblob(32) WHERE session = 1 AND seq = 1", 1),
        ("DELETE FROM events WHERE session = 1 AND seq = 3", 3),
        ("DELETE FROM events WHERE session = 1 AND seq = 5", 5),
        ("DELETE FROM events WHERE session = 1", 1),
        ("UPDATE events SET position = position + 1 WHERE session = 1 AND seq = 5", 5),
        ("UPDATE sessions SET event_count = 9 WHERE number = 1", 6),
    ],
)
async def test_that_the_chain_finds_damage(damaged: Callable[[str], EventReader], statement: str, broken: int) -> None:
    reader = damaged(statement)
    assert await reader.verify(SESSION) == broken
    assert await reader.verify(OTHER) is None


async def test_that_a_damaged_payload_is_told_and_the_rows_are_still_there(
    damaged: Callable[[str], EventReader],
) -> None:
    reader = damaged("UPDATE events SET payload = substr(payload, 5) WHERE session = 1 AND seq = 3")
    with pytest.raises(StoreCorruptError, match="Event 3") as raised:
        await reader.read(SESSION)
    assert "backup" in raised.value.next_step
    assert [row.seq for row in await reader.read_rows(SESSION)] == [1, 2, 3, 4, 5]
    assert len(await reader.read(SESSION, limit=2)) == 2


async def test_that_an_impossible_time_is_told(damaged: Callable[[str], EventReader]) -> None:
    reader = damaged("UPDATE events SET at = 9000000000000000000 WHERE session = 1 AND seq = 2")
    with pytest.raises(StoreCorruptError, match="Event 2"):
        await reader.read(SESSION)


async def test_that_text_that_is_no_text_any_more_is_told(damaged: Callable[[str], EventReader]) -> None:
    reader = damaged("UPDATE events SET payload = CAST(x'ff' AS TEXT) WHERE session = 1 AND seq = 2")
    with pytest.raises(StoreCorruptError, match="is damaged"):
        await reader.read_rows(SESSION)


async def test_that_a_strand_that_leads_in_a_circle_ends(damaged: Callable[[str], EventReader]) -> None:
    reader = damaged("UPDATE events SET previous = 5 WHERE session = 1 AND seq = 3")
    assert [row.seq for row in await reader.read_tail(SESSION)] == [1, 3, 4, 5]
