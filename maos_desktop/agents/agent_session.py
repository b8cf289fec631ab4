"""One agent's process with the record of all it does: turns in, committed events out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from maos_desktop.agents.output_recorder import OutputRecorder
from maos_desktop.errors import AgentError, BugError, CliCrashedError
from maos_desktop.executor.base import (
    AgentHooks,
    AgentLaunch,
    AgentProcess,
    AssistantAnswered,
    BlockClosed,
    Executor,
    RetryScheduled,
    RuntimeEvent,
    SessionOpened,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.model.event import (
    AgentStarted,
    Journal,
    PromptSent,
    RetryNoticed,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)

_log = logging.getLogger(__name__)


class AgentSession:
    """Runs turns in one process and records its stream. ``open`` before the first turn, ``aclose`` at the end."""

    def __init__(
        self,
        executor: Executor,
        journal: Journal,
        launch: AgentLaunch,
        hooks: AgentHooks,
        *,
        first_block: int = 0,
        on_answered: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        self.launch = launch
        self._executor = executor
        self._journal = journal
        self._hooks = hooks
        self._on_answered = on_answered
        self._output = OutputRecorder(journal, launch.agent_id, first_block)
        self._process: AgentProcess | None = None
        self._pumps: list[asyncio.Task[None]] = []
        self._turn: asyncio.Future[TurnEnded] | None = None
        self._failure: AgentError | None = None
        self._known_session: str | None = None

    async def open(self) -> None:
        """Starts the process; afterwards ``turn`` answers at once. Raises ``AgentError``."""
        self._process = await self._executor.start(self.launch, self._hooks)
        name = self.launch.agent_id
        self._pumps = [
            asyncio.create_task(self._pump(self._process), name=f"events of {name}"),
            asyncio.create_task(self._output.run(), name=f"output of {name}"),
        ]

    async def turn(self, text: str) -> TurnEnded:
        """Sends ``text`` and returns how the turn ended. Raises ``AgentError`` when the process is gone."""
        if self._process is None or self._turn is not None:
            raise BugError("A turn needs an open session without a running turn.")
        if self._failure is not None:
            raise self._failure
        self._turn = asyncio.get_running_loop().create_future()
        try:
            await self._journal.record(PromptSent(agent_id=self.launch.agent_id, text=text))
            await self._process.query(text)
            return await self._turn
        finally:
            self._turn = None

    async def interrupt(self) -> None:
        """Ends the running turn, if there is one."""
        if self._process is not None and self._turn is not None:
            await self._process.interrupt()

    async def aclose(self) -> None:
        """Ends the process; what it has said until then is recorded."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            await process.aclose()
        finally:
            pumps, self._pumps = self._pumps, []
            for pump in pumps:
                pump.cancel()
            for result in await asyncio.gather(*pumps, return_exceptions=True):
                if isinstance(result, Exception):
                    _log.error("%s: %s", self.launch.agent_id, result, exc_info=result)
            await self._output.flush()

    async def _pump(self, process: AgentProcess) -> None:
        try:
            async for event in process.events():
                await self._take(event)
            failure: AgentError = CliCrashedError(f"The process of {self.launch.agent_id} ended.")
        except AgentError as error:
            failure = error
        except Exception as error:
            self._fail_turn(error)
            raise
        self._failure = failure
        self._fail_turn(failure)

    def _fail_turn(self, error: Exception) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_exception(error)

    async def _take(self, event: RuntimeEvent) -> None:
        match event:
            case TextStreamed():
                self._output.append(event.block, event.block_kind, event.text)
                return
            case BlockClosed():
                await self._output.close_block(event.block)
                return
            case AssistantAnswered():
                if self._on_answered is not None:
                    await self._on_answered(event.response)
                return
        await self._output.flush()
        await self._record(event)

    async def _record(self, event: RuntimeEvent) -> None:
        agent_id = self.launch.agent_id
        match event:
            case SessionOpened() if event.claude_session_id != self._known_session:
                self._known_session = event.claude_session_id
                await self._journal.record(
                    AgentStarted(
                        agent_id=agent_id,
                        claude_session_id=event.claude_session_id,
                        model=event.model,
                        resumed=self.launch.resume is not None,
                    )
                )
            case ToolCalled():
                await self._journal.record(
                    ToolStarted(agent_id=agent_id, tool_use_id=event.tool_use_id, tool=event.tool, input=event.input)
                )
            case ToolReturned():
                await self._journal.record(
                    ToolFinished(
                        agent_id=agent_id,
                        tool_use_id=event.tool_use_id,
                        output=event.output,
                        is_error=event.is_error,
                    )
                )
            case RetryScheduled():
                await self._journal.record(
                    RetryNoticed(
                        agent_id=agent_id,
                        attempt=event.attempt,
                        delay_ms=event.delay_ms,
                        status=event.status,
                        text=event.text,
                    )
                )
            case TurnEnded():
                await self._end_turn(event)

    async def _end_turn(self, ended: TurnEnded) -> None:
        await self._journal.record(
            TurnFinished(
                agent_id=self.launch.agent_id,
                turns=ended.turns,
                usage=ended.usage,
                cost_usd=ended.cost_usd,
                duration_ms=ended.duration_ms,
            )
        )
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(ended)
