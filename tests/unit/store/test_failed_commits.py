"""A commit that fails: its appenders hear of it, nothing of it is stored, and the log goes on afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from maos_desktop.errors import BugError, StoreBusyError, StoreError, UnknownSessionError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.store import Database, EventLog, SessionStore
from maos_desktop.store.batch import Batch
from tests.unit.loop_turns import turns
from tests.unit.store.builders import OTHER, SESSION, created, output, turn
from tests.unit.store.held_writer import held_writer

LARGE = "x" * 1_000_000


async def fill_disk(database: Database) -> None:
    """Lets the database file not grow any more, which SQLite reports as it reports a full disk."""
    await database.transaction(
        lambda connection: connection.execute(
            f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}"
        ).fetchone()
    )


async def make_room(database: Database) -> None:
    await database.transaction(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone())


def put_another_there(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.touch()


@contextmanager
def locked_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def wait_for_nothing(database: Database) -> None:
    """Has the writer fail at once where it would wait some seconds for a lock."""
    await database.transaction(lambda connection: connection.execute("PRAGMA busy_timeout = 0").fetchone())


async def test_that_a_full_disk_is_told_and_nothing_of_the_commit_is_stored(
    session_log: EventLog, database: Database
) -> None:
    heard: list[LoggedEvent] = []
    session_log.subscribe(None, heard.extend)
    await fill_disk(database)
    results = await asyncio.gather(
        session_log.append(SESSION, output("small")),
        session_log.append(SESSION, output(LARGE)),
        return_exceptions=True,
    )
    for error in results:
        assert isinstance(error, StoreError)
        assert "disk is full" in str(error) and "is kept" in str(error)
        assert "Make room" in error.next_step
        assert error.detail.startswith("SQLITE_FULL")
    assert not heard
    assert [logged.seq for logged in await session_log.read(SESSION)] == [1]


async def test_that_the_log_goes_on_when_there_is_room_again(session_log: EventLog, database: Database) -> None:
    await fill_disk(database)
    with pytest.raises(StoreError):
        await session_log.append(SESSION, output(LARGE))
    await make_room(database)
    appended = await session_log.append(SESSION, output(LARGE))
    assert [logged.seq for logged in appended] == [2]
    assert await session_log.verify(SESSION) is None


async def test_that_a_failed_commit_leaves_the_line_in_the_list_alone(
    session_log: EventLog, database: Database, sessions: SessionStore
) -> None:
    await session_log.append(SESSION, turn(0.5))
    before = await sessions.get(SESSION)
    await fill_disk(database)
    with pytest.raises(StoreError):
        await session_log.append(SESSION, turn(0.25), output(LARGE))
    assert await sessions.get(SESSION) == before
    await make_room(database)
    await session_log.append(SESSION, turn(0.25))
    assert (await sessions.get(SESSION)).cost_usd == 0.75


async def test_that_a_session_whose_creation_failed_can_be_created_again(log: EventLog, database: Database) -> None:
    await fill_disk(database)
    with pytest.raises(StoreError):
        await log.append(SESSION, created(request=LARGE[:200_000]))
    with pytest.raises(UnknownSessionError):
        await log.append(SESSION, output())
    await make_room(database)
    assert [logged.seq for logged in await log.append(SESSION, created(), output())] == [1, 2]


async def test_that_a_locked_database_is_told_and_waited_out(
    session_log: EventLog, database: Database, path: Path
) -> None:
    await wait_for_nothing(database)
    with locked_by_another(path), pytest.raises(StoreBusyError, match="Another program"):
        await session_log.append(SESSION, output())
    assert [logged.seq for logged in await session_log.append(SESSION, output())] == [2]


async def test_that_each_appender_gets_an_error_of_its_own(
    session_log: EventLog, database: Database, path: Path
) -> None:
    await wait_for_nothing(database)
    with locked_by_another(path):
        first, second = await asyncio.gather(
            session_log.append(SESSION, output()), session_log.append(SESSION, output()), return_exceptions=True
        )
    assert isinstance(first, StoreBusyError) and isinstance(second, StoreBusyError)
    assert first is not second
    assert (str(first), first.next_step, first.detail) == (str(second), second.next_step, second.detail)


async def test_that_a_failure_meets_those_of_its_commit_only(session_log: EventLog, database: Database) -> None:
    await fill_disk(database)
    with held_writer(database):
        failing = asyncio.create_task(session_log.append(SESSION, output(LARGE)))
        await turns()
        room = make_room(database)
        later = asyncio.create_task(session_log.append(SESSION, output("later")))
        await turns()
    with pytest.raises(StoreError):
        await failing
    await room
    assert [logged.seq for logged in await later] == [2]


async def test_that_a_deleted_session_takes_no_more_events(session_log: EventLog, sessions: SessionStore) -> None:
    await session_log.append(OTHER, created())
    await sessions.delete(SESSION)
    with pytest.raises(StoreError, match="deleted"):
        await session_log.append(SESSION, output())
    with pytest.raises(UnknownSessionError):
        await session_log.append(SESSION, output())
    assert [logged.seq for logged in await session_log.append(OTHER, output())] == [2]


async def test_that_files_taken_away_are_noticed(session_log: EventLog, path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()
    with pytest.raises(StoreError, match="deleted or moved") as raised:
        await session_log.append(SESSION, output())
    assert "start MAOS Desktop again" in raised.value.next_step


async def test_that_a_replaced_file_is_noticed(session_log: EventLog, path: Path) -> None:
    put_another_there(path)
    with pytest.raises(StoreError, match="deleted or moved"):
        await session_log.append(SESSION, output())


@pytest.mark.expected_errors("Events could not be committed")
async def test_that_the_log_outlives_a_defect(session_log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Batch, connection: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "write", broken)
        with pytest.raises(BugError):
            await session_log.append(SESSION, output())
    assert [logged.seq for logged in await session_log.append(SESSION, output())] == [2]


async def test_that_a_damaged_line_in_the_list_stops_its_session_alone(path: Path) -> None:
    database = await Database.open(path)
    log = EventLog(database)
    await asyncio.gather(log.append(SESSION, created()), log.append(OTHER, created()))
    await database.transaction(
        lambda connection: connection.execute("UPDATE sessions SET strands = '{' WHERE id = ?", (SESSION,))
    )
    fresh = EventLog(database)
    damaged, whole = await asyncio.gather(
        fresh.append(SESSION, output()), fresh.append(OTHER, output()), return_exceptions=True
    )
    assert isinstance(damaged, StoreError)
    assert isinstance(whole, tuple)
    await log.aclose()
    await fresh.aclose()
    await database.aclose()
