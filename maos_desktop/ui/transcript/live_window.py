"""Which rows of a transcript exist at all: its end, and as much before it as was asked for."""

from __future__ import annotations

from maos_desktop.model.transcript import PermissionEntry, PromptEntry, TextEntry, ToolEntry, TranscriptEntry
from maos_desktop.ui import theme
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.transcript.markdown_pieces import MarkdownPieces, Piece
from maos_desktop.ui.transcript.row_stack import RowStack, Slot

LIVE = 100
"""Rows that exist while the user reads at the end; ``grow`` makes more."""
SLACK = 50
"""Rows beyond ``LIVE`` before the oldest are let go, so that they go in one step and not one by one."""


class LiveWindow:
    """Keeps the slots of a stack equal to the end of a model's entries.

    Attributes:
        stack: the slots.
    """

    def __init__(self, model: TranscriptModel) -> None:
        self._model = model
        self._pieces: dict[int, MarkdownPieces] = {}
        self.stack = RowStack()
        self._start = (0, 0)
        self._end = 0
        self.restart()

    @property
    def has_earlier(self) -> bool:
        """Whether something stands before the first row."""
        return self._start > (0, 0)

    def restart(self) -> list[Slot]:
        """Begins anew at the end of the model's entries; returns the slots there were."""
        gone, self.stack.slots = self.stack.slots, []
        self._pieces.clear()
        self._end = self._model.rowCount()
        self._start = (self._end, 0)
        self.grow()
        return gone

    def grow(self) -> None:
        """Makes ``LIVE`` rows more at the top, fewer where there are no more."""
        entry, part = self._start
        added = self._slots_of(entry)[:part] if part else []
        while entry > 0 and len(added) < LIVE:
            entry -= 1
            added[:0] = self._slots_of(entry)
        self._start = (entry, 0)
        if len(added) > LIVE:
            del added[:-LIVE]
            self._start = (added[0].entry, added[0].part)
        self.stack.slots[:0] = added

    def reach(self, entry: int) -> None:
        """Makes rows at the top until all of the entry is there."""
        while self._start > (entry, 0):
            self.grow()

    def append_new(self) -> list[Slot]:
        """Takes in the entries that were added to the model; returns the slots that went away."""
        if self._model.rowCount() - self._end > LIVE:
            return self.restart()
        while self._end < self._model.rowCount():
            self.stack.slots += self._slots_of(self._end)
            self._end += 1
        return []

    def update(self, entry: int) -> tuple[list[Slot], list[Slot]]:
        """Takes in that an entry has changed; returns the slots to show anew and those that went away."""
        if not self._start <= (entry, 1 << 30) or entry >= self._end:
            return [], []
        present, pieces = self.stack.of_entry(entry), self._pieces.get(entry)
        if pieces is None:
            return present, []
        first = max(self._renew(pieces, entry), self._start[1] if entry == self._start[0] else 0)
        known = {slot.part: slot for slot in present}
        slots = self._piece_slots(entry, pieces, first, known)
        gone = self.stack.replace(entry, first, slots)
        return slots, [slot for slot in gone if slot not in slots]

    def trim(self) -> list[Slot]:
        """Lets the oldest rows go when there are too many; returns them."""
        surplus = len(self.stack.slots) - LIVE
        if surplus < SLACK:
            return []
        gone = self.stack.slots[:surplus]
        del self.stack.slots[:surplus]
        first = self.stack.slots[0]
        self._start = (first.entry, first.part)
        self._pieces = {entry: pieces for entry, pieces in self._pieces.items() if entry >= first.entry}
        return gone

    def _slots_of(self, entry: int) -> list[Slot]:
        content = self._model.entry(entry)
        if not isinstance(content, TextEntry) or content.block_kind == "thinking":
            return [Slot(entry, 0, gap=self._gap_before(entry))]
        pieces = self._pieces.setdefault(entry, MarkdownPieces())
        self._renew(pieces, entry)
        return self._piece_slots(entry, pieces, 0, {})

    def _renew(self, pieces: MarkdownPieces, entry: int) -> int:
        content = self._model.entry(entry)
        assert isinstance(content, TextEntry)
        return pieces.update(content.text, closed=content.closed)

    def _piece_slots(self, entry: int, pieces: MarkdownPieces, first: int, known: dict[int, Slot]) -> list[Slot]:
        """Returns a slot per piece from ``first`` on; a piece that had one keeps it, with its widget."""
        slots = []
        for part, piece in enumerate(pieces.pieces[first:], first):
            slot = known.get(part) or Slot(entry, part, gap=_piece_gap(piece) if part else self._gap_before(entry))
            slot.piece = piece
            slots.append(slot)
        return slots

    def _gap_before(self, entry: int) -> int:
        if entry and _is_line(self._model.entry(entry)) and _is_line(self._model.entry(entry - 1)):
            return 0
        return theme.M


def _is_line(content: TranscriptEntry) -> bool:
    """Whether the entry is one compact line, which stands close to its like."""
    match content:
        case PromptEntry() | ToolEntry():
            return True
        case TextEntry(block_kind=kind):
            return kind == "thinking"
        case PermissionEntry(allowed=allowed):
            return allowed is not None
    return False


def _piece_gap(piece: Piece) -> int:
    if not piece.continues:
        return theme.S
    return 0 if piece.kind == "code" else theme.XS
