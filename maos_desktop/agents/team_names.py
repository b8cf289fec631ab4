"""Who is in the team: how an agent may name another one."""

from __future__ import annotations

from maos_desktop.errors import MessageError
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.plan import Plan


class TeamNames:
    """Finds the agent meant by a name. ``plan`` is the current one."""

    def __init__(self) -> None:
        self._agents: dict[TaskId, AgentId] = {}

    def adopt(self, plan: Plan) -> None:
        """Takes the agents of this plan."""
        self._agents = plan.agent_ids()

    def resolve(self, name: str) -> AgentId:
        """Returns the agent of that name, of that task, or the only one of that role. Raises ``MessageError``."""
        exact = self._agents.get(TaskId(name.strip()))
        if exact is not None:
            return exact
        wanted = name.strip().lower()
        by_name = {str(agent).lower(): agent for agent in self._agents.values()}
        by_task = {str(task).lower(): agent for task, agent in self._agents.items()}
        found = by_name.get(wanted) or by_task.get(wanted)
        of_role = [agent for agent in self._agents.values() if agent.rsplit("-", 1)[0] == wanted]
        if found is None and len(of_role) == 1:
            found = of_role[0]
        if found is None:
            team = ", ".join(self._agents.values())
            raise MessageError(f"There is no agent “{name}” in the team.", next_step=f"Use one of: {team}.")
        return found
