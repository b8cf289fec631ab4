"""``doctor`` as it prints what was found."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from maos_desktop.cli.arguments import parser
from maos_desktop.cli.checkup import doctor
from maos_desktop.errors import CliNotFoundError
from maos_desktop.sessions.doctor import Doctor
from tests.scripted_executor import ScriptedExecutor
from tests.unit.sessions.test_doctor import no_environment

Checkup = Callable[..., Awaitable[int]]


@pytest.fixture
def checkup(executor: ScriptedExecutor) -> Checkup:
    """Runs ``doctor`` with scripted agents and returns the exit code."""

    @asynccontextmanager
    async def open_scripted(data_folder: Path) -> AsyncIterator[Doctor]:
        yield Doctor(data_folder, executor, no_environment)

    async def command(*options: str) -> int:
        return await doctor(parser().parse_args(["doctor", *options]), open_scripted)

    return command


async def test_that_each_check_is_a_line(
    checkup: Checkup, capsys: pytest.CaptureFixture[str], private_environment: Path
) -> None:
    assert await checkup() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok  Claude CLI")
    assert any(line.startswith("ok  Data ") and str(private_environment) in line for line in lines)


async def test_that_what_is_missing_comes_with_the_next_step(
    checkup: Checkup, capsys: pytest.CaptureFixture[str], executor: ScriptedExecutor
) -> None:
    executor.start_errors["doctor"] = CliNotFoundError("The Claude CLI was not found.")
    assert await checkup() == 1
    output = capsys.readouterr().out
    assert "no  Rehearsal   The Claude CLI was not found." in output
    assert "MAOS_CLAUDE_CLI" in output


async def test_that_programs_get_one_document(checkup: Checkup, capsys: pytest.CaptureFixture[str]) -> None:
    assert await checkup("--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert [check["name"] for check in document["checks"]] == ["cli", "settings", "claude", "rehearsal", "data", "git"]
