"""One agent's process with the record of all it does: turns in, committed events out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from maos_desktop.agents.output_recorder import OutputRecorder
from maos_desktop.errors import BugError, CliCrashedError, KnownError
from maos_desktop.executor.base import (
    AgentHooks,
    AgentLaunch,
    AgentProcess,
    BlockClosed,
    Executor,
    OutputSkipped,
    RetryScheduled,
    RuntimeEvent,
    SessionOpened,
    SilenceNoticed,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.model.event import (
    AgentStarted,
    Journal,
    NoticeRaised,
    PromptSent,
    RetryNoticed,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Turn:
    """A turn under way. An interrupt that comes before the process was ``asked`` makes it ``unwanted``."""

    ended: asyncio.Future[TurnEnded]
    asked: bool = False
    unwanted: bool = False


class AgentSession:
    """Runs turns in one process and records its stream. ``open`` before the first turn, ``aclose`` at the end.

    ``on_event`` is given each event but the deltas of text, before it is recorded.
    """

    def __init__(
        self,
        executor: Executor,
        journal: Journal,
        launch: AgentLaunch,
        hooks: AgentHooks,
        *,
        first_block: int = 0,
        on_event: Callable[[RuntimeEvent], Awaitable[None]] | None = None,
    ) -> None:
        self.launch = launch
        self._executor = executor
        self._journal = journal
        self._hooks = hooks
        self._on_event = on_event
        self._output = OutputRecorder(journal, launch.agent_id, first_block)
        self._process: AgentProcess | None = None
        self._pump: asyncio.Task[None] | None = None
        self._frames: asyncio.Task[None] | None = None
        self._turn: _Turn | None = None
        self._failure: Exception | None = None
        self._known_session: str | None = None

    async def open(self) -> None:
        """Starts the process; afterwards ``turn`` answers at once. Raises ``AgentError``."""
        process = self._process = await self._executor.start(self.launch, self._hooks)
        name = self.launch.agent_id
        self._pump = asyncio.create_task(self._watch(self._take_all(process)), name=f"events of {name}")
        self._frames = asyncio.create_task(self._watch(self._output.run()), name=f"output of {name}")

    async def turn(self, text: str) -> TurnEnded:
        """Sends ``text`` and returns how the turn ended. Raises ``AgentError`` when the process is gone."""
        process = self._process
        if process is None or self._turn is not None:
            raise BugError("A turn needs an open session without a running turn.")
        if self._failure is not None:
            raise self._failure
        turn = self._turn = _Turn(asyncio.get_running_loop().create_future())
        try:
            await self._journal.record(PromptSent(agent_id=self.launch.agent_id, text=text))
            if not turn.ended.done():
                await process.query(text)
                turn.asked = True
            if turn.unwanted:
                await process.interrupt()
            return await turn.ended
        finally:
            self._turn = None
            if turn.ended.done() and not turn.ended.cancelled():
                turn.ended.exception()  # an error that nobody came to hear of is in self._failure as well

    async def interrupt(self) -> None:
        """Ends the running turn, if there is one."""
        if self._process is None or self._turn is None:
            return
        if self._turn.asked:
            await self._process.interrupt()
        else:
            self._turn.unwanted = True

    async def aclose(self) -> None:
        """Ends the process; what it has said until then is recorded."""
        process, self._process = self._process, None
        if process is None or self._pump is None or self._frames is None:
            return
        try:
            await process.aclose()
            await asyncio.wait([self._pump])  # the stream ends with the process
        finally:
            self._pump.cancel()
            self._frames.cancel()
            await asyncio.gather(self._pump, self._frames, return_exceptions=True)
            await self._output.close_all()

    async def _watch(self, work: Awaitable[None]) -> None:
        """The edge where what goes wrong beside the turn reaches whoever waits for the turn, or for the next."""
        try:
            await work
        except Exception as error:
            if not isinstance(error, KnownError):
                _log.exception("The record of %s broke off", self.launch.agent_id)
            self._failure = error
            if self._turn is not None and not self._turn.ended.done():
                self._turn.ended.set_exception(error)

    async def _take_all(self, process: AgentProcess) -> None:
        async for event in process.events():
            await self._take(event)
        raise CliCrashedError(f"The process of {self.launch.agent_id} ended.")

    async def _take(self, event: RuntimeEvent) -> None:
        match event:
            case TextStreamed():
                self._output.append(event.block, event.block_kind, event.text)
                return
            case BlockClosed():
                await self._output.close_block(event.block)
                return
            case TurnEnded():
                await self._output.close_all()
            case _:
                await self._output.flush()
        if self._on_event is not None:
            await self._on_event(event)
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
            case SilenceNoticed():
                await self._warn(
                    f"The model has not answered for {event.seconds:.0f} s; {agent_id} waits on.",
                    "Wait, or interrupt the agent and let it go on.",
                )
            case OutputSkipped():
                await self._warn(f"Part of the output of {agent_id} could not be read: {event.reason} {event.raw}")
            case TurnEnded():
                await self._end_turn(event)

    async def _warn(self, text: str, next_step: str = "") -> None:
        await self._journal.record(
            NoticeRaised(level="warning", text=text, next_step=next_step, agent_id=self.launch.agent_id)
        )

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
        if self._turn is not None and not self._turn.ended.done():
            self._turn.ended.set_result(ended)
