"""The command line is understood as the README says, and refused with exit code 2 otherwise."""

from __future__ import annotations

import shlex

import pytest

import maos_desktop
from maos_desktop.cli.arguments import parser


def test_that_run_takes_all_its_options() -> None:
    line = 'run "Fix it" --project . --yes --rehearsal --mode parallel --max-agents 3 --model opus --json'
    parsed = parser().parse_args(shlex.split(line))
    assert (parsed.command, parsed.request, parsed.project, parsed.mode) == ("run", "Fix it", ".", "parallel")
    assert (parsed.max_agents, parsed.model) == (3, "opus")
    assert parsed.yes and parsed.rehearsal and parsed.json


def test_that_run_asks_before_it_does_anything_by_default() -> None:
    parsed = parser().parse_args(["run", "Fix it", "--project", "."])
    assert not parsed.yes
    assert parsed.permissions == "ask"
    assert (parsed.mode, parsed.max_agents, parsed.model, parsed.rehearsal) == ("auto", 4, None, False)


def test_that_no_command_means_the_window() -> None:
    assert parser().parse_args([]).command is None


@pytest.mark.parametrize(
    "line",
    [
        "run",
        "run Request",
        "run Request --project . --mode fast",
        "run Request --project . --max-agents 0",
        "run Request --project . --max-agents 17",
        "run Request --project . --max-agents four",
        "run Request --project . --permissions all",
        "run Request --proj .",
        "sessions",
        "sessions show",
        "sessions export 123",
        "sessions delete 123",
        "dance",
    ],
)
def test_that_bad_usage_ends_with_code_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(shlex.split(line))
    assert ended.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "usage: maos-desktop" in output.err


def test_that_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"maos-desktop {maos_desktop.__version__}\n"
