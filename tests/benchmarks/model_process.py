"""A model server in a process of its own, so that what it computes is not measured with the app."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from maos_desktop.rehearsal.request_log import RequestLog
from maos_desktop.rehearsal.rule_brain import Brain
from maos_desktop.rehearsal.server import RehearsalServer

Requests = list[tuple[str, str]]
"""Agent and text of the messages of each request, oldest first."""


class ModelProcess:
    """For a ``SessionManager`` a rehearsal server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def environment(self, config_folder: Path) -> dict[str, str]:
        """Returns what a CLI's environment needs to use the server."""
        self._connection.send(config_folder)
        environment: dict[str, str] = self._connection.recv()
        return environment

    def requests(self) -> Requests:
        """Returns what the server was asked so far."""
        self._connection.send("requests")
        requests: Requests = self._connection.recv()
        return requests

    async def aclose(self) -> None:
        """Does nothing: who has started the process ends it."""


@contextmanager
def model_process(make_brain: Callable[[], Brain]) -> Iterator[ModelProcess]:
    """Runs a server with this brain; ``make_brain`` is a class or function of a module."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, make_brain))
    process.start()
    try:
        yield ModelProcess(ours)
    finally:
        ours.send(None)
        process.join()


def _serve(connection: Connection, make_brain: Callable[[], Brain]) -> None:
    asyncio.run(_answer(connection, make_brain))


async def _answer(connection: Connection, make_brain: Callable[[], Brain]) -> None:
    log = RequestLog(limit=None)
    server = await RehearsalServer.start(make_brain(), log, pace_seconds=0)
    while (asked := await asyncio.to_thread(connection.recv)) is not None:
        if isinstance(asked, Path):
            connection.send(server.environment(asked))
        else:
            connection.send([(str(request.agent), str(request.body["messages"])) for request in log])
    await server.aclose()
