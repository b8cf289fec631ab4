"""Questions on a real terminal device."""

from __future__ import annotations

import asyncio
import os

import pytest

from maos_desktop.cli.console import Console
from maos_desktop.cli.keyboard import Keyboard
from tests.unit.cli.conftest import Screen, Typist

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


@pytest.fixture
async def stopping() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def keyboard(typist: Typist, console: Console, stopping: asyncio.Event) -> Keyboard:
    return Keyboard(typist.descriptor, console, stopping)


async def asked(screen: Screen, question: str) -> None:
    """Returns once the question stands on the screen."""
    while question not in screen.getvalue():  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_that_the_typed_line_is_the_answer(keyboard: Keyboard, typist: Typist, screen: Screen) -> None:
    typist.type("  ja, grün  ")
    assert await keyboard.ask("Really? ") == "ja, grün"
    assert screen.getvalue() == "Really? "


async def test_that_each_question_takes_one_line(keyboard: Keyboard, typist: Typist) -> None:
    typist.type("first", "second")
    assert await keyboard.ask("1? ") == "first"
    assert await keyboard.ask("2? ") == "second"


async def test_that_a_fresh_question_does_not_take_what_was_typed_before(
    keyboard: Keyboard, typist: Typist, screen: Screen
) -> None:
    typist.type("y")
    answer = asyncio.create_task(keyboard.ask("Allow? ", fresh=True))
    await asked(screen, "Allow?")
    typist.type("n")
    assert await answer == "n"


async def test_that_the_end_of_input_is_no_answer(keyboard: Keyboard, typist: Typist) -> None:
    typist.end_input()
    assert await keyboard.ask("Really? ") is None


async def test_that_stopping_withdraws_the_question(
    keyboard: Keyboard, screen: Screen, stopping: asyncio.Event, typist: Typist
) -> None:
    answer = asyncio.create_task(keyboard.ask("Really? "))
    await asked(screen, "Really?")
    stopping.set()
    assert await answer is None
    typist.type("lets the reading thread end")


async def test_that_a_question_left_open_leaves_its_line_to_the_next(
    keyboard: Keyboard, typist: Typist, screen: Screen
) -> None:
    first = asyncio.create_task(keyboard.ask("1? "))
    await asked(screen, "1?")
    first.cancel()
    second = asyncio.create_task(keyboard.ask("2? "))
    await asked(screen, "2?")
    typist.type("answer")
    assert await second == "answer"
