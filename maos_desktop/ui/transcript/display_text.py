"""Makes any text harmless to show: no control characters, no run that takes Qt seconds to break."""

from __future__ import annotations

import re

LONGEST_RUN = 2_000
"""Characters without a space that Qt breaks into lines without a pause."""
PAGE = 64 * 1024
"""Characters shown at once; more follow on request."""
LINE_BREAK = "\u2028"
"""Breaks a line inside a paragraph; ``broken`` is its only source in a text that was made ``plain``."""

_TERMINAL_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # window titles and links
    r"|\x1b[@-Z\\-_]"
)
_LINE_END = re.compile("\r\n|[\r\u2028\u2029\x85]")
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}(?=\S)")

# Everything that leaves no mark of its own, or reorders what stands around it: the Unicode categories Cc, Cf,
# Cs, Co, Zl, Zp and Zs, and the fillers and selectors that look like nothing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680"
    "\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


def plain(text: str) -> str:
    """Returns ``text`` with no controls but newlines and tabs: no terminal sequence, nothing that reorders it."""
    text = _LINE_END.sub("\n", _TERMINAL_SEQUENCE.sub("", text))
    return _UNSHOWABLE.sub("", text)


def broken(text: str) -> str:
    """Returns ``text`` with a ``LINE_BREAK`` in every run of more than ``LONGEST_RUN`` characters."""
    return _LONG_RUN.sub(lambda run: run[0] + LINE_BREAK, text)


def unbroken(text: str) -> str:
    """Returns what ``broken`` was given."""
    return text.replace(LINE_BREAK, "")


def revealed(text: str) -> str:
    """Returns ``text`` with every invisible or reordering character spelled out, e.g. as ``⟨U+202E⟩``.

    Space, newline and tab stay. Two texts that differ look different.
    """
    marked = text.replace("⟨U+", "⟨U+27E8⟩U+")
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", marked)


def first_line(text: str, limit: int = 200) -> str:
    """Returns the first line that says something, at most ``limit`` characters, made ``plain``."""
    head = plain(text[: limit * 20]).strip()
    line, _, _ = head.partition("\n")
    return line if len(line) <= limit else line[: limit - 1] + "…"
