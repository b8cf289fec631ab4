"""The CLI's two pipes, for the SDK: what is between the SDK and the CLI goes there, what happened comes to us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from maos_desktop.executor.base import OutputSkipped
from maos_desktop.executor.guarded_process import GuardedProcess
from maos_desktop.executor.ndjson import LineReader, decode_line

OnMessage = Callable[[dict[str, Any] | OutputSkipped], Awaitable[None]]

_CONTROL = frozenset({"control_request", "control_response", "control_cancel_request"})


class CliTransport:
    """A ``claude_agent_sdk.Transport`` over a process that already runs.

    The SDK is given the control protocol alone: hooks, permissions, the app's tools. The messages go to
    ``on_message`` in the CLI's order, all before the hook that follows them; so a hook knows after which response
    it is called, and a line that cannot be read is passed over instead of ending the session. ``on_end`` is called
    once, when the CLI's output ends.
    """

    def __init__(self, process: GuardedProcess, on_message: OnMessage, on_end: Callable[[], Awaitable[None]]) -> None:
        self._process = process
        self._on_message = on_message
        self._on_end = on_end

    async def connect(self) -> None:
        """Does nothing: the process runs."""

    def is_ready(self) -> bool:
        """Returns whether the process can still be written to."""
        return not self._process.ending and self._process.exit_code is None

    async def write(self, data: str) -> None:
        """Writes to the CLI; does nothing when it has gone, which the reading side tells."""
        await self._process.write(data.encode())

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        """Yields the control messages until the CLI ends."""
        lines = LineReader()
        while piece := await self._process.read():
            for line in lines.feed(piece):
                message = line if isinstance(line, OutputSkipped) else decode_line(line)
                if isinstance(message, dict) and message["type"] in _CONTROL:
                    yield message
                elif message is not None:
                    await self._on_message(message)
        await self._on_end()

    async def end_input(self) -> None:
        """Does nothing: the process is ended as a whole."""

    async def close(self) -> None:
        """Ends the process."""
        await self._process.aclose()
