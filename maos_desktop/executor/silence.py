"""A clock that notices when the model has been asked and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

SILENCE_SECONDS = 60.0


class SilenceClock:
    """Hears every message of one process and calls ``on_silence`` with the seconds of a silence, again and again."""

    def __init__(self, on_silence: Callable[[float], None], seconds: float = SILENCE_SECONDS) -> None:
        self._on_silence = on_silence
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._heard_at = 0.0
        self._due_at = 0.0

    def hear(self, message: Mapping[str, Any]) -> None:
        """Takes note of a message: most put the clock back, the end of a response or a turn stops it."""
        match message:
            case {"type": "system", "subtype": "status", "status": "requesting"}:
                self._restart()
            case {"type": "system", "subtype": "api_retry", "retry_delay_ms": int() | float() as delay}:
                self._restart(delay / 1000)
            case {"type": "stream_event", "event": {"type": "message_stop"}} | {"type": "result"}:
                self.stop()
            case {"type": "stream_event"} if self._timer is not None:
                self._restart()

    def stop(self) -> None:
        """Nothing is waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _restart(self, announced_seconds: float = 0.0) -> None:
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        self._due_at = self._heard_at + announced_seconds + self._seconds
        # A timer that runs is left alone: thousands of deltas come in its time.
        if self._timer is None:
            self._timer = loop.call_at(self._due_at, self._ring)

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._due_at:
            self._on_silence(now - self._heard_at)
            self._due_at = now + self._seconds
        self._timer = loop.call_at(self._due_at, self._ring)
