"""The output of the CLI's tools, as the CLI words it (seen with 2.1.330), read back into data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MATCH = re.compile(r"^(.*?):(\d+):(.*)$")
_MATCH_IN_ONE_FILE = re.compile(r"^(\d+):(.*)$")
_COUNT = re.compile(r"^(.+):(\d+)$")
_TOTAL = re.compile(r"^Found (\d+) total occurrences? across (\d+) files?", re.MULTILINE)
_HIDDEN = re.compile(r"^\(Showing (\d+) of (\d+) matching files", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*(\d+)\t(.*)$")
_CUT = ("[Showing results with pagination", "<persisted-output>", "with pagination = limit")
_OMITTED = "[Omitted long"


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, or the file as a whole (line 0): what stands there, and what a rule says about it."""

    path: str
    line: int = 0
    text: str = ""
    note: str = ""

    @property
    def where(self) -> str:
        """The place as ``path:line``, or ``path``."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Hits:
    """Lines that a search found; ``more`` when there are others that it did not show."""

    spots: tuple[Spot, ...] = ()
    more: bool = False

    @property
    def files(self) -> list[str]:
        """The files of the lines, each once, in order."""
        return list(dict.fromkeys(spot.path for spot in self.spots))


@dataclass(frozen=True, slots=True)
class Counts:
    """Matches per file. The totals cover also the files that were not listed."""

    by_file: dict[str, int] = field(default_factory=dict)
    total: int = 0
    files: int = 0

    @property
    def complete(self) -> bool:
        """Whether every file is listed."""
        return len(self.by_file) == self.files


@dataclass(frozen=True, slots=True)
class Paths:
    """Files that a pattern found, and how many there are in all."""

    listed: tuple[str, ...] = ()
    total: int = 0


def read_hits(output: str, path: str | None = None) -> Hits:
    """Reads Grep's ``content`` output with line numbers; ``path`` names the file when one file was searched."""
    spots = []
    for row in output.splitlines():
        if path is not None and (found := _MATCH_IN_ONE_FILE.match(row)):
            spots.append(Spot(path, int(found[1]), _visible(found[2])))
        elif path is None and (found := _MATCH.match(row)):
            spots.append(Spot(_slashes(found[1]), int(found[2]), _visible(found[3])))
    return Hits(tuple(spots), any(mark in output for mark in _CUT))


def read_counts(output: str) -> Counts:
    """Reads Grep's ``count`` output."""
    rows = [row for row in output.splitlines() if not row.startswith(("Found ", "Output too large", "<"))]
    by_file = {_slashes(found[1]): int(found[2]) for row in rows if (found := _COUNT.match(row))}
    if total := _TOTAL.search(output):
        return Counts(by_file, int(total[1]), int(total[2]))
    # The line with the totals is missing when the output was too large to be shown.
    files = len(by_file) + any(mark in output for mark in _CUT)
    return Counts(by_file, sum(by_file.values()), files)


def read_paths(output: str) -> Paths:
    """Reads the output of Glob, or Grep's ``files_with_matches``."""
    if output.startswith(("No files found", "No matches found")):
        return Paths()
    rows = [row for row in output.splitlines() if row and not row.startswith(("(", "Found ", "[", "<"))]
    hidden = _HIDDEN.search(output)
    return Paths(tuple(_slashes(row) for row in rows), int(hidden[2]) if hidden else len(rows))


def read_lines(output: str) -> dict[int, str]:
    """Reads Read's output: the text of each line by its number from 1."""
    lines = {int(found[1]): found[2] for row in output.split("\n") if (found := _NUMBERED.match(row))}
    # Read shows one empty line after the line end of the last line.
    if lines and not lines[last := max(lines)] and last > 1:
        del lines[last]
    return lines


def _visible(text: str) -> str:
    return "" if text.startswith(_OMITTED) else text.rstrip("\r")


def _slashes(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
