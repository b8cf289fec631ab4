"""When two discoveries say the same."""

from __future__ import annotations

import unicodedata

from maos_desktop.model.untrusted_text import clean_line

_CLOSING = " .!…:;,"


def normalised(text: str) -> str:
    """Returns the text without what does not change its meaning: case, white space, closing punctuation."""
    return unicodedata.normalize("NFKC", clean_line(text)).casefold().strip(_CLOSING)
