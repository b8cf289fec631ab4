"""Where the command line is taken apart, and where errors become sentences and exit codes."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from maos_desktop import paths
from maos_desktop.cli.arguments import parser
from maos_desktop.cli.console import OutputError
from maos_desktop.cli.interrupts import CANCELLED
from maos_desktop.errors import AgentError, BadRequestError, KnownError
from maos_desktop.log import LogFile

FAILED = 1
BAD_USAGE = 2

Command = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]

_log = logging.getLogger(__name__)


def main(argv: Sequence[str], open_window: Callable[[], int]) -> int:
    """Runs one command and returns its exit code; without one, ``open_window``. ``argv`` is without the program.

    Raises ``SystemExit`` for usage errors, ``--help`` and ``--version``.
    """
    _open_closed_streams()
    arguments = parser().parse_args(argv)
    try:
        if arguments.command is None:
            return _window(open_window)
        with closing(_log_file()):
            return _run(arguments)
    except KnownError as error:
        if isinstance(error, OutputError):
            _forget_output()
        _say(f"{error} {error.next_step}".rstrip())
        return FAILED if isinstance(error, AgentError | OutputError) else BAD_USAGE
    except BrokenPipeError:
        _forget_output()
        return 0
    except KeyboardInterrupt:
        return CANCELLED


def _run(arguments: argparse.Namespace) -> int:
    """The edge where our own mistakes end: in the log, with a sentence for the user."""
    try:
        return asyncio.run(_command(arguments)(arguments))
    except (KnownError, BrokenPipeError):
        raise
    except Exception as error:
        _log.exception("The command “%s” ended by an error", arguments.command)
        _say(f"MAOS Desktop made a mistake and had to stop: {error!r}. What was saved before is kept.")
        return FAILED


def _command(arguments: argparse.Namespace) -> Command:
    """Imports only what the command needs."""
    match arguments.command, getattr(arguments, "action", None):
        case "run", _:
            from maos_desktop.cli.run import run

            return run
        case _, "resume":
            from maos_desktop.cli.run import resume

            return resume
        case "sessions", action:
            from maos_desktop.cli import saved

            return {"list": saved.list_sessions, "show": saved.show, "export": saved.export}[str(action)]
    from maos_desktop.cli.checkup import doctor

    return doctor


def _window(open_window: Callable[[], int]) -> int:
    display = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in display):
        raise BadRequestError(
            "There is no display here to open the window on.",
            next_step="In a terminal, use “maos-desktop run REQUEST --project DIR”; --help says more.",
        )
    return open_window()


def _log_file() -> LogFile:
    try:
        return LogFile(paths.log_folder())
    except OSError as error:
        raise BadRequestError(
            f"The data folder cannot be used: {error}.", next_step="Set MAOS_DATA_DIR to a folder of yours."
        ) from error


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _open_closed_streams() -> None:
    """Whoever started the program may have closed them; Python then has none."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (until the process ends)


def _forget_output() -> None:
    """Nobody reads standard output any more: keeps Python from complaining when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
