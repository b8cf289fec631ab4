"""Opening the database: what is made, what is refused, and what is left untouched then."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from maos_desktop.errors import StoreCorruptError, StoreError, StoreTooNewError
from maos_desktop.model.ids import SessionId
from maos_desktop.store import Database, EventLog, EventReader, SessionStore, writer
from tests.unit.store.builders import SESSION, created, output

NOBODY = 65_534
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")


async def fill(path: Path, events: int = 2) -> None:
    """Makes a closed database with one session of so many events."""
    database = await Database.open(path)
    log = EventLog(database)
    await log.append(SESSION, created(), *(output(number) for number in range(events - 1)))
    await log.aclose()
    await database.aclose()


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def opens(path: Path) -> None:
    """Fails unless the database opens and has its session."""
    database = await Database.open(path)
    assert len(await EventReader(database).read(SESSION)) == 2
    await database.aclose()


# --- what is made --------------------------------------------------------------------------------


@posix
async def test_that_everything_is_its_owners_only(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        path = tmp_path / "new" / "folder" / "maos.sqlite3"
        database = await Database.open(path)
        log = EventLog(database)
        await log.append(SESSION, created())
        expected = {"maos.sqlite3", "maos.sqlite3-wal", "maos.sqlite3-shm", "maos.sqlite3.lock"}
        assert modes(path.parent) == dict.fromkeys(expected, 0o600)
        assert modes(path.parent.parent) == {"folder": 0o700}
        await log.aclose()
        await database.aclose()
    finally:
        os.umask(umask)


@posix
async def test_that_what_others_could_read_is_restricted(path: Path) -> None:
    await fill(path)
    run(path, "BEGIN")
    os.chmod(path, 0o644)  # noqa: PTH101
    os.chmod(path.parent, 0o755)  # noqa: PTH101
    await opens(path)
    assert modes(path.parent) == {"maos.sqlite3": 0o600, "maos.sqlite3.lock": 0o600}
    assert modes(path.parent.parent)[path.parent.name] == 0o700


async def test_that_a_crash_costs_no_power_and_no_process(database: Database) -> None:
    async def pragma(name: str) -> object:
        return await database.transaction(lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0])

    assert await pragma("journal_mode") == "wal"
    assert await pragma("synchronous") == 2  # FULL
    assert await pragma("trusted_schema") == 0


async def test_that_closing_folds_everything_into_one_file(path: Path) -> None:
    await fill(path)
    assert names(path.parent) == {"maos.sqlite3", "maos.sqlite3.lock"}


async def test_that_an_empty_file_becomes_a_database(path: Path) -> None:
    write(path, b"")
    await fill(path)
    await opens(path)


async def test_that_a_path_with_signs_of_a_uri_works(tmp_path: Path) -> None:
    path = tmp_path / "50% of ünï?mode=rw#code" / "maos.sqlite3"
    await fill(path)
    await opens(path)
    database = await Database.open(path, read_only=True)
    await database.aclose()


async def test_that_it_can_be_closed_twice_and_used_no_more(path: Path) -> None:
    database = await Database.open(path)
    await database.aclose()
    await database.aclose()
    with pytest.raises(StoreError, match="closed"):
        await database.fetch("SELECT 1")
    with pytest.raises(StoreError, match="closed"):
        await database.transaction(lambda connection: None)


async def test_that_a_transaction_that_raises_stores_nothing(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO events (position, at, kind, payload, hash) VALUES (1, 1, 'k', '{}', x'')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.transaction(half)
    assert await database.fetch("SELECT count(*) FROM events") == [(0,)]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 99, 100, 5_000, 100_000])
async def test_that_garbage_is_refused_and_left_alone(path: Path, size: int) -> None:
    garbage = random.Random(size).randbytes(size)
    write(path, garbage)
    with pytest.raises(StoreCorruptError, match="not a database of MAOS Desktop") as raised:
        await Database.open(path)
    assert "Move it away" in raised.value.next_step
    assert path.read_bytes() == garbage  # noqa: ASYNC240
    assert names(path.parent) == {"maos.sqlite3", "maos.sqlite3.lock"}


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
async def test_that_a_truncated_file_is_refused_and_left_alone(path: Path, kept: float) -> None:
    await fill(path, events=300)
    whole = path.read_bytes()  # noqa: ASYNC240
    write(path, whole[: int(len(whole) * kept)])
    with pytest.raises(StoreCorruptError) as raised:
        await Database.open(path)
    assert raised.value.next_step and raised.value.detail
    assert path.read_bytes() == whole[: int(len(whole) * kept)]  # noqa: ASYNC240


async def test_that_damaged_pages_are_refused(path: Path) -> None:
    await fill(path, events=300)
    content = bytearray(path.read_bytes())  # noqa: ASYNC240
    for page in range(1, len(content) // 4_096):
        content[page * 4_096 : page * 4_096 + 100] = bytes(100)
    write(path, bytes(content))
    with pytest.raises(StoreCorruptError, match="is damaged") as raised:
        await Database.open(path)
    assert "copy" in raised.value.next_step


async def test_that_a_large_file_is_not_read_through_at_opening(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(path, events=300)
    content = bytearray(path.read_bytes())  # noqa: ASYNC240
    content[-4_096:] = bytes(4_096)
    write(path, bytes(content))
    monkeypatch.setattr(writer, "_CHECKED_AT_OPENING", 0)
    database = await Database.open(path)
    with pytest.raises(StoreCorruptError):
        await EventReader(database).verify(SESSION)
    await database.aclose()


async def test_that_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    write(path, b"")
    run(path, "CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()  # noqa: ASYNC240
    with pytest.raises(StoreCorruptError, match="not a database of MAOS Desktop"):
        await Database.open(path)
    assert path.read_bytes() == before  # noqa: ASYNC240


@pytest.mark.parametrize("read_only", [False, True])
async def test_that_a_newer_database_is_refused_and_left_alone(path: Path, read_only: bool) -> None:
    await fill(path)
    run(path, "PRAGMA user_version = 9999")
    before = path.read_bytes()  # noqa: ASYNC240
    with pytest.raises(StoreTooNewError, match="9999") as raised:
        await Database.open(path, read_only=read_only)
    assert "newest" in raised.value.next_step
    assert path.read_bytes() == before  # noqa: ASYNC240


async def test_that_a_newer_database_with_a_wal_is_left_alone(path: Path, tmp_path: Path) -> None:
    await fill(path)
    crashed = tmp_path / "crashed" / path.name
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA wal_autocheckpoint = 0")
        newer.execute("PRAGMA user_version = 9999")
        newer.commit()
        shutil.copytree(path.parent, crashed.parent)
    before = {name: (crashed.parent / name).read_bytes() for name in ("maos.sqlite3", "maos.sqlite3-wal")}
    with pytest.raises(StoreTooNewError):
        await Database.open(crashed)
    assert {name: (crashed.parent / name).read_bytes() for name in before} == before


async def test_that_a_refused_database_is_not_kept_locked(path: Path) -> None:
    await fill(path)
    run(path, "PRAGMA user_version = 9999")
    with pytest.raises(StoreTooNewError):
        await Database.open(path)
    run(path, "PRAGMA user_version = 1")
    await opens(path)


# --- folders -------------------------------------------------------------------------------------


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that may be read and not written to, also where the tests run as root."""
    outer = Path(tempfile.mkdtemp())
    outer.chmod(0o755)
    folder = outer / "data"
    folder.mkdir()
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o500)
    if root:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(outer)


