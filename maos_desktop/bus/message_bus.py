"""The bus over which agents work together: every message is committed, then queued, then handed over once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from maos_desktop.bus.admission import Draft
from maos_desktop.bus.asking import Asking
from maos_desktop.bus.delivery import Delivery, OnCritical
from maos_desktop.bus.dispatch import Dispatch
from maos_desktop.bus.handover import Handover, Via
from maos_desktop.bus.limits import DEFAULT_LIMITS, Clock, Limits, Traffic
from maos_desktop.bus.requests import RequestBook, RequestOutcome
from maos_desktop.bus.roster import Roster
from maos_desktop.errors import BugError
from maos_desktop.model.event import Journal, MessageSent, SessionEvent
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.untrusted_text import storable


class AgentMessageBus:
    """Messages between the agents of one session, and from the user to them.

    Every method that sends raises ``MessageError`` when the message is refused (the refusal is in the log too,
    and the error says what to do instead) and ``StoreError`` when it could not be committed; then nothing was
    sent. To be used on one event loop. ``start`` before the first message, ``stop`` at the end.
    """

    def __init__(self, journal: Journal, limits: Limits = DEFAULT_LIMITS, *, clock: Clock = time.monotonic) -> None:
        self._roster = Roster()
        self._book = RequestBook()
        self._traffic = Traffic(limits, clock)
        self._delivery = Delivery(journal)
        self._dispatch = Dispatch(journal, self._roster, self._book, self._traffic, self._delivery)
        self._asking = Asking(journal, self._roster, self._book, self._dispatch, self._delivery)
        self._announcing = asyncio.Lock()

    # --- life, and who is there ---

    async def start(self) -> None:
        """Opens the bus."""
        self._dispatch.is_open = True

    async def stop(self) -> None:
        """Ends the bus: blocked requests end without a reply, and nothing more is sent."""
        self._dispatch.is_open = False
        self._book.give_up()

    def restore(self, events: Iterable[SessionEvent]) -> None:
        """Takes over the log of a session that goes on; to be called before the first message.

        What was queued, or delivered but not read, is queued again, and nothing else is.
        """
        if self._dispatch.messages:
            raise BugError("A bus is restored before its first message.")
        for event in events:
            self._delivery.apply(event)
            if isinstance(event, MessageSent):
                self._dispatch.enter(event.message)
        self._delivery.requeue_all()

    def register_agent(self, agent_id: AgentId, title: str = "") -> None:
        """Lets an agent receive messages; one that had ended is back with the inbox it had."""
        self._roster.register(agent_id, title)

    def unregister_agent(self, agent_id: AgentId, report: str = "") -> None:
        """Ends an agent: it receives nothing more, and whoever is blocked in a request to it gets ``report``."""
        self._roster.end(agent_id, report)
        self._delivery.set_on_critical(agent_id, None)
        self._book.give_up_on(agent_id)

    def agents(self) -> dict[AgentId, str]:
        """Returns the agents that can be written to, with their titles."""
        return self._roster.titles()

    def note_work(self, agent_id: AgentId) -> None:
        """To be called when an agent has used a tool of its own: its exchanges so far are no ping-pong."""
        self._traffic.note_work(agent_id)

    # --- sending ---

    async def send_message(
        self,
        sender: AgentId,
        to: AgentId,
        text: str,
        importance: Importance = Importance.NORMAL,
        *,
        type: MessageType = MessageType.INFO,
    ) -> Message:
        """Sends to one agent and returns the message as committed. Requests and replies have their own methods."""
        if type in (MessageType.REQUEST, MessageType.RESPONSE):
            raise BugError("Requests and replies are not sent as plain messages.")
        return await self._dispatch.post(Draft(type, sender, (to,), storable(text), importance))

    async def broadcast(self, sender: AgentId, text: str, importance: Importance = Importance.NORMAL) -> Message:
        """Sends to every other agent. Refused when there is none."""
        return await self._dispatch.post(self._to_all(MessageType.BROADCAST, sender, text, importance))

    async def notify_discovery(self, sender: AgentId, text: str, importance: Importance = Importance.NORMAL) -> Message:
        """Sends a discovery to every other agent, if there is one, and returns the message that carries it.

        That is an earlier one, and nothing is sent, when the same was announced before (see ``find_discovery``).
        """
        async with self._announcing:
            known = self.find_discovery(text)
            if known is not None:
                return known
            return await self._dispatch.post(self._to_all(MessageType.DISCOVERY, sender, text, importance))

    def find_discovery(self, text: str) -> Message | None:
        """Returns the message that announced the same, but for case, white space and closing punctuation."""
        return self._dispatch.find_discovery(text)

    async def notify_dependency(self, sender: AgentId, on: AgentId, need: str) -> Message:
        """Tells an agent that the sender needs something of it, and records the dependency."""
        return await self._dispatch.post(Draft(MessageType.DEPENDENCY, sender, (on,), storable(need), Importance.HIGH))

    async def request_from_agent(
        self, sender: AgentId, to: AgentId, need: str, timeout_seconds: float | None
    ) -> RequestOutcome:
        """Asks an agent and waits for its reply, for its end, or for the time-out (``None``: as long as it takes).

        The reply is handed over by the outcome's text. One that comes after the time-out, or after this call was
        cancelled, is queued like any other message.
        """
        return await self._asking.ask(sender, to, need, timeout_seconds)

    async def respond_to_request(self, sender: AgentId, request_id: MessageId, text: str) -> Message:
        """Answers a request, which acknowledges it, and returns the reply as committed."""
        return await self._asking.answer(sender, request_id, text)

    # --- receiving ---

    async def take_handover(self, agent_id: AgentId, via: Via) -> Handover | None:
        """Hands over what is queued for the agent, the most important first, in at most 10,000 characters.

        What does not fit stays queued. ``None`` when nothing is queued (a message that is just being committed is
        waited for). Calls at the same time never get the same message; after a failed commit, or a cancellation,
        the messages are queued again.
        """
        return await self._delivery.take(agent_id, via)

    def has_unread(self, agent_id: AgentId) -> bool:
        """Whether a message for the agent is queued, or is just being committed, and was not handed over."""
        return self._delivery.has_unread(agent_id)

    def on_critical(self, agent_id: AgentId, callback: OnCritical | None) -> None:
        """Sets who is called with each critical message that is queued for the agent; ``None``: nobody."""
        self._delivery.set_on_critical(agent_id, callback)

    async def mark_read(self, agent_id: AgentId, message_ids: Iterable[MessageId] | None = None) -> None:
        """The agent's model has seen these messages, or all that it was handed."""
        await self._delivery.mark_read(agent_id, message_ids)

    async def acknowledge(self, agent_id: AgentId, message_ids: Iterable[MessageId]) -> None:
        """The agent has acted on these messages. Raises ``MessageError`` when one never reached it."""
        await self._delivery.acknowledge(agent_id, message_ids)

    def requeue_unread(self, agent_id: AgentId) -> None:
        """The agent's process is gone: what it was handed and has not read is handed over again."""
        self._delivery.requeue_unread(agent_id)

    def get_messages_for_agent(self, agent_id: AgentId) -> tuple[Message, ...]:
        """Returns every message sent to the agent in this session, in the order of sending."""
        return tuple(message for message in self._dispatch.messages.values() if agent_id in message.receivers)

    def get_broadcast_history(self) -> tuple[Message, ...]:
        """Returns every broadcast of this session, in the order of sending."""
        return tuple(m for m in self._dispatch.messages.values() if m.type is MessageType.BROADCAST)

    def _to_all(self, type: MessageType, sender: AgentId, text: str, importance: Importance) -> Draft:
        return Draft(type, sender, self._roster.others(sender), storable(text), importance, to_all=True)
