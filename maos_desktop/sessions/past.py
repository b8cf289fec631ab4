"""Reads back what a session has been through, a piece at a time, so that the loop stays free for others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from maos_desktop.model.event import SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SessionId
from maos_desktop.store.event_reader import EventReader
from maos_desktop.store.strands import PANE_KINDS

CHUNK = 500
"""Events validated and folded in one go: a few milliseconds."""


@dataclass(slots=True)
class Past:
    """What a session goes on from.

    Attributes:
        fold: of all its events.
        outline: its events but those that only fill panes, for the bus and the shared context.
    """

    fold: SessionFold = field(default_factory=SessionFold)
    outline: list[SessionEvent] = field(default_factory=list)


async def read_past(reader: EventReader, session_id: SessionId) -> Past:
    """Returns everything up to the newest event. Raises ``StoreCorruptError`` for an event that is not valid."""
    past = Past()
    while events := await reader.read(session_id, after_seq=past.fold.last_seq, limit=CHUNK):
        await asyncio.sleep(0)
        for logged in events:
            past.fold.apply(logged)
            if logged.event.kind not in PANE_KINDS:
                past.outline.append(logged.event)
    return past
