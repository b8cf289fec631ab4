"""A database in a folder of its own, with a log on a clock that the test can foresee."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maos_desktop.store import Database, EventLog, SessionStore
from tests.unit.store.builders import SESSION, Clock, created


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "maos.sqlite3"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(path)
    yield opened
    await opened.aclose()


@pytest.fixture
async def log(database: Database) -> AsyncIterator[EventLog]:
    opened = EventLog(database, Clock())
    yield opened
    await opened.aclose()


@pytest.fixture
async def session_log(log: EventLog) -> EventLog:
    """A log in which ``SESSION`` exists, with its first event."""
    await log.append(SESSION, created())
    return log


@pytest.fixture
def sessions(database: Database) -> SessionStore:
    return SessionStore(database)
