"""One agent of the team: works on its task, hears the others while it does, and ends with nothing unread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Literal

from maos_desktop.agents.agent_session import AgentSession
from maos_desktop.agents.coordination_tools import CoordinationTools
from maos_desktop.agents.roster import Roster
from maos_desktop.bus.message_bus import AgentMessageBus
from maos_desktop.context.shared_context import SharedContext
from maos_desktop.executor.base import AgentLaunch, Executor, PermissionAnswer, PermissionQuestion
from maos_desktop.model.event import AgentState, AgentStateChanged, Journal
from maos_desktop.model.ids import AgentId, MessageId

AskPermission = Callable[[AgentId, PermissionQuestion], Awaitable[PermissionAnswer]]


class OrchestratedAgent:
    """Owns one process (``open``, then ``run`` once, ``aclose`` at the end) and is its ``AgentHooks``."""

    def __init__(
        self,
        launch: AgentLaunch,
        executor: Executor,
        journal: Journal,
        bus: AgentMessageBus,
        context: SharedContext,
        roster: Roster,
        ask_permission: AskPermission,
        *,
        first_block: int = 0,
    ) -> None:
        self.agent_id = launch.agent_id
        self._journal = journal
        self._bus = bus
        self._ask_permission = ask_permission
        self._by_tools: list[MessageId] = []
        """Handed over as a tool's result; the boundary of that tool follows."""
        self._unread_since: dict[MessageId, int] = {}
        """Handed over at a boundary of that response."""
        self._critical = False
        self._go_on = asyncio.Event()
        tools = CoordinationTools(self.agent_id, bus, context, journal, roster, self._by_tools.extend)
        self._session = AgentSession(
            executor,
            journal,
            replace(launch, agent_tools=tools.tools()),
            self,
            first_block=first_block,
            on_answered=self._mark_read,
        )
        self._responses = 0

    async def open(self) -> None:
        """Starts the process, so that ``run`` finds it warm. Raises ``AgentError``."""
        await self._session.open()

    async def run(self, prompt: Callable[[str], str]) -> str:
        """Works on the task to its end and returns the report. ``prompt`` is given the waiting messages.

        Raises ``AgentError`` when the agent cannot go on.
        """
        self._bus.on_critical(self.agent_id, self._interrupt_for_critical)
        await self._set_state(AgentState.WORKING)
        text = prompt(await self._handed_over("prompt", self._responses) or "")
        while True:
            self._critical = False
            ended = await self._session.turn(text)
            if ended.interrupted:
                text = await self._after_interrupt()
            elif ended.error is not None:
                raise ended.error
            else:
                late = await self._handed_over("prompt", self._responses)
                if late is None:
                    return ended.text
                text = late

    async def interrupt(self) -> None:
        """Ends the running turn; the agent is paused until ``go_on``."""
        self._go_on.clear()
        await self._session.interrupt()

    def go_on(self) -> None:
        """Ends a pause."""
        self._go_on.set()

    async def aclose(self) -> None:
        """Ends the process."""
        await self._session.aclose()

    # --- AgentHooks ---

    async def at_tool_boundary(self, response: int) -> str | None:
        """Hands over the whole inbox once."""
        self._settle(tuple(self._by_tools), response)
        self._by_tools.clear()
        return await self._handed_over("tool_boundary", response)

    async def before_end(self, response: int) -> str | None:
        """Nobody ends with unread messages."""
        return await self._handed_over("stop_hook", response)

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        """Asks the user; the agent is shown as waiting for it."""
        await self._set_state(AgentState.NEEDS_PERMISSION, f"Asks to use {question.tool}")
        try:
            return await self._ask_permission(self.agent_id, question)
        finally:
            await self._set_state(AgentState.WORKING)

    # --- delivery ---

    async def _handed_over(
        self, via: Literal["tool_boundary", "stop_hook", "prompt", "interrupt"], response: int
    ) -> str | None:
        handover = await self._bus.take_handover(self.agent_id, via)
        if handover is None:
            return None
        self._settle(handover.message_ids, response)
        return handover.text

    def _settle(self, message_ids: tuple[MessageId, ...], response: int) -> None:
        self._unread_since.update(dict.fromkeys(message_ids, response))

    async def _mark_read(self, response: int) -> None:
        self._responses = response
        read = tuple(m for m, since in self._unread_since.items() if since < response)
        for message_id in read:
            del self._unread_since[message_id]
        if read:
            await self._bus.mark_read(self.agent_id, read)

    # --- interruption ---

    async def _interrupt_for_critical(self) -> None:
        self._critical = True
        await self._session.interrupt()

    async def _after_interrupt(self) -> str:
        """Returns the text of the next turn: at once for a critical message, else when the user goes on."""
        if not self._critical:
            await self._set_state(AgentState.PAUSED, "You interrupted it")
            await self._go_on.wait()
            await self._set_state(AgentState.WORKING)
        self._critical = False
        return await self._handed_over("interrupt", self._responses) or "Go on with your task."

    async def _set_state(self, state: AgentState, reason: str = "") -> None:
        await self._journal.record(AgentStateChanged(agent_id=self.agent_id, state=state, reason=reason))
