"""Reads the CLI's output, one JSON object per line, and survives whatever else stands there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from maos_desktop.executor.base import OutputSkipped

MAX_LINE_BYTES = 64 * 1024 * 1024
"""One image makes a line of megabytes."""

_SHOWN_CHARS = 200
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class LineReader:
    """Cuts what comes in pieces into lines; passes over the rest of a line that grows too long."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max = max_line_bytes
        self._pieces: list[bytes] = []
        self._size = 0
        self._skipping = False

    def feed(self, piece: bytes) -> Iterator[bytes | OutputSkipped]:
        """Yields the lines that this piece completes, without their ends."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            yield from self._take(end)
            if not self._skipping:
                yield b"".join(self._pieces)
            self._start_line()
        yield from self._take(rest)

    def _take(self, part: bytes) -> Iterator[OutputSkipped]:
        self._size += len(part)
        if self._skipping:
            return
        self._pieces.append(part)
        if self._size > self._max:
            beginning = b"".join(self._pieces)[:_SHOWN_CHARS]
            self._pieces, self._skipping = [], True
            yield OutputSkipped(f"a line of more than {self._max:,} bytes", beginning.decode(errors="replace"))

    def _start_line(self) -> None:
        self._pieces, self._size, self._skipping = [], 0, False


def decode_line(line: bytes) -> dict[str, Any] | OutputSkipped | None:
    """Returns the message of one line, ``None`` for a blank one, or why it is none.

    Half surrogate pairs, which can be neither stored nor shown, become replacement characters.
    """
    text = line.decode(errors="replace").strip()
    if not text:
        return None
    try:
        message = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if isinstance(message, dict) and _ESCAPED_SURROGATE.search(line):
            message = _without_surrogates(message)
    except ValueError as error:
        return OutputSkipped(f"no JSON ({error})", text[:_SHOWN_CHARS])
    except RecursionError:
        return OutputSkipped("JSON that is nested too deeply", text[:_SHOWN_CHARS])
    if not isinstance(message, dict):
        return OutputSkipped("no JSON object", text[:_SHOWN_CHARS])
    flaw = _flaw(message)
    return message if flaw is None else OutputSkipped(flaw, text[:_SHOWN_CHARS])


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse_constant(digits)


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("�", value)
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
        case _:
            return value


_PARTS: dict[str, dict[str, type]] = {
    "assistant": {"message": dict},
    "control_request": {"request_id": str, "request": dict},
    "control_response": {"response": dict},
    "result": {"is_error": bool, "session_id": str},
    "stream_event": {"event": dict},
    "system": {"subtype": str},
    "user": {"message": dict},
}
"""What each type of message must have for us and for the SDK, with its kind."""


def _flaw(message: dict[str, Any]) -> str | None:
    kind = message.get("type")
    if not isinstance(kind, str):
        return "a message without a type"
    for name, expected in _PARTS.get(kind, {}).items():
        if not isinstance(message.get(name), expected):
            return f"a message of type “{kind}” without a proper “{name}”"
    return None
