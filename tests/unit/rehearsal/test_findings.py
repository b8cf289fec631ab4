from __future__ import annotations

import pytest

from maos_desktop.model.message import Importance
from maos_desktop.rehearsal.findings import CATEGORIES, MAX_QUOTE, NOTE, SECRET, Findings, at, hide_secrets, quote
from maos_desktop.rehearsal.tool_output import Hits, Spot


def test_that_places_are_kept_by_category() -> None:
    findings = Findings()
    group = findings.add(NOTE, [Spot("a.py", 1, "# TODO")])

    assert group is not None
    assert findings.groups == [group]
    assert not group.more


def test_that_no_places_make_no_group() -> None:
    findings = Findings()

    assert findings.add(NOTE, Hits()) is None
    assert findings.groups == []


def test_that_a_group_knows_that_there_are_more() -> None:
    group = Findings().add(NOTE, Hits((Spot("a.py", 1),), more=True))

    assert group is not None
    assert group.more


def test_that_a_quoted_line_is_code_on_one_line() -> None:
    assert quote("    x  =\t1  ") == "`x = 1`"
    assert quote("a `b` c") == "``a `b` c``"
    assert quote("`b`") == "`` `b` ``"
    assert quote("  ") == "(an empty or very long line)"


def test_that_a_long_line_is_cut() -> None:
    quoted = quote("x" * 500)

    assert len(quoted) == MAX_QUOTE + 2
    assert quoted.endswith("…`")


@pytest.mark.parametrize(
    "line",
    [
        'API_KEY = "sk-live-0123456789abcdef"',
        "password: 'hunter2hunter2'",
        'AWS_SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG"',
        '{"token": "0123456789abcdef"}',
        'client = Client("AKIAIOSFODNN7EXAMPLE")',
    ],
)
def test_that_the_value_of_a_secret_is_never_shown_whole(line: str) -> None:
    hidden = hide_secrets(line)

    assert "…" in hidden
    for value in ("0123456789abcdef", "hunter2hunter2", "K7MDENG", "EXAMPLE"):
        assert value not in hidden


def test_that_other_strings_are_shown() -> None:
    assert hide_secrets('name = "a rather long name of a thing"') == 'name = "a rather long name of a thing"'
    assert hide_secrets('title = "0123456789abcdef"') == 'title = "0123456789abcdef"'


def test_that_a_place_is_shown_with_its_text_and_note() -> None:
    assert at(Spot("a.py", 3, "x = 1")) == "`a.py:3` `x = 1`"
    assert at(Spot("a.py", note="9 lines")) == "`a.py`, 9 lines"
    assert at(Spot("a.py", 3, "x = 1", "(reported by tester-1)")) == "`a.py:3` `x = 1` (reported by tester-1)"


def test_that_every_category_is_ordered_and_named_once() -> None:
    titles = [category.title for category in CATEGORIES]

    assert len(titles) == len(set(titles))
    assert CATEGORIES[0] is SECRET
    assert SECRET.importance is Importance.HIGH
    assert all("{where}" in category.next_step for category in CATEGORIES if category.next_step)
