"""Cuts Markdown into pieces that are small enough to be laid out anew while they still grow.

Laying out is what streaming costs: it takes time in proportion to the length of the document. So a block of
the model's text becomes many small documents, of which only the last is still open. A piece ends where the
reader sees no seam (a blank line between paragraphs, a fence), or, in text that offers no such place, between
lines, list items or table rows; then its head is repeated so that it still reads as what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal

SMALL, LARGE = 600, 2_000
"""Characters from which a piece may end at a good place, and at which it ends at any."""
TABLE_ROWS, TABLE_COLUMNS = 30, 12
"""Rows of one piece of a table; a table with more columns is shown as the text it is."""
CODE_LINES = 80
_LONGEST_LINE = LARGE * 2 + 1

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[^\s`]*)[^`]*$")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
_TABLE_RULE = re.compile(r" {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a Markdown text that is shown on its own.

    Attributes:
        kind: ``text`` is Markdown, ``code`` the inside of a fence.
        source: what to show.
        language: of the code, as the fence names it.
        continues: it goes on with what the piece before began, so no gap stands between them.
    """

    kind: Literal["text", "code"]
    source: str
    language: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Carry:
    """What a forced cut leaves open for the next piece: a fence or a table's head."""

    fence: str = ""
    language: str = ""
    table_head: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class _Cut:
    piece: Piece | None
    end: int
    finished: bool
    carry: _Carry | None = None


class MarkdownPieces:
    """The pieces of one text that grows at its end.

    Attributes:
        pieces: all so far, in order; the last one may still change.
    """

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._fixed = 0
        self._offset = 0
        self._carry: _Carry | None = None

    def update(self, text: str, *, closed: bool) -> int:
        """Takes the whole text as it is now and returns the index of the first piece that is new or differs.

        ``text`` begins with the text of the call before. ``closed`` says that nothing more follows.
        """
        first, before = self._fixed, self.pieces[self._fixed :]
        del self.pieces[first:]
        while self._offset < len(text):
            cut = _cut(text, self._offset, self._carry, closed)
            if cut.piece is not None:
                self.pieces.append(cut.piece)
            if not cut.finished:
                break
            self._offset, self._carry, self._fixed = cut.end, cut.carry, len(self.pieces)
        same = self.pieces[first : first + len(before)] == before
        return first + len(before) if same else first


def _cut(text: str, start: int, carry: _Carry | None, closed: bool) -> _Cut:
    if carry is not None and carry.fence:
        return _cut_code(text, start, carry, closed, continues=True)
    if carry is not None and carry.table_head:
        return _cut_table(text, start, carry.table_head, closed, continues=True)
    start = _skip_blank_lines(text, start)
    if start == len(text):
        return _Cut(None, start, finished=False)
    line, end = _line_at(text, start)
    fence = _FENCE.match(line)
    if fence is not None and len(fence["indent"].expandtabs(4)) <= 3:
        if end == len(text) and not text.endswith("\n"):
            return _Cut(None, start, finished=False)
        opened = _Carry(fence["mark"], fence["language"], indent=len(fence["indent"]))
        return _cut_code(text, end, opened, closed, continues=False)
    if _begins_table(text, start):
        return _cut_table(text, start, "", closed, continues=False)
    return _cut_text(text, start, closed, continues=carry is not None)


def _cut_code(text: str, start: int, fence: _Carry, closed: bool, *, continues: bool) -> _Cut:
    """Takes lines up to the closing fence, or ``CODE_LINES`` of them."""
    position, lines = start, 0
    while position < len(text):
        line, end = _line_at(text, position)
        if _closes(line, fence.fence):
            done = end < len(text) or text.endswith("\n") or closed
            # What ends right after a cut has nothing left to show.
            piece = None if continues and position == start else _code(text[start:position], fence, continues)
            return _Cut(piece, end, done)
        if lines == CODE_LINES or end - start > LARGE * 2:
            stop = position if position > start else start + LARGE
            return _Cut(_code(text[start:stop], fence, continues), stop, True, fence)
        position, lines = end, lines + 1
    return _Cut(_code(text[start:], fence, continues), len(text), closed)


def _code(source: str, fence: _Carry, continues: bool) -> Piece:
    if fence.indent:
        source = re.sub(rf"(?m)^[ \t]{{1,{fence.indent}}}", "", source)
    return Piece("code", source.removesuffix("\n"), fence.language, continues)


def _cut_table(text: str, start: int, head: str, closed: bool, *, continues: bool) -> _Cut:
    """Takes rows up to the table's end, or ``TABLE_ROWS`` of them; ``head`` is set when they go on."""
    position, rows = start, 0
    limit = TABLE_ROWS + (0 if head else 2)
    while position < len(text):
        line, end = _line_at(text, position)
        if not line.strip() or "|" not in line:
            return _Cut(_table(text[start:position], head, continues), position, True)
        if rows == limit or end - start > LARGE * 2:
            if position == start:
                # A row that is too long for any table is text.
                return _cut_text(text, start, closed, continues=True)
            head = head or _table_head(text, start)
            return _Cut(_table(text[start:position], head, continues), position, True, _Carry(table_head=head))
        position, rows = end, rows + 1
    return _Cut(_table(text[start:], head, continues), len(text), closed)


