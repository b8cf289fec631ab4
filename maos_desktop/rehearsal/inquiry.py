"""Rules as inquiries: generators that ask for tool calls and go on with what the calls returned.

The model keeps no state between requests. Each time an inquiry runs from its beginning over the conversation: a
call that was made already is answered from it, and the first calls that were not are the next thing to do. So an
inquiry goes on from wherever its conversation was cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.conversation import Conversation, Outcome

MAX_CALLS = 60
"""In one conversation; after that nothing is asked for any more, so that no rule can go on for ever."""
MAX_INTERRUPTIONS = 2
"""How often a call that was interrupted is made again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """Tool calls to make at the same time, and what to say with them."""

    say: str
    calls: tuple[Call, ...]


Inquiry = Generator[Step, tuple[Outcome, ...], T]
"""Yields steps, is sent the outcomes of a step's calls in their order, and returns a ``T``."""


@dataclass(frozen=True, slots=True)
class Concluded(Generic[T]):
    """An inquiry came to its end."""

    value: T


class Evidence:
    """What the tool calls of one conversation returned."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._by_call: defaultdict[str, list[Outcome]] = defaultdict(list)
        for outcome in conversation.outcomes:
            self._by_call[outcome.call.key].append(outcome)
        self._closed = ""
        if len(conversation.outcomes) >= MAX_CALLS:
            self.close(f"Not done: {MAX_CALLS} tool calls are enough for one task.")

    def close(self, reason: str) -> None:
        """No further call is made; each one that is missing has returned ``reason`` as an error."""
        self._closed = reason

    def of(self, call: Call) -> Outcome | None:
        """Returns what the call returned, or ``None`` when it is to be made.

        A call that cannot be made has returned an error that says why.
        """
        known = self._by_call.get(call.key, [])
        for outcome in known:
            if not outcome.interrupted:
                return outcome
        if len(known) >= MAX_INTERRUPTIONS:
            return known[-1]
        if not self._conversation.offers(call.tool):
            return Outcome(call, f"The tool {call.tool} is not offered to this agent.", is_error=True)
        if self._closed:
            return Outcome(call, self._closed, is_error=True)
        return None


def advance(inquiry: Inquiry[T], evidence: Evidence) -> Step | Concluded[T]:
    """Runs the inquiry as far as the evidence goes. Returns the calls that are missing, or its conclusion."""
    try:
        step = next(inquiry)
        while True:
            found = [(call, evidence.of(call)) for call in step.calls]
            missing = tuple(call for call, outcome in found if outcome is None)
            if missing:
                return Step(step.say, _distinct(missing))
            step = inquiry.send(tuple(outcome for _, outcome in found if outcome is not None))
    except StopIteration as end:
        return Concluded(end.value)


def _distinct(calls: Iterable[Call]) -> tuple[Call, ...]:
    return tuple({call.key: call for call in calls}.values())
