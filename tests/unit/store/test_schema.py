"""Upgrading: a copy first, then all steps or none, and the sessions are still there."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from maos_desktop.errors import StoreError
from maos_desktop.store import Database, EventLog, EventReader, SessionStore, schema
from maos_desktop.store.schema import Schema
from tests.unit.store.builders import SESSION, created, output

ADD_COLUMN = "ALTER TABLE sessions ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;\nPRAGMA user_version = {};\n-- end"
SHIPPED = Path(schema.__file__).parent / "sql"


@pytest.fixture
def sql_folder(tmp_path: Path) -> Path:
    """The SQL files of a next version: the shipped ones, a second form, and the way there."""
    folder = tmp_path / "sql"
    shutil.copytree(SHIPPED, folder)
    add_upgrade(folder, 2, ADD_COLUMN.format(2))
    newest = (folder / "schema.sql").read_text(encoding="utf-8") + ADD_COLUMN.format(2)
    (folder / "schema.sql").write_text(newest, encoding="utf-8")
    return folder


def add_upgrade(folder: Path, number: int, script: str) -> None:
    (folder / f"upgrade_{number:04}.sql").write_text(script, encoding="utf-8")


async def fill(path: Path) -> None:
    database = await Database.open(path)
    log = EventLog(database)
    await log.append(SESSION, created(), output())
    await log.aclose()
    await database.aclose()


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        value: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return value


def columns(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(sessions)")]


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def copy_of(path: Path, before: int = 2) -> Path:
    return path.with_name(f"maos-before-v{before}.sqlite3")


async def test_that_the_shipped_files_make_the_version_they_lead_to(path: Path) -> None:
    await fill(path)
    assert version(path) == Schema().version


async def test_that_an_older_database_is_upgraded_with_its_sessions(path: Path, sql_folder: Path) -> None:
    await fill(path)
    database = await Database.open(path, schema=Schema(sql_folder))
    log = EventLog(database)
    assert [logged.event for logged in await log.read(SESSION)] == [created(), output()]
    assert [logged.seq for logged in await log.append(SESSION, output())] == [3]
    assert await log.verify(SESSION) is None
    await log.aclose()
    await database.aclose()
    assert version(path) == 2
    assert "starred" in columns(path)


async def test_that_a_copy_is_kept_from_before_the_upgrade(path: Path, sql_folder: Path) -> None:
    await fill(path)
    database = await Database.open(path, schema=Schema(sql_folder))
    await database.aclose()
    assert names(path.parent) == {"maos.sqlite3", "maos.sqlite3.lock", copy_of(path).name}
    assert version(copy_of(path)) == 1
    kept = await Database.open(copy_of(path), read_only=True)
    assert len(await EventReader(kept).read(SESSION)) == 2
    await kept.aclose()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
async def test_that_the_copy_is_its_owners_only(path: Path, sql_folder: Path) -> None:
    await fill(path)
    database = await Database.open(path, schema=Schema(sql_folder))
    await database.aclose()
    assert copy_of(path).stat().st_mode & 0o777 == 0o600


async def test_that_an_interrupted_copy_is_made_again(path: Path, sql_folder: Path) -> None:
    await fill(path)
    copy_of(path).with_name(copy_of(path).name + ".part").write_bytes(b"half")
    copy_of(path).write_bytes(b"older")
    database = await Database.open(path, schema=Schema(sql_folder))
    await database.aclose()
    assert version(copy_of(path)) == 1


async def test_that_a_new_database_has_the_newest_form_and_no_copy(path: Path, sql_folder: Path) -> None:
    database = await Database.open(path, schema=Schema(sql_folder))
    await database.aclose()
    assert names(path.parent) == {"maos.sqlite3", "maos.sqlite3.lock"}
    assert (version(path), columns(path)[-1]) == (2, "starred")


async def test_that_steps_are_taken_in_order(path: Path, sql_folder: Path) -> None:
    await fill(path)
    add_upgrade(sql_folder, 3, "UPDATE sessions SET starred = 7;\nPRAGMA user_version = 3;")
    add_upgrade(sql_folder, 10, "UPDATE sessions SET starred = starred + 1;\nPRAGMA user_version = 10;")
    database = await Database.open(path, schema=Schema(sql_folder))
    assert await database.fetch("SELECT starred FROM sessions") == [(8,)]
    await database.aclose()
    assert (version(path), version(copy_of(path, 10))) == (10, 1)


async def test_that_a_step_that_fails_changes_nothing(path: Path, sql_folder: Path) -> None:
    await fill(path)
    add_upgrade(sql_folder, 2, ADD_COLUMN.format(2) + "\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(StoreError) as raised:
        await Database.open(path, schema=Schema(sql_folder))
    assert "nowhere" in raised.value.detail
    assert (version(path), "starred" in columns(path)) == (1, False)
    database = await Database.open(path)
    assert len(await EventReader(database).read(SESSION)) == 2
    await database.aclose()


async def test_that_a_current_database_is_opened_without_a_copy(path: Path) -> None:
    await fill(path)
    database = await Database.open(path)
    await database.aclose()
    assert names(path.parent) == {"maos.sqlite3", "maos.sqlite3.lock"}


async def test_that_a_reader_does_not_upgrade(path: Path, sql_folder: Path) -> None:
    await fill(path)
    with pytest.raises(StoreError, match="not been upgraded") as raised:
        await Database.open(path, read_only=True, schema=Schema(sql_folder))
    assert "window" in raised.value.next_step
    assert version(path) == 1
    reading = await Database.open(path, read_only=True)
    assert len(await SessionStore(reading).list()) == 1
    await reading.aclose()
