"""Where errors become sentences and exit codes."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maos_desktop.cli import entry, main
from maos_desktop.cli.arguments import parser
from maos_desktop.cli.console import OutputError
from maos_desktop.errors import (
    BadRequestError,
    CliNotFoundError,
    KnownError,
    StoreBusyError,
    StoreTooNewError,
    UnknownSessionError,
)
from maos_desktop.log import FILE_NAME

Ending = BaseException | int
EndWith = Callable[[Ending], int]


def no_window() -> int:
    raise AssertionError("no window was asked for")


@pytest.fixture
def end_with(monkeypatch: pytest.MonkeyPatch) -> EndWith:
    """Runs a command that ends like this, and returns the exit code."""

    def run(ending: Ending) -> int:
        async def command(arguments: argparse.Namespace) -> int:
            if isinstance(ending, BaseException):
                raise ending
            return ending

        monkeypatch.setattr(entry, "_command", lambda arguments: command)
        return main(["doctor"], no_window)

    return run


@pytest.mark.parametrize("code", [0, 1, 130])
def test_that_a_commands_code_is_the_exit_code(end_with: EndWith, code: int) -> None:
    assert end_with(code) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadRequestError("The request is empty.", next_step="Write one."), 2),
        (UnknownSessionError("There is no session “x”."), 2),
        (StoreBusyError("It is in use."), 2),
        (StoreTooNewError("It is newer."), 2),
        (CliNotFoundError("There is no CLI."), 1),
        (OutputError("The disk is full."), 1),
    ],
)
def test_that_a_known_error_is_one_sentence_with_the_next_step(
    end_with: EndWith, capsys: pytest.CaptureFixture[str], error: KnownError, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "_forget_output", lambda: None)
    assert end_with(error) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == f"{error} {error.next_step}\n"


@pytest.mark.expected_errors("ended by an error")
def test_that_a_mistake_of_ours_goes_to_the_log_and_not_to_the_screen(
    end_with: EndWith, capsys: pytest.CaptureFixture[str], private_environment: Path
) -> None:
    assert end_with(ZeroDivisionError("oops")) == 1
    output = capsys.readouterr()
    assert "oops" in output.err
    assert "Traceback" not in output.err
    record = json.loads((private_environment / "logs" / FILE_NAME).read_text().splitlines()[-1])
    assert "Traceback" in record["exception"]
    assert logging.getLogger("maos_desktop").level == logging.NOTSET


def test_that_ctrl_c_is_quiet(end_with: EndWith, capsys: pytest.CaptureFixture[str]) -> None:
    assert end_with(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def test_that_a_reader_who_left_is_no_mistake(
    end_with: EndWith, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "_forget_output", lambda: None)
    assert end_with(BrokenPipeError()) == 0
    assert capsys.readouterr().err == ""


def test_that_a_data_folder_that_cannot_be_used_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAOS_DATA_DIR", f"{__file__}/data")
    assert main(["sessions", "list"], no_window) == 2
    assert "MAOS_DATA_DIR" in capsys.readouterr().err


def test_that_no_command_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert main([], lambda: 7) == 7


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_that_without_a_display_the_run_command_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([], no_window) == 2
    assert "maos-desktop run" in capsys.readouterr().err


def test_that_every_command_of_the_parser_is_there() -> None:
    lines = [
        ["run", "x", "--project", "."],
        ["sessions", "list"],
        ["sessions", "show", "x"],
        ["sessions", "export", "x", "-o", "x.md"],
        ["sessions", "resume", "x"],
        ["doctor"],
    ]
    commands = [entry._command(parser().parse_args(line)) for line in lines]
    assert [command.__name__ for command in commands] == ["run", "list_sessions", "show", "export", "resume", "doctor"]
