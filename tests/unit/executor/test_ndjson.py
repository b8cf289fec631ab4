"""The line reader gets through everything that may stand in a stream."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.executor.base import OutputSkipped
from maos_desktop.executor.ndjson import LineReader, decode_line

GOOD = {"type": "result", "is_error": False, "session_id": "s", "result": "höhö 🎈"}


def _read(pieces: Iterable[bytes], max_line_bytes: int = 10_000) -> list[bytes | OutputSkipped]:
    reader = LineReader(max_line_bytes)
    return [line for piece in pieces for line in reader.feed(piece)]


@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), max_size=8), st.data())
def test_that_lines_come_out_the_same_however_the_stream_is_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert _read(pieces) == lines


def test_that_a_stream_cut_at_any_byte_yields_the_whole_lines_before_it() -> None:
    stream = b"".join(json.dumps(GOOD).encode() + b"\n" for _ in range(3))
    for end in range(len(stream)):
        read = _read([stream[:end]])
        assert len(read) == stream[:end].count(b"\n")
        assert all(isinstance(line, bytes) and decode_line(line) == GOOD for line in read)


def test_that_a_line_which_is_too_long_is_passed_over_and_the_next_one_is_read() -> None:
    read = _read([b"x" * 60, b"y" * 60, b"z" * 600 + b"\nnext\n"], max_line_bytes=100)
    skipped, following = read
    assert isinstance(skipped, OutputSkipped)
    assert skipped.raw.startswith("xxx")
    assert following == b"next"


def test_that_no_more_than_the_limit_is_kept_of_a_line_without_end() -> None:
    reader = LineReader(100)
    skipped = [line for _ in range(1_000) for line in reader.feed(b"x" * 60)]
    assert len(skipped) == 1
    assert list(reader.feed(b"\nafter\n")) == [b"after"]


@pytest.mark.parametrize(
    "line",
    [
        b"[SandboxDebug] something",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"type": "result"',
        b'{"type": "x", "n": NaN}',
        b'{"type": "x", "n": 1e999}',
        b'{"no type": 1}',
        b'{"type": ["result"]}',
        b'{"type": "stream_event", "event": []}',
        b'{"type": "control_request", "request": {}}',
        b'{"type": "control_response"}',
        b'{"type": "assistant", "message": "text"}',
        b'{"type": "result", "is_error": "no", "session_id": "s"}',
        b"[" * 100_000,
        b'{"type": ' * 100_000,
        b'{"type": "x", "n": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe\x00",
    ],
)
def test_that_a_line_which_is_no_message_is_passed_over_with_its_beginning(line: bytes) -> None:
    skipped = decode_line(line)
    assert isinstance(skipped, OutputSkipped)
    assert skipped.reason
    assert skipped.raw == line.decode(errors="replace")[:200]


@pytest.mark.parametrize("line", [b"", b"  ", b"\r"])
def test_that_a_blank_line_is_nothing(line: bytes) -> None:
    assert decode_line(line) is None


def test_that_half_surrogate_pairs_become_replacement_characters_and_whole_ones_stay() -> None:
    line = rb'{"type": "x", "a": ["\ud800 \ud83c\udf88", {"\udfff": 1}]}'
    assert decode_line(line) == {"type": "x", "a": ["� 🎈", {"�": 1}]}


def test_that_invalid_utf_8_is_replaced() -> None:
    assert decode_line(b'{"type": "x", "a": "\xff"}') == {"type": "x", "a": "�"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_that_whatever_comes_out_can_be_stored(content: dict[str, Any]) -> None:
    decoded = decode_line(json.dumps({"type": "x", "content": content}).encode())
    assert isinstance(decoded, dict)
    json.dumps(decoded, ensure_ascii=False).encode()