@posix
async def test_that_a_folder_that_cannot_be_written_is_told(read_only_folder: Path) -> None:
    with pytest.raises(StoreError, match="could not be opened for reading and writing") as raised:
        await Database.open(read_only_folder / "maos.sqlite3")
    assert "MAOS_DATA_DIR" in raised.value.next_step
    assert names(read_only_folder) == set()


@posix
async def test_that_a_folder_that_cannot_be_made_is_told(read_only_folder: Path) -> None:
    with pytest.raises(StoreError, match="could not be opened"):
        await Database.open(read_only_folder / "deeper" / "maos.sqlite3")


async def test_that_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    write(tmp_path / "data", b"")
    with pytest.raises(StoreError, match="could not be opened"):
        await Database.open(tmp_path / "data" / "maos.sqlite3")


async def test_that_a_folder_in_the_databases_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "maos.sqlite3").mkdir()
    with pytest.raises(StoreError, match=r"maos\.sqlite3"):
        await Database.open(tmp_path / "maos.sqlite3")


# --- reading only --------------------------------------------------------------------------------


async def test_that_reading_only_works_beside_the_writer(path: Path, session_log: EventLog) -> None:
    reading = await Database.open(path, read_only=True)
    await session_log.append(SESSION, output())
    assert [logged.seq for logged in await EventReader(reading).read(SESSION)] == [1, 2]
    assert [summary.id for summary in await SessionStore(reading).list()] == [SESSION]
    await reading.aclose()


async def test_that_reading_only_works_without_a_writer(path: Path) -> None:
    await fill(path)
    before = path.read_bytes()  # noqa: ASYNC240
    reading = await Database.open(path, read_only=True)
    assert len(await EventReader(reading).read(SESSION)) == 2
    await reading.aclose()
    assert path.read_bytes() == before  # noqa: ASYNC240


async def test_that_reading_only_does_not_write(path: Path, session_log: EventLog) -> None:
    reading = await Database.open(path, read_only=True)
    log = EventLog(reading)
    with pytest.raises(StoreError, match="reading only"):
        await log.append(SESSION, output())
    with pytest.raises(StoreError, match="reading only"):
        await SessionStore(reading).delete(SESSION)
    with pytest.raises(StoreError):
        await reading.fetch("DELETE FROM events")
    await log.aclose()
    await reading.aclose()
    assert len(await session_log.read(SESSION)) == 1


async def test_that_reading_only_makes_nothing(path: Path) -> None:
    with pytest.raises(StoreError, match="nothing saved"):
        await Database.open(path, read_only=True)
    assert not path.parent.exists()


async def test_that_reading_an_empty_file_finds_nothing_saved(path: Path) -> None:
    write(path, b"")
    with pytest.raises(StoreError, match="nothing saved"):
        await Database.open(path, read_only=True)


async def test_that_a_name_that_is_no_text_is_told(sessions: SessionStore) -> None:
    with pytest.raises(StoreError, match="not valid Unicode"):
        await sessions.get(SessionId("\udcff"))
