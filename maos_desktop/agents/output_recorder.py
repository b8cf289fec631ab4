"""Turns the deltas of one agent's stream into few committed events."""

from __future__ import annotations

import asyncio
from typing import Literal

from maos_desktop.model.event import Journal, OutputAppended
from maos_desktop.model.ids import AgentId

FRAME_SECONDS = 0.05
"""How long deltas gather: short enough to look live, long enough to keep the log small."""


class OutputRecorder:
    """Gathers text per block and records it by frame or when the block ends.

    Blocks are numbered per agent, on from ``first_block`` (those of earlier processes are taken).
    """

    def __init__(self, journal: Journal, agent_id: AgentId, first_block: int) -> None:
        self._journal = journal
        self._agent_id = agent_id
        self._next_block = first_block
        self._numbers: dict[int, int] = {}
        self._kinds: dict[int, Literal["text", "thinking"]] = {}
        self._pending: dict[int, list[str]] = {}
        self._has_text = asyncio.Event()

    def append(self, block: int, block_kind: Literal["text", "thinking"], text: str) -> None:
        """Takes a delta; ``block`` is the process' own number."""
        if block not in self._numbers:
            self._numbers[block] = self._next_block
            self._kinds[block] = block_kind
            self._next_block += 1
        self._pending.setdefault(block, []).append(text)
        self._has_text.set()

    async def close_block(self, block: int) -> None:
        """Records what is pending, the end of this block with it."""
        if block in self._numbers:
            self._pending.setdefault(block, [])
            await self.flush(closing=block)
            del self._numbers[block], self._kinds[block]

    async def flush(self, closing: int | None = None) -> None:
        """Records what is pending."""
        pending, self._pending = self._pending, {}
        self._has_text.clear()
        if not pending:
            return
        await self._journal.record(
            *(
                OutputAppended(
                    agent_id=self._agent_id,
                    block=self._numbers[block],
                    block_kind=self._kinds[block],
                    text="".join(pieces),
                    closed=block == closing,
                )
                for block, pieces in pending.items()
            )
        )

    async def run(self) -> None:
        """Records a frame at a time until it is cancelled; rests while nothing comes."""
        while True:
            await self._has_text.wait()
            await asyncio.sleep(FRAME_SECONDS)
            await self.flush()
