"""What answers the agents' CLI processes: the user's own Claude set-up, or the rehearsal server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from maos_desktop.executor.base import Executor
from maos_desktop.model.session import Backend
from maos_desktop.paths import private_folder

if TYPE_CHECKING:
    from maos_desktop.rehearsal.server import RehearsalServer


class Backends:
    """Starts the rehearsal server when it is first needed. ``aclose`` ends it."""

    def __init__(self, data_folder: Path, rehearsal: RehearsalServer | None = None) -> None:
        self._data_folder = data_folder
        self._rehearsal = rehearsal
        self._changing = asyncio.Lock()

    async def environment(self, backend: Backend) -> Mapping[str, str]:
        """Returns what is added to the environment of the agents' processes."""
        if backend is Backend.CLAUDE:
            return {}
        async with self._changing:
            if self._rehearsal is None:
                from maos_desktop.rehearsal.request_log import RequestLog
                from maos_desktop.rehearsal.server import RehearsalServer

                self._rehearsal = await RehearsalServer.start(log=RequestLog(limit=0))
            return self._rehearsal.environment(private_folder(self._data_folder / "rehearsal"))

    async def aclose(self) -> None:
        """Ends the server if it runs."""
        async with self._changing:
            server, self._rehearsal = self._rehearsal, None
            if server is not None:
                await server.aclose()


def claude_executor() -> Executor:
    """Returns the executor that runs agents in the Claude CLI of this machine."""
    from maos_desktop.executor.claude import ClaudeExecutor

    return ClaudeExecutor()
