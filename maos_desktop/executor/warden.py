"""Runs one command and leaves nothing of it behind, however it or the app ends.

Run as a program of its own: ``python -I -S warden.py LIFELINE COMMAND…``, one per agent, with the agent's
standard streams. ``LIFELINE`` is the read end of a pipe whose other end only the app holds: when that end is
closed, by the app's word or by its death, the command is asked to end, and then everything that it has started
is killed, daemons of their own session included. The exit code is the command's own, or 128 plus the signal
that ended it.

Only the standard library, and little of it: this starts with every agent.
"""

from __future__ import annotations

import ctypes
import io
import os
import select
import signal
import sys
import time

MARK = "MAOS_WARD"
"""A variable with a value of its own in the environment of everything that one warden has under it."""

GRACE_SECONDS = 2.0
_KILL_SECONDS = 3.0
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CANNOT_RUN = 126
_SIGNALS = () if sys.platform == "win32" else (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """Runs ``arguments[1:]`` until it ends or the pipe ``arguments[0]`` does; returns the exit code."""
    lifeline = int(arguments[0])
    os.set_inheritable(lifeline, False)
    alarm = _alarm()
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    child = _start(arguments[1:])
    _let_go_of_streams()
    code = _watch(child, lifeline, alarm)
    _end_survivors()
    return code


def _alarm() -> int:
    """Returns a descriptor that becomes readable when a child ends or this process is asked to end."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in _SIGNALS:
        signal.signal(number, _wake)
    return readable


def _wake(number: int, frame: object) -> None:
    """Python must have a handler for the wake-up descriptor to be written."""


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _start(command: list[str]) -> int:
    warden = os.getpid()
    # A signal must not meet the warden's own handlers in the child.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        return child
    try:
        # Should this warden itself be killed, the command goes with it.
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in (*_SIGNALS, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if os.getppid() == warden:
            os.execv(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]} cannot be run: {error.strerror}\n".encode())
    os._exit(_CANNOT_RUN)


def _let_go_of_streams() -> None:
    # The app sees the end of the command's output only when nobody else holds it open.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)


def _watch(child: int, lifeline: int, alarm: int) -> int:
    """Returns the child's exit code, or 128 + SIGKILL when it did not end in time after being asked to."""
    sources = [alarm, lifeline]
    deadline: float | None = None
    while deadline is None or time.monotonic() < deadline:
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select(sources, [], [], wait)
        asked = lifeline in ready
        if alarm in ready:
            asked = asked or any(n != signal.SIGCHLD for n in os.read(alarm, 4096))
        code = _reap(child)
        if code is not None:
            return code
        if asked and deadline is None:
            deadline = time.monotonic() + GRACE_SECONDS
            sources = [alarm]
            os.kill(child, signal.SIGTERM)
    return 128 + signal.SIGKILL


def _reap(child: int) -> int | None:
    """Takes in everything that has ended, orphans too; returns the child's exit code if it is among them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            number = os.waitstatus_to_exitcode(status)
            code = number if number >= 0 else 128 - number


def _end_survivors() -> None:
    deadline = time.monotonic() + _KILL_SECONDS
    while (survivors := _survivors()) and time.monotonic() < deadline:
        for pid in survivors:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)
        _reap(0)


def _survivors() -> list[int]:
    """Returns everything under this process, and everything that bears its mark."""
    value = os.environ.get(MARK)
    mark = f"{MARK}={value}".encode() if value else None
    processes = _linux_processes(mark) if os.access("/proc/self/stat", os.R_OK) else _other_processes(mark)
    found = {os.getpid()}
    grown = True
    while grown:
        more = {pid for pid, parent, marked in processes if parent in found or marked} - found
        grown = bool(more)
        found |= more
    return sorted(found - {os.getpid()})


def _linux_processes(mark: bytes | None) -> list[tuple[int, int, bool]]:
    """Returns (process id, parent's id, whether it bears the mark) of every process that still runs."""
    found: list[tuple[int, int, bool]] = []
    with os.scandir("/proc") as entries:
        names = [entry.name for entry in entries if entry.name.isdecimal()]
    for name in names:
        state, parent = _read(f"/proc/{name}/stat").rpartition(b")")[2].split()[:2] or (b"Z", b"0")
        if state != b"Z":
            marked = mark is not None and mark in _read(f"/proc/{name}/environ").split(b"\0")
            found.append((int(name), int(parent), marked))
    return found


def _read(path: str) -> bytes:
    """Returns the file's content; nothing when the process has gone, or is somebody else's."""
    try:
        with io.FileIO(path) as file:
            return file.readall()
    except OSError:
        return b""


def _other_processes(mark: bytes | None) -> list[tuple[int, int, bool]]:
    """Does the same with ``ps``, where an orphan can be told by its mark alone."""
    import subprocess  # not needed on Linux, and a third of what starting takes

    columns = ["/bin/ps", "-A", "-E", "-ww", "-o", "pid=,ppid=,stat=,command="]
    with subprocess.Popen(columns, stdout=subprocess.PIPE) as ps:
        listing = ps.communicate()[0]
    found: list[tuple[int, int, bool]] = []
    for line in listing.splitlines():
        pid, parent, state, *words = line.split()
        if not state.startswith(b"Z") and int(pid) != ps.pid:
            found.append((int(pid), int(parent), mark is not None and mark in words))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
