"""The terminal as the twin writes to it: whole lines of harmless text, in colour only where that is wanted."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterable
from enum import StrEnum
from io import TextIOWrapper
from typing import TextIO

from maos_desktop.errors import KnownError

WIDEST = 110
NARROWEST = 40


class OutputError(KnownError):
    """What should be shown cannot be written, for instance to a full disk."""

    code = "output"
    default_next_step = "What was saved before is kept; make room and run the command again."


class Style(StrEnum):
    """SGR codes."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    BLUE = "34"
    MAGENTA = "35"
    CYAN = "36"


class Console:
    """Writes lines to one stream.

    Attributes:
        width: columns that a line should keep to.
        is_terminal: whether a person may be reading.
    """

    def __init__(self, stream: TextIO, *, for_programs: bool = False) -> None:
        """``for_programs`` writes UTF-8 whatever the locale says."""
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if for_programs else None, errors="replace")
        self._stream = stream
        self.is_terminal = stream.isatty()
        self.width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
        self._colour = self.is_terminal and _wants_colour()

    def styled(self, text: str, *styles: Style) -> str:
        """Returns ``text`` in these styles, or as it is where colour is not wanted."""
        if not (self._colour and styles and text):
            return text
        return f"\x1b[{';'.join(styles)}m{text}\x1b[0m"

    def write(self, lines: Iterable[str]) -> None:
        """Writes whole lines at once.

        Raises ``BrokenPipeError`` when nobody reads them any more, ``OutputError`` when they cannot be written.
        """
        try:
            self._stream.write("".join(f"{line}\n" for line in lines))
            self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"The output could not be written: {error.strerror or error}.") from error

    def line(self, text: str = "") -> None:
        """Writes one line."""
        self.write([text])

    def prompt(self, text: str) -> None:
        """Writes ``text`` and leaves the cursor behind it."""
        self._stream.write(text)
        self._stream.flush()


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Returns the lines of ``text``, those over ``width`` columns broken between words, each after ``indent``.

    A line's own indentation is kept, so that lists and code stay what they are.
    """
    lines: list[str] = []
    for line in text.expandtabs(4).splitlines():
        lead = line[: len(line) - len(line.lstrip())]
        folded = textwrap.wrap(
            line,
            max(width - len(indent), NARROWEST // 2),
            initial_indent="",
            subsequent_indent=lead,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [f"{indent}{part}".rstrip() for part in folded or [""]]
    return lines


def shortened(text: str, width: int) -> str:
    """Returns ``text`` as one line of at most ``width`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: max(width - 1, 1)]}…"


def _wants_colour() -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return os.name == "posix" or "WT_SESSION" in os.environ
