"""Terminals to write to and to type on."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest

from maos_desktop.cli.console import Console
from tests.unit.sessions.conftest import executor, manager, project, settings

__all__ = ["Screen", "Typist", "executor", "manager", "project", "settings"]


class Screen(io.StringIO):
    """A terminal's screen that can be read."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def plain() -> Console:
    """A console that is no terminal."""
    return Console(io.StringIO())


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def console(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Console:
    """A terminal without colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    return Console(screen)


class Typist:
    """The person's end of a terminal. ``descriptor`` is the program's end."""

    def __init__(self) -> None:
        self._end, self.descriptor = os.openpty()

    def type(self, *lines: str) -> None:
        for line in lines:
            os.write(self._end, f"{line}\n".encode())

    def end_input(self) -> None:
        """Ctrl+D."""
        os.write(self._end, b"\x04")

    def close(self) -> None:
        os.close(self._end)
        os.close(self.descriptor)


@pytest.fixture
def typist() -> Iterator[Typist]:
    made = Typist()
    yield made
    made.close()
