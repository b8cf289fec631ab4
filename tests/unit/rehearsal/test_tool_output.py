"""The outputs below were copied from CLI 2.1.330."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.rehearsal.tool_output import (
    Hits,
    Paths,
    Spot,
    read_counts,
    read_hits,
    read_lines,
    read_paths,
)

PERSISTED = (
    "<persisted-output>\nOutput too large (130.5KB). Full output saved to: /tmp/x/toolu_1.txt\n\nPreview (first 2KB):\n"
    "{}\n...\n</persisted-output>"
)


def test_that_matches_are_read_with_their_places() -> None:
    assert read_hits("a.py:3:def f():\nsub/b.py:2:def g(): pass").spots == (
        Spot("a.py", 3, "def f():"),
        Spot("sub/b.py", 2, "def g(): pass"),
    )


def test_that_a_colon_in_a_name_or_a_line_does_not_confuse() -> None:
    assert read_hits("sp ace:1.py:1:# eval(9): x").spots == (Spot("sp ace:1.py", 1, "# eval(9): x"),)


def test_that_matches_in_one_file_get_its_name() -> None:
    assert read_hits("1:import os\n12:x = 1", "a.py").spots == (Spot("a.py", 1, "import os"), Spot("a.py", 12, "x = 1"))


def test_that_a_cut_list_of_matches_is_known_to_be_cut() -> None:
    hits = read_hits("a.py:1:x\n\n[Showing results with pagination = limit: 1]")

    assert hits == Hits((Spot("a.py", 1, "x"),), more=True)


def test_that_a_list_too_large_to_be_shown_is_read_as_far_as_it_is_shown() -> None:
    hits = read_hits(PERSISTED.format("a.py:1:x"))

    assert [spot.where for spot in hits.spots] == ["a.py:1"]
    assert hits.more


def test_that_a_line_left_out_for_its_length_has_no_text() -> None:
    assert read_hits("long.js:1:[Omitted long matching line]").spots == (Spot("long.js", 1, ""),)


def test_that_carriage_returns_and_backslashes_are_evened_out() -> None:
    assert read_hits("src\\a.py:1:x = 1\r").spots == (Spot("src/a.py", 1, "x = 1"),)


def test_that_no_matches_are_none() -> None:
    assert read_hits("No matches found") == Hits()
    assert read_hits("No files found") == Hits()


def test_that_the_files_of_matches_are_named_once() -> None:
    assert read_hits("a.py:1:x\nb.py:1:x\na.py:2:x").files == ["a.py", "b.py"]


def test_that_counts_are_read_with_their_totals() -> None:
    counts = read_counts("a.py:1\nsub/b.py:3\n\nFound 4 total occurrences across 2 files.")

    assert counts.by_file == {"a.py": 1, "sub/b.py": 3}
    assert (counts.total, counts.files) == (4, 2)
    assert counts.complete


def test_that_the_totals_cover_files_that_are_not_listed() -> None:
    counts = read_counts("a.py:1\n\nFound 8211 total occurrences across 3311 files. with pagination = limit: 1")

    assert (counts.total, counts.files) == (8211, 3311)
    assert not counts.complete


def test_that_counts_too_large_to_be_shown_are_incomplete() -> None:
    counts = read_counts(PERSISTED.format("a.py:4000\nb.py:2"))

    assert counts.by_file == {"a.py": 4000, "b.py": 2}
    assert not counts.complete


def test_that_one_match_in_one_file_is_counted() -> None:
    assert read_counts("a.py:1\n\nFound 1 total occurrence across 1 file.").complete


def test_that_nothing_counted_is_nothing() -> None:
    counts = read_counts("No matches found\n\nFound 0 total occurrences across 0 files.")

    assert counts.by_file == {}
    assert counts.complete


def test_that_paths_are_read() -> None:
    assert read_paths("a.py\nsub/b.py") == Paths(("a.py", "sub/b.py"), 2)
    assert read_paths("Found 2 files\nsub/b.py\na.py") == Paths(("sub/b.py", "a.py"), 2)
    assert read_paths("No files found") == Paths()


def test_that_the_number_of_hidden_paths_is_read() -> None:
    output = (
        "a.py\n(Showing 1 of 308 matching files; 307 more are not listed. Narrow the pattern or path to see the rest.)"
    )

    assert read_paths(output) == Paths(("a.py",), 308)


def test_that_lines_are_read_by_number_without_the_empty_one_at_the_end() -> None:
    assert read_lines("1\timport os\n2\t\n3\tdef f():\n4\t") == {1: "import os", 2: "", 3: "def f():"}


def test_that_lines_from_the_middle_keep_their_numbers() -> None:
    assert read_lines("  46\tone\n  47\ttwo") == {46: "one", 47: "two"}


def test_that_a_warning_holds_no_lines() -> None:
    assert read_lines("<system-reminder>Warning: the file exists but the contents are empty.</system-reminder>") == {}


def test_that_a_place_is_written_with_its_line_if_it_has_one() -> None:
    assert Spot("a.py", 3).where == "a.py:3"
    assert Spot("a.py").where == "a.py"


@given(st.text())
def test_that_no_output_is_too_odd_to_be_read(output: str) -> None:
    read_hits(output)
    read_hits(output, "a.py")
    read_counts(output)
    read_paths(output)
    read_lines(output)
