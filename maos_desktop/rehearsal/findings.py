"""What rules find: places of a known category, counts, and remarks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from maos_desktop.model.message import Importance
from maos_desktop.rehearsal.tool_output import Hits, Spot

MAX_QUOTE = 120
_SECRET_VALUE = re.compile(r"""(["'])([A-Za-z0-9+/_=.\-]{4})[^"'\s]{4,}\1""")
_ASSIGNS_SECRET = re.compile(
    r"(?i)(?:secret|passw(?:or)?d|token|api_?key|access_?key|private_?key|credential)\w*[\"']?\s*[:=]|AKIA[0-9A-Z]"
)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of finding.

    Attributes:
        title: heading over its places.
        one: what one of them is called in a message.
        next_step: what to do about it, with ``{where}`` for the first place; empty when there is nothing to do.
        importance: of a message about it.
    """

    title: str
    one: str
    next_step: str = ""
    importance: Importance = Importance.NORMAL


SECRET = Category(
    "Secret-like strings",
    "Secret-like string",
    "Take the secret-like string at {where} out of the code, and replace it wherever it is in use.",
    Importance.HIGH,
)
CODE_RUNNING = Category(
    "Calls that run code or commands",
    "Call that runs code or commands",
    "Make sure that nothing from outside reaches the call at {where}.",
    Importance.HIGH,
)
QUERY_TEXT = Category(
    "Queries put together from text",
    "Query put together from text",
    "Pass the values of the query at {where} as parameters.",
    Importance.HIGH,
)
WEAK_CRYPTO = Category(
    "Weak cryptography",
    "Weak cryptography",
    "Replace the algorithm at {where} with a current one, unless it guards nothing.",
    Importance.HIGH,
)
OPEN_SETTING = Category(
    "Settings that open the program or turn checks off",
    "Setting that opens the program or turns a check off",
    "Allow what the setting at {where} allows in development only.",
    Importance.HIGH,
)
SWALLOWED = Category(
    "Errors caught too broadly",
    "Error caught too broadly",
    "Catch only the errors that are expected at {where}, and keep the rest.",
)
NOTE = Category("Open notes (TODO, FIXME, HACK)", "Open note", "Settle the note at {where} or make it a ticket.")
LONG_FUNCTION = Category(
    "Oversized functions", "Oversized function", "Split the function at {where} into parts with names."
)
LARGE_FILE = Category("Oversized files", "Oversized file", "Split the file {where} by what its parts are for.")
NO_TEST = Category(
    "Source files without a test of a matching name",
    "Source file without a test",
    "Write a first test for {where}.",
)
SKIPPED_TEST = Category("Tests that are skipped", "Skipped test", "Run or remove the skipped test at {where}.")
NESTED_LOOP = Category(
    "Loops inside loops", "Loop inside a loop", "Measure the nested loop at {where} with a large input."
)
WORK_IN_LOOP = Category(
    "Queries, requests and file access inside loops",
    "Query or file access inside a loop",
    "Fetch what the loop at {where} needs once, before it.",
)
SLEEP = Category("Fixed waits", "Fixed wait", "Wait for the event instead of a fixed time at {where}.")
NO_DESCRIPTION = Category(
    "Public functions without a description",
    "Public function without a description",
    "Say in one sentence what the function at {where} does.",
)
MISSING_DOCUMENT = Category("Documents that are missing", "Missing document", "Write the missing {where}.")
IMPORT_CYCLE = Category(
    "Imports that go both ways",
    "Import that goes both ways",
    "Take one direction out of the imports that meet at {where}.",
)
LOOSE_DEPENDENCY = Category(
    "Dependencies without a version",
    "Dependency without a version",
    "Give the dependency at {where} a version range.",
)
UNUSED_DEPENDENCY = Category(
    "Dependencies that no import names",
    "Dependency that no import names",
    "Check whether the dependency at {where} is still needed.",
)
ENTRY_POINT = Category("Entry points", "Entry point")
NAMED = Category("What the task names", "Place that the task names")
CHANGE = Category("Places to change", "Place to change", "Begin the change at {where}.")
CHECKED = Category("Places of other reports, read again", "Place of another report")

CATEGORIES: tuple[Category, ...] = (
    SECRET,
    CODE_RUNNING,
    QUERY_TEXT,
    WEAK_CRYPTO,
    OPEN_SETTING,
    SWALLOWED,
    WORK_IN_LOOP,
    LONG_FUNCTION,
    NO_TEST,
    IMPORT_CYCLE,
    LARGE_FILE,
    NESTED_LOOP,
    LOOSE_DEPENDENCY,
    UNUSED_DEPENDENCY,
    SKIPPED_TEST,
    SLEEP,
    NOTE,
    NO_DESCRIPTION,
    MISSING_DOCUMENT,
    CHANGE,
    ENTRY_POINT,
    NAMED,
    CHECKED,
)
"""All categories, the most pressing first."""


@dataclass(frozen=True, slots=True)
class Group:
    """The places of one category. ``more`` when the search found others that it did not show."""

    category: Category
    spots: tuple[Spot, ...]
    more: bool = False


@dataclass(slots=True)
class Findings:
    """What one agent found so far."""

    groups: list[Group] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, category: Category, spots: Iterable[Spot] | Hits) -> Group | None:
        """Adds places of a category. Returns the group, or ``None`` when there are no places."""
        hits = spots if isinstance(spots, Hits) else Hits(tuple(spots))
        if not hits.spots:
            return None
        group = Group(category, hits.spots, hits.more)
        self.groups.append(group)
        return group


def quote(text: str, limit: int = MAX_QUOTE) -> str:
    """Returns a line of a file as a Markdown code span: cut when long, the values of secrets hidden."""
    line = hide_secrets(" ".join(text.split()))
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    fence = "``" if "`" in line else "`"
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else "(an empty or very long line)"


def hide_secrets(line: str) -> str:
    """Returns ``line`` with the values of secret-like assignments cut to their first characters."""
    return _SECRET_VALUE.sub(r"\1\2…\1", line) if _ASSIGNS_SECRET.search(line) else line


def at(spot: Spot) -> str:
    """Returns a place with its text, for reports and messages."""
    text = f" {quote(spot.text)}" if spot.text else ""
    comma = "" if not spot.note or spot.note.startswith("(") else ","
    return f"`{spot.where}`{text}{comma} {spot.note}".rstrip()
