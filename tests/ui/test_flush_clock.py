"""Panes are flushed in turn, calmer the more of them are seen, and nothing ticks when nothing happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from maos_desktop.ui.flush_clock import TICKS_PER_FRAME, FlushClock


class Member:
    """Counts its turns."""

    def __init__(self) -> None:
        self.has_news = False
        self.turns = 0

    def flush(self) -> None:
        self.turns += 1
        self.has_news = False


class Stage:
    """A clock with members, ticked by hand."""

    def __init__(self, count: int, watched: int) -> None:
        self.members = [Member() for _ in range(count)]
        self.frames = 0
        self.frame_has_news = False
        self.clock = FlushClock(self._frame, lambda: self.members, lambda: watched)

    def _frame(self) -> bool:
        self.frames += 1
        return self.frame_has_news

    def tick(self, times: int) -> None:
        for _ in range(times):
            self.clock.tick()

    def ticks_until_turn(self, member: Member) -> int:
        """Returns after how many ticks the member has its turn, with news waiting all the time."""
        before = member.turns
        for number in range(1, 100):
            member.has_news = True
            self.clock.tick()
            if member.turns > before:
                return number
        raise AssertionError("never")


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> Iterator[None]:
    yield


def test_that_nothing_ticks_before_it_is_woken() -> None:
    assert not Stage(1, 1).clock.is_ticking


def test_that_waking_shows_the_first_part_at_the_next_tick() -> None:
    stage = Stage(1, 1)
    stage.members[0].has_news = True
    stage.clock.wake()
    stage.tick(1)
    assert (stage.frames, stage.members[0].turns) == (1, 1)
    stage.clock.close()


def test_that_a_frame_comes_every_few_ticks() -> None:
    stage = Stage(0, 0)
    stage.tick(TICKS_PER_FRAME * 5)
    assert stage.frames == 5


@pytest.mark.parametrize(("watched", "frames"), [(1, 1), (2, 2), (4, 2), (5, 4), (16, 4)])
def test_that_the_more_are_seen_the_longer_a_turn_takes_to_come_back(watched: int, frames: int) -> None:
    stage = Stage(watched, watched)
    stage.ticks_until_turn(stage.members[0])
    assert stage.ticks_until_turn(stage.members[0]) == frames * TICKS_PER_FRAME


def test_that_sixteen_panes_never_have_their_turns_together() -> None:
    stage = Stage(16, 16)
    for member in stage.members:
        member.has_news = True
    turns = []
    for _ in range(4 * TICKS_PER_FRAME):
        before = sum(member.turns for member in stage.members)
        stage.tick(1)
        turns.append(sum(member.turns for member in stage.members) - before)
    assert turns == [1] * 16


def test_that_members_without_news_are_left_alone() -> None:
    stage = Stage(3, 3)
    stage.members[1].has_news = True
    stage.tick(4 * TICKS_PER_FRAME)
    assert [member.turns for member in stage.members] == [0, 1, 0]


def test_that_it_stops_when_nothing_happens() -> None:
    stage = Stage(2, 2)
    stage.clock.wake()
    assert stage.clock.is_ticking
    stage.tick(TICKS_PER_FRAME * 3)
    assert not stage.clock.is_ticking


def test_that_it_goes_on_while_frames_have_news() -> None:
    stage = Stage(2, 2)
    stage.frame_has_news = True
    stage.clock.wake()
    stage.tick(TICKS_PER_FRAME * 10)
    assert stage.clock.is_ticking
    stage.clock.close()
    assert not stage.clock.is_ticking


def test_that_it_ticks_by_itself(qtbot: QtBot) -> None:
    stage = Stage(1, 1)
    stage.members[0].has_news = True
    stage.clock.wake()
    qtbot.waitUntil(lambda: stage.members[0].turns == 1)
    qtbot.waitUntil(lambda: not stage.clock.is_ticking)
