"""From an event to the text that is stored, such that the text always reads back as the same event."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from pydantic_core import to_json

from maos_desktop.errors import StoreError
from maos_desktop.model.event import PermissionRequested, SessionEvent, ToolStarted

_DEEPEST = 100
"""Levels of a tool's input; JSON readers give up soon after this (pydantic's at 200)."""
_WIDEST = 4_000
"""Digits of an integer; Python's own limit for reading one is 4,300."""
_BITS = int(_WIDEST * 3.3)
_WITH_INPUT = (ToolStarted, PermissionRequested)
"""What carries JSON of others; a union in ``isinstance`` would be made anew for each event."""


class Encoded(NamedTuple):
    """An event and its JSON, UTF-8."""

    event: SessionEvent
    json: bytes


def encode(event: SessionEvent) -> Encoded:
    """Returns the event with its JSON.

    What JSON cannot carry there and back is replaced: half a surrogate pair by U+FFFD, and in a tool's input
    what is nested too deeply, too long a number or an infinite one by a text. The event returned holds the same.

    Raises ``StoreError`` when it has no JSON form at all.
    """
    try:
        if isinstance(event, _WITH_INPUT):
            event = _with_plain_input(event)
        return Encoded(event, to_json(event))
    except ValueError:
        return _encode_cleaned(event)


def _encode_cleaned(event: SessionEvent) -> Encoded:
    try:
        cleaned = type(event).model_validate(_plain(event.model_dump(), _DEEPEST))
        return Encoded(cleaned, to_json(cleaned))
    except ValueError as error:
        raise StoreError(
            f"An event of the kind “{event.kind}” could not be saved; everything else is kept.",
            next_step="Report this as a defect, with the details.",
            detail=str(error),
        ) from error


def _with_plain_input(event: ToolStarted | PermissionRequested) -> ToolStarted | PermissionRequested:
    plain = _plain(event.input, _DEEPEST)
    return event if plain == event.input else event.model_copy(update={"input": plain})


def _plain(value: Any, levels: int) -> Any:
    match value:
        case str():
            return _whole(value)
        case int() if abs(value) >> _BITS:
            return f"(an integer of {value.bit_length():,} bits)"
        case float() if not math.isfinite(value):
            return str(value)
        case dict() | list() | tuple() if levels == 0:
            return "(nested too deeply to be kept)"
        case dict():
            return {_whole(str(key)): _plain(item, levels - 1) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, levels - 1) for item in value]
    return value


def _whole(text: str) -> str:
    """Joins surrogate pairs to the character they stand for and replaces what has lost its other half."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
