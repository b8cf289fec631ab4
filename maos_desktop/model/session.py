"""A session's settings, its state, and the line it has in the list of sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from maos_desktop.model.base import Data
from maos_desktop.model.ids import SessionId
from maos_desktop.model.plan import Mode

LONGEST_REQUEST = 200_000
"""Characters."""


class Backend(StrEnum):
    """Which model answers the agents' CLI processes."""

    CLAUDE = "claude"
    """Whatever the Claude CLI on this machine is set up with."""
    REHEARSAL = "rehearsal"
    """The embedded rule-based server; no language model is involved."""


class PermissionMode(StrEnum):
    """What agents may do without a question."""

    ASK = "ask"
    ACCEPT_EDITS = "accept_edits"


class SessionState(StrEnum):
    """Where a session is in its life."""

    PLANNING = "planning"
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    SYNTHESISING = "synthesising"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    INTERRUPTED = "interrupted"
    """The app ended, or the user stopped it, while work was under way; it can be continued."""

    @property
    def is_active(self) -> bool:
        """Whether work is under way or waits for the user's approval."""
        return self in _ACTIVE

    @property
    def can_be_continued(self) -> bool:
        """Whether it has ended with something left to do."""
        return self in {SessionState.INTERRUPTED, SessionState.FAILED}


_ACTIVE = frozenset(
    {
        SessionState.PLANNING,
        SessionState.AWAITING_APPROVAL,
        SessionState.RUNNING,
        SessionState.SYNTHESISING,
    }
)


class SessionSettings(Data):
    """What the user asked for, fixed when the session is created."""

    request: str = Field(min_length=1, max_length=LONGEST_REQUEST)
    project_folder: Path
    backend: Backend = Backend.CLAUDE
    mode: Mode | Literal["auto"] = "auto"
    max_agents: int = Field(default=4, ge=1, le=16)
    """How many agents work at the same time."""
    model: str | None = None
    auto_approve: bool = False
    permission_mode: PermissionMode = PermissionMode.ASK
    trust_project_settings: bool = False
    """Whether the CLI may load the folder's own settings (hooks, MCP servers): the answer to the trust question."""


class SessionSummary(Data):
    """One line of the session list."""

    id: SessionId
    title: str
    settings: SessionSettings
    state: SessionState
    created_at: datetime
    updated_at: datetime
    cost_usd: float | None = None
    """Sum of what the back end reported; ``None`` where it reports none."""
    event_count: int = 0
