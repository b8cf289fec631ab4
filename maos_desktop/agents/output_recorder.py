"""Turns the deltas of one agent's stream into few committed events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from maos_desktop.model.event import Journal, OutputAppended
from maos_desktop.model.ids import AgentId

FRAME_SECONDS = 0.05
"""How long deltas gather: short enough to look live, long enough to keep the log small."""


@dataclass(slots=True)
class _Block:
    number: int
    kind: Literal["text", "thinking"]
    pieces: list[str] = field(default_factory=list)
    closed: bool = False


class OutputRecorder:
    """Gathers text per block and records it by frame or when the block ends.

    Blocks are numbered per agent, on from ``first_block`` (those of earlier processes are taken).
    """

    def __init__(self, journal: Journal, agent_id: AgentId, first_block: int) -> None:
        self._journal = journal
        self._agent_id = agent_id
        self._next_block = first_block
        self._open: dict[int, _Block] = {}
        self._has_text = asyncio.Event()

    def append(self, block: int, block_kind: Literal["text", "thinking"], text: str) -> None:
        """Takes a delta; ``block`` is the process' own number."""
        if not text:
            return
        if block not in self._open:
            self._open[block] = _Block(self._next_block, block_kind)
            self._next_block += 1
        self._open[block].pieces.append(text)
        self._has_text.set()

    async def close_block(self, block: int) -> None:
        """Records what is pending, the end of this block with it."""
        if block in self._open:
            self._open[block].closed = True
            await self.flush()

    async def close_all(self) -> None:
        """Records what is pending and the end of every block: nothing is written on after a turn."""
        for block in self._open.values():
            block.closed = True
        await self.flush()

    async def flush(self) -> None:
        """Records what is pending."""
        self._has_text.clear()
        pending = [block for block in self._open.values() if block.pieces or block.closed]
        events = [self._take(block) for block in pending]
        self._open = {key: block for key, block in self._open.items() if not block.closed}
        if events:
            await self._journal.record(*events)

    async def run(self) -> None:
        """Records a frame at a time until it is cancelled; rests while nothing comes."""
        while True:
            await self._has_text.wait()
            await self.flush()
            await asyncio.sleep(FRAME_SECONDS)

    def _take(self, block: _Block) -> OutputAppended:
        text = "".join(block.pieces)
        block.pieces.clear()
        return OutputAppended(
            agent_id=self._agent_id,
            block=block.number,
            block_kind=block.kind,
            text=text,
            closed=block.closed,
        )
