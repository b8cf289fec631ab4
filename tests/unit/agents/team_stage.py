"""Agents of a team over scripted processes, with the real bus and the real shared context between them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from maos_desktop.agents.orchestrated_agent import OrchestratedAgent
from maos_desktop.agents.team_names import TeamNames
from maos_desktop.bus import AgentMessageBus, Limits
from maos_desktop.context import SharedContext
from maos_desktop.executor.base import AgentLaunch, PermissionAnswer, PermissionQuestion
from maos_desktop.model.event import AgentState, AgentStateChanged, MessageDelivered, MessageRead
from maos_desktop.model.ids import AgentId, MessageId, TaskId
from maos_desktop.model.message import DeliveryState
from maos_desktop.model.plan import Plan, Role, Subtask
from tests.memory_journal import MemoryJournal
from tests.scripted_executor import Script, ScriptedExecutor, ScriptedProcess, tasks_at_work

ANALYST = AgentId("analyst-1")
TESTER = AgentId("tester-1")
SECURITY = AgentId("security-1")

PLAN = Plan(
    goal="Find it",
    subtasks=tuple(
        Subtask(id=TaskId(f"t{n}"), title=f"Title {n}", instructions=f"Do {n}", role=role)
        for n, role in enumerate([Role.ANALYST, Role.TESTER, Role.SECURITY], 1)
    ),
)


class TeamStage:
    """Three agents that are on the bus; those that are opened follow their scripts.

    Attributes:
        answers: what the user says to each question, by tool; no other question is answered.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.journal = MemoryJournal()
        self.bus = AgentMessageBus(self.journal, limits or Limits())
        self.context = SharedContext(self.journal)
        self.names = TeamNames()
        self.names.adopt(PLAN)
        self.executor = ScriptedExecutor()
        self.answers: Mapping[str, PermissionAnswer] = {}
        self._agents: list[OrchestratedAgent] = []

    async def start(self) -> None:
        await self.bus.start()
        for agent_id in PLAN.agent_ids().values():
            self.bus.register_agent(agent_id)

    async def open(self, agent_id: AgentId, script: Script) -> OrchestratedAgent:
        """Returns an agent that is ready to run."""
        self.executor.scripts[agent_id] = script
        launch = AgentLaunch(agent_id, Path("/project"), f"You are {agent_id}.", ("Read",))
        agent = OrchestratedAgent(launch, self.executor, self.journal, self.bus, self.context, self.names, self._ask)
        self._agents.append(agent)
        await agent.open()
        return agent

    async def run(self, agent_id: AgentId, script: Script) -> str:
        """Returns the report of an agent whose prompt is its messages."""
        agent = await self.open(agent_id, script)
        return await agent.run(lambda messages: f"# Your task\n{messages}")

    def started(self, agent: OrchestratedAgent) -> asyncio.Task[str]:
        """Returns the run of an agent as a task."""
        return asyncio.create_task(agent.run(lambda messages: f"# Your task\n{messages}"))

    async def answered(self, agent_id: AgentId) -> None:
        """Returns as soon as the model of this agent has said or done something."""
        agents = self.journal.fold.agents
        await self.journal.until(lambda: agent_id in agents and agents[agent_id].has_answered)

    async def close(self) -> None:
        """Ends all agents; nothing of them is left."""
        for agent in self._agents:
            await agent.aclose()
        await self.bus.stop()
        assert tasks_at_work() == set()
        assert self.executor.alive == []

    # --- for assertions ---

    def process(self, agent_id: AgentId) -> ScriptedProcess:
        return self.executor.of(agent_id)[-1]

    def states(self, agent_id: AgentId) -> list[AgentState]:
        """Returns the states of this agent, in order."""
        return [e.state for e in self.journal.of(AgentStateChanged) if e.agent_id == agent_id]

    def vias(self, receiver: AgentId) -> list[tuple[str, tuple[MessageId, ...]]]:
        """Returns the hand-overs to this agent, in order."""
        return [(e.via, e.message_ids) for e in self.journal.of(MessageDelivered) if e.receiver == receiver]

    def read_by(self, receiver: AgentId) -> list[MessageId]:
        """Returns what this agent has read, in order."""
        return [m for e in self.journal.of(MessageRead) if e.receiver == receiver for m in e.message_ids]

    def state_of(self, message_id: str, receiver: AgentId) -> DeliveryState:
        return self.journal.fold.messages[MessageId(message_id)].states[receiver]

    async def _ask(self, agent_id: AgentId, question: PermissionQuestion) -> PermissionAnswer:
        if question.tool not in self.answers:
            await asyncio.Event().wait()
        return self.answers[question.tool]
