"""What a turn that did not succeed means for the user: the CLI's words, sorted into our errors once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maos_desktop.errors import (
    AgentError,
    BackendUnreachableError,
    CliCrashedError,
    CliNotSetUpError,
    ConversationLostError,
    OverloadedError,
    RateLimitedError,
    RefusedError,
    TurnLimitError,
)

NOT_ACCEPTED = frozenset({401, 403})
"""HTTP statuses that no retry will change."""

_UNREACHABLE = re.compile(
    r"\b(ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR\w*)\b"
    r"|connection (refused|error|reset|closed)|unable to connect|fetch failed|timed? ?out|certificate",
    re.IGNORECASE,
)
_CHOOSE_MODEL = "Choose another model for the task and run it again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the CLI says that a turn ended. ``kind`` is what its last error message is labelled with."""

    is_error: bool
    terminal_reason: str = ""
    stop_reason: str = ""
    status: int | None = None
    kind: str | None = None
    text: str = ""


def failure_of(outcome: Outcome) -> AgentError | None:
    """Returns our error for a turn, ``None`` when it succeeded.

    By ``is_error``, the reasons, the status and the label; never by ``subtype``, which says “success” for most.
    """
    text = outcome.text
    if outcome.stop_reason == "refusal":
        return RefusedError("The model refused to go on with this task.", detail=text)
    if not outcome.is_error:
        return None
    if outcome.terminal_reason == "max_turns":
        return TurnLimitError("The agent used up the turns that its task allows.", detail=text)
    match outcome.kind, outcome.status:
        case ("authentication_failed", _) | (_, 401 | 403):
            return not_set_up(outcome.status, text)
        case ("billing_error", _):
            next_step = "Check the account's balance and its limits, then continue the session."
            return AgentError("The account cannot pay for this request.", next_step=next_step, detail=text)
        case ("model_not_found", _) | (_, 404):
            return AgentError("The model does not exist or is not open to you.", next_step=_CHOOSE_MODEL, detail=text)
        case ("rate_limit", _) | (_, 429):
            return RateLimitedError("The rate or usage limit of the account is reached.", detail=text)
        case ("overloaded", _) | (_, 500 | 502 | 503 | 504 | 529):
            return OverloadedError("The model's servers are overloaded or out of order.", detail=text)
        case (_, None) if _UNREACHABLE.search(text):
            return BackendUnreachableError("The model's server cannot be reached.", detail=text)
    return AgentError(f"The turn failed: {_first_line(text)}", next_step="Continue the session.", detail=text)


def not_set_up(status: int | None, text: str) -> CliNotSetUpError:
    """Returns the error for a CLI without credentials, or with ones that are not accepted."""
    what = "is not set up with an account or key" if status is None else "was refused: its key or login is not accepted"
    return CliNotSetUpError(f"The Claude CLI {what}.", detail=text)


def crash_of(exit_code: int, errors: str) -> AgentError:
    """Returns the error for a CLI that ended without being asked to."""
    if "No conversation found" in errors:
        return ConversationLostError("The agent's conversation is no longer on this computer.", detail=errors)
    detail = f"Exit code {exit_code}.\n{errors}".strip()
    if exit_code > 128:
        return CliCrashedError(f"The agent's process was ended by signal {exit_code - 128}.", detail=detail)
    return CliCrashedError("The agent's process ended unexpectedly.", detail=detail)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:300] or "no reason was given"
