"""A message on the bus and what has become of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from maos_desktop.model.base import Data
from maos_desktop.model.ids import AgentId, MessageId


class MessageType(StrEnum):
    """What a message is (the vocabulary of MAOS)."""

    INFO = "info"
    REQUEST = "request"
    RESPONSE = "response"
    BROADCAST = "broadcast"
    COORDINATION = "coordination"
    ERROR = "error"
    DISCOVERY = "discovery"
    DEPENDENCY = "dependency"


class Importance(StrEnum):
    """How much a message matters; ``critical`` interrupts the receiver's running turn."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Importance).index(self)


class DeliveryState(StrEnum):
    """How far a message has come at one receiver, in this order."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"

    @property
    def rank(self) -> int:
        """0 for queued to 3 for acknowledged."""
        return list(DeliveryState).index(self)


class Message(Data):
    """One message. ``id`` is ``m<n>``, counted per session in the order of sending."""

    id: MessageId
    sender: AgentId
    receivers: tuple[AgentId, ...]
    type: MessageType
    importance: Importance = Importance.NORMAL
    text: str = Field(max_length=1_000_000)
    in_reply_to: MessageId | None = None
    """The request that this message answers."""
    hop: int = Field(default=0, ge=0)
    """How many messages led to this one; the hop cap ends chains."""
    timeout_seconds: float | None = None
    """For a request: how long the sender waits."""
