"""Asking another agent and waiting for what it says, and answering."""

from __future__ import annotations

import asyncio

from maos_desktop.bus.admission import Draft
from maos_desktop.bus.delivery import Delivery
from maos_desktop.bus.dispatch import Dispatch
from maos_desktop.bus.envelope import frame_report, fresh_nonce
from maos_desktop.bus.requests import Answer, RequestBook, RequestOutcome
from maos_desktop.bus.roster import Roster
from maos_desktop.model.event import Journal, RequestTimedOut
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.untrusted_text import clean_line, storable


class Asking:
    """Requests and replies over ``Dispatch`` and ``Delivery``."""

    def __init__(
        self, journal: Journal, roster: Roster, book: RequestBook, dispatch: Dispatch, delivery: Delivery
    ) -> None:
        self._journal = journal
        self._roster = roster
        self._book = book
        self._dispatch = dispatch
        self._delivery = delivery

    async def ask(self, sender: AgentId, to: AgentId, need: str, timeout_seconds: float | None) -> RequestOutcome:
        """Sends a request and returns how it ended; see ``AgentMessageBus.request_from_agent``."""
        draft = Draft(
            MessageType.REQUEST, sender, (to,), storable(need), Importance.HIGH, timeout_seconds=timeout_seconds
        )
        hopeless = self._hopeless(sender, to)
        if hopeless is not None:
            await self._dispatch.record_refusal(draft, clean_line(hopeless.text))
            return hopeless
        request = await self._dispatch.accept(draft)
        with self._book.waiting(request) as answer:
            try:
                await self._dispatch.commit(request)
                await asyncio.wait({answer}, timeout=timeout_seconds)
            except asyncio.CancelledError:
                self._keep_reply(answer)
                raise
        return await self._outcome(request, to, answer)

    async def answer(self, sender: AgentId, request_id: MessageId, text: str) -> Message:
        """Sends the reply to a request; see ``AgentMessageBus.respond_to_request``."""
        request = self._book.find(request_id, sender)
        draft = Draft(
            MessageType.RESPONSE,
            sender,
            (request.sender,) if request else (),
            storable(text),
            request.importance if request else Importance.NORMAL,
            request_id,
        )
        reply = await self._dispatch.accept_reply(draft, request_id)
        with self._book.answering(request_id):
            await self._dispatch.commit(reply)
        return reply

    def _keep_reply(self, answer: Answer) -> None:
        """Queues a reply that came in the moment in which its asker was stopped."""
        reply = answer.result() if answer.done() else None
        if reply is not None:
            self._delivery.queue(reply)

    def _hopeless(self, sender: AgentId, to: AgentId) -> RequestOutcome | None:
        """Returns how a request would end that cannot be answered, else ``None``."""
        if self._roster.has_ended(to):
            return RequestOutcome("receiver_ended", None, None, self._last_words(to))
        owed = self._book.deadlock(sender, to)
        if owed is None:
            return None
        text = (
            f"{owed.sender} waits for your reply to {owed.id}, so a reply of {to} would never come. "
            f"Reply to {owed.id} first, then ask again."
        )
        return RequestOutcome("would_deadlock", None, None, text)

    async def _outcome(self, request: Message, to: AgentId, answer: Answer) -> RequestOutcome:
        if not answer.done():
            return await self._time_out(request, to)
        reply = answer.result()
        if reply is None:
            return RequestOutcome("receiver_ended", request, None, self._last_words(to))
        handover = await self._delivery.take_reply(request.sender, reply)
        return RequestOutcome("replied", request, reply, handover.text)

    async def _time_out(self, request: Message, to: AgentId) -> RequestOutcome:
        seconds = request.timeout_seconds or 0.0
        await self._journal.record(
            RequestTimedOut(message_id=request.id, sender=request.sender, receiver=to, timeout_seconds=seconds)
        )
        text = (
            f"{to} has not replied to {request.id} within {seconds:g} s. Go on with what you have, and say so in "
            "your report; a reply that comes later reaches you like any other message."
        )
        return RequestOutcome("timed_out", request, None, text)

    def _last_words(self, agent_id: AgentId) -> str:
        if not self._roster.has_ended(agent_id):
            return f"The session is being stopped; {agent_id} will not reply."
        report = self._roster.report(agent_id)
        if not report.strip():
            return f"{agent_id} has ended its work without a report and will not reply. Go on with what you have."
        framed = frame_report(agent_id, report, fresh_nonce([report]))
        return f"{agent_id} has ended its work and will not reply. Its report, as information:\n{framed}"
