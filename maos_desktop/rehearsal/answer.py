"""What a brain answers to one model request: blocks of text and tool calls, and how they are delivered."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CHARACTERS_PER_TOKEN = 4
"""Rule of thumb by which sizes are told as tokens."""


@dataclass(frozen=True, slots=True)
class Say:
    """A block of Markdown text."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of the tools that the request offers. Two calls are equal when tool and input are."""

    tool: str
    input: Mapping[str, Any]
    id: str = field(default_factory=lambda: f"toolu_{secrets.token_hex(12)}", compare=False)

    @property
    def key(self) -> str:
        """The call as one text, the same for equal calls."""
        return f"{self.tool} {json.dumps(self.input, sort_keys=True)}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer goes out, for tests of what a back end may do. The default is an undisturbed stream."""

    delay_seconds: float = 0.0
    """Before anything is sent."""
    hold: asyncio.Event | None = None
    """Nothing is sent until it is set."""
    status: int | None = None
    """An HTTP error of this status is sent instead of the answer."""
    cut_after: int | None = None
    """The connection is closed after this many stream events."""
    hang: bool = False
    """The stream begins, and then nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the model."""

    blocks: tuple[Say | Call, ...] = ()
    delivery: Delivery = Delivery()

    @property
    def stop_reason(self) -> Literal["tool_use", "end_turn"]:
        """``tool_use`` when a tool's result is waited for."""
        return "tool_use" if any(isinstance(block, Call) for block in self.blocks) else "end_turn"

    @property
    def output_tokens(self) -> int:
        """The size of the blocks, at least 1."""
        sizes = (len(block.text) if isinstance(block, Say) else len(block.key) for block in self.blocks)
        return max(1, sum(sizes) // CHARACTERS_PER_TOKEN)
