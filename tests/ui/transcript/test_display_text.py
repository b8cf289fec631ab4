"""Text from anywhere is made harmless, and what is hidden in it is brought to light."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.ui.transcript.display_text import (
    LINE_BREAK,
    LONGEST_RUN,
    broken,
    first_line,
    plain,
    revealed,
    unbroken,
)

HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}


def test_that_terminal_colours_and_titles_leave_only_their_text() -> None:
    assert plain("\x1b[1;31mFAILED\x1b[0m test \x1b]0;title\x07done") == "FAILED test done"


def test_that_line_ends_of_every_system_become_newlines() -> None:
    assert plain("a\r\nb\rc\u2028d\u2029e") == "a\nb\nc\nd\ne"


@given(st.text())
def test_that_no_control_character_is_left(text: str) -> None:
    left = {c for c in plain(text) if unicodedata.category(c) in {"Cc", "Cs"}}
    assert left <= {"\n", "\t"}


@given(st.text())
def test_that_plain_text_stays_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_that_a_long_run_is_broken_and_can_be_copied_whole() -> None:
    run = "x" * (LONGEST_RUN * 3 + 5)
    shown = broken(f"before {run} after")
    assert max(len(part) for part in shown.split(LINE_BREAK)) <= LONGEST_RUN + len("before ")
    assert unbroken(shown) == f"before {run} after"


@given(st.text(alphabet="ab \n", max_size=50), st.integers(min_value=1, max_value=200))
def test_that_breaking_loses_nothing(text: str, times: int) -> None:
    long = text * times
    assert unbroken(broken(long)) == long


def test_that_a_run_of_just_the_limit_is_left_alone() -> None:
    assert broken("x" * LONGEST_RUN) == "x" * LONGEST_RUN


def test_that_bidirectional_overrides_are_spelled_out() -> None:
    assert revealed("rm \u202e/ fr- mr") == "rm ⟨U+202E⟩/ fr- mr"


def test_that_every_hidden_character_of_unicode_is_spelled_out() -> None:
    characters = (chr(code) for code in range(0x110000))
    hidden = {c for c in characters if unicodedata.category(c) in HIDDEN_CATEGORIES} - {" ", "\n", "\t"}
    assert {c for c in hidden if revealed(c) == c} == set()


def test_that_ordinary_text_of_any_language_is_shown_as_it_is() -> None:
    text = "grep -rn 'Größe' ~/Документы/日本語 | sort\n\t# नमस्ते"
    assert revealed(text) == text


def test_that_text_cannot_pose_as_a_revealed_character() -> None:
    assert revealed("⟨U+202E⟩") != revealed("\u202e")


@given(st.text(), st.text())
def test_that_texts_that_differ_look_different(one: str, other: str) -> None:
    assert (revealed(one) == revealed(other)) == (one == other)


def test_that_the_first_line_skips_blank_ones_and_is_cut_with_a_mark() -> None:
    assert first_line("\n\n  Hello\nworld") == "Hello"
    assert first_line("y" * 500, limit=10) == "y" * 9 + "…"


def test_that_the_first_line_of_nothing_is_empty() -> None:
    assert first_line("\n \n") == ""
