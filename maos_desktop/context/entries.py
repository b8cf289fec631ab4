"""What the shared context holds."""

from __future__ import annotations

from dataclasses import dataclass

from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance


@dataclass(frozen=True, slots=True)
class Discovery:
    """Something found, by whoever announced it first, and who has found it too."""

    message_id: MessageId
    agent_id: AgentId
    text: str
    importance: Importance
    also: tuple[AgentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known under a key, and who said so last."""

    key: str
    agent_id: AgentId
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and why."""

    agent_id: AgentId
    text: str
    why: str = ""
