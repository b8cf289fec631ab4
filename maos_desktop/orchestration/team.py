"""The agents of a plan: made warm while the plan is read, taken when their tasks start, ended when not needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maos_desktop.agents.orchestrated_agent import AskPermission, OrchestratedAgent
from maos_desktop.agents.roles import role_prompt, tools_for
from maos_desktop.agents.team_names import TeamNames
from maos_desktop.bus import AgentMessageBus
from maos_desktop.context import SharedContext
from maos_desktop.errors import AgentError
from maos_desktop.executor.base import AgentLaunch
from maos_desktop.model.ids import AgentId
from maos_desktop.model.plan import Plan, Subtask
from maos_desktop.orchestration.workplace import Workplace

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Warm:
    launch: AgentLaunch
    agent: OrchestratedAgent
    opening: asyncio.Task[None]


class Team:
    """Starts and ends the agents of one run. ``aclose`` ends whoever is left."""

    def __init__(
        self,
        workplace: Workplace,
        bus: AgentMessageBus,
        context: SharedContext,
        ask_permission: AskPermission,
    ) -> None:
        self.names = TeamNames()
        self._workplace = workplace
        self._bus = bus
        self._context = context
        self._ask_permission = ask_permission
        self._warm: dict[AgentId, _Warm] = {}
        self._working: dict[AgentId, OrchestratedAgent] = {}

    async def prepare(self, plan: Plan, first: Sequence[Subtask]) -> None:
        """Has the agents of these subtasks warm and no others: what does not fit is ended before the rest start.

        They start in the background.
        """
        await self.keep_only(plan, first)
        agents = plan.agent_ids()
        for subtask in first:
            launch = self._launch(agents[subtask.id], subtask)
            if launch.agent_id not in self._warm:
                self._warm[launch.agent_id] = self._start(launch)

    async def keep_only(self, plan: Plan, subtasks: Iterable[Subtask]) -> None:
        """Ends the warm agents that these subtasks of the plan have no use for."""
        agents = plan.agent_ids()
        wanted = {agents[s.id]: self._launch(agents[s.id], s) for s in subtasks}
        unfit = [warm for name, warm in self._warm.items() if wanted.get(name) != warm.launch]
        for warm in unfit:
            del self._warm[warm.launch.agent_id]
        await asyncio.gather(*(_end(warm) for warm in unfit))

    async def take(self, plan: Plan, subtask: Subtask, *, anew: bool = False) -> OrchestratedAgent:
        """Returns the subtask's agent, ready to run; warm if it was, else started now. Raises ``AgentError``.

        With ``anew`` it does not go on with the conversation it had.
        """
        launch = self._launch(plan.agent_ids()[subtask.id], subtask, anew=anew)
        warm = self._warm.pop(launch.agent_id, None)
        if warm is not None and warm.launch != launch:
            await _end(warm)
            warm = None
        warm = warm or self._start(launch)
        self._working[launch.agent_id] = warm.agent
        try:
            await warm.opening
        except BaseException:
            await self.release(warm.agent)
            raise
        return warm.agent

    async def release(self, agent: OrchestratedAgent) -> None:
        """Ends the agent's process."""
        self._working.pop(agent.agent_id, None)
        await agent.aclose()

    def working(self, agent_id: AgentId) -> OrchestratedAgent | None:
        """Returns the agent of that name if it is at work."""
        return self._working.get(agent_id)

    async def aclose(self) -> None:
        """Ends all agents."""
        warm, self._warm = list(self._warm.values()), {}
        working, self._working = list(self._working.values()), {}
        await asyncio.gather(*(_end(w) for w in warm), *(agent.aclose() for agent in working))

    def _launch(self, agent_id: AgentId, subtask: Subtask, *, anew: bool = False) -> AgentLaunch:
        resume = None if anew else self._workplace.conversation(agent_id)
        known = self._workplace.fold.agents.get(agent_id)
        return AgentLaunch(
            agent_id=agent_id,
            system_prompt=role_prompt(subtask.role),
            tools=tools_for(subtask),
            max_turns=subtask.max_turns,
            resume=resume,
            resumed_cost_usd=known.conversation_cost_usd if known is not None and resume is not None else None,
            **self._workplace.launch_settings() | {"model": self._workplace.model(subtask.model)},
        )

    def _start(self, launch: AgentLaunch) -> _Warm:
        agent = OrchestratedAgent(
            launch,
            self._workplace.executor,
            self._workplace.journal,
            self._bus,
            self._context,
            self.names,
            self._ask_permission,
            first_block=self._workplace.next_block(launch.agent_id),
        )
        return _Warm(launch, agent, asyncio.create_task(agent.open(), name=f"start {launch.agent_id}"))


async def _end(warm: _Warm) -> None:
    warm.opening.cancel()
    try:
        await warm.opening
    except AgentError as error:
        _log.info("%s was not needed and had not started: %s", warm.launch.agent_id, error)
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
    except Exception:  # the edge of the task: nobody else looks at what it raises
        _log.exception("The start of %s, which was not needed, broke off", warm.launch.agent_id)
    finally:
        await warm.agent.aclose()
