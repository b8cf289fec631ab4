"""The receiving side of the bus: inboxes, hand-overs, and what receivers have done with their messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from maos_desktop.bus.handover import Handover, Via, compose
from maos_desktop.bus.inbox import Inbox
from maos_desktop.errors import MessageError
from maos_desktop.model.commit import commit
from maos_desktop.model.event import (
    Journal,
    MessageAcknowledged,
    MessageDelivered,
    MessageRead,
    MessageSent,
    SessionEvent,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, Message
from maos_desktop.model.untrusted_text import shown

OnCritical = Callable[[Message], None]
"""Called when a critical message was queued; it must not raise."""


class Delivery:
    """Takes committed messages and hands each one over once. What it hands over is committed before."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._inboxes: defaultdict[AgentId, Inbox] = defaultdict(Inbox)
        self._on_critical: dict[AgentId, OnCritical] = {}

    def queue(self, message: Message) -> None:
        """Puts a committed message into the inbox of each receiver; a critical one also calls them."""
        for receiver in message.receivers:
            self._inboxes[receiver].put(message)
        if message.importance is Importance.CRITICAL:
            for receiver in message.receivers:
                if receiver in self._on_critical:
                    self._on_critical[receiver](message)

    @contextmanager
    def expecting(self, receivers: Sequence[AgentId]) -> Iterator[None]:
        """Inside the block a message for these receivers is being committed, so that none of them ends unaware."""
        for receiver in receivers:
            self._inboxes[receiver].expect()
        try:
            yield
        finally:
            for receiver in receivers:
                self._inboxes[receiver].arrived()

    def set_on_critical(self, agent_id: AgentId, callback: OnCritical | None) -> None:
        """Sets who is called for this agent's critical messages; ``None``: nobody."""
        if callback is None:
            self._on_critical.pop(agent_id, None)
        else:
            self._on_critical[agent_id] = callback

    def has_unread(self, agent_id: AgentId) -> bool:
        return bool(self._inboxes[agent_id])

    async def take(self, agent_id: AgentId, via: Via) -> Handover | None:
        """Hands over what is queued, the most important first, as much as fits; ``None`` when nothing is."""
        await self._inboxes[agent_id].settle()
        queued = self._inboxes[agent_id].queued()
        return await self._hand_over(agent_id, compose(queued, agent_id), via) if queued else None

    async def take_reply(self, agent_id: AgentId, reply: Message) -> Handover:
        """Hands one reply over to the agent that was blocked for it."""
        self._inboxes[agent_id].put(reply)
        return await self._hand_over(agent_id, compose((reply,), agent_id), "reply")

    async def _hand_over(self, agent_id: AgentId, handover: Handover, via: Via) -> Handover:
        inbox = self._inboxes[agent_id]
        inbox.take(handover.messages)
        try:
            await self._journal.record(MessageDelivered(message_ids=handover.message_ids, receiver=agent_id, via=via))
        except BaseException:  # cancelled, or not committed: nobody has got them
            inbox.put_back(handover.messages)
            raise
        inbox.note_delivered(handover.messages)
        return handover

    async def mark_read(self, agent_id: AgentId, message_ids: Iterable[MessageId] | None) -> None:
        """Notes that the receiver's model has seen these (by default all) messages that were handed over."""
        with self._inboxes[agent_id].reading(message_ids) as read:
            if read:
                await self._journal.record(MessageRead(message_ids=read, receiver=agent_id))

    async def acknowledge(self, agent_id: AgentId, message_ids: Iterable[MessageId]) -> None:
        """Notes that the receiver has acted on messages. Raises ``MessageError`` for one it never received."""
        wanted = tuple(dict.fromkeys(message_ids))
        unknown = [known for known in wanted if not self.has_received(agent_id, known)]
        if unknown:
            raise MessageError(
                f"No message {shown(', '.join(unknown))} has reached you; nothing was acknowledged.",
                next_step="Use the ids that stand in the frames of your messages.",
            )
        events = self.acknowledging(agent_id, wanted)
        if events:
            await commit(self._journal, *events, then=lambda: self.note_acknowledged(agent_id, wanted))

    def has_received(self, agent_id: AgentId, message_id: MessageId) -> bool:
        return self._inboxes[agent_id].has_received(message_id)

    def acknowledging(self, agent_id: AgentId, message_ids: Iterable[MessageId]) -> list[SessionEvent]:
        """Returns what is to be committed for an acknowledgement; nothing where it was given before."""
        inbox = self._inboxes[agent_id]
        fresh = inbox.unacknowledged(message_ids)
        unread = inbox.unread(fresh)
        events: list[SessionEvent] = []
        if unread:
            events.append(MessageRead(message_ids=unread, receiver=agent_id))
        if fresh:
            events.append(MessageAcknowledged(message_ids=fresh, receiver=agent_id))
        return events

    def note_acknowledged(self, agent_id: AgentId, message_ids: Iterable[MessageId]) -> None:
        """Takes over a committed acknowledgement."""
        self._inboxes[agent_id].acknowledge(message_ids)

    def requeue_unread(self, agent_id: AgentId) -> None:
        """Queues again what the agent was handed and has not read, because its process is gone."""
        self._inboxes[agent_id].requeue_unread()

    def apply(self, event: SessionEvent) -> None:
        """Takes over one event of the log; ``requeue_all`` ends a restore."""
        match event:
            case MessageSent(message=message):
                for receiver in message.receivers:
                    self._inboxes[receiver].put(message)
            case MessageDelivered():
                inbox = self._inboxes[event.receiver]
                delivered = [message for message in inbox.queued() if message.id in event.message_ids]
                inbox.take(delivered)
                inbox.note_delivered(delivered)
            case MessageRead():
                with self._inboxes[event.receiver].reading(event.message_ids):
                    pass
            case MessageAcknowledged():
                self._inboxes[event.receiver].acknowledge(event.message_ids)

    def requeue_all(self) -> None:
        """Queues again what no agent has read, because every process is gone."""
        for inbox in self._inboxes.values():
            inbox.requeue_unread()
