"""What stops a storm of messages: a cap on chains, a rate per pair, and a breaker for ping-pong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maos_desktop.model.ids import AgentId

Clock = Callable[[], float]
"""Monotonic seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much agents may write to each other. The user is not limited."""

    hop_cap: int = 4
    """The highest hop a message may have."""
    messages_per_minute: int = 20
    """From one agent to one other, or from one agent to all; as many may come at once."""
    ping_pong: int = 12
    """Messages that two agents may exchange in turn without doing anything else."""
    ping_pong_quiet_seconds: float = 120.0
    """Silence between two agents after which their exchange counts as a new one."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is not sent, what its sender can do, and what the user is told (nothing by default)."""

    reason: str
    next_step: str
    notice: str = ""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(slots=True)
class _Exchange:
    last_sender: AgentId
    last_at: float
    length: int = 1
    user_told: bool = False


class Traffic:
    """Counts what agents write, and says which message would be too much."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[AgentId, AgentId | None], _Bucket] = {}
        self._exchanges: dict[frozenset[AgentId], _Exchange] = {}

    def admit(self, sender: AgentId, to: AgentId | None) -> Refusal | None:
        """Counts a message (``None``: to all) and returns ``None``, or returns why it is not sent."""
        now = self._clock()
        bucket = self._bucket(sender, to, now)
        if bucket.tokens < 1:
            return self._too_fast(to, bucket)
        if to is not None and (refusal := self._too_long(sender, to, now)):
            return refusal
        bucket.tokens -= 1
        self._count(sender, to, now)
        return None

    def count_reply(self, sender: AgentId, to: AgentId) -> None:
        """Counts a reply as part of an exchange. A reply is never refused: there is one per request."""
        self._count(sender, to, self._clock())

    def note_work(self, agent_id: AgentId) -> None:
        """The agent has done something else than writing: its exchanges are no ping-pong."""
        for pair in [pair for pair in self._exchanges if agent_id in pair]:
            del self._exchanges[pair]

    def hop_refusal(self, hop: int) -> Refusal | None:
        """Returns why a message of this hop is not sent, or ``None``."""
        if hop <= self._limits.hop_cap:
            return None
        return Refusal(
            f"This would be message {hop + 1} in a chain of agents asking on behalf of each other.",
            "Answer with what you know yourself, and say what is missing.",
        )

    def _bucket(self, sender: AgentId, to: AgentId | None, now: float) -> _Bucket:
        capacity = self._limits.messages_per_minute
        bucket = self._buckets.get((sender, to))
        if bucket is None:
            bucket = self._buckets[sender, to] = _Bucket(capacity, now)
        bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled_at) * capacity / 60)
        bucket.filled_at = now
        return bucket

    def _too_fast(self, to: AgentId | None, bucket: _Bucket) -> Refusal:
        rate = self._limits.messages_per_minute
        seconds = (1 - bucket.tokens) * 60 / rate
        return Refusal(
            f"You have written to {to or 'all'} too often: at most {rate} messages a minute.",
            f"Go on with your task and put what is left into one message, in {seconds:.0f} s or later.",
        )

    def _too_long(self, sender: AgentId, to: AgentId, now: float) -> Refusal | None:
        exchange = self._exchange(sender, to, now)
        if exchange is None or exchange.last_sender == sender or exchange.length < self._limits.ping_pong:
            return None
        notice = "" if exchange.user_told else self._notice(sender, to, exchange)
        exchange.user_told = True
        return Refusal(
            f"You and {to} have exchanged {exchange.length} messages without any other work.",
            "Go on with your task; put what is still open into your report.",
            notice,
        )

    def _notice(self, sender: AgentId, to: AgentId, exchange: _Exchange) -> str:
        return (
            f"{sender} and {to} have exchanged {exchange.length} messages without any other work; "
            "the next one was stopped, and both go on with their tasks."
        )

    def _exchange(self, sender: AgentId, to: AgentId, now: float) -> _Exchange | None:
        exchange = self._exchanges.get(frozenset((sender, to)))
        if exchange is None or now - exchange.last_at > self._limits.ping_pong_quiet_seconds:
            return None
        return exchange

    def _count(self, sender: AgentId, to: AgentId | None, now: float) -> None:
        exchange = None if to is None else self._exchange(sender, to, now)
        self.note_work(sender)
        if to is None:
            return
        if exchange is None:
            exchange = _Exchange(sender, now)
        elif exchange.last_sender != sender:
            exchange.length += 1
        exchange.last_sender, exchange.last_at = sender, now
        self._exchanges[frozenset((sender, to))] = exchange
