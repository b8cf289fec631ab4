"""Who is on the bus, and who has left it."""

from __future__ import annotations

import re

from maos_desktop.errors import BugError
from maos_desktop.model.ids import USER, AgentId

_AGENT_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Roster:
    """Agents that can be written to, and the last words of those that have ended."""

    def __init__(self) -> None:
        self._active: dict[AgentId, str] = {}
        self._reports: dict[AgentId, str] = {}

    def register(self, agent_id: AgentId, title: str) -> None:
        """Adds an agent, or brings back one that had ended. Raises ``BugError`` for a name that is none."""
        if agent_id == USER or not _AGENT_ID.fullmatch(agent_id):
            raise BugError(f"“{agent_id}” cannot be the name of an agent on the bus.")
        self._active[agent_id] = title
        self._reports.pop(agent_id, None)

    def end(self, agent_id: AgentId, report: str) -> None:
        """Takes an agent off the list and keeps its report. An agent that is not on it stays as it is."""
        if self._active.pop(agent_id, None) is not None:
            self._reports[agent_id] = report

    def titles(self) -> dict[AgentId, str]:
        """Returns the agents that can be written to, with their titles."""
        return dict(self._active)

    def others(self, sender: AgentId) -> tuple[AgentId, ...]:
        """Returns every agent that can be written to, but the sender."""
        return tuple([agent_id for agent_id in self._active if agent_id != sender])

    def is_active(self, agent_id: AgentId) -> bool:
        return agent_id in self._active

    def has_ended(self, agent_id: AgentId) -> bool:
        return agent_id in self._reports

    def report(self, agent_id: AgentId) -> str:
        """Returns what an ended agent left, else an empty string."""
        return self._reports.get(agent_id, "")

    def knows(self, agent_id: AgentId) -> bool:
        """Whether this name has ever been on the bus; the user always has."""
        return agent_id == USER or agent_id in self._active or agent_id in self._reports
