"""Markdown is cut where no reader sees a seam, nothing is lost, and no piece grows beyond its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.ui.transcript.markdown_pieces import (
    CODE_LINES,
    LARGE,
    SMALL,
    TABLE_COLUMNS,
    TABLE_ROWS,
    MarkdownPieces,
    Piece,
    whole,
)

PARAGRAPH = "All the words of this paragraph are here to fill it up to some length. " * 5
LINES = st.sampled_from(
    [
        "",
        "",
        "A line of text.",
        "- item",
        "  more of the item",
        "1. first",
        "# Heading",
        "```python",
        "```",
        "  ```",
        "~~~",
        "| a | b |",
        "|---|---|",
        "> quote",
        "x" * 700,
        "y " * 1_500,
        "    indented",
    ]
)


def cut(text: str) -> list[Piece]:
    pieces = MarkdownPieces()
    pieces.update(text, closed=True)
    return pieces.pieces


def letters(text: str) -> str:
    return "".join(text.split())


def test_that_a_short_text_is_one_piece() -> None:
    assert cut("Hello *world*.\n\nA second paragraph.") == [Piece("text", "Hello *world*.\n\nA second paragraph.")]


def test_that_blank_text_has_no_piece() -> None:
    assert cut("\n \n\n") == []


def test_that_a_long_text_is_cut_between_paragraphs() -> None:
    pieces = cut("\n\n".join([PARAGRAPH] * 6))
    assert len(pieces) == 3
    assert all(not piece.continues and piece.source.endswith(".") for piece in pieces)


def test_that_a_fence_is_a_piece_of_code() -> None:
    assert cut("Look:\n```python\nx = 1\n\ny = 2\n```\nDone.") == [
        Piece("text", "Look:"),
        Piece("code", "x = 1\n\ny = 2", "python"),
        Piece("text", "Done."),
    ]


def test_that_a_fence_of_tildes_or_more_marks_ends_with_its_like() -> None:
    assert cut("````md\n```\ninside\n```\n````") == [Piece("code", "```\ninside\n```", "md")]
    assert cut("~~~\n```\n~~~") == [Piece("code", "```")]


def test_that_the_indent_of_a_fence_is_taken_off_its_lines() -> None:
    assert cut("  ```\n  a\n    b\n  ```") == [Piece("code", "a\n  b")]


def test_that_an_unclosed_fence_is_code_to_the_end() -> None:
    assert cut("```sh\nls\nrm x") == [Piece("code", "ls\nrm x", "sh")]


def test_that_long_code_goes_on_in_the_next_piece() -> None:
    lines = [f"line {number}" for number in range(CODE_LINES * 2 + 10)]
    pieces = cut("```python\n" + "\n".join(lines) + "\n```\nafter")
    assert [piece.kind for piece in pieces] == ["code", "code", "code", "text"]
    assert [piece.continues for piece in pieces] == [False, True, True, False]
    assert {piece.language for piece in pieces[:3]} == {"python"}
    assert "\n".join(piece.source for piece in pieces[:3]) == "\n".join(lines)


def test_that_code_which_ends_at_a_cut_leaves_no_empty_piece() -> None:
    pieces = cut("```\n" + "x\n" * CODE_LINES + "```\nafter")
    assert [piece.kind for piece in pieces] == ["code", "text"]


def test_that_a_list_is_cut_between_its_items_and_keeps_its_numbers() -> None:
    items = [f"{number}. {'word ' * 30}" for number in range(1, 21)]
    pieces = cut("\n".join(items))
    assert len(pieces) > 2
    assert [piece.continues for piece in pieces] == [False] + [True] * (len(pieces) - 1)
    assert all(piece.source[0].isdigit() for piece in pieces)


def test_that_code_inside_a_list_item_stays_with_it() -> None:
    text = "- item\n\n  ```python\n  x = 1\n\n  y = 2\n  ```\n\n- next"
    assert cut(text) == [Piece("text", text)]


def test_that_long_code_inside_a_list_item_goes_on_as_code() -> None:
    inside = "\n".join(f"  value_{number} = {number}" for number in range(200))
    pieces = cut(f"- item\n\n  ```\n{inside}\n  ```\n\nafter")
    assert pieces[0].kind == "text"
    assert {piece.kind for piece in pieces[1:-1]} == {"code"}
    assert pieces[-1] == Piece("text", "after")


def test_that_a_long_table_repeats_its_head() -> None:
    rows = "\n".join(f"| {number} | x |" for number in range(TABLE_ROWS + 5))
    first, second = cut(f"| n | value |\n|---|:-:|\n{rows}\n")
    assert first.source.count("\n") == TABLE_ROWS + 1
    assert second.source.startswith("| n | value |\n|---|:-:|\n| 30 | x |")
    assert second.continues


def test_that_a_table_with_too_many_columns_is_shown_as_text() -> None:
    columns = TABLE_COLUMNS + 5
    text = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n|" + "1|" * columns
    assert [piece.kind for piece in cut(text)] == ["code"]


def test_that_a_table_ends_with_the_first_line_that_is_no_row() -> None:
    assert [piece.source for piece in cut("|a|b|\n|-|-|\n|1|2|\nText.")] == ["|a|b|\n|-|-|\n|1|2|", "Text."]


def test_that_a_line_without_end_is_cut_at_a_space_or_anywhere() -> None:
    words, run = cut("word " * 2_000), cut("x" * 10_000)
    assert all(len(piece.source) <= LARGE for piece in words + run)
    assert all(piece.source.startswith("word") for piece in words)
    assert "".join(piece.source for piece in run) == "x" * 10_000


def test_that_a_heading_begins_a_piece() -> None:
    assert [piece.source for piece in cut("Text.\n\n## Next\n\nMore.")] == ["Text.", "## Next\n\nMore."]


def test_that_only_the_last_piece_changes_while_the_text_grows() -> None:
    pieces = MarkdownPieces()
    text = "\n\n".join([PARAGRAPH] * 6)
    pieces.update(text, closed=False)
    fixed = pieces.pieces[:-1]
    assert pieces.update(text + " More.", closed=False) == len(fixed)
    assert pieces.pieces[:-1] == fixed


def test_that_an_update_without_news_changes_nothing() -> None:
    pieces = MarkdownPieces()
    pieces.update("Hello", closed=False)
    assert pieces.update("Hello", closed=False) == 1
    assert pieces.update("Hello", closed=True) == 1
    assert pieces.pieces == [Piece("text", "Hello")]


@given(st.lists(LINES, max_size=60), st.lists(st.integers(min_value=0, max_value=9_999), max_size=8))
def test_that_streamed_text_is_cut_like_whole_text(lines: list[str], places: list[int]) -> None:
    text = "\n".join(lines)
    streamed = MarkdownPieces()
    for end in sorted({place % (len(text) + 1) for place in places}):
        streamed.update(text[:end], closed=False)
    streamed.update(text, closed=True)
    assert streamed.pieces == cut(text)


@given(st.lists(LINES, max_size=80))
def test_that_every_piece_is_small(lines: list[str]) -> None:
    assert all(len(piece.source) <= 2 * LARGE + SMALL for piece in cut("\n".join(lines)))


@given(st.lists(LINES.filter(lambda line: "|" not in line and "`" not in line and "~" not in line)))
def test_that_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert letters("".join(piece.source for piece in cut(text))) == letters(text)


@pytest.mark.parametrize("code", ["x = 1", "```\ninner\n```"])
def test_that_code_can_be_made_markdown_again(code: str) -> None:
    assert cut(whole(Piece("code", code, "python"))) == [Piece("code", code, "python")]
