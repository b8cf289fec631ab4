"""An agent outside the team that answers questions with structured output: the planner and the synthesis."""

from __future__ import annotations

import asyncio
from typing import Any

from maos_desktop.agents.agent_session import AgentSession
from maos_desktop.errors import RefusedError
from maos_desktop.executor.base import (
    AgentLaunch,
    Executor,
    PermissionAnswer,
    PermissionQuestion,
)
from maos_desktop.model.event import AgentAssigned, AgentState, AgentStateChanged, Journal
from maos_desktop.model.ids import PLANNER, SYNTHESIS


class StructuredAgent:
    """One process asked one or more times; ``ask`` returns parsed JSON that fits the launch's schema."""

    def __init__(
        self, launch: AgentLaunch, executor: Executor, journal: Journal, title: str, *, first_block: int = 0
    ) -> None:
        self._journal = journal
        self._title = title
        self._agent_id = launch.agent_id
        self._session = AgentSession(executor, journal, launch, self, first_block=first_block)

    async def __aenter__(self) -> StructuredAgent:
        role = {PLANNER: "planner", SYNTHESIS: "synthesis"}[self._agent_id]
        await self._journal.record(
            AgentAssigned.model_validate({"agent_id": self._agent_id, "role": role, "title": self._title}),
            AgentStateChanged(agent_id=self._agent_id, state=AgentState.WARMING),
        )
        try:
            await self._session.open()
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        await self._session.aclose()
        if kind is None:
            state = AgentState.DONE
        else:
            state = AgentState.CANCELLED if issubclass(kind, asyncio.CancelledError) else AgentState.FAILED
        await self._journal.record(AgentStateChanged(agent_id=self._agent_id, state=state))

    async def ask(self, prompt: str) -> Any:
        """Returns the structured output of one turn. Raises ``AgentError``."""
        await self._journal.record(AgentStateChanged(agent_id=self._agent_id, state=AgentState.WORKING))
        ended = await self._session.turn(prompt)
        if ended.error is not None:
            raise ended.error
        if ended.structured_output is None:
            raise RefusedError(f"The {self._agent_id} gave no structured answer.", detail=ended.text)
        return ended.structured_output

    # --- AgentHooks: it has no inbox, and only tools that read ---

    async def at_tool_boundary(self, response: int) -> str | None:
        return None

    async def before_end(self, response: int) -> str | None:
        return None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        return PermissionAnswer(False, "Only reading is allowed here.")
