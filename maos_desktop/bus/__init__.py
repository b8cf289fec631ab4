"""How agents reach each other: messages that are committed, then queued, then handed over once."""

from __future__ import annotations

from maos_desktop.bus.handover import Handover, Via
from maos_desktop.bus.limits import Clock, Limits
from maos_desktop.bus.message_bus import AgentMessageBus
from maos_desktop.bus.requests import RequestOutcome, RequestStatus

__all__ = ["AgentMessageBus", "Clock", "Handover", "Limits", "RequestOutcome", "RequestStatus", "Via"]
