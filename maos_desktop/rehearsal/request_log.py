"""The model requests that reached the server, kept for tests."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maos_desktop.model.ids import AgentId
from maos_desktop.rehearsal.conversation import Conversation

KEPT_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One ``POST /v1/messages``.

    Attributes:
        body: its JSON.
        at: when it came, in seconds of ``time.monotonic()``.
        agent: who sent it, from its prompt; ``None`` for what the CLI asks for itself.
        conversation: the parsed request; ``conversation.news`` is what came after the agent's last answer.
    """

    body: Mapping[str, Any]
    at: float
    agent: AgentId | None
    conversation: Conversation = field(repr=False)


class RequestLog:
    """The last ``limit`` requests (``None``: all), oldest first."""

    def __init__(self, limit: int | None = KEPT_REQUESTS) -> None:
        self._requests: deque[RecordedRequest] = deque(maxlen=limit)
        self._waiting: list[tuple[Callable[[RecordedRequest], bool], asyncio.Future[RecordedRequest]]] = []

    def __iter__(self) -> Iterator[RecordedRequest]:
        return iter(tuple(self._requests))

    def add(self, conversation: Conversation) -> None:
        """Keeps the request and wakes whoever waits for one like it."""
        request = RecordedRequest(conversation.body, time.monotonic(), conversation.agent, conversation)
        self._requests.append(request)
        for fits, found in self._waiting:
            if not found.done() and fits(request):
                found.set_result(request)

    def of(self, agent: str) -> list[RecordedRequest]:
        """Returns the requests of this agent, oldest first."""
        return [request for request in self._requests if request.agent == agent]

    async def wait_for(self, fits: Callable[[RecordedRequest], bool]) -> RecordedRequest:
        """Returns the first request that fits, kept already or yet to come."""
        for request in self._requests:
            if fits(request):
                return request
        found: asyncio.Future[RecordedRequest] = asyncio.get_running_loop().create_future()
        entry = (fits, found)
        self._waiting.append(entry)
        try:
            return await found
        finally:
            self._waiting.remove(entry)
