"""A session of one agent over a scripted process, and what is recorded of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from maos_desktop.agents.agent_session import AgentSession
from maos_desktop.executor.base import (
    AgentLaunch,
    PermissionAnswer,
    PermissionQuestion,
    RuntimeEvent,
)
from maos_desktop.model.ids import AgentId
from tests.memory_journal import MemoryJournal
from tests.scripted_executor import Ending, Script, ScriptedExecutor, ScriptedProcess, tasks_at_work

A = AgentId("analyst-1")


class NoHooks:
    """``AgentHooks`` of somebody who has nothing to say."""

    async def at_tool_boundary(self, response: int) -> str | None:
        return None

    async def before_end(self, response: int) -> str | None:
        return None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        return PermissionAnswer(True)


class SessionStage:
    """A session over a scripted process, and what was recorded of it."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.executor = ScriptedExecutor()
        self.seen: list[RuntimeEvent] = []
        self.sessions: list[AgentSession] = []

    def session(self, script: Script, *, resume: str | None = None, first_block: int = 0) -> AgentSession:
        self.executor = ScriptedExecutor({A: script})
        launch = AgentLaunch(A, Path("/project"), "You are A.", ("Read",), resume=resume)
        session = AgentSession(
            self.executor, self.journal, launch, NoHooks(), first_block=first_block, on_event=self._see
        )
        self.sessions.append(session)
        return session

    async def opened(self, script: Script) -> AgentSession:
        session = self.session(script)
        await session.open()
        return session

    async def _see(self, event: RuntimeEvent) -> None:
        self.seen.append(event)

    @property
    def process(self) -> ScriptedProcess:
        return self.executor.processes[-1]

    async def close(self) -> None:
        """Ends the sessions; nothing of them is left."""
        for session in self.sessions:
            await session.aclose()
        assert tasks_at_work() == set()
        assert self.executor.alive == []


async def wait_for_ever(agent: ScriptedProcess) -> Ending:
    """A script that says nothing and works until it is ended from outside."""
    await asyncio.Event().wait()
    return ""
