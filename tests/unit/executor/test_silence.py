"""The clock that notices a model which says nothing, on a loop whose time stands still until it is moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maos_desktop.executor.silence import SilenceClock
from tests.unit.executor import wire


class Timer:
    def __init__(self, at: float, ring: Callable[[], None]) -> None:
        self.at, self.ring, self.cancelled = at, ring, False

    def cancel(self) -> None:
        self.cancelled = True


class StillLoop:
    """Has what the clock uses of a loop."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, ring: Callable[[], None]) -> Timer:
        self.timers.append(Timer(at, ring))
        return self.timers[-1]

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [t for t in self.timers if not t.cancelled and t.at <= until]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            self.now = max(self.now, first.at)
            first.ring()
        self.now = until


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> StillLoop:
    loop = StillLoop()
    monkeypatch.setattr("maos_desktop.executor.silence.asyncio.get_running_loop", lambda: loop)
    return loop


@pytest.fixture
def rings() -> list[float]:
    return []


@pytest.fixture
def clock(loop: StillLoop, rings: list[float]) -> SilenceClock:
    return SilenceClock(rings.append, seconds=60)


def test_that_silence_after_a_request_is_noticed_again_and_again(
    clock: SilenceClock, loop: StillLoop, rings: list[float]
) -> None:
    clock.hear(wire.status())
    loop.pass_time(59)
    assert rings == []
    loop.pass_time(122)
    assert rings == [60, 120, 180]


def test_that_every_piece_of_a_response_puts_the_clock_back(
    clock: SilenceClock, loop: StillLoop, rings: list[float]
) -> None:
    clock.hear(wire.status())
    for _ in range(10):
        loop.pass_time(50)
        clock.hear(wire.delta(0, "x"))
    assert rings == []
    loop.pass_time(61)
    assert rings == [60]


@pytest.mark.parametrize("end", [wire.stream("message_stop"), wire.result()])
def test_that_nothing_is_noticed_while_no_model_is_asked(
    clock: SilenceClock, loop: StillLoop, rings: list[float], end: wire.Message
) -> None:
    clock.hear(wire.status())
    clock.hear(end)
    clock.hear(wire.tool_result("x"))
    loop.pass_time(1_000)
    assert rings == []


def test_that_an_announced_pause_before_a_retry_is_no_silence(
    clock: SilenceClock, loop: StillLoop, rings: list[float]
) -> None:
    clock.hear(wire.status())
    clock.hear(wire.api_retry(429, retry_delay_ms=300_000))
    loop.pass_time(350)
    assert rings == []
    loop.pass_time(20)
    assert rings == [360]


def test_that_a_stopped_clock_is_silent(clock: SilenceClock, loop: StillLoop, rings: list[float]) -> None:
    clock.hear(wire.status())
    clock.stop()
    clock.stop()
    loop.pass_time(1_000)
    assert rings == []


def test_that_thousands_of_deltas_need_one_timer(clock: SilenceClock, loop: StillLoop) -> None:
    clock.hear(wire.status())
    for _ in range(1_000):
        clock.hear(wire.delta(0, "x"))
    assert len(loop.timers) == 1
