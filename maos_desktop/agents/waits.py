"""What one agent waits for, and which of its states follows from that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maos_desktop.model.event import AgentState, AgentStateChanged, Journal
from maos_desktop.model.ids import AgentId


class Waits:
    """Records an agent's state while it is at work: a permission goes before a reply, and a reply before working.

    A model may ask for several things at the same time, so the end of one wait is not the end of waiting.
    """

    def __init__(self, agent_id: AgentId, journal: Journal) -> None:
        self._agent_id = agent_id
        self._journal = journal
        self._permissions: list[str] = []
        self._replies: list[str] = []
        self._at_work = False
        self._shown: tuple[AgentState, str] | None = None

    async def begin_work(self) -> None:
        """Records the agent's state from now on."""
        self._at_work, self._shown = True, None
        await self._show()

    def end_work(self) -> None:
        """The agent is paused or has ended: what it waited for may end now, and changes nothing any more."""
        self._at_work = False

    @asynccontextmanager
    async def for_permission(self, tool: str) -> AsyncIterator[None]:
        """Inside the block the user is asked whether ``tool`` may be used."""
        async with self._wait(self._permissions, f"Asks to use {tool}"):
            yield

    @asynccontextmanager
    async def for_reply(self, of: AgentId) -> AsyncIterator[None]:
        """Inside the block a request is open to that agent."""
        async with self._wait(self._replies, f"Waits for a reply from {of}"):
            yield

    @asynccontextmanager
    async def _wait(self, waits: list[str], reason: str) -> AsyncIterator[None]:
        waits.append(reason)
        try:
            await self._show()
            yield
        finally:
            waits.remove(reason)
            await self._show()

    async def _show(self) -> None:
        now = self._now()
        if self._at_work and now != self._shown:
            self._shown = now
            state, reason = now
            await self._journal.record(AgentStateChanged(agent_id=self._agent_id, state=state, reason=reason))

    def _now(self) -> tuple[AgentState, str]:
        if self._permissions:
            return AgentState.NEEDS_PERMISSION, self._permissions[0]
        if self._replies:
            return AgentState.AWAITING_REPLY, self._replies[0]
        return AgentState.WORKING, ""
