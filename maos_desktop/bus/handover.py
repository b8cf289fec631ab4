"""What is handed to an agent at one moment: as many of its messages as fit, in one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from maos_desktop.bus.envelope import PREFACE, frame, fresh_nonce
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message

HANDOVER_LIMIT = 10_000
"""Characters; the runtime takes no more at a tool boundary."""
_ROOM_FOR_REST_LINE = 100
_MOST_MESSAGES = 100
"""No more frames than this fit into the limit, however short the texts are."""

Via = Literal["tool_boundary", "stop_hook", "prompt", "interrupt", "reply", "check"]
"""The moment of a hand-over, as ``MessageDelivered.via`` tells it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Text for the receiver's next model request, and the messages it holds."""

    text: str
    messages: tuple[Message, ...]

    @property
    def message_ids(self) -> tuple[MessageId, ...]:
        return tuple(message.id for message in self.messages)


def compose(messages: Sequence[Message], receiver: AgentId) -> Handover:
    """Returns the most important messages (the older first among equals) in at most ``HANDOVER_LIMIT`` characters.

    ``messages`` are in the order of their arrival; at least one, and the first always fits. What does not fit is
    counted in the last line.
    """
    by_importance = sorted(messages, key=lambda message: -message.importance.rank)[:_MOST_MESSAGES]
    nonce = fresh_nonce(message.text for message in by_importance)
    parts = [PREFACE]
    room = HANDOVER_LIMIT - _ROOM_FOR_REST_LINE - len(PREFACE)
    for message in by_importance:
        framed = frame(message, receiver, nonce)
        room -= len(framed) + 1
        if room < 0:
            break
        parts.append(framed)
    taken = by_importance[: len(parts) - 1]
    if rest := len(messages) - len(taken):
        parts.append(_rest_line(rest))
    return Handover("\n".join(parts), tuple(taken))


def _rest_line(count: int) -> str:
    if count == 1:
        return "(1 more message waits for you; it comes at your next step.)"
    return f"({count} more messages wait for you; they come at your next step.)"
