"""What a text of people or agents names: files, places in files, words in back-ticks, and wishes to end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maos_desktop.rehearsal.languages import language_of
from maos_desktop.rehearsal.tool_output import Spot

_PATH = re.compile(r"(?<![\w/.:@+-])((?:[\w.@+-]+/)*[\w.@+-]*\.[A-Za-z]\w{0,9})(?::(\d+))?")
_TICKED = re.compile(r"(?<!`)`([^`\s]{2,80})`(?!`)")
_DOCUMENTS = (".md", ".rst", ".txt", ".toml", ".json", ".yaml", ".yml", ".cfg", ".ini", ".env", ".sql", ".html")
_SPECIAL = frozenset(r"\.+*?()|[]{}^$")
_END = re.compile(r"\b(?:stop here|finish now|finish up|wrap up|that is enough|enough now|come to an end)\b", re.I)


def places_in(text: str) -> list[Spot]:
    """Returns the files of the project that ``text`` names, each once, with the line where one is given."""
    spots: dict[str, Spot] = {}
    for path, line in _PATH.findall(text):
        if ".." not in path.split("/") and (line or language_of(path) or path.endswith(_DOCUMENTS)):
            spot = Spot(path, int(line or 0))
            spots.setdefault(spot.where, spot)
    return list(spots.values())


def words_in(text: str) -> list[str]:
    """Returns the single words in back-ticks that are no files, each once."""
    return [word for word in dict.fromkeys(_TICKED.findall(text)) if not places_in(word)]


def asks_to_end(text: str) -> bool:
    """Returns whether the text asks to end the work now."""
    return bool(_END.search(text))


def shortened(text: str, limit: int = 240) -> str:
    """Returns ``text`` on one line, cut at ``limit`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def listing(items: Sequence[str], shown: int = 4) -> str:
    """Returns the first items in back-ticks, and how many more there are."""
    names = ", ".join(f"`{item}`" for item in items[:shown])
    return names + (f" and {len(items) - shown} more" if len(items) > shown else "")


def counted(number: int, what: str) -> str:
    """Returns “1 file”, “2 files” and the like."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def literal(word: str) -> str:
    """Returns a search pattern that matches exactly this text."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in word)
