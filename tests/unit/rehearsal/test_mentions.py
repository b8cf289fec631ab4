from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.rehearsal.mentions import asks_to_end, counted, listing, literal, places_in, shortened, words_in
from maos_desktop.rehearsal.tool_output import Spot


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Look at src/app.py:12, please.", [Spot("src/app.py", 12)]),
        ("`src/app.py` and (lib/a.test.ts:3)", [Spot("src/app.py"), Spot("lib/a.test.ts", 3)]),
        ("README.md says so.", [Spot("README.md")]),
        ("Secret-like string: `certs/client.key:1` `x`", [Spot("certs/client.key", 1)]),
        ("a.py:1 and again a.py:1", [Spot("a.py", 1)]),
        ("It is slow, e.g. here. See https://example.org/a.py or me@example.org", []),
        ("Version 1.2.3 of numpy.org", []),
        ("/etc/passwd.txt:1, ../other/secret.py and C:/x.py:3", []),
        ("", []),
    ],
)
def test_that_files_are_found_in_text(text: str, places: list[Spot]) -> None:
    assert places_in(text) == places


def test_that_words_in_back_ticks_are_found_unless_they_are_files() -> None:
    assert words_in("Is `load_config` in `a.py`? And `load_config`, ``not``, `two words`") == ["load_config"]


@pytest.mark.parametrize("text", ["Please wrap up.", "That is enough, thanks", "Stop here!", "finish now"])
def test_that_a_wish_to_end_is_understood(text: str) -> None:
    assert asks_to_end(text)


@pytest.mark.parametrize("text", ["Do not stop at the first finding.", "Look at finish.py", "Is this enough?"])
def test_that_other_words_are_no_wish_to_end(text: str) -> None:
    assert not asks_to_end(text)


def test_that_a_shortened_text_is_one_line_of_at_most_so_many_characters() -> None:
    assert shortened("one\n\n two ") == "one two"
    assert shortened("x" * 20, 10) == "x" * 9 + "…"


def test_that_a_listing_counts_what_it_does_not_name() -> None:
    assert listing(["a", "b"]) == "`a`, `b`"
    assert listing(["a", "b", "c"], shown=2) == "`a`, `b` and 1 more"


def test_that_things_are_counted_in_words() -> None:
    assert [counted(n, "file") for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1))
def test_that_a_literal_pattern_matches_its_text(text: str) -> None:
    assert re.fullmatch(literal(text), text)


def test_that_a_long_text_without_a_place_takes_no_time_to_speak_of() -> None:
    assert places_in("a+" * 50_000) == []
    assert places_in("a/" * 50_000) == []
