"""What stops a storm."""

from __future__ import annotations

import pytest

from maos_desktop.bus.limits import Limits, Traffic
from maos_desktop.model.ids import AgentId
from tests.unit.bus.builders import A, Clock, S, T


def exchange(traffic: Traffic, messages: int) -> None:
    """Two agents write in turn, the first message from ``A``."""
    for number in range(messages):
        sender, to = (A, T) if number % 2 == 0 else (T, A)
        assert traffic.admit(sender, to) is None


def test_that_the_rate_of_a_pair_is_limited_and_recovers(clock: Clock) -> None:
    traffic = Traffic(Limits(messages_per_minute=20), clock)
    for _ in range(20):
        assert traffic.admit(A, T) is None
    refusal = traffic.admit(A, T)
    assert refusal is not None
    assert "at most 20 messages a minute" in refusal.reason
    assert "in 3 s or later" in refusal.next_step
    clock.seconds += 3
    assert traffic.admit(A, T) is None
    assert traffic.admit(A, T) is not None


def test_that_a_pause_gives_no_more_than_a_full_burst(clock: Clock) -> None:
    traffic = Traffic(Limits(messages_per_minute=2), clock)
    clock.seconds += 3_600
    assert [traffic.admit(A, T) is None for _ in range(3)] == [True, True, False]


def test_that_each_direction_and_each_pair_and_all_have_a_rate_of_their_own(clock: Clock) -> None:
    traffic = Traffic(Limits(messages_per_minute=1), clock)
    assert traffic.admit(A, T) is None
    assert traffic.admit(T, A) is None
    assert traffic.admit(A, S) is None
    assert traffic.admit(A, None) is None
    assert traffic.admit(A, T) is not None
    refusal = traffic.admit(A, None)
    assert refusal is not None
    assert refusal.reason.startswith("You have written to all too often")


def test_that_a_refused_message_costs_nothing(clock: Clock) -> None:
    traffic = Traffic(Limits(messages_per_minute=1), clock)
    traffic.admit(A, T)
    for _ in range(10):
        traffic.admit(A, T)
    clock.seconds += 60
    assert traffic.admit(A, T) is None


def test_that_ping_pong_is_broken_and_the_user_told_once(clock: Clock) -> None:
    traffic = Traffic(Limits(ping_pong=6), clock)
    exchange(traffic, 6)
    first, second = traffic.admit(A, T), traffic.admit(A, T)
    assert first is not None
    assert second is not None
    assert "exchanged 6 messages" in first.reason
    assert first.notice.startswith(f"{A} and {T} have exchanged 6 messages")
    assert second.notice == ""


def test_that_messages_of_one_side_alone_are_no_ping_pong(clock: Clock) -> None:
    traffic = Traffic(Limits(ping_pong=2), clock)
    assert [traffic.admit(A, T) for _ in range(10)] == [None] * 10


@pytest.mark.parametrize("side", [A, T])
def test_that_work_makes_an_exchange_new(clock: Clock, side: AgentId) -> None:
    traffic = Traffic(Limits(ping_pong=6), clock)
    exchange(traffic, 6)
    traffic.note_work(side)
    exchange(traffic, 6)


@pytest.mark.parametrize("to", [S, None])
def test_that_a_message_to_somebody_else_makes_an_exchange_new(clock: Clock, to: AgentId | None) -> None:
    traffic = Traffic(Limits(ping_pong=6), clock)
    exchange(traffic, 6)
    assert traffic.admit(T, to) is None
    exchange(traffic, 6)


def test_that_work_of_a_third_agent_does_not(clock: Clock) -> None:
    traffic = Traffic(Limits(ping_pong=6), clock)
    exchange(traffic, 6)
    traffic.note_work(S)
    assert traffic.admit(S, None) is None
    assert traffic.admit(A, T) is not None


def test_that_silence_makes_an_exchange_new(clock: Clock) -> None:
    traffic = Traffic(Limits(ping_pong=6, ping_pong_quiet_seconds=120), clock)
    exchange(traffic, 6)
    clock.seconds += 121
    exchange(traffic, 6)


def test_that_replies_count_but_are_not_stopped(clock: Clock) -> None:
    traffic = Traffic(Limits(ping_pong=4), clock)
    for _ in range(2):
        assert traffic.admit(A, T) is None
        traffic.count_reply(T, A)
    assert traffic.admit(A, T) is not None
    traffic.count_reply(T, A)


def test_that_a_chain_ends_at_the_cap(clock: Clock) -> None:
    traffic = Traffic(Limits(hop_cap=4), clock)
    assert [traffic.hop_refusal(hop) is None for hop in range(6)] == [True] * 5 + [False]
