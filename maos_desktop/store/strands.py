"""Which strand of a session's log an event belongs to, so that the newest of each can be read first."""

from __future__ import annotations

OUTLINE = "outline:"
"""The session, its plan, tasks, agent states, shared context and report: few, and needed whole."""
MESSAGES = "messages:"
"""What happened on the bus: the timeline, of which the end is seen first."""

PANE_KINDS = frozenset({"prompt_sent", "output_appended", "tool_started", "tool_finished", "retry_noticed"})
"""What fills an agent's pane: nearly all of a log. A strand per agent."""
MESSAGE_KINDS = frozenset(
    {"message_sent", "message_delivered", "message_read", "message_acknowledged", "message_refused"}
)


def strand_of(kind: str, agent_id: str | None) -> str:
    """Returns the name of the strand; an agent's begins with ``agent:``."""
    if kind in PANE_KINDS:
        return f"agent:{agent_id}"
    return MESSAGES if kind in MESSAGE_KINDS else OUTLINE
