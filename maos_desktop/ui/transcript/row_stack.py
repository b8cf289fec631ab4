"""Where the rows of a transcript stand: heights, positions, and what is in sight."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from maos_desktop.ui.transcript.markdown_pieces import Piece
from maos_desktop.ui.transcript.rows import TranscriptRow

GUESSED_HEIGHT = 60
"""Pixels a row is taken to be tall until it has been seen."""


@dataclass(slots=True, eq=False)
class Slot:
    """The place of one row, with its widget while the row is in or near sight.

    Attributes:
        entry: the model's row.
        part: which piece of the entry, from 0.
        piece: of a text entry, else ``None``.
        top, height: in the canvas, in pixels; the height is a guess until the row has been fitted.
    """

    entry: int
    part: int
    piece: Piece | None = None
    gap: int = 0
    top: int = 0
    height: int = GUESSED_HEIGHT
    widget: TranscriptRow | None = None

    @property
    def bottom(self) -> int:
        """The first pixel below the row."""
        return self.top + self.height


def _top_of(slot: Slot) -> int:
    return slot.top


@dataclass(slots=True)
class RowStack:
    """Rows below each other.

    Attributes:
        slots: from top to bottom.
        top: where the first row begins, in pixels.
    """

    slots: list[Slot] = field(default_factory=list)
    top: int = 0

    def place(self) -> int:
        """Gives every row its top, from the heights there are now; returns the height of all."""
        position = self.top
        for number, slot in enumerate(self.slots):
            position += slot.gap if number else 0
            slot.top = position
            position += slot.height
        return position

    def in_sight(self, top: int, bottom: int) -> list[Slot]:
        """Returns the rows of which something stands between the two heights."""
        first = max(bisect_right(self.slots, top, key=_top_of) - 1, 0)
        end = bisect_right(self.slots, bottom, key=_top_of)
        return [slot for slot in self.slots[first:end] if slot.bottom > top]

    def at(self, height: int) -> Slot | None:
        """Returns the row at that height, the nearest one where there is none; ``None`` without rows.

        Rows that have not been placed yet are taken to stand at the very top.
        """
        if not self.slots:
            return None
        return self.slots[max(bisect_right(self.slots, height, key=_top_of) - 1, 0)]

    def of_entry(self, entry: int) -> list[Slot]:
        """Returns the rows of one entry."""
        first = self._first_of(entry)
        found = []
        for slot in self.slots[first:]:
            if slot.entry != entry:
                break
            found.append(slot)
        return found

    def replace(self, entry: int, first_part: int, slots: list[Slot]) -> list[Slot]:
        """Puts ``slots`` in the place of the entry's rows from ``first_part`` on; returns those taken out."""
        start = self._first_of(entry)
        while start < len(self.slots) and self.slots[start].entry == entry and self.slots[start].part < first_part:
            start += 1
        end = start
        while end < len(self.slots) and self.slots[end].entry == entry:
            end += 1
        gone = self.slots[start:end]
        self.slots[start:end] = slots
        return gone

    def _first_of(self, entry: int) -> int:
        low, high = 0, len(self.slots)
        while low < high:
            middle = (low + high) // 2
            if self.slots[middle].entry < entry:
                low = middle + 1
            else:
                high = middle
        return low
