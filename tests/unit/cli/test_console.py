"""Lines on a terminal: harmless, wrapped, coloured only where wanted."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.cli.console import Console, Style, shortened, wrapped
from tests.unit.cli.conftest import Screen


def written_to(stream: io.TextIOWrapper) -> bytes:
    stream.seek(0)
    return bytes(stream.buffer.read())


def test_that_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    assert Console(Screen()).styled("done", Style.GREEN, Style.BOLD) == "\x1b[32;1mdone\x1b[0m"


def test_that_a_pipe_gets_no_colour(plain: Console) -> None:
    assert plain.styled("done", Style.GREEN) == "done"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_that_colour_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert Console(Screen()).styled("done", Style.GREEN) == "done"


def test_that_a_character_the_stream_cannot_show_does_not_stop_it() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    Console(stream).line("a → b")
    assert written_to(stream) == b"a ? b\n"


def test_that_programs_get_utf8_whatever_the_locale() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    Console(stream, for_programs=True).line("a → b")
    assert written_to(stream).decode() == "a → b\n"


def test_that_lines_are_broken_between_words_and_keep_their_indentation() -> None:
    text = "short\n    indented code that goes on and on and on\n\nend"
    assert wrapped(text, 30, "  ") == [
        "  short",
        "      indented code that goes",
        "      on and on and on",
        "",
        "  end",
    ]


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" \n")))
def test_that_wrapping_keeps_every_word(text: str) -> None:
    assert " ".join(wrapped(text, 40)).split() == text.split()


@given(st.text(), st.integers(1, 80))
def test_that_a_shortened_text_is_one_line_that_fits(text: str, width: int) -> None:
    line = shortened(text, width)
    assert "\n" not in line
    assert len(line) <= max(width, 2)
