"""The list of sessions follows the log."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from maos_desktop.errors import StoreCorruptError, UnknownSessionError
from maos_desktop.model.event import (
    PlanDecided,
    PlanProposed,
    PlanRefused,
    PlanRequested,
    SessionContinued,
    SessionEvent,
    SessionFinished,
    SessionInterrupted,
    SynthesisStarted,
)
from maos_desktop.model.ids import SessionId
from maos_desktop.model.plan import Plan
from maos_desktop.model.session import SessionState, SessionSummary
from maos_desktop.store import Database, EventLog, SessionStore
from tests.unit.model.strategies import subtask
from tests.unit.store.builders import OTHER, SESSION, START, created, output, turn

PLAN = Plan(goal="Goal", subtasks=(subtask(1),))
NEVER = SessionId("never")


async def test_that_a_new_session_is_listed_as_created(session_log: EventLog, sessions: SessionStore) -> None:
    expected = SessionSummary(
        id=SESSION,
        title="A title",
        settings=created().settings,
        state=SessionState.PLANNING,
        created_at=START,
        updated_at=START,
        cost_usd=None,
        event_count=1,
    )
    assert await sessions.get(SESSION) == expected
    assert await sessions.list() == [expected]


async def test_that_every_event_counts_and_moves_the_time(session_log: EventLog, sessions: SessionStore) -> None:
    await session_log.append(SESSION, output("a"), output("b"))
    summary = await sessions.get(SESSION)
    assert (summary.event_count, summary.created_at) == (3, START)
    assert summary.updated_at == START + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (PlanRequested(), SessionState.PLANNING),
        (PlanProposed(plan=PLAN), SessionState.AWAITING_APPROVAL),
        (PlanRefused(reason="", raw="", final=True), SessionState.AWAITING_APPROVAL),
        (PlanDecided(decision="approved", plan=PLAN), SessionState.RUNNING),
        (PlanDecided(decision="ask_again", comment="Smaller"), SessionState.PLANNING),
        (PlanDecided(decision="rejected"), SessionState.REJECTED),
        (SynthesisStarted(), SessionState.SYNTHESISING),
        (SessionFinished(outcome="done"), SessionState.DONE),
        (SessionFinished(outcome="failed"), SessionState.FAILED),
        (SessionFinished(outcome="rejected"), SessionState.REJECTED),
        (SessionInterrupted(reason="The app ended."), SessionState.INTERRUPTED),
        (SessionContinued(), SessionState.RUNNING),
    ],
)
async def test_that_the_state_follows_the_event(
    session_log: EventLog, sessions: SessionStore, event: SessionEvent, state: SessionState
) -> None:
    before = SessionInterrupted(reason="") if state is SessionState.PLANNING else PlanRequested()
    await session_log.append(SESSION, before)
    await session_log.append(SESSION, event)
    assert (await sessions.get(SESSION)).state is state


@pytest.mark.parametrize("event", [output(), turn(1.0), PlanRefused(reason="", raw="", final=False)])
async def test_that_other_events_leave_the_state(
    session_log: EventLog, sessions: SessionStore, event: SessionEvent
) -> None:
    await session_log.append(SESSION, SynthesisStarted())
    await session_log.append(SESSION, event)
    assert (await sessions.get(SESSION)).state is SessionState.SYNTHESISING


async def test_that_the_last_of_several_states_in_one_commit_holds(log: EventLog, sessions: SessionStore) -> None:
    await log.append(SESSION, created(), PlanRequested(), PlanProposed(plan=PLAN), output())
    assert (await sessions.get(SESSION)).state is SessionState.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        ([], None),
        ([None, None], None),
        ([0.0], 0.0),
        ([None, 0.25, None, 0.5], 0.75),
    ],
)
async def test_that_the_cost_is_the_sum_of_what_was_reported(
    session_log: EventLog, sessions: SessionStore, costs: list[float | None], total: float | None
) -> None:
    for cost in costs:
        await session_log.append(SESSION, turn(cost))
    assert (await sessions.get(SESSION)).cost_usd == total
    await session_log.append(OTHER, created(), *(turn(cost) for cost in costs))
    assert (await sessions.get(OTHER)).cost_usd == total


async def test_that_sessions_written_to_at_once_do_not_mix(log: EventLog, sessions: SessionStore) -> None:
    await asyncio.gather(log.append(SESSION, created("One")), log.append(OTHER, created("Two")))
    await asyncio.gather(
        log.append(SESSION, turn(1.0), SynthesisStarted()), log.append(OTHER, turn(2.0)), log.append(SESSION, turn(4.0))
    )
    one, two = await sessions.get(SESSION), await sessions.get(OTHER)
    assert (one.title, one.cost_usd, one.event_count, one.state) == ("One", 5.0, 4, SessionState.SYNTHESISING)
    assert (two.title, two.cost_usd, two.event_count, two.state) == ("Two", 2.0, 2, SessionState.PLANNING)


async def test_that_the_session_changed_last_comes_first(log: EventLog, sessions: SessionStore) -> None:
    for session_id in (SESSION, OTHER, NEVER):
        await log.append(session_id, created())
    await log.append(OTHER, output())
    assert [summary.id for summary in await sessions.list()] == [OTHER, NEVER, SESSION]


async def test_that_an_unknown_session_is_refused(sessions: SessionStore) -> None:
    with pytest.raises(UnknownSessionError, match="never") as raised:
        await sessions.get(NEVER)
    assert "sessions list" in raised.value.next_step
    with pytest.raises(UnknownSessionError, match="never"):
        await sessions.delete(NEVER)


async def test_that_deleting_takes_the_session_and_nothing_else(session_log: EventLog, sessions: SessionStore) -> None:
    await session_log.append(OTHER, created(), output())
    await session_log.append(SESSION, output())
    kept = await session_log.read(OTHER)
    await sessions.delete(SESSION)
    assert [summary.id for summary in await sessions.list()] == [OTHER]
    with pytest.raises(UnknownSessionError):
        await session_log.read(SESSION)
    assert await session_log.read(OTHER) == kept
    assert await session_log.verify(OTHER) is None


async def test_that_nothing_of_a_deleted_session_is_left(
    session_log: EventLog, sessions: SessionStore, database: Database
) -> None:
    await session_log.append(SESSION, *(output(number) for number in range(5)))
    await sessions.delete(SESSION)
    assert await database.fetch("SELECT count(*) FROM events") == [(0,)]


async def test_that_a_session_made_after_a_deletion_begins_empty(log: EventLog, sessions: SessionStore) -> None:
    await log.append(SESSION, created(), output())
    await sessions.delete(SESSION)
    await log.append(OTHER, created("New"))
    assert [logged.event for logged in await log.read(OTHER)] == [created("New")]
    assert await log.verify(OTHER) is None


async def test_that_recent_requests_are_each_given_once_newest_first(log: EventLog, sessions: SessionStore) -> None:
    for number, request in enumerate(["a", "b", "ünïcode\n“c”", "a"]):
        await log.append(SessionId(f"s{number}"), created(request=request))
    assert await sessions.recent_requests(10) == ["a", "ünïcode\n“c”", "b"]
    assert await sessions.recent_requests(1) == ["a"]


@pytest.mark.parametrize(("column", "value"), [("settings", "{}"), ("state", "lost"), ("created_at", 2**62)])
async def test_that_a_damaged_line_is_told_and_the_other_sessions_are_listed(
    session_log: EventLog,
    sessions: SessionStore,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    column: str,
    value: str | int,
) -> None:
    await session_log.append(OTHER, created())
    await damage(database, f"UPDATE sessions SET {column} = ? WHERE id = ?", value, SESSION)
    with pytest.raises(StoreCorruptError, match=SESSION) as raised:
        await sessions.get(SESSION)
    assert "Export" not in raised.value.next_step
    assert [summary.id for summary in await sessions.list()] == [OTHER]
    [warning] = caplog.records
    assert (warning.levelname, SESSION in warning.getMessage()) == ("WARNING", True)


@pytest.mark.parametrize("settings", ["{}", "no JSON"])
async def test_that_damaged_settings_do_not_hide_the_requests_of_other_sessions(
    session_log: EventLog, sessions: SessionStore, database: Database, settings: str
) -> None:
    await session_log.append(OTHER, created(request="Another"))
    await damage(database, "UPDATE sessions SET settings = ? WHERE id = ?", settings, SESSION)
    assert await sessions.recent_requests(5) == ["Another"]


async def test_that_a_lost_newest_event_is_told_to_who_goes_on_with_that_session_alone(
    session_log: EventLog, sessions: SessionStore, database: Database
) -> None:
    await session_log.append(OTHER, created())
    await damage(database, "DELETE FROM events WHERE session = 1 AND seq = 1")
    reopened = EventLog(database)
    with pytest.raises(StoreCorruptError, match="newest event") as raised:
        await reopened.append(SESSION, output())
    assert raised.value.next_step
    await reopened.append(OTHER, output())
    assert {summary.id for summary in await sessions.list()} == {SESSION, OTHER}
    await reopened.aclose()


async def damage(database: Database, sql: str, *values: str | int) -> None:
    await database.transaction(lambda connection: connection.execute(sql, values))
