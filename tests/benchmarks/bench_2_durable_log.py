"""Target 2: events that are committed and then delivered, 16 senders each waiting for its acknowledgement.

The peers write rows of the same size, ready-made, into a table of the same columns on the same disk, with the same
durability (WAL, synchronous=FULL):

- a bare group-commit writer: the senders' rows gather in a list, one task hands them to raw sqlite3 in a thread;
- aiosqlite with an insert and a commit per event, which a lock keeps together: without one, senders on one
  connection commit each other's rows, and what is measured is a group commit by accident.

Ours does on top what a log has to: JSON of the event, hash chain, the session's line, listeners, typed results.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiosqlite

from maos_desktop.model.event import LoggedEvent, OutputAppended, SessionCreated
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.session import SessionSettings
from maos_desktop.store import Database, EventLog
from tests.benchmarks.measurement import Measurement, collector_off, median_of

SENDERS = 16
EACH = 300
EACH_ALONE = 40
ROUNDS = 11
SESSION = SessionId("benchmark")
TEXT = "x" * 250
TABLE = """
CREATE TABLE events (
    position INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, agent_id TEXT, previous INTEGER,
    payload TEXT NOT NULL, hash BLOB NOT NULL
)
"""
INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"

Row = tuple[None, int, str, str, int, str, bytes]
Send = Callable[[int, int], Awaitable[object]]


def event(sender: int, number: int) -> OutputAppended:
    return OutputAppended(agent_id=AgentId(f"tester-{sender}"), block=number, block_kind="text", text=TEXT)


def rows(each: int) -> list[list[Row]]:
    """Returns the rows of every sender, made before the clock starts; SQLite numbers them as they come."""
    return [
        [
            (
                None,
                1_700_000_000_000_000,
                "output_appended",
                f"tester-{sender}",
                number,
                event(sender, number).model_dump_json(),
                bytes(32),
            )
            for number in range(each)
        ]
        for sender in range(SENDERS)
    ]


async def rate(send: Send, each: int) -> float:
    """Returns events per second when every sender waits for each of its events."""

    async def sender(index: int) -> None:
        for number in range(each):
            await send(index, number)

    with collector_off():
        start = time.perf_counter()
        await asyncio.gather(*(sender(index) for index in range(SENDERS)))
        return SENDERS * each / (time.perf_counter() - start)


async def ours(folder: Path) -> float:
    database = await Database.open(folder / "ours.sqlite3")
    log = EventLog(database)
    inbox: list[LoggedEvent] = []
    log.subscribe(SESSION, inbox.extend)
    settings = SessionSettings(request="benchmark", project_folder=folder)
    await log.append(SESSION, SessionCreated(settings=settings, title="benchmark"))
    ready = [[event(sender, number) for number in range(EACH)] for sender in range(SENDERS)]
    result = await rate(lambda sender, number: log.append(SESSION, ready[sender][number]), EACH)
    assert len(inbox) == SENDERS * EACH + 1
    await log.aclose()
    await database.aclose()
    return result


class BareWriter:
    """The least that acknowledges events after a shared commit."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._gathered: list[tuple[Row, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._connection = self._thread.submit(self._connect, path).result()
        self._task = asyncio.create_task(self._write())

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(TABLE)
        return connection

    async def send(self, row: Row) -> None:
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gathered.append((row, acknowledged))
        self._wake.set()
        await acknowledged

    async def aclose(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

    def _commit(self, batch: list[tuple[Row, asyncio.Future[None]]]) -> None:
        with self._connection:
            self._connection.executemany(INSERT, [row for row, _ in batch])

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._gathered = self._gathered, []
            await loop.run_in_executor(self._thread, self._commit, batch)
            for _, acknowledged in batch:
                acknowledged.set_result(None)


async def bare_group_commit(folder: Path) -> float:
    ready = rows(EACH)
    writer = BareWriter(folder / "bare.sqlite3")
    result = await rate(lambda sender, number: writer.send(ready[sender][number]), EACH)
    await writer.aclose()
    return result


async def commit_per_event(folder: Path) -> float:
    ready = rows(EACH_ALONE)
    async with aiosqlite.connect(folder / "alone.sqlite3") as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute(TABLE)

        turn = asyncio.Lock()

        async def send(sender: int, number: int) -> None:
            async with turn:
                await connection.execute(INSERT, ready[sender][number])
                await connection.commit()

        return await rate(send, EACH_ALONE)


def measure() -> list[Measurement]:
    """Rounds of all three in turn, so that a disturbance of the machine meets each of them."""
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "alone": []}
    for _ in range(ROUNDS):
        for name, run in (("ours", ours), ("bare", bare_group_commit), ("alone", commit_per_event)):
            with tempfile.TemporaryDirectory() as folder:
                rates[name].append(asyncio.run(run(Path(folder))))
    own, bare, alone = (median_of(rates[name]) for name in ("ours", "bare", "alone"))
    what = "committed, then delivered: 16 senders"
    return [
        Measurement(2, what, own, "bare group commit", bare, "events/s", "at least", 0.8),
        Measurement(2, what, own, "aiosqlite, commit per event", alone, "events/s", "at least", 10),
    ]
