"""Bytes that change on the disk: a clear error or a found place, never a crash, never wrong text as if right."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from maos_desktop.errors import StoreError, UnknownSessionError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.store import Database, EventLog, SessionStore
from tests.unit.store.builders import SESSION, created, output

ROUNDS = 40


async def make(path: Path) -> list[LoggedEvent]:
    database = await Database.open(path)
    log = EventLog(database)
    await log.append(SESSION, created())
    for number in range(40):
        await log.append(SESSION, *(output(f"{number} {part} " + "text " * 20) for part in range(5)))
    events = await log.read(SESSION)
    await log.aclose()
    await database.aclose()
    return events


def damage(path: Path, whole: bytes, chance: random.Random) -> None:
    """Writes the file anew with one to sixty-four wrong bytes, without what SQLite kept beside it."""
    content = bytearray(whole)
    for _ in range(chance.choice((1, 4, 64))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(content)


async def use(database: Database) -> tuple[list[LoggedEvent] | None, bool]:
    """Does all that the app does with a session; returns what it read, and whether any of it was told as damage."""
    log, sessions = EventLog(database), SessionStore(database)
    read: list[LoggedEvent] | None = None
    noticed = False
    try:
        await sessions.list()
        await sessions.recent_requests(5)
        await log.read_rows(SESSION)
        await log.read_tail(SESSION)
        read = await log.read(SESSION)
        noticed = await log.verify(SESSION) is not None
        await log.append(SESSION, output())
    except (StoreError, UnknownSessionError):
        noticed = True
    await log.aclose()
    return read, noticed


@pytest.mark.parametrize("seed", [1, 2])
async def test_that_wrong_bytes_never_pass_as_right_ones(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    events = await make(path)
    whole = path.read_bytes()  # noqa: ASYNC240
    for _ in range(ROUNDS):
        damage(path, whole, chance)
        try:
            database = await Database.open(path)
        except StoreError:
            continue
        read, noticed = await use(database)
        assert noticed or read == events
        await database.aclose()
