"""Names of things: plain strings that mypy keeps apart, and the names that are not agents of a plan."""

from __future__ import annotations

import uuid
from typing import NewType

SessionId = NewType("SessionId", str)
AgentId = NewType("AgentId", str)
TaskId = NewType("TaskId", str)
MessageId = NewType("MessageId", str)

USER = AgentId("user")
"""The person at the window, as a sender on the bus."""
PLANNER = AgentId("planner")
"""The Claude session that makes the plan."""
SYNTHESIS = AgentId("synthesis")
"""The Claude session that writes the report."""


def new_session_id() -> SessionId:
    """Returns a fresh id of 12 hexadecimal digits."""
    return SessionId(uuid.uuid4().hex[:12])
