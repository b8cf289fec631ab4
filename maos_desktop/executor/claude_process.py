"""One agent: a guarded CLI process, the SDK's client that talks to it, and the events that come of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Protocol

from maos_desktop.errors import AgentError, CliCrashedError
from maos_desktop.executor.base import AgentHooks, AgentLaunch, OutputSkipped, RuntimeEvent, SilenceNoticed
from maos_desktop.executor.failures import crash_of
from maos_desktop.executor.guarded_process import GuardedProcess
from maos_desktop.executor.hook_desk import HookDesk
from maos_desktop.executor.outbox import Outbox
from maos_desktop.executor.silence import SilenceClock
from maos_desktop.executor.spending import Spending
from maos_desktop.executor.transport import CliTransport
from maos_desktop.executor.turn_reader import TurnReader

BEGIN_SECONDS = 2.0
"""How long an interrupt waits for the CLI to take up the turn; it is sent in any case."""


class Client(Protocol):
    """What is used of ``claude_agent_sdk.ClaudeSDKClient``."""

    async def connect(self) -> None: ...
    async def query(self, prompt: str) -> None: ...
    async def interrupt(self) -> None: ...
    async def disconnect(self) -> None: ...


class ClaudeProcess:
    """An ``AgentProcess``. ``connect`` it once; ``end`` or ``aclose`` it.

    Attributes:
        transport: to be given to the client.
        desk: answers the client's hooks.
    """

    def __init__(
        self,
        launch: AgentLaunch,
        hooks: AgentHooks,
        process: GuardedProcess,
        on_closed: Callable[[ClaudeProcess], None],
    ) -> None:
        self._process = process
        self._on_closed = on_closed
        self._outbox = Outbox()
        self._reader = TurnReader(Spending(resumed=launch.resume is not None, resumed_cost_usd=launch.resumed_cost_usd))
        self._clock = SilenceClock(lambda seconds: self._outbox.put_nowait(SilenceNoticed(seconds)))
        self._client: Client | None = None
        self._begun = asyncio.Event()
        """The CLI works on the turn that was asked for."""
        self._gone = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self.transport = CliTransport(process, self._take, self._output_ended)
        self.desk = HookDesk(hooks, self._reader, self._outbox.end)

    async def connect(self, client: Client) -> None:
        """Returns when the CLI is ready for its first query. Raises ``AgentError``."""
        self._client = client
        await self._unless_gone(client.connect())

    async def query(self, text: str) -> None:
        """Starts a turn, or joins the running one. Raises ``AgentError`` when the process is gone."""
        if self._client is None or self._gone.is_set() or self._process.ending:
            raise self._crash()
        if not self._reader.in_turn:
            self._begun.clear()
        self._reader.begin_turn()
        await self._unless_gone(self._client.query(text))

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        """Yields what happens until the end. Raises ``AgentError`` when the process dies."""
        while (event := await self._outbox.take()) is not None:
            yield event

    async def interrupt(self) -> None:
        """Ends the running turn; does nothing between turns."""
        if self._client is None or self._gone.is_set() or self._process.ending or not self._reader.in_turn:
            return
        # The CLI ignores an interrupt that comes before its turn has begun.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._begun.wait(), BEGIN_SECONDS)
        if self._reader.in_turn and not self._gone.is_set():
            self._reader.interrupting = True
            await self._unless_gone(self._client.interrupt())

    def end(self) -> None:
        """Begins the end of the process and everything under it; it happens whether or not anybody waits for it."""
        self._process.end()
        self._outbox.end()
        self._clock.stop()
        self._gone.set()
        self._begun.set()
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="end of an agent")

    async def aclose(self) -> None:
        """Ends the process and waits for it. Safe to call twice, at the same time, and when cancelled."""
        self.end()
        assert self._closing is not None
        await asyncio.shield(self._closing)

    # --- what comes from the CLI ---

    async def _take(self, message: dict[str, Any] | OutputSkipped) -> None:
        if isinstance(message, OutputSkipped):
            await self._outbox.put(message)
            return
        self._clock.hear(message)
        if message.get("state") != "idle":
            self._begun.set()
        try:
            for event in self._reader.take(message):
                await self._outbox.put(event)
        except Exception as error:
            # An edge: this runs in a task of the SDK, which would keep the error to itself.
            self._outbox.end(error)
            raise
        if self._reader.must_stop and self._stopping is None:
            self._stopping = asyncio.create_task(self._stop_turn(), name="stop of a turn that cannot succeed")

    async def _stop_turn(self) -> None:
        try:
            await self.interrupt()
        except AgentError as error:
            self._outbox.end(error)
        finally:
            self._stopping = None

    async def _output_ended(self) -> None:
        await self._process.wait()
        self._clock.stop()
        self._outbox.end(None if self._process.ending else self._crash())
        self._gone.set()
        self._begun.set()

    # --- ends ---

    async def _unless_gone(self, step: Coroutine[Any, Any, None]) -> None:
        """Waits for ``step``, but not longer than the process lives."""
        work, gone = asyncio.ensure_future(step), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise self._crash()
            work.result()
        except AgentError:
            raise
        except Exception as error:
            # The SDK raises plain exceptions here.
            raise CliCrashedError("The agent's process does not answer.", detail=str(error)) from error
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.wait((work, gone))

    def _crash(self) -> AgentError:
        code = self._process.exit_code
        if self._process.ending or code is None:
            return CliCrashedError("The agent's process has been ended.")
        return crash_of(code, self._process.error_tail())

    async def _close(self) -> None:
        try:
            if self._client is not None:
                await self._client.disconnect()
        finally:
            await self._process.aclose()
            if self._stopping is not None:
                self._stopping.cancel()
                await asyncio.wait((self._stopping,))
            self._on_closed(self)
