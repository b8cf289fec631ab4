"""Makes the row of a transcript's entry, and keeps it equal to the entry."""

from __future__ import annotations

from maos_desktop.model.transcript import (
    MessageEntry,
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    ToolEntry,
    TranscriptEntry,
)
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.message_words import ColorOf
from maos_desktop.ui.transcript.entry_rows import PromptRow, ThinkingRow, ToolRow
from maos_desktop.ui.transcript.markdown_pieces import Piece
from maos_desktop.ui.transcript.message_row import MessageRow
from maos_desktop.ui.transcript.notice_row import NoticeRow, PermissionRow
from maos_desktop.ui.transcript.rows import PieceRow, TranscriptRow


def make_row(model: TranscriptModel, entry: TranscriptEntry, piece: Piece | None, color_of: ColorOf) -> TranscriptRow:
    """Returns a row that shows the entry as it is now, or one piece of it."""
    match entry:
        case PromptEntry():
            return PromptRow(entry)
        case TextEntry():
            return ThinkingRow(entry) if piece is None else PieceRow(piece)
        case ToolEntry():
            return ToolRow(entry, model.project_folder)
        case MessageEntry():
            return MessageRow(entry, model.tracked(entry.message_id), color_of)
        case PermissionEntry():
            return PermissionRow(entry, model.project_folder)
        case NoticeEntry():
            return NoticeRow(entry)


def refresh_row(row: TranscriptRow) -> None:
    """Makes a row show its entry as it is now. A piece is shown by ``PieceRow.show_piece``."""
    if isinstance(row, ThinkingRow | ToolRow | MessageRow | PermissionRow):
        row.refresh()
