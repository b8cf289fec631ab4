"""Text that an agent wrote, made harmless before another agent's model is shown it."""

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
_LESS_THAN = re.compile("[<\ufe64\uff1c]")


def clean(text: str) -> str:
    """Returns ``text`` with nothing in it that is invisible, that turns its direction, or that opens a tag.

    Dropped are control characters other than newline and tab, bidirectional controls, zero-width and other
    invisible characters, tag characters and lone surrogates; every kind of line end becomes a newline; the rest
    is in Unicode form NFC; each ``<`` (and its small and full-width twins) is written ``&lt;``. Idempotent.
    """
    visible = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    return _LESS_THAN.sub("&lt;", unicodedata.normalize("NFC", visible))


def clean_line(text: str) -> str:
    """Returns ``clean(text)`` as one line: each run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def storable(text: str) -> str:
    """Returns ``text`` unchanged, or with “?” for each lone surrogate, which cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
