"""Two processes and one database; and a process that is killed while it writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from maos_desktop.errors import StoreBusyError
from maos_desktop.store import Database, EventLog, EventReader, SessionStore
from tests.unit.store.builders import SESSION, created, output

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def other_process(task: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.unit.store.other_process", task, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_that_a_second_process_is_refused(path: Path, database: Database) -> None:
    with other_process("open", path) as second:
        assert first_line(second) == "store_busy"


async def test_that_the_first_process_keeps_its_database(path: Path) -> None:
    with other_process("open", path) as first:
        assert first_line(first) == "open"
        with pytest.raises(StoreBusyError, match="Another MAOS Desktop") as raised:
            await Database.open(path)
        assert "already open" in raised.value.next_step
        assert str(path.parent) in str(raised.value)


async def test_that_one_may_read_while_another_process_writes(path: Path) -> None:
    with other_process("append", path) as writing:
        first_line(writing)
        reading = await Database.open(path, read_only=True)
        assert [logged.event for logged in await EventReader(reading).read(SESSION, limit=1)] == [created()]
        await reading.aclose()


async def test_that_a_second_opening_in_one_process_is_refused(path: Path, database: Database) -> None:
    with pytest.raises(StoreBusyError):
        await Database.open(path)


async def test_that_the_lock_ends_with_its_process(path: Path) -> None:
    for end in (subprocess.Popen[str].kill, subprocess.Popen[str].communicate):
        with other_process("open", path) as first:
            assert first_line(first) == "open"
            end(first)
            first.wait()
            database = await Database.open(path)
            await database.aclose()


async def test_that_no_acknowledged_event_is_lost_when_the_process_is_killed(path: Path) -> None:
    """Five lives of one database, each killed while it writes."""
    kept = 0
    for life in range(1, 6):
        with other_process("append", path) as process:
            assert process.stdout is not None
            acknowledged = [int(line) for line in islice(process.stdout, 10 * life + life**3)]
            process.kill()
            acknowledged += [int(line) for line in process.stdout.read().split()]
        database = await Database.open(path)
        seqs = [logged.seq for logged in await EventReader(database).read(SESSION)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert set(seqs) >= set(acknowledged)
        assert len(seqs) > kept
        assert await EventReader(database).verify(SESSION) is None
        assert (await SessionStore(database).get(SESSION)).event_count == len(seqs)
        kept = len(seqs)
        await database.aclose()


async def test_that_a_log_goes_on_after_a_killed_process(path: Path) -> None:
    with other_process("append", path) as process:
        first_line(process)
    database = await Database.open(path)
    log = EventLog(database)
    count = (await SessionStore(database).get(SESSION)).event_count
    assert [logged.seq for logged in await log.append(SESSION, output())] == [count + 1]
    assert await log.verify(SESSION) is None
    await log.aclose()
    await database.aclose()
