"""Another process with the database: ``python -m tests.unit.store.other_process open|append FILE``.

``open`` prints ``open`` and keeps the database until its input ends, or prints the code of the error.
``append`` prints each ``seq`` when it is acknowledged, from four senders at once, until it is killed.
"""

# ruff: noqa: T201

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from maos_desktop.errors import StoreError
from maos_desktop.store import Database, EventLog
from tests.unit.store.builders import SESSION, created, output


async def keep_open(path: Path) -> None:
    try:
        database = await Database.open(path)
    except StoreError as error:
        print(error.code, flush=True)
        return
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await database.aclose()


async def append_for_ever(path: Path) -> None:
    database = await Database.open(path)
    log = EventLog(database)
    if not await database.fetch("SELECT 1 FROM sessions"):
        await log.append(SESSION, created())

    async def send() -> None:
        while True:
            for logged in await log.append(SESSION, output("a"), output("b")):
                print(logged.seq, flush=True)

    await asyncio.gather(*(send() for _ in range(4)))


if __name__ == "__main__":
    asyncio.run({"open": keep_open, "append": append_for_ever}[sys.argv[1]](Path(sys.argv[2])))
