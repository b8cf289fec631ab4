"""A sub-process that leaves nothing behind: it runs under a warden and ends when this app does."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from maos_desktop.errors import AgentError
from maos_desktop.executor import warden
from maos_desktop.executor.lifeline import Lifeline

_READ_BYTES = 256 * 1024
_ERROR_LINES = 40
_SWEEP_SECONDS = 1.0
_END_SECONDS = 8.0
"""More than the warden may take."""


class GuardedProcess:
    """One running command with its pipes. ``start`` it, and end it with ``end`` or ``aclose``."""

    def __init__(
        self, process: asyncio.subprocess.Process, exited: asyncio.Event, lifeline: Lifeline, mark: str
    ) -> None:
        self._process = process
        self._lifeline = lifeline
        self._errors: deque[str] = deque(maxlen=_ERROR_LINES)
        self._tasks = (
            asyncio.create_task(self._read_errors(), name=f"stderr of {process.pid}"),
            asyncio.create_task(self._sweep_after_kill(exited, mark), name=f"end of {process.pid}"),
        )
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> GuardedProcess:
        """Starts ``command`` in ``folder`` with exactly this environment. Raises ``AgentError``."""
        mark = secrets.token_hex(16)
        lifeline = Lifeline()
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.subprocess_exec(
                lambda: _Pipes(limit=_READ_BYTES, loop=loop),
                *lifeline.guard(command),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=folder,
                env={**environment, warden.MARK: mark},
                pass_fds=lifeline.passed,
                start_new_session=sys.platform != "win32",
            )
            lifeline.tie(transport.get_pid())
        except OSError as error:
            lifeline.cut()
            raise _cannot_start(command[0], folder, error) from error
        except BaseException:
            lifeline.cut()
            raise
        return cls(asyncio.subprocess.Process(transport, protocol, loop), protocol.exited, lifeline, mark)

    @property
    def ending(self) -> bool:
        """Whether ``end`` was called."""
        return self._lifeline.is_cut

    @property
    def exit_code(self) -> int | None:
        """The command's exit code, 128 plus the signal that ended it, or ``None`` while it runs."""
        code = self._process.returncode
        return code if code is None or code >= 0 else 128 - code

    async def read(self) -> bytes:
        """Returns the next piece of the command's output; nothing at its end."""
        assert self._process.stdout is not None
        return await self._process.stdout.read(_READ_BYTES)

    async def read_all(self) -> bytes:
        """Returns the whole output."""
        assert self._process.stdout is not None
        return await self._process.stdout.read()

    async def write(self, data: bytes) -> None:
        """Writes to the command's input; does nothing when nobody reads it any more."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def wait(self) -> int:
        """Returns the exit code when the command has ended and all that it said on its error output is read."""
        await self._process.wait()
        await asyncio.wait(self._tasks)
        assert self.exit_code is not None
        return self.exit_code

    def error_tail(self) -> str:
        """Returns the last lines of the command's error output."""
        return "\n".join(self._errors)

    def end(self) -> None:
        """Has the command and everything under it ended, in about two seconds at most; does not wait for it."""
        self._lifeline.cut()

    async def aclose(self) -> None:
        """Ends the command and everything under it, and waits for that. Safe when cancelled: the end goes on."""
        self.end()
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name=f"end of {self._process.pid}")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._drain()
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.wait(self._tasks)

    async def _drain(self) -> None:
        # A pipe that nobody empties keeps asyncio from seeing the end of the process.
        while await self.read():
            pass

    async def _sweep_after_kill(self, exited: asyncio.Event, mark: str) -> None:
        # A warden that was killed could not do its work, and what it had under it may hold the pipes open.
        await exited.wait()
        if (self._process.returncode or 0) < 0:
            await asyncio.to_thread(_sweep, mark)

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        pending = b""
        while piece := await self._process.stderr.read(_READ_BYTES):
            *lines, pending = (pending + piece).split(b"\n")
            self._errors.extend(line.decode(errors="replace") for line in lines)
            pending = pending[-_READ_BYTES:]
        if pending:
            self._errors.append(pending.decode(errors="replace"))


class _Pipes(asyncio.subprocess.SubprocessStreamProtocol):
    """The streams of ``asyncio.subprocess``, and the news of the exit before the pipes are closed."""

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=limit, loop=loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        """Is called by the loop."""
        super().process_exited()
        self.exited.set()


def _cannot_start(program: str, folder: Path, error: OSError) -> AgentError:
    if not folder.is_dir():
        return AgentError(
            f"The folder {folder} cannot be opened any more.",
            next_step="Put it back where it was, then continue the session.",
            detail=str(error),
        )
    return AgentError(
        f"“{program}” could not be started: {error.strerror}.",
        next_step="Close other programs, then continue the session.",
        detail=str(error),
    )


def _sweep(mark: str) -> None:
    """Kills everything that bears the mark, and what that has started in the meantime."""
    import psutil  # hardly ever needed, and the window is not to wait for it

    while True:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(warden.MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                    process.kill()
                    found.append(process)
        if not found:
            return
        psutil.wait_procs(found, timeout=_SWEEP_SECONDS)
