"""The queue between the CLI and who owns the agent: bounded, in order, text joined while it waits."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Literal

from maos_desktop.executor.base import RuntimeEvent, TextStreamed

MAX_EVENTS = 4_000
MAX_CHARACTERS = 8_000_000


@dataclass(slots=True)
class _WaitingText:
    """Deltas of one block, joined only when they are taken."""

    block: int
    kind: Literal["text", "thinking"]
    pieces: list[str]


class Outbox:
    """One side puts, one side takes. Deltas of one block that wait are joined, so a slow taker finds few of them."""

    def __init__(self, max_events: int = MAX_EVENTS, max_characters: int = MAX_CHARACTERS) -> None:
        self._max_events = max_events
        self._max_characters = max_characters
        self._waiting: deque[RuntimeEvent | _WaitingText] = deque()
        self._characters = 0
        self._ended = False
        self._failure: Exception | None = None
        self._changed = asyncio.Event()

    async def put(self, event: RuntimeEvent) -> None:
        """Adds an event; waits while there are too many. After the end it does nothing."""
        while not self._ended and self._is_full():
            await self._wait_for_change()
        self.put_nowait(event)

    def put_nowait(self, event: RuntimeEvent) -> None:
        """Adds an event, however many there are."""
        if self._ended:
            return
        if isinstance(event, TextStreamed):
            self._add_text(event)
        else:
            self._waiting.append(event)
        self._changed.set()

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more comes; ``failure`` is raised when the rest is taken. The first end counts."""
        if not self._ended:
            self._ended, self._failure = True, failure
            self._changed.set()

    async def take(self) -> RuntimeEvent | None:
        """Returns the next event, or ``None`` at the end. Raises what ``end`` was given."""
        while not self._waiting:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return None
            await self._wait_for_change()
        event = self._waiting.popleft()
        self._changed.set()
        if not isinstance(event, _WaitingText):
            return event
        text = "".join(event.pieces)
        self._characters -= len(text)
        return TextStreamed(event.block, event.kind, text)

    def _add_text(self, event: TextStreamed) -> None:
        self._characters += len(event.text)
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, _WaitingText) and last.block == event.block:
            last.pieces.append(event.text)
        else:
            self._waiting.append(_WaitingText(event.block, event.block_kind, [event.text]))

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._max_events or self._characters > self._max_characters

    async def _wait_for_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
