"""Requests: who waits for whom, which are answered, and whether waiting would ever end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from maos_desktop.bus.limits import Refusal
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message
from maos_desktop.model.untrusted_text import shown

RequestStatus = Literal["replied", "timed_out", "receiver_ended", "would_deadlock"]
Answer = asyncio.Future[Message | None]
"""The reply that a blocked asker gets; ``None`` when none can come any more."""


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """How a request ended. ``text`` is what the asking model is told, ready to be shown to it.

    ``request`` is ``None`` when it was not sent, ``reply`` unless ``status`` is ``replied``.
    """

    status: RequestStatus
    request: Message | None
    reply: Message | None
    text: str


@dataclass(slots=True)
class _Request:
    message: Message
    state: Literal["open", "claimed", "answered"] = "open"


class RequestBook:
    """Every request of the session, and the askers that are blocked in one."""

    def __init__(self) -> None:
        self._requests: dict[MessageId, _Request] = {}
        self._answers: dict[MessageId, Answer] = {}

    def note(self, request: Message) -> None:
        """Enters a request; its asker need not be blocked in it."""
        self._requests[request.id] = _Request(request)

    @contextmanager
    def waiting(self, request: Message) -> Iterator[Answer]:
        """Enters a request; inside the block its asker is blocked, and the answer comes by the future."""
        self.note(request)
        answer = self._answers[request.id] = asyncio.get_running_loop().create_future()
        try:
            yield answer
        finally:
            del self._answers[request.id]

    def find(self, request_id: MessageId, replier: AgentId) -> Message | None:
        """Returns the request of that id if it was made to ``replier``."""
        known = self._requests.get(request_id)
        return known.message if known is not None and replier in known.message.receivers else None

    def refusal_of_reply(self, request_id: MessageId, replier: AgentId) -> Refusal | None:
        """Returns why ``replier`` cannot answer this request, or ``None``."""
        if self.find(request_id, replier) is None:
            return Refusal(
                f"No request “{shown(request_id)}” was made to you.",
                "Use the id that stands in the request's frame, or send an ordinary message.",
            )
        if self._requests[request_id].state != "open":
            return Refusal(f"{request_id} has been answered already.", "Send an ordinary message to add to it.")
        return None

    @contextmanager
    def answering(self, request_id: MessageId) -> Iterator[None]:
        """Nobody else can answer the request inside the block, nor afterwards once ``settle`` was called."""
        request = self._requests[request_id]
        request.state = "claimed"
        try:
            yield
        finally:
            if request.state == "claimed":
                request.state = "open"

    def settle(self, reply: Message) -> bool:
        """Notes a committed reply. Returns whether a blocked asker has got it, so that no inbox needs it."""
        request_id = reply.in_reply_to
        if request_id is None or request_id not in self._requests:
            return False
        self._requests[request_id].state = "answered"
        answer = self._answers.get(request_id)
        if answer is None or answer.done():
            return False
        answer.set_result(reply)
        return True

    def give_up_on(self, agent_id: AgentId) -> None:
        """Tells every asker that is blocked on this agent that no reply will come."""
        for request in self.owed_by(agent_id):
            self._answers[request.id].set_result(None)

    def give_up(self) -> None:
        """Tells every blocked asker that no reply will come."""
        for request in self._blocked():
            self._answers[request.id].set_result(None)

    def owed_by(self, agent_id: AgentId) -> list[Message]:
        """Returns the requests to this agent whose askers are blocked."""
        return [request for request in self._blocked() if agent_id in request.receivers]

    def deadlock(self, sender: AgentId, to: AgentId) -> Message | None:
        """Returns the request that ``sender`` would have to answer first because ``to`` waits for it.

        ``to`` may wait for ``sender`` through others: a blocked agent answers nobody.
        """
        blocked = self._blocked()
        seen, ahead = {to}, [to]
        while ahead:
            asker = ahead.pop()
            for request in blocked:
                if request.sender != asker:
                    continue
                if sender in request.receivers:
                    return request
                ahead += [agent_id for agent_id in request.receivers if agent_id not in seen]
                seen.update(request.receivers)
        return None

    def _blocked(self) -> list[Message]:
        waiting = (known for known, answer in self._answers.items() if not answer.done())
        return [self._requests[known].message for known in waiting] if self._answers else []
