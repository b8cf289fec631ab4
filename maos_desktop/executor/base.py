"""The seam to whatever runs an agent: start, stream, deliver, interrupt, answer a permission, stop.

Nothing above this module knows where an agent runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from maos_desktop.errors import AgentError
from maos_desktop.model.event import Usage
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import PermissionMode


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool of the app's own that an agent may call (offered as ``mcp__maos__<name>``).

    ``handler`` takes the validated arguments and returns the text that the model sees; it may wait as long
    as it needs. A ``KnownError`` it raises reaches the model as a tool error with the error's words.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]
    handler: Callable[[dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class PermissionQuestion:
    """A tool call that the permission mode does not settle."""

    request_id: str
    tool: str
    input: dict[str, Any]
    description: str


@dataclass(frozen=True, slots=True)
class PermissionAnswer:
    """``message`` tells the model why not."""

    allowed: bool
    message: str = ""


class AgentHooks(Protocol):
    """What the runtime asks its owner while a turn runs."""

    async def at_tool_boundary(self, response: int) -> str | None:
        """Returns text for the agent's very next model request, or ``None``.

        ``response`` is the ordinal of the model response whose tool call has just returned: what is handed
        over here has been read once an ``AssistantAnswered`` with a higher ordinal comes. (The runtime calls
        hooks beside the event stream, so the stream may still be behind.)
        """

    async def before_end(self, response: int) -> str | None:
        """Returns text that keeps the agent from ending its turn, or ``None`` to let it end.

        ``response`` is the ordinal of the response that would be the last one.
        """

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        """Returns the user's answer; may wait as long as it needs."""


@dataclass(frozen=True, slots=True)
class AgentLaunch:
    """How to start one agent's process. Everything here is fixed for the life of the process."""

    agent_id: AgentId
    project_folder: Path
    system_prompt: str
    """Appended to the runtime's own coding prompt."""
    tools: tuple[str, ...]
    """The runtime's tools this agent has; nothing else is offered."""
    agent_tools: tuple[AgentTool, ...] = ()
    model: str | None = None
    max_turns: int | None = None
    permission_mode: PermissionMode = PermissionMode.ASK
    trust_project_settings: bool = False
    resume: str | None = None
    """A Claude session id to go on with."""
    resumed_cost_usd: float | None = None
    """What the resumed session has cost so far: the sum of its ``TurnEnded.cost_usd``. The runtime counts on from
    there; without it the cost of the first turn after a resume is not known."""
    output_schema: Mapping[str, Any] | None = None
    """JSON schema; the turn's result is then ``TurnEnded.structured_output``."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the app's own environment, e.g. the rehearsal server's address and key."""


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """The runtime's session exists and can be resumed by this id."""

    claude_session_id: str
    model: str


@dataclass(frozen=True, slots=True)
class TextStreamed:
    """A delta of block ``block`` (counted per process from 0)."""

    block: int
    block_kind: Literal["text", "thinking"]
    text: str


@dataclass(frozen=True, slots=True)
class BlockClosed:
    block: int


@dataclass(frozen=True, slots=True)
class AssistantAnswered:
    """The model has begun a response: it has read everything handed over at a boundary of an earlier one."""

    response: int
    """Ordinal of the response, counted per process from 1 over all turns."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    tool_use_id: str
    tool: str
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolReturned:
    tool_use_id: str
    output: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    attempt: int
    delay_ms: int
    status: int | None
    text: str


@dataclass(frozen=True, slots=True)
class SilenceNoticed:
    """The model has been asked and nothing has come for ``seconds``; noticed again after as long once more."""

    seconds: float


@dataclass(frozen=True, slots=True)
class OutputSkipped:
    """Something the runtime wrote could not be read and was passed over; ``raw`` is its beginning."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """One result. ``error`` is set when the turn did not succeed (judged by ``is_error``, never by subtype).

    ``usage``, ``cost_usd`` are of this turn alone; ``cost_usd`` is ``None`` where it is not known.

    A turn may end without ``before_end``: interrupted, failed, or when it ends in structured output. So who owns
    the agent looks for what is still to be handed over, and hands it over with the next ``query``.
    """

    text: str
    turns: int
    """Model responses in this turn."""
    usage: Usage
    cost_usd: float | None
    duration_ms: int
    interrupted: bool = False
    structured_output: Any = None
    error: AgentError | None = None


RuntimeEvent = (
    SessionOpened
    | TextStreamed
    | BlockClosed
    | AssistantAnswered
    | ToolCalled
    | ToolReturned
    | RetryScheduled
    | SilenceNoticed
    | OutputSkipped
    | TurnEnded
)

RuntimeOrigin = Literal["settings", "environment", "path", "bundled"]
"""Where the runtime was found: a path in the settings, ``MAOS_CLAUDE_CLI``, PATH, or inside the SDK."""


class AgentProcess(Protocol):
    """One running agent. Owned by whoever called ``Executor.start``; ``aclose`` is its one end."""

    async def query(self, text: str) -> None:
        """Starts a turn with this user text (or joins the running one at its next tool boundary)."""

    def events(self) -> AsyncIterator[RuntimeEvent]:
        """Yields what happens, over all turns, until ``aclose``. To be iterated once.

        Raises an ``AgentError`` when the process died or its output cannot be read any more.
        """

    async def interrupt(self) -> None:
        """Ends the running turn; its ``TurnEnded`` has ``interrupted`` set. Does nothing between turns."""

    async def aclose(self) -> None:
        """Ends the process and everything it started. Safe to call twice, and when cancelled."""


@dataclass(frozen=True, slots=True)
class RuntimeInfo:
    """Which runtime is used: for doctor and the status bar."""

    path: str
    version: str
    origin: RuntimeOrigin


class Executor(Protocol):
    """Starts agents."""

    async def start(self, launch: AgentLaunch, hooks: AgentHooks) -> AgentProcess:
        """Starts the agent's process and returns when it is ready for its first ``query`` (warm).

        Raises ``CliNotFoundError``, ``CliTooOldError``, ``CliCrashedError`` and the other ``AgentError``.
        """

    async def runtime(self) -> RuntimeInfo:
        """Returns which runtime ``start`` uses. Raises like ``start``."""

    async def aclose(self) -> None:
        """Ends every agent that is still running."""
