"""Letting the loop run in tests of what happens at the same time."""

from __future__ import annotations

import asyncio


async def turns(count: int = 20) -> None:
    """Lets everything run that needs no clock and no commit that is held back."""
    for _ in range(count):
        await asyncio.sleep(0)
