"""Target 6, the store's half: reading back a session of 100,000 events, its tail first.

The peers read the same rows with raw sqlite3: the tail from a table that has the very indexes for it, everything with
one ``fetchall``. Each round opens its connections anew.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from maos_desktop.model.event import (
    AgentState,
    AgentStateChanged,
    MessageDelivered,
    MessageSent,
    OutputAppended,
    SessionCreated,
    SessionEvent,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)
from maos_desktop.model.ids import AgentId, MessageId, SessionId
from maos_desktop.model.message import Message, MessageType
from maos_desktop.model.session import SessionSettings
from maos_desktop.model.stored_row import StoredRow
from maos_desktop.store import Database, EventLog, EventReader
from maos_desktop.store.strands import MESSAGE_KINDS, PANE_KINDS
from tests.benchmarks.measurement import Measurement, collector_off, median_of

EVENTS = 100_000
AGENTS = [AgentId(f"tester-{number}") for number in range(1, 17)]
PER_AGENT = 200
MESSAGES = 1_000
ROUNDS = 7
SESSION = SessionId("benchmark")
COLUMNS = "seq, at, kind, agent_id, payload"


def events(folder: Path) -> Iterator[SessionEvent]:
    """Yields a session's life: of 50 events 40 are text, 6 are tool calls, 2 messages, 2 turn ends and states."""
    yield SessionCreated(settings=SessionSettings(request="benchmark", project_folder=folder), title="benchmark")
    for number in itertools.count():
        agent, other = AGENTS[number % 16], AGENTS[(number + 1) % 16]
        call = f"toolu_{number}"
        for part in range(40):
            yield OutputAppended(agent_id=agent, block=number, block_kind="text", text="word " * 50, closed=part == 39)
        for part in range(3):
            yield ToolStarted(agent_id=agent, tool_use_id=f"{call}{part}", tool="Read", input={"path": "a.py"})
            yield ToolFinished(agent_id=agent, tool_use_id=f"{call}{part}", output="line\n" * 100)
        message = Message(
            id=MessageId(f"m{number}"), sender=agent, receivers=(other,), type=MessageType.INFO, text="Found it."
        )
        yield MessageSent(message=message)
        yield MessageDelivered(message_ids=(message.id,), receiver=other, via="tool_boundary")
        yield TurnFinished(agent_id=agent, turns=4, cost_usd=0.01)
        yield AgentStateChanged(agent_id=agent, state=AgentState.WORKING)


async def make_session(path: Path) -> None:
    database = await Database.open(path)
    log = EventLog(database)
    source = itertools.islice(events(path.parent), EVENTS)
    while part := list(itertools.islice(source, 2_000)):
        await log.append(SESSION, *part)
    await log.aclose()
    await database.aclose()


def make_peer(path: Path, rows: list[StoredRow]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, at, kind, agent_id, payload)")
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute(f"CREATE INDEX pane ON events (agent_id, seq) WHERE kind IN {tuple(sorted(PANE_KINDS))}")
        connection.execute(f"CREATE INDEX bus ON events (seq) WHERE kind IN {tuple(sorted(MESSAGE_KINDS))}")
        outline = tuple(sorted(PANE_KINDS | MESSAGE_KINDS))
        connection.execute(f"CREATE INDEX outline ON events (seq) WHERE kind NOT IN {outline}")


def raw_tail(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    select = f"SELECT {COLUMNS} FROM events"
    panes, bus = tuple(sorted(PANE_KINDS)), tuple(sorted(MESSAGE_KINDS))
    outline = tuple(sorted(PANE_KINDS | MESSAGE_KINDS))
    rows = connection.execute(f"{select} INDEXED BY outline WHERE kind NOT IN {outline}").fetchall()
    newest = f"{select} INDEXED BY bus WHERE kind IN {bus} ORDER BY seq DESC LIMIT {MESSAGES}"
    rows += connection.execute(newest).fetchall()
    pane = f"{select} INDEXED BY pane WHERE kind IN {panes} AND agent_id = ? ORDER BY seq DESC LIMIT {PER_AGENT}"
    for agent in AGENTS:
        rows += connection.execute(pane, (agent,)).fetchall()
    return sorted(rows)


def raw_whole(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY seq").fetchall()


async def time_ours(path: Path, times: dict[str, list[float]]) -> list[StoredRow]:
    database = await Database.open(path, read_only=True)
    reader = EventReader(database)
    with collector_off():
        start = time.perf_counter()
        tail = await reader.read_tail(SESSION, PER_AGENT, MESSAGES)
        times["tail"].append(time.perf_counter() - start)
    with collector_off():
        start = time.perf_counter()
        assert len(await reader.read_rows(SESSION)) == EVENTS
        times["rows"].append(time.perf_counter() - start)
    await database.aclose()
    return tail


def time_peer(path: Path, times: dict[str, list[float]]) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        with collector_off():
            start = time.perf_counter()
            tail = raw_tail(connection)
            times["raw tail"].append(time.perf_counter() - start)
        with collector_off():
            start = time.perf_counter()
            assert len(raw_whole(connection)) == EVENTS
            times["raw whole"].append(time.perf_counter() - start)
    return tail


async def rows_of(path: Path) -> list[StoredRow]:
    database = await Database.open(path, read_only=True)
    try:
        return await EventReader(database).read_rows(SESSION)
    finally:
        await database.aclose()


def measure() -> list[Measurement]:
    times: dict[str, list[float]] = {name: [] for name in ("tail", "rows", "raw tail", "raw whole")}
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = Path(folder) / "ours.sqlite3", Path(folder) / "peer.sqlite3"
        asyncio.run(make_session(ours))
        make_peer(peer, asyncio.run(rows_of(ours)))
        for _ in range(ROUNDS):
            assert asyncio.run(time_ours(ours, times)) == time_peer(peer, times)
    ms = {name: median_of(samples) * 1_000 for name, samples in times.items()}
    tail, whole = "tail of 16 panes", "all 100,000 events, not validated"
    return [
        Measurement(6, tail, ms["tail"], "raw sqlite3", ms["raw tail"], "ms", "at most", 2),
        Measurement(6, whole, ms["rows"], "raw sqlite3", ms["raw whole"], "ms", "at most", 3),
    ]
