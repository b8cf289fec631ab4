"""What the whole team knows: discoveries, facts and decisions, as a fold over the session's events."""

from __future__ import annotations

from dataclasses import replace

from maos_desktop.context import digest
from maos_desktop.context.entries import Decision, Discovery, Fact
from maos_desktop.errors import BadRequestError
from maos_desktop.model.commit import commit
from maos_desktop.model.event import (
    DecisionRecorded,
    DiscoveryAnnounced,
    FactRecorded,
    Journal,
    MessageSent,
    SessionEvent,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, MessageType
from maos_desktop.model.untrusted_text import clean_line, storable


class SharedContext:
    """Folds events (``apply``, also to restore a session), and writes new ones.

    The methods that write commit first and then fold what they wrote, so their events are not to be applied again.
    They raise ``BadRequestError`` for an empty text and ``StoreError`` when it could not be committed; then nothing
    has changed.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._discoveries: dict[MessageId, Discovery] = {}
        self._facts: dict[str, Fact] = {}
        self._decisions: dict[Decision, None] = {}

    def discoveries(self) -> tuple[Discovery, ...]:
        """Returns every discovery once, in the order of the first announcements."""
        return tuple(self._discoveries.values())

    def facts(self) -> tuple[Fact, ...]:
        """Returns the latest fact of each key, in the order in which they were recorded."""
        return tuple(self._facts.values())

    def decisions(self) -> tuple[Decision, ...]:
        """Returns the decisions in the order in which they were made (or made again)."""
        return tuple(self._decisions)

    def to_prompt(self, budget_tokens: int = digest.DIGEST_TOKENS) -> str:
        """Returns the most important of it for a prompt, never more than the budget; see ``digest.to_prompt``."""
        return digest.to_prompt(self.decisions(), self.facts(), self.discoveries(), budget_tokens)

    def apply(self, event: SessionEvent) -> None:
        """Folds one event in. What is not about the shared context changes nothing."""
        match event:
            case MessageSent(message=message) if message.type is MessageType.DISCOVERY:
                # It counts from here: the app may have ended before the announcement itself was recorded.
                self._discover(message.id, message.sender, message.text, message.importance)
            case DiscoveryAnnounced():
                self._discover(event.message_id, event.agent_id, event.text, event.importance)
            case FactRecorded():
                self._facts.pop(event.key, None)
                self._facts[event.key] = Fact(event.key, event.agent_id, event.text)
            case DecisionRecorded():
                decision = Decision(event.agent_id, event.text, event.why)
                self._decisions.pop(decision, None)
                self._decisions[decision] = None

    async def announce(self, agent_id: AgentId, text: str, importance: Importance, message_id: MessageId) -> None:
        """Enters a discovery; ``message_id`` is of the message that carries it, or has carried the same before."""
        await self._write(
            DiscoveryAnnounced(
                agent_id=agent_id, text=_filled("discovery", text), importance=importance, message_id=message_id
            )
        )

    async def record_fact(self, agent_id: AgentId, key: str, text: str) -> None:
        """Notes what is known under ``key``; what was known under it before is replaced."""
        key = clean_line(_filled("key of the fact", key))
        await self._write(FactRecorded(agent_id=agent_id, key=key, text=_filled("fact", text)))

    async def record_decision(self, agent_id: AgentId, text: str, why: str = "") -> None:
        """Notes what was decided, and why."""
        await self._write(
            DecisionRecorded(agent_id=agent_id, text=_filled("decision", text), why=storable(why).strip())
        )

    async def _write(self, event: SessionEvent) -> None:
        await commit(self._journal, event, then=lambda: self.apply(event))

    def _discover(self, message_id: MessageId, agent_id: AgentId, text: str, importance: Importance) -> None:
        known = self._discoveries.get(message_id)
        if known is None:
            self._discoveries[message_id] = Discovery(message_id, agent_id, text, importance)
            return
        if agent_id != known.agent_id and agent_id not in known.also:
            known = replace(known, also=(*known.also, agent_id))
        if importance.rank > known.importance.rank:
            known = replace(known, importance=importance)
        self._discoveries[message_id] = known


def _filled(what: str, text: str) -> str:
    if not clean_line(text):
        raise BadRequestError(f"The {what} is empty.", next_step="Say it in a sentence.")
    return storable(text).strip()
