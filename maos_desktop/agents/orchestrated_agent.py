"""One agent of the team: works on its task, hears the others while it does, and ends with nothing unread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from maos_desktop.agents.agent_session import AgentSession
from maos_desktop.agents.coordination_tools import CoordinationTools
from maos_desktop.agents.team_names import TeamNames
from maos_desktop.agents.waits import Waits
from maos_desktop.bus import AgentMessageBus, Via
from maos_desktop.context import SharedContext
from maos_desktop.errors import AgentError
from maos_desktop.executor.base import (
    AgentLaunch,
    AssistantAnswered,
    Executor,
    PermissionAnswer,
    PermissionQuestion,
    RuntimeEvent,
    ToolCalled,
)
from maos_desktop.model.event import AgentState, AgentStateChanged, Journal
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message

AskPermission = Callable[[AgentId, PermissionQuestion], Awaitable[PermissionAnswer]]

COORDINATION_PREFIX = "mcp__maos__"
"""Of the names under which the runtime offers the app's own tools."""
GO_ON = "Go on with your task."

_log = logging.getLogger(__name__)


class OrchestratedAgent:
    """Owns one process (``open``, then ``run`` once, ``aclose`` at the end) and is its ``AgentHooks``."""

    def __init__(
        self,
        launch: AgentLaunch,
        executor: Executor,
        journal: Journal,
        bus: AgentMessageBus,
        context: SharedContext,
        names: TeamNames,
        ask_permission: AskPermission,
        *,
        first_block: int = 0,
    ) -> None:
        self.agent_id = launch.agent_id
        self._journal = journal
        self._bus = bus
        self._ask_permission = ask_permission
        self._waits = Waits(self.agent_id, journal)
        self._by_tools: list[MessageId] = []
        """Handed over as a tool's result; the boundary of that tool follows."""
        self._unread_since: dict[MessageId, int] = {}
        """Handed over at a boundary of that response."""
        self._responses = 0
        self._may_work = asyncio.Event()
        self._may_work.set()
        self._interrupting: asyncio.Task[None] | None = None
        self._turn_is_ending = False
        """Interrupted; what it were handed now might be lost, so it comes with the next turn."""
        tools = CoordinationTools(self.agent_id, bus, context, journal, names, self._waits, self._by_tools.extend)
        self._session = AgentSession(
            executor,
            journal,
            replace(launch, agent_tools=tools.tools()),
            self,
            first_block=first_block,
            on_event=self._follow,
        )

    async def open(self) -> None:
        """Starts the process, so that ``run`` finds it warm. Raises ``AgentError``."""
        await self._session.open()

    async def run(self, prompt: Callable[[str], str]) -> str:
        """Works on the task to its end and returns the report. ``prompt`` is given the waiting messages.

        Raises ``AgentError`` when the agent cannot go on.
        """
        self._bus.on_critical(self.agent_id, self._interrupt_for_critical)
        try:
            await self._waits.begin_work()
            return await self._work(prompt)
        finally:
            self._waits.end_work()

    async def _work(self, prompt: Callable[[str], str]) -> str:
        text = prompt(await self._hand_over("prompt", self._responses) or "")
        while True:
            await self._wait_while_paused()
            self._turn_is_ending = False
            ended = await self._session.turn(text)
            if ended.interrupted:
                await self._wait_while_paused()
                text = await self._hand_over("interrupt", self._responses) or GO_ON
            elif ended.error is not None:
                raise ended.error
            else:
                late = await self._hand_over("prompt", self._responses)
                if late is None:
                    return ended.text
                text = late

    async def interrupt(self) -> None:
        """Ends the running turn; the agent is paused until ``go_on``."""
        self._may_work.clear()
        await self._end_turn()

    def go_on(self) -> None:
        """Ends a pause."""
        self._may_work.set()

    async def aclose(self) -> None:
        """Ends the process."""
        if self._interrupting is not None:
            self._interrupting.cancel()
            await asyncio.wait([self._interrupting])
        await self._session.aclose()

    # --- AgentHooks ---

    async def at_tool_boundary(self, response: int) -> str | None:
        """Hands over the whole inbox once."""
        return None if self._turn_is_ending else await self._hand_over("tool_boundary", response)

    async def before_end(self, response: int) -> str | None:
        """Nobody ends with unread messages."""
        return None if self._turn_is_ending else await self._hand_over("stop_hook", response)

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        """Asks the user; the agent is shown as waiting for it."""
        async with self._waits.for_permission(question.tool):
            return await self._ask_permission(self.agent_id, question)

    # --- delivery ---

    async def _hand_over(self, via: Via, response: int) -> str | None:
        by_tools, self._by_tools[:] = tuple(self._by_tools), []
        self._unread_since |= dict.fromkeys(by_tools, response)
        handover = await self._bus.take_handover(self.agent_id, via)
        if handover is None:
            return None
        self._unread_since |= dict.fromkeys(handover.message_ids, response)
        return handover.text

    async def _follow(self, event: RuntimeEvent) -> None:
        match event:
            case AssistantAnswered():
                await self._mark_read(event.response)
            case ToolCalled() if not event.tool.startswith(COORDINATION_PREFIX):
                self._bus.note_work(self.agent_id)

    async def _mark_read(self, response: int) -> None:
        self._responses = response
        read = tuple(m for m, since in self._unread_since.items() if since < response)
        for message_id in read:
            del self._unread_since[message_id]
        if read:
            await self._bus.mark_read(self.agent_id, read)

    # --- interruption ---

    def _interrupt_for_critical(self, _: Message) -> None:
        if self._interrupting is None or self._interrupting.done():
            self._interrupting = asyncio.create_task(self._interrupt_or_wait(), name=f"interrupt {self.agent_id}")

    async def _interrupt_or_wait(self) -> None:
        try:
            await self._end_turn()
        except AgentError as error:  # the message stays in the inbox and comes at the next boundary all the same
            _log.warning("%s could not be interrupted: %s", self.agent_id, error)
        except Exception:  # the edge of the task: nobody else looks at what it raises
            _log.exception("The interruption of %s broke off", self.agent_id)

    async def _end_turn(self) -> None:
        self._turn_is_ending = True
        try:
            await self._session.interrupt()
        except Exception:
            self._turn_is_ending = False
            raise

    async def _wait_while_paused(self) -> None:
        if not self._may_work.is_set():
            self._waits.end_work()
            paused = AgentStateChanged(agent_id=self.agent_id, state=AgentState.PAUSED, reason="You interrupted it")
            await self._journal.record(paused)
            await self._may_work.wait()
            await self._waits.begin_work()
