"""The CLI's words for a failure, as it was measured to say them, and what they become."""

from __future__ import annotations

import pytest

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
from maos_desktop.executor.failures import Outcome, crash_of, failure_of


def _failed(text: str = "", **fields: object) -> Outcome:
    return Outcome(is_error=True, text=text, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (_failed("Not logged in · Please run /login", kind="authentication_failed"), CliNotSetUpError),
        (_failed("Failed to authenticate. API Error: 403", status=403), CliNotSetUpError),
        (_failed("API Error: 401 invalid x-api-key", status=401), CliNotSetUpError),
        (_failed("API Error: Request rejected (429)", status=429, kind="rate_limit"), RateLimitedError),
        (_failed("You've hit your usage limit", kind="rate_limit"), RateLimitedError),
        (_failed("API Error: 529 Overloaded.", status=529, kind="server_error"), OverloadedError),
        (_failed("API Error: 500 boom.", status=500, kind="server_error"), OverloadedError),
        (_failed("API Error: Connection refused — (ECONNREFUSED)", kind="server_error"), BackendUnreachableError),
        (_failed("API Error: Unable to connect to API", kind="unknown"), BackendUnreachableError),
        (_failed("Request timed out.", kind="server_error"), BackendUnreachableError),
        (_failed("Reached maximum number of turns (2)", terminal_reason="max_turns"), TurnLimitError),
        (_failed("API Error: safeguards", stop_reason="refusal", kind="invalid_request"), RefusedError),
    ],
)
def test_that_a_failure_is_sorted_by_whose_it_is(outcome: Outcome, kind: type[AgentError]) -> None:
    failure = failure_of(outcome)
    assert type(failure) is kind
    assert failure.detail == outcome.text
    assert failure.next_step


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (_failed("Credit balance is too low", status=400, kind="billing_error"), "pay"),
        (_failed("There's an issue with the selected model", status=404, kind="model_not_found"), "model"),
        (_failed("Something new\nwith details"), "Something new"),
        (_failed(), "no reason"),
    ],
)
def test_that_other_failures_say_what_happened_and_what_to_do(outcome: Outcome, word: str) -> None:
    failure = failure_of(outcome)
    assert type(failure) is AgentError
    assert word in str(failure)
    assert "\n" not in str(failure)
    assert failure.next_step


def test_that_success_is_no_failure() -> None:
    assert failure_of(Outcome(is_error=False, text="API Error: 529", status=529)) is None


def test_that_a_process_ended_by_a_signal_says_so_with_its_last_words() -> None:
    crash = crash_of(137, "out of memory")
    assert isinstance(crash, CliCrashedError)
    assert "signal 9" in str(crash)
    assert "out of memory" in crash.detail


def test_that_a_process_which_ends_by_itself_crashed() -> None:
    crash = crash_of(1, "Error: bad")
    assert isinstance(crash, CliCrashedError)
    assert crash.detail == "Exit code 1.\nError: bad"


def test_that_a_conversation_which_is_gone_is_told_apart() -> None:
    assert isinstance(crash_of(1, "No conversation found with session ID: e08"), ConversationLostError)
