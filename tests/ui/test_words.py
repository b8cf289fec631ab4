"""Amounts, times and dates are written as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from maos_desktop.model.plan import Mode, Role
from maos_desktop.model.session import Backend
from maos_desktop.ui import words
from maos_desktop.ui.role_words import mode_words, role_word

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    ("amount", "text"),
    [(None, ""), (0.0, "$0.00"), (0.004, "< $0.01"), (0.42, "$0.42"), (12.345, "$12.35")],
)
def test_that_cost_is_in_dollars(amount: float | None, text: str) -> None:
    assert words.cost(amount) == text


def test_that_a_rehearsal_costs_nothing_whatever_was_reckoned() -> None:
    assert words.cost(3.5, Backend.REHEARSAL) == "no cost"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (999, "999 tokens"), (1_000, "1.0k tokens"), (9_940, "9.9k tokens"), (128_300, "128k tokens")],
)
def test_that_many_tokens_are_rounded(count: int, text: str) -> None:
    assert words.tokens(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0:00"), (0.9, "0:00"), (65, "1:05"), (3_599, "59:59"), (3_729, "1:02:09")]
)
def test_that_a_duration_is_short(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_that_the_day_is_said_only_when_it_is_another_one(qapp: QApplication) -> None:
    now = datetime(2026, 11, 22, 18, 0, tzinfo=UTC).astimezone()
    assert words.day_and_time(now - timedelta(minutes=5), now) == (now - timedelta(minutes=5)).strftime("%H:%M")
    before = words.day_and_time(now - timedelta(days=3), now)
    assert before.startswith(str((now - timedelta(days=3)).day))
    assert "2026" not in before
    assert "2025" in words.day_and_time(now - timedelta(days=400), now)


def test_that_every_role_and_mode_has_words() -> None:
    assert len({role_word(role) for role in Role}) == len(Role)
    assert len({mode_words(mode) for mode in Mode}) == len(Mode)
