"""Messages and running buses for the tests of the bus."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maos_desktop.bus import AgentMessageBus, Limits
from maos_desktop.bus.limits import DEFAULT_LIMITS
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from tests.memory_journal import MemoryJournal

A = AgentId("analyst-1")
S = AgentId("security-1")
T = AgentId("tester-1")
R = AgentId("reviewer-1")

FRAME = re.compile(r'<message-([0-9a-f]{12})((?: [a-z_]+="[^"]*")*)>\n(.*?)\n</message-\1>', re.DOTALL)
"""Finds each frame of a hand-over: nonce, attributes, text."""


class Clock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def message(
    number: int,
    text: str = "text",
    *,
    sender: AgentId = A,
    receivers: Sequence[AgentId] = (T,),
    type: MessageType = MessageType.INFO,
    importance: Importance = Importance.NORMAL,
    in_reply_to: MessageId | None = None,
    hop: int = 0,
) -> Message:
    return Message(
        id=MessageId(f"m{number}"),
        sender=sender,
        receivers=tuple(receivers),
        type=type,
        importance=importance,
        text=text,
        in_reply_to=in_reply_to,
        hop=hop,
    )


async def running_bus(
    journal: MemoryJournal,
    *agents: AgentId,
    limits: Limits = DEFAULT_LIMITS,
    clock: Clock | None = None,
) -> AgentMessageBus:
    """Returns a started bus with these agents on it (by default ``A``, ``S`` and ``T``)."""
    bus = AgentMessageBus(journal, limits, clock=clock or Clock())
    for agent_id in agents or (A, S, T):
        bus.register_agent(agent_id, f"Task of {agent_id}")
    await bus.start()
    return bus


async def handed_over(bus: AgentMessageBus, agent_id: AgentId) -> list[MessageId]:
    """Takes a whole inbox, in as many hand-overs as it needs; returns the ids in the order of handing over."""
    taken: list[MessageId] = []
    while handover := await bus.take_handover(agent_id, "tool_boundary"):
        taken += handover.message_ids
    return taken
