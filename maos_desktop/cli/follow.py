"""Follows one live session on the terminal until nothing of it runs any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from maos_desktop.cli.console import Console
from maos_desktop.cli.decisions import Decisions
from maos_desktop.cli.progress import EventLines
from maos_desktop.model.event import LoggedEvent, PermissionRequested, PlanProposed, PlanRefused
from maos_desktop.model.session import SessionState
from maos_desktop.sessions.live_session import LiveSession


class Follower:
    """Writes a session's events in order and has its questions answered, one at a time.

    While a question is open the lines wait, so that nothing is written into the answer.
    """

    def __init__(
        self,
        session: LiveSession,
        lines: EventLines,
        output: Console,
        decisions: Decisions,
        stopping: asyncio.Event,
        on_stop: Callable[[], None],
    ) -> None:
        """``on_stop`` is called when ``stopping`` is set while work is under way, before the agents are ended."""
        self._session = session
        self._lines = lines
        self._output = output
        self._decisions = decisions
        self._stopping = stopping
        self._on_stop = on_stop
        self._batches: asyncio.Queue[Sequence[LoggedEvent] | None] = asyncio.Queue()

    async def follow(self, before: Sequence[LoggedEvent], begin: Callable[[], Awaitable[None]]) -> SessionState:
        """Writes ``before``, calls ``begin``, and returns the session's state when it has ended or was stopped.

        Raises what ``begin`` raises, and ``StoreError`` when the log could not be written any more.
        """
        self._batches.put_nowait(before)
        unsubscribe = self._session.subscribe(self._batches.put_nowait)
        writing = asyncio.create_task(self._write_all(), name="terminal output")
        try:
            await begin()
            return await self._until_ended(writing)
        finally:
            unsubscribe()
            self._batches.put_nowait(None)
            await writing

    async def _until_ended(self, writing: asyncio.Task[None]) -> SessionState:
        ended = asyncio.create_task(self._session.wait_finished(), name="session end")
        stopping = asyncio.create_task(self._stopping.wait(), name="stop")
        try:
            await asyncio.wait([ended, stopping, writing], return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                self._on_stop()
                await self._session.stop()
            return await ended
        finally:
            stopping.cancel()

    async def _write_all(self) -> None:
        readable = True
        while (batch := await self._batches.get()) is not None:
            lines = [line for logged in batch for line in self._lines.lines(logged)]
            if readable and lines:
                readable = await self._write(lines)
            for logged in batch:
                await self._answer(logged)

    async def _write(self, lines: list[str]) -> bool:
        """Returns whether there is still a reader; without one the run is stopped."""
        try:
            await asyncio.to_thread(self._output.write, lines)
        except BrokenPipeError:
            self._stopping.set()
            return False
        return True

    async def _answer(self, logged: LoggedEvent) -> None:
        automatic = self._session.settings.auto_approve
        match logged.event:
            case _ if self._stopping.is_set():
                return
            case PlanProposed(plan=plan) if not automatic:
                answered = await self._decisions.about_plan(plan, "", "")
            case PlanRefused(final=True, reason=reason, raw=raw) if not automatic:
                answered = await self._decisions.about_plan(None, reason, raw)
            case PermissionRequested() as request:
                answered = await self._decisions.about_permission(request)
            case _:
                return
        if not answered:
            self._stopping.set()
