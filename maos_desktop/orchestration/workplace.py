"""What every part of an orchestration works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maos_desktop.executor.base import Executor
from maos_desktop.model.event import Journal
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import Backend, SessionSettings


@dataclass(frozen=True, slots=True)
class Workplace:
    """The session's settings, where to write what happened, what has happened so far, and who runs agents.

    ``fold`` follows the journal: when ``record`` returns, it holds what was recorded.
    """

    settings: SessionSettings
    journal: Journal
    fold: SessionFold
    executor: Executor
    environment: Mapping[str, str]
    """Of the back end, for the agents' processes."""

    def launch_settings(self) -> dict[str, Any]:
        """Returns those fields of an ``AgentLaunch`` that are the same for all agents of the session."""
        return {
            "project_folder": self.settings.project_folder,
            "permission_mode": self.settings.permission_mode,
            "trust_project_settings": self.settings.trust_project_settings,
            "environment": self.environment,
            "model": self.model(),
        }

    def model(self, wanted: str | None = None) -> str | None:
        """Returns the model an agent runs with: its own, else the session's. In rehearsal there is none to choose."""
        if self.settings.backend is Backend.REHEARSAL:
            return None
        return wanted or self.settings.model

    def conversation(self, agent_id: AgentId) -> str | None:
        """Returns the Claude session that the agent can go on with; before its first answer nothing is kept of one."""
        agent = self.fold.agents.get(agent_id)
        return agent.claude_session_id if agent is not None and agent.has_answered else None

    def next_block(self, agent_id: AgentId) -> int:
        """Returns the number of the agent's next output block; those of its earlier processes are taken."""
        agent = self.fold.agents.get(agent_id)
        return agent.next_block if agent is not None else 0
