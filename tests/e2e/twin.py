"""The terminal twin as a program of its own: in a pipe, and on a terminal device with a person at it."""

from __future__ import annotations

import errno
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "sample_project"
LONGEST = 100
"""Seconds after which a test gives a program up."""

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.executable, [sys.executable, '-m', 'maos_desktop', *sys.argv[1:]])"
)


class Twin:
    """Starts the program with a home and a data folder of its own.

    Attributes:
        data_folder: its data folder.
        environment: what it is started with; may be added to.
    """

    def __init__(self, home: Path) -> None:
        self.data_folder = home / "data"
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("ANTHROPIC_", "CLAUDE", "DISPLAY", "WAYLAND"))}
        self.environment = kept | {
            "HOME": str(home),
            "MAOS_DATA_DIR": str(self.data_folder),
            "NO_COLOR": "1",
            "TERM": "xterm",
            "COLUMNS": "100",
        }
        self.environment.pop("QT_QPA_PLATFORM", None)

    def run(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, its output in pipes."""
        return subprocess.run(
            [sys.executable, "-m", "maos_desktop", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdin=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command with its output in pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "maos_desktop", *arguments],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def sessions(self) -> list[dict[str, Any]]:
        """Returns what ``sessions list --json`` says."""
        listed: list[dict[str, Any]] = json.loads(self.run("sessions", "list", "--json").stdout)
        return listed

    def processes(self) -> list[psutil.Process]:
        """Returns every process on this machine that was started by the program or by what it started."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def wait_for_no_process(self) -> None:
        """Returns once nothing of the program runs any more."""
        left = self.processes()
        psutil.wait_procs(left, timeout=LONGEST)
        assert self.processes() == []

    def _is_ours(self, process: psutil.Process) -> bool:
        home = self.environment["HOME"]
        try:
            environment: Mapping[str, str] = process.environ()
        except (psutil.Error, OSError):
            return False
        return process.status() != psutil.STATUS_ZOMBIE and environment.get("HOME") == home


class Terminal:
    """A terminal device with one command on it, as its person sees it. ``close`` it at the end.

    Attributes:
        text: all that has stood on the screen so far.
    """

    def __init__(self, twin: Twin, *arguments: str) -> None:
        self._screen, device = os.openpty()
        self.text = ""
        self._seen = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", _TAKE_TERMINAL, *arguments],
            env=twin.environment,
            cwd=ROOT,
            stdin=device,
            stdout=device,
            stderr=device,
            start_new_session=True,
        )
        os.close(device)

    def wait_for(self, text: str) -> str:
        """Returns what came up to ``text``, after what was waited for before."""
        while (found := self.text.find(text, self._seen)) < 0:
            assert self._read(), f"“{text}” never came; the screen shows:\n{self.text}"
        before, self._seen = self.text[self._seen : found], found + len(text)
        return before

    def type(self, line: str) -> None:
        """Types a line and Enter."""
        os.write(self._screen, f"{line}\n".encode())

    def press_ctrl_c(self) -> None:
        os.write(self._screen, b"\x03")

    def press_ctrl_d(self) -> None:
        os.write(self._screen, b"\x04")

    def exit_code(self) -> int:
        """Reads to the end and returns the exit code."""
        while self._read():
            pass
        return self.process.wait(LONGEST)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._screen)

    def _read(self) -> bool:
        """Reads some more; returns whether there was any."""
        if not select.select([self._screen], [], [], LONGEST)[0]:
            return False
        try:
            piece = os.read(self._screen, 64 * 1024)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux's way to say that the other end has gone
                raise
            return False
        self.text += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)
