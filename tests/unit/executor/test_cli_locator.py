"""Which CLI is used, and whether it will do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from maos_desktop.errors import CliNotFoundError, CliTooOldError
from maos_desktop.executor.cli_locator import MINIMUM_VERSION, CliLocator, find_cli, parse_version

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX scripts")


def _program(path: Path, script: str = "echo 2.1.330") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    return {name: _program(tmp_path / name / "claude") for name in ("settings", "environment", "path")}


def test_that_the_settings_come_before_the_variable_before_the_path_before_the_bundled_one(
    places: dict[str, Path],
) -> None:
    environment = {"MAOS_CLAUDE_CLI": str(places["environment"]), "PATH": str(places["path"].parent)}
    assert find_cli(places["settings"], environment).origin == "settings"
    found = find_cli(None, environment)
    assert (found.path, found.origin) == (places["environment"], "environment")
    found = find_cli(None, {"PATH": environment["PATH"]})
    assert (found.path, found.origin) == (places["path"], "path")
    assert find_cli(None, {"PATH": ""}).origin == "bundled"


def test_that_the_sdk_is_not_imported_to_find_its_copy() -> None:
    loaded = "claude_agent_sdk" in sys.modules
    find_cli(None, {})
    assert ("claude_agent_sdk" in sys.modules) == loaded


@pytest.mark.parametrize("kind", ["missing", "folder", "not executable"])
def test_that_a_path_that_was_named_must_be_a_program(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "claude"
    if kind == "folder":
        path.mkdir()
    elif kind == "not executable":
        path.write_text("text")
    with pytest.raises(CliNotFoundError, match="MAOS_CLAUDE_CLI") as error:
        find_cli(None, {"MAOS_CLAUDE_CLI": str(path), "PATH": ""})
    assert error.value.next_step


def test_that_no_cli_anywhere_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maos_desktop.executor.cli_locator.importlib.util.find_spec", lambda _: None)
    with pytest.raises(CliNotFoundError, match="not found on this computer") as error:
        find_cli(None, {"PATH": "/nowhere"})
    assert "Install" in error.value.next_step


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ("2.1.330 (Claude Code)", (2, 1, 330)),
        (" 10.0.1\n", (10, 0, 1)),
        ("claude 2.1.330", None),
        ("2.1", None),
        ("", None),
    ],
)
def test_that_the_version_is_read_from_the_answer(answer: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(answer) == version


async def test_that_the_runtime_is_told_and_asked_only_once_per_file(tmp_path: Path) -> None:
    path = _program(tmp_path / "claude", f"echo x >> {tmp_path}/asked; echo '2.1.330 (Claude Code)'")
    locator = CliLocator(path)
    for _ in range(3):
        runtime = await locator.runtime()
    assert (runtime.path, runtime.version, runtime.origin) == (str(path), "2.1.330", "settings")
    assert (tmp_path / "asked").read_text() == "x\n"


async def test_that_a_cli_that_was_updated_is_asked_again(tmp_path: Path) -> None:
    locator = CliLocator(_program(tmp_path / "claude", "echo 2.0.0"))
    with pytest.raises(CliTooOldError, match=r"2\.0\.0") as error:
        await locator.runtime()
    assert ".".join(map(str, MINIMUM_VERSION)) in str(error.value)
    assert "update" in error.value.next_step
    _program(tmp_path / "claude", "echo 2.9.0")
    assert (await locator.runtime()).version == "2.9.0"


@pytest.mark.parametrize("script", ["echo hello", "exit 3", "echo 'no such library' >&2; exit 127"])
async def test_that_a_program_that_is_not_the_cli_is_refused(tmp_path: Path, script: str) -> None:
    with pytest.raises(CliNotFoundError, match="claude"):
        await CliLocator(_program(tmp_path / "claude", script)).runtime()


async def test_that_a_program_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maos_desktop.executor.cli_locator._VERSION_SECONDS", 0.1)
    with pytest.raises(CliNotFoundError, match="did not say its version"):
        await CliLocator(_program(tmp_path / "claude", "sleep 4242")).runtime()