def _table(rows: str, head: str, continues: bool) -> Piece | None:
    if not rows:
        return None
    source = (head + rows if continues else rows).rstrip("\n")
    if source.partition("\n")[0].count("|") > TABLE_COLUMNS + 1:
        return Piece("code", rows.rstrip("\n"), "", continues)
    return Piece("text", source, "", continues)


def _table_head(text: str, start: int) -> str:
    _, second = _line_at(text, start)
    _, end = _line_at(text, second)
    return text[start:end]


class _Reader:
    """What the lines read so far mean for the next one: whether a list or a fence inside it is open."""

    def __init__(self) -> None:
        self._in_list = False
        self._inner_fence = ""
        self._after_blank = False

    def read(self, line: str) -> None:
        """Takes in the next line."""
        if self._inner_fence:
            self._inner_fence = "" if _closes(line, self._inner_fence) else self._inner_fence
        elif not line.strip():
            self._after_blank = True
            return
        else:
            inside = self._is_inside(line)
            self._in_list = inside or _is_item(line) or (self._in_list and not self._after_blank)
            fence = _FENCE.match(line) if inside else None
            self._inner_fence = fence["mark"] if fence else ""
        self._after_blank = False

    def seam_before(self, line: str, length: int) -> Literal["none", "gap", "joint"]:
        """Returns what may be cut before ``line`` once the piece has this length: paragraphs, or list items."""
        if self._inner_fence or not line.strip() or self._is_inside(line):
            return "none"
        if _FENCE.match(line) or (self._after_blank and (length >= SMALL or _HEADING.match(line))):
            return "gap"
        return "joint" if self._in_list and _is_item(line) and length >= SMALL else "none"

    def carry(self) -> _Carry:
        """Returns what a cut here leaves open."""
        return _Carry(fence=self._inner_fence)

    def _is_inside(self, line: str) -> bool:
        return self._in_list and line[:1] in (" ", "\t")


def _cut_text(text: str, start: int, closed: bool, *, continues: bool) -> _Cut:
    """Takes paragraphs and lists up to a fence, a table, a good place to end, or ``LARGE`` characters."""
    position, reader = start, _Reader()
    while position < len(text):
        line, end = _line_at(text, position)
        if position > start:
            seam = reader.seam_before(line, position - start)
            if seam == "gap" or _begins_table(text, position):
                return _finish(text, start, position, continues)
            if seam == "joint" or end - start > LARGE:
                return _finish(text, start, position, continues, reader.carry())
        elif end - start > LARGE:
            return _finish(text, start, _place_in_line(text, start), continues, reader.carry())
        reader.read(line)
        position = end
    return _Cut(_text_piece(text[start:], continues), len(text), closed)


def _finish(text: str, start: int, end: int, continues: bool, carry: _Carry | None = None) -> _Cut:
    return _Cut(_text_piece(text[start:end], continues), end, True, carry)


def _place_in_line(text: str, start: int) -> int:
    space = text.rfind(" ", start + SMALL, start + LARGE)
    return start + LARGE if space < 0 else space + 1


def _text_piece(source: str, continues: bool) -> Piece:
    source = source.rstrip()
    # A cut inside a list leaves an indent that Markdown would take for code.
    return Piece("text", dedent(source) if continues else source, "", continues)


def _is_item(line: str) -> bool:
    return _ITEM.match(line) is not None


def _closes(line: str, fence: str) -> bool:
    mark = line.strip()
    return len(mark) >= len(fence) and not mark.strip(fence[0])


def _begins_table(text: str, start: int) -> bool:
    line, end = _line_at(text, start)
    if "|" not in line or len(line) > LARGE:
        return False
    rule, _ = _line_at(text, end)
    return "-" in rule and "|" in rule and _TABLE_RULE.match(rule) is not None


def _line_at(text: str, start: int) -> tuple[str, int]:
    """Returns the line without its newline (of a very long one only the head), and where the next one starts."""
    newline = text.find("\n", start)
    stop, end = (len(text), len(text)) if newline < 0 else (newline, newline + 1)
    return text[start : min(stop, start + _LONGEST_LINE)], end


def _skip_blank_lines(text: str, start: int) -> int:
    position = start
    while position < len(text):
        line, end = _line_at(text, position)
        if line.strip():
            return position
        position = end
    return position


def whole(piece: Piece) -> str:
    """Returns the piece as Markdown that stands on its own."""
    if piece.kind == "text":
        return piece.source
    fence = "```"
    while fence in piece.source:
        fence += "`"
    return f"{fence}{piece.language}\n{piece.source}\n{fence}"
