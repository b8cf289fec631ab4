"""Reports, failures and figures as plain text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maos_desktop.cli.console import Console
from maos_desktop.cli.report_text import cost, duration, failure_lines, local_time, report_lines
from maos_desktop.model.event import Failure
from maos_desktop.model.report import Report
from maos_desktop.model.session import Backend, SessionSettings
from tests.scripted_sessions import REPORT

CLAUDE = SessionSettings(request="Do it", project_folder=Path("/code"))
REHEARSAL = CLAUDE.model_copy(update={"backend": Backend.REHEARSAL})


def test_that_a_report_has_a_part_for_each_kind_of_claim(plain: Console) -> None:
    report = Report.model_validate({**REPORT, "conflicts": ["t1 says 3, t2 says 4"], "missing": ["t3 was not run"]})
    lines = report_lines(report, plain, CLAUDE)
    assert [line for line in lines if line in {"Report", "Conflicts", "Next steps", "Missing"}] == [
        "Report",
        "Conflicts",
        "Next steps",
        "Missing",
    ]
    assert "- t1 says 3, t2 says 4" in lines
    assert "- t3 was not run" in lines


def test_that_empty_parts_are_left_out(plain: Console) -> None:
    assert report_lines(Report(summary="All is well."), plain, CLAUDE) == ["Report", "", "All is well."]


def test_that_long_items_are_indented(plain: Console) -> None:
    report = Report(summary="s", next_steps=("word " * 40,))
    first, second, *_ = report_lines(report, plain, CLAUDE)[-3:]
    assert first.startswith("- word")
    assert second.startswith("  word")


def test_that_a_failure_says_what_was_kept_and_what_to_do(plain: Console) -> None:
    failure = Failure(code="agent", what="It broke.", kept="All was kept.", next_step="Try again.", detail="trace")
    assert failure_lines(failure, plain) == ["It broke.", "All was kept.", "Try again."]


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3_725, "62 min 5 s")])
def test_that_durations_are_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_that_a_rehearsal_has_no_cost() -> None:
    assert cost(0.5, REHEARSAL) == "no cost"
    assert cost(0.5, CLAUDE) == "$0.50"
    assert cost(None, CLAUDE) == "cost unknown"


def test_that_times_are_of_this_place(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert local_time(at) == f"{at.astimezone():%Y-%m-%d %H:%M}"
