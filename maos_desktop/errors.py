"""Errors sorted by whose they are: what the user can act on, and what is ours."""

from __future__ import annotations

from typing import ClassVar


class KnownError(Exception):
    """Something the user can act on. ``str(error)`` is one sentence that says what happened.

    Attributes:
        code: stable name for events, tests and exit codes.
        next_step: what to do now, one sentence.
        detail: the technical text behind it, may be empty.
    """

    code: ClassVar[str] = "known"
    default_next_step: ClassVar[str] = ""

    def __init__(self, what: str, *, next_step: str = "", detail: str = "") -> None:
        super().__init__(what)
        self.next_step = next_step or self.default_next_step
        self.detail = detail


class BugError(Exception):
    """Our own fault: a state that the code rules out."""


class BadRequestError(KnownError):
    """The request, the folder or an option cannot be used."""

    code = "bad_request"


class UnknownSessionError(KnownError):
    code = "unknown_session"
    default_next_step = "Run “maos-desktop sessions list” to see the sessions there are."


class StoreError(KnownError):
    """The database could not be read or written."""

    code = "store"


class StoreCorruptError(StoreError):
    code = "store_corrupt"


class StoreTooNewError(StoreError):
    code = "store_too_new"
    default_next_step = "Install the newest MAOS Desktop; the file was left untouched."


class StoreBusyError(StoreError):
    """Another process of the app is its one writer."""

    code = "store_busy"
    default_next_step = "Use the window that is already open, or close it and try again."


class PlanError(KnownError):
    """No valid plan came back."""

    code = "plan"
    default_next_step = "Write the plan by hand, or ask for another one with a comment."


class MessageError(KnownError):
    """The bus refused a message."""

    code = "message"


class AgentError(KnownError):
    """An agent's process or its model could not go on."""

    code = "agent"


class CliNotFoundError(AgentError):
    code = "cli_not_found"
    default_next_step = "Install the Claude CLI, or set its path in MAOS_CLAUDE_CLI."


class CliTooOldError(AgentError):
    code = "cli_too_old"
    default_next_step = "Update it with “claude update”."


class CliNotSetUpError(AgentError):
    code = "cli_not_set_up"
    default_next_step = (
        "Set ANTHROPIC_API_KEY (or your provider's variables), or set up “claude” in a terminal once; "
        "the rehearsal back end needs neither."
    )


class CliCrashedError(AgentError):
    code = "cli_crashed"
    default_next_step = "Continue the session: the agent resumes where it was."


class ConversationLostError(AgentError):
    """The Claude session to resume is gone; the agent has to begin anew from what our log holds."""

    code = "conversation_lost"
    default_next_step = "Run the task again; what the agent had written is kept."


class RateLimitedError(AgentError):
    code = "rate_limited"
    default_next_step = "Wait for the limit to reset, then continue the session."


class OverloadedError(AgentError):
    code = "overloaded"
    default_next_step = "Continue the session in a few minutes."


class RefusedError(AgentError):
    code = "refused"
    default_next_step = "Rephrase the task and run it again."


class BackendUnreachableError(AgentError):
    code = "backend_unreachable"
    default_next_step = "Check the network and ANTHROPIC_BASE_URL, then continue the session."


class TurnLimitError(AgentError):
    code = "turn_limit"
    default_next_step = "Raise the task's turn limit and continue the session."
