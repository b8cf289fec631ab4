"""Commands that leave processes of every kind, and what is left of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

import psutil

from maos_desktop.executor.guarded_process import GuardedProcess

PATIENCE_SECONDS = 5.0
"""How long processes may take to be gone, by the product's own promise."""

LEAVES_A_FAMILY = """
import os, subprocess, sys, time
sleep = ["sleep", "4242"]
subprocess.Popen(sleep)                                   # a child
subprocess.Popen(sleep, start_new_session=True)           # of a session of its own
subprocess.Popen(["sh", "-c", "trap '' TERM HUP; sleep 4242 & sleep 4242 & wait"])   # that does not listen
if os.fork() == 0:                                        # a daemon: its parent is gone
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", sleep)
    os._exit(0)
os.wait()
print("ready", flush=True)
{ending}
"""
"""A command with a child, a child in another session, one that ignores signals, and a daemon."""

STAYS = "time.sleep(4242)"
IGNORES_THE_END = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(4242)"


def family(ending: str = STAYS) -> list[str]:
    """Returns the command, which goes on with ``ending`` once all its processes run."""
    return [sys.executable, "-c", LEAVES_A_FAMILY.format(ending=ending)]


def bearing(name: str, value: str, program: str | None = None) -> list[psutil.Process]:
    """Returns the processes, but this one, that have the variable in their environment and run ``program``."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(name) != value or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.pid != os.getpid() and program in (None, process.name()):
                found.append(process)
    return found


def left_after_patience(name: str, value: str) -> list[psutil.Process]:
    """Returns what bears the variable even after the promised time; nothing as soon as nothing does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := bearing(name, value)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


async def start(command: list[str], folder: Path, **environment: str) -> GuardedProcess:
    """Starts a guarded process with the test's own environment and these variables."""
    return await GuardedProcess.start(command, folder, {**os.environ, **environment})


async def until_it_says(process: GuardedProcess, word: bytes) -> None:
    """Reads the output until this word has come."""
    heard = b""
    async with asyncio.timeout(20):
        while word not in heard:
            piece = await process.read()
            assert piece, f"ended with {process.exit_code}: {process.error_tail()}"
            heard += piece
