"""Ctrl+C: once is a clean stop, twice is the end."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from maos_desktop.cli.interrupts import CANCELLED, Interrupts

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


@pytest.mark.parametrize("number", SIGNALS)
async def test_that_the_first_signal_asks_for_a_stop(number: signal.Signals) -> None:
    ended: list[int] = []
    with Interrupts(ended.append) as interrupts:
        os.kill(os.getpid(), number)
        await interrupts.stopping.wait()
    assert ended == []


async def test_that_the_second_signal_ends_the_process() -> None:
    ended: list[int] = []
    with Interrupts(ended.append) as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        await interrupts.stopping.wait()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0)
    assert ended == [CANCELLED]


async def test_that_the_signals_are_as_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interrupts(lambda code: None):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


async def test_that_an_ignored_hangup_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts(lambda code: None):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
