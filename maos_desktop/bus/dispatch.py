"""The sending side of the bus: a draft becomes a committed message in its receivers' inboxes, or a refusal."""

from __future__ import annotations

from maos_desktop.bus.admission import Admission, Draft
from maos_desktop.bus.delivery import Delivery
from maos_desktop.bus.discoveries import normalised
from maos_desktop.bus.inbox import message_number
from maos_desktop.bus.limits import Refusal, Traffic
from maos_desktop.bus.requests import RequestBook
from maos_desktop.bus.roster import Roster
from maos_desktop.errors import BugError, MessageError
from maos_desktop.model.commit import commit
from maos_desktop.model.event import (
    DependencyDeclared,
    Journal,
    MessageRefused,
    MessageSent,
    NoticeRaised,
    SessionEvent,
)
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message, MessageType
from maos_desktop.model.untrusted_text import storable

_REFUSED_TEXT_KEPT = 2_000


class Dispatch:
    """Sends what ``Admission`` lets pass.

    Attributes:
        messages: every message of the session by id, in the order of sending.
        is_open: whether messages are taken.
    """

    def __init__(
        self, journal: Journal, roster: Roster, book: RequestBook, traffic: Traffic, delivery: Delivery
    ) -> None:
        self.messages: dict[MessageId, Message] = {}
        self.is_open = False
        self._journal = journal
        self._roster = roster
        self._book = book
        self._delivery = delivery
        self._admission = Admission(roster, book, traffic, self.messages)
        self._discoveries: dict[str, Message] = {}
        self._last_number = 0

    async def post(self, draft: Draft) -> Message:
        """Sends the message and returns it as committed. Raises ``MessageError`` when it is refused."""
        message = await self.accept(draft)
        await self.commit(message)
        return message

    async def accept(self, draft: Draft) -> Message:
        """Returns the message, counted and numbered, to be committed next. Raises ``MessageError``.

        Between the judgement and the return nothing else runs, unless the message is refused.
        """
        self._check(draft)
        refusal = self._admission.refusal(draft)
        if refusal is not None:
            raise await self._refuse(draft, refusal)
        return self._number(draft)

    async def accept_reply(self, draft: Draft, request_id: MessageId) -> Message:
        """Like ``accept`` for the reply to a request."""
        self._check(draft)
        refusal = self._admission.refusal_of_reply(draft, request_id)
        if refusal is not None:
            raise await self._refuse(draft, refusal)
        return self._number(draft)

    async def commit(self, message: Message) -> None:
        """Commits an accepted message and queues it at its receivers, also when the caller is cancelled."""
        events: list[SessionEvent] = [MessageSent(message=message)]
        if message.type is MessageType.DEPENDENCY:
            events += _dependencies(message)
        if message.in_reply_to is not None:
            events += self._delivery.acknowledging(message.sender, (message.in_reply_to,))
        with self._delivery.expecting(message.receivers):
            await commit(self._journal, *events, then=lambda: self._queue(message))

    async def record_refusal(self, draft: Draft, reason: str) -> None:
        """Records that a message was not sent."""
        await self._journal.record(self._refused(draft, reason))

    def enter(self, message: Message) -> bool:
        """Notes a committed message. Returns whether a blocked asker has taken it as its reply."""
        self.messages[message.id] = message
        self._last_number = max(self._last_number, message_number(message.id))
        match message.type:
            case MessageType.REQUEST:
                self._book.note(message)
            case MessageType.RESPONSE:
                return self._book.settle(message)
            case MessageType.DISCOVERY:
                self._discoveries[normalised(message.text)] = message
        return False

    def find_discovery(self, text: str) -> Message | None:
        """Returns the message that announced the same before."""
        return self._discoveries.get(normalised(text))

    def _check(self, draft: Draft) -> None:
        if not self._roster.knows(draft.sender):
            raise BugError(f"{draft.sender} is not on the bus.")
        if not self.is_open:
            raise MessageError("The session is not running.", next_step="Continue the session first.")

    def _number(self, draft: Draft) -> Message:
        self._last_number += 1
        return Message(
            id=MessageId(f"m{self._last_number}"),
            sender=draft.sender,
            receivers=draft.receivers,
            type=draft.type,
            importance=draft.importance,
            text=draft.text,
            in_reply_to=draft.in_reply_to,
            hop=self._admission.hop(draft),
            timeout_seconds=draft.timeout_seconds,
        )

    def _queue(self, message: Message) -> None:
        if message.in_reply_to is not None:
            self._delivery.note_acknowledged(message.sender, (message.in_reply_to,))
        if not self.enter(message):
            self._delivery.queue(message)

    async def _refuse(self, draft: Draft, refusal: Refusal) -> MessageError:
        events: list[SessionEvent] = [self._refused(draft, refusal.reason)]
        if refusal.notice:
            events.append(NoticeRaised(level="warning", text=refusal.notice, agent_id=draft.sender))
        await self._journal.record(*events)
        return MessageError(refusal.reason, next_step=refusal.next_step)

    def _refused(self, draft: Draft, reason: str) -> MessageRefused:
        return MessageRefused(
            sender=draft.sender,
            receivers=tuple(AgentId(storable(receiver)) for receiver in draft.receivers),
            text=draft.text[:_REFUSED_TEXT_KEPT],
            reason=storable(reason),
        )


def _dependencies(message: Message) -> list[SessionEvent]:
    return [
        DependencyDeclared(agent_id=message.sender, on=receiver, need=message.text, message_id=message.id)
        for receiver in message.receivers
    ]
