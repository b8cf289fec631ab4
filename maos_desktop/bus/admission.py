"""Whether a message may be sent: its text, its receiver, its place in a chain, and the traffic so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from maos_desktop.bus.limits import Refusal, Traffic
from maos_desktop.bus.requests import RequestBook
from maos_desktop.bus.roster import Roster
from maos_desktop.model.ids import USER, AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.untrusted_text import clean, shown

_TEXT_LIMIT = 1_000_000
_FOR_NOBODY = frozenset({MessageType.DISCOVERY})
"""Types that make sense without a receiver: a discovery goes to the shared context as well."""


class Draft(NamedTuple):
    """A message that may still be refused. ``receivers`` is one agent, or every other one when ``to_all`` is set."""

    type: MessageType
    sender: AgentId
    receivers: tuple[AgentId, ...]
    text: str
    importance: Importance = Importance.NORMAL
    in_reply_to: MessageId | None = None
    timeout_seconds: float | None = None
    to_all: bool = False

    @property
    def to(self) -> AgentId | None:
        """The one receiver, or ``None`` for all."""
        return None if self.to_all else self.receivers[0]


class Admission:
    """Judges drafts. ``messages`` are those sent so far, by id; the bus adds to them."""

    def __init__(
        self, roster: Roster, book: RequestBook, traffic: Traffic, messages: Mapping[MessageId, Message]
    ) -> None:
        self._roster = roster
        self._book = book
        self._traffic = traffic
        self._messages = messages

    def hop(self, draft: Draft) -> int:
        """Returns one more than the hop of what the message answers or of a request its sender still owes a reply.

        Anything else starts at 0. (Only requests whose asker still waits are owed.)
        """
        if draft.in_reply_to is not None:
            return self._messages[draft.in_reply_to].hop + 1
        return max((request.hop + 1 for request in self._book.owed_by(draft.sender)), default=0)

    def refusal(self, draft: Draft) -> Refusal | None:
        """Returns why the message is not sent, or counts it and returns ``None``."""
        return (
            self._refusal_of_text(draft.text)
            or self._refusal_of_receiver(draft)
            or self._refusal_of_chain(draft)
            or self._refusal_of_traffic(draft)
        )

    def refusal_of_reply(self, draft: Draft, request_id: MessageId) -> Refusal | None:
        """Like ``refusal`` for the reply to a request: limits do not stop it, but it must be the first."""
        refusal = self._refusal_of_text(draft.text) or self._book.refusal_of_reply(request_id, draft.sender)
        if refusal is None:
            self._traffic.count_reply(draft.sender, draft.receivers[0])
        return refusal

    def _refusal_of_text(self, text: str) -> Refusal | None:
        if len(text) > _TEXT_LIMIT:
            return Refusal(
                f"The message has {len(text):,} characters; {_TEXT_LIMIT:,} are the most.",
                "Send a summary, and name the file that holds the rest.",
            )
        if not clean(text).strip():
            return Refusal("The message is empty.", "Say in a sentence what the other agent should know.")
        return None

    def _refusal_of_receiver(self, draft: Draft) -> Refusal | None:
        to = draft.to
        if to is None:
            if draft.receivers or draft.type in _FOR_NOBODY:
                return None
            return Refusal("There is no other agent to write to.", "Put it into your report.")
        if to == draft.sender:
            return Refusal("An agent cannot write to itself.", "Use record_fact to keep a note.")
        if self._roster.is_active(to):
            return None
        if to == USER:
            return Refusal("The user reads no messages of agents.", "Put it into your report.")
        if self._roster.has_ended(to):
            return Refusal(f"{to} has ended its work.", "Go on without it, and say so in your report.")
        there = ", ".join(self._roster.others(draft.sender)) or "nobody else"
        return Refusal(f"There is no agent “{shown(to)}”.", f"You can write to: {there}.")

    def _refusal_of_chain(self, draft: Draft) -> Refusal | None:
        replies_to_come = 1 if draft.type is MessageType.REQUEST else 0
        return self._traffic.hop_refusal(self.hop(draft) + replies_to_come)

    def _refusal_of_traffic(self, draft: Draft) -> Refusal | None:
        if draft.sender != USER:
            return self._traffic.admit(draft.sender, draft.to)
        for receiver in draft.receivers:
            self._traffic.note_work(receiver)
        return None
