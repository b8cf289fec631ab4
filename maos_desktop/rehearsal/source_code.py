"""What can be measured in source text without parsing it: functions and loops, by their indentation.

Well-formatted code of every language in the table is indented, so one rule serves all: a block ends before the
next line that is indented no deeper than its first line, closing brackets included in the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maos_desktop.rehearsal.languages import Language, language_of

_NOT_NAMES = frozenset({"if", "for", "while", "switch", "catch", "return", "else", "sizeof", "defined", "new"})
_CONTINUES = (")", "{", "]", "->", "where ")
_CLOSES = ("}", "end", ")", "]")
_LOOP = re.compile(
    r"^\s*(?:async\s+)?(?:for|while|foreach|loop|until)\b(?!.*;\s*$)|\.forEach\(|\.each\s+do\b|\.times\s+do\b"
)
_LOOP_IN_EXPRESSION = re.compile(r"[\[({].*\bfor\b.+\bin\b")
MAX_LINE = 300
"""Characters of a line that are looked at: what is longer was not written by hand."""
_ANNOTATIONS = ("@", "#[", "[")
_INSIDE = ('"""', "'''", 'r"""')


@dataclass(frozen=True, slots=True)
class Function:
    """A function's name, the number of its first line, its length in lines, and whether a description is there."""

    name: str
    line: int
    length: int
    documented: bool

    @property
    def public(self) -> bool:
        """Whether its name is one that others may use."""
        return not self.name.startswith("_")


def functions(lines: Mapping[int, str], language: Language) -> Iterator[Function]:
    """Yields the functions that begin in these lines (text by line number)."""
    begins = re.compile(language.definition)
    for number, text in lines.items():
        if (found := begins.match(text[:MAX_LINE])) and (name := _name(found)):
            body = list(block(lines, number))
            yield Function(name, number, len(body) + 1, _documented(lines, number, body, language))


def functions_of(path: str, lines: Mapping[int, str]) -> list[Function]:
    """Returns the functions of a file, none when its language is not known."""
    language = language_of(path)
    return list(functions(lines, language)) if language else []


def block(lines: Mapping[int, str], first: int) -> Iterator[int]:
    """Yields the numbers of the lines that belong to what begins at line ``first``, without that line."""
    indent = _indent(lines[first])
    pending: list[int] = []
    number = first + 1
    while number in lines:
        text = lines[number]
        stripped = text.strip()
        if not stripped:
            pending.append(number)
        elif _indent(text) > indent or (_indent(text) == indent and stripped.startswith(_CONTINUES)):
            yield from pending
            pending.clear()
            yield number
        else:
            if _indent(text) == indent and stripped.startswith(_CLOSES):
                yield from pending
                yield number
            return
        number += 1


def loops(lines: Mapping[int, str]) -> Iterator[tuple[int, list[int]]]:
    """Yields every loop: the number of its first line and those of the lines inside it."""
    for number, text in lines.items():
        if _LOOP.search(text[:MAX_LINE]):
            yield number, list(block(lines, number))


def nested_loops(lines: Mapping[int, str]) -> list[int]:
    """Returns the numbers of the lines at which a loop begins that stands inside another one."""
    starts = {
        number
        for number, text in lines.items()
        if _LOOP.search(text[:MAX_LINE]) or _LOOP_IN_EXPRESSION.search(text[:MAX_LINE])
    }
    return sorted({inner for _, body in loops(lines) for inner in body if inner in starts})


def in_loops(lines: Mapping[int, str], pattern: str) -> list[int]:
    """Returns the numbers of the lines inside loops that match ``pattern``."""
    wanted = re.compile(pattern)
    return sorted({number for _, body in loops(lines) for number in body if wanted.search(lines[number])})


def _name(found: re.Match[str]) -> str:
    name = next((group for group in found.groups() if group), "")
    return "" if name in _NOT_NAMES else name


def _documented(lines: Mapping[int, str], first: int, body: list[int], language: Language) -> bool:
    if language.documented_inside:
        begun = lines[first].rstrip().endswith(":")
        for number in body:
            if begun and lines[number].strip():
                return lines[number].strip().startswith(_INSIDE)
            begun = begun or lines[number].rstrip().endswith(":")
        return False
    above = first - 1
    while lines.get(above, "").strip().startswith(_ANNOTATIONS):
        above -= 1
    return lines.get(above, "").strip().startswith((language.comment, "/*", "*"))


def _indent(text: str) -> int:
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
