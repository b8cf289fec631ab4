"""What stands in an agent's pane and on the timeline: the entries that the fold makes from events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from maos_desktop.model.event import Failure
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import DeliveryState, Importance, Message


@dataclass(slots=True)
class PromptEntry:
    """What the agent was asked."""

    seq: int
    at: datetime
    text: str


@dataclass(slots=True)
class TextEntry:
    """One block of what the model wrote, joined from its pieces."""

    seq: int
    at: datetime
    block_kind: Literal["text", "thinking"]
    pieces: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def text(self) -> str:
        """The block so far."""
        if len(self.pieces) > 1:
            self.pieces[:] = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""


@dataclass(slots=True)
class ToolEntry:
    """One tool call; ``output`` is ``None`` until it has returned."""

    seq: int
    at: datetime
    tool_use_id: str
    tool: str
    input: dict[str, Any]
    output: str | None = None
    is_error: bool = False


@dataclass(slots=True)
class MessageEntry:
    """A message sent by (``out``) or for (``in``) the pane's agent; its text and states are in the fold."""

    seq: int
    at: datetime
    message_id: MessageId
    direction: Literal["in", "out"]


@dataclass(slots=True)
class PermissionEntry:
    """A tool call that waited for the user; ``allowed`` is ``None`` while it does."""

    seq: int
    at: datetime
    agent_id: AgentId
    request_id: str
    tool: str
    input: dict[str, Any]
    input_sha256: str
    description: str
    allowed: bool | None = None
    message: str = ""


@dataclass(slots=True)
class NoticeEntry:
    """Something the user should know; ``failure`` is set when it ended the agent's work."""

    seq: int
    at: datetime
    level: Literal["info", "warning", "error"]
    text: str
    next_step: str = ""
    failure: Failure | None = None


TranscriptEntry = PromptEntry | TextEntry | ToolEntry | MessageEntry | PermissionEntry | NoticeEntry


@dataclass(slots=True)
class TrackedMessage:
    """A message with how far it has come at each receiver."""

    message: Message
    at: datetime
    states: dict[AgentId, DeliveryState]

    @property
    def least_state(self) -> DeliveryState:
        """The state of the receiver that is furthest behind."""
        return min(self.states.values(), key=lambda s: s.rank, default=DeliveryState.QUEUED)


@dataclass(slots=True)
class TimelineRow:
    """One line of the timeline: a message (then ``message_id`` is set) or another event people follow."""

    seq: int
    at: datetime
    kind: str
    """A ``MessageType`` value, or ``plan``, ``task``, ``agent``, ``permission``, ``notice``, ``session``,
    ``fact``, ``decision``, ``report``."""
    sender: str
    receivers: tuple[str, ...]
    text: str
    importance: Importance = Importance.NORMAL
    message_id: MessageId | None = None
