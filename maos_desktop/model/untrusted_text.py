"""Text that an agent wrote, made harmless before another agent's model, or a person, is shown it."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls; tab and newline stay
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # nothing to see: soft hyphen, joiners, fillers
    "\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\ufe00-\ufe0f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags and variation selectors, which can carry hidden text
    "\ud800-\udfff"  # half a character: no database and no model takes it
    "]"
)
# Everything that leaves no mark of its own, or reorders what stands around it: the Unicode categories Cc, Cf,
# Cs, Co, Zl, Zp and Zs, and the fillers and selectors that look like nothing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680"
    "\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_LESS_THAN = re.compile("[<\ufe64\uff1c]")


def visible(text: str) -> str:
    """Returns ``text`` without the characters that ``clean`` drops, its lines ended by newlines. Idempotent."""
    return _DROPPED.sub("", _LINE_ENDS.sub("\n", text))


def clean(text: str) -> str:
    """Returns ``text`` with nothing in it that is invisible, that turns its direction, or that opens a tag.

    Dropped are control characters other than newline and tab, bidirectional controls, zero-width and other
    invisible characters, tag characters and lone surrogates; every kind of line end becomes a newline; the rest
    is in Unicode form NFC; each ``<`` (and its small and full-width twins) is written ``&lt;``. Idempotent.
    """
    return _LESS_THAN.sub("&lt;", unicodedata.normalize("NFC", visible(text)))


def clean_line(text: str) -> str:
    """Returns ``clean(text)`` as one line: each run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def shown(text: str, limit: int = 80) -> str:
    """Returns what an agent wrote as it may stand inside a line of ours: ``clean_line``, cut to ``limit``."""
    line = clean_line(text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def storable(text: str) -> str:
    """Returns ``text`` unchanged, or with “?” for each lone surrogate, which cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def revealed(text: str) -> str:
    """Returns ``text`` with every invisible or reordering character spelled out, e.g. as ``⟨U+202E⟩``.

    Space, newline and tab stay. Two texts that differ look different: for what the user decides on.
    """
    marked = text.replace("⟨U+", "⟨U+27E8⟩U+")
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", marked)
