"""Target 1: messages to 16 receivers in one process, without the durable part.

Two parts of the bus are measured, on one event loop:

- the mailboxes alone (put, wake, take), against one asyncio.Queue per receiver: once with every receiver woken for
  every message, once with a burst of messages between two looks of a receiver, as a working agent takes them;
- the whole way of a broadcast (judged, numbered, made an event, queued) over a journal that keeps nothing, 16
  senders each waiting for its commit, against publications to 16 subscribers of autogen-core's runtime. That is a
  peer for this benchmark alone (``pip install autogen-core``); without it its rows are left out.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from maos_desktop.bus import AgentMessageBus, Limits
from maos_desktop.bus.inbox import Inbox
from maos_desktop.model.event import SessionEvent
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import Message, MessageType
from tests.benchmarks.measurement import Measurement, median_of

RECEIVERS = 16
MESSAGES = 3_200
MESSAGES_OF_AUTOGEN = 300
BURST = 10
ROUNDS = 5
AGENTS = tuple(AgentId(f"tester-{number}") for number in range(RECEIVERS + 1))
TEXT = "A secret-looking string stands in src/settings.py:12."

Receive = Callable[[], Awaitable[int]]


def messages() -> list[Message]:
    """Returns the messages of one round, made before the clock starts: both sides carry the same."""
    sender, receivers = AGENTS[0], AGENTS[1:]
    return [
        Message(id=MessageId(f"m{n}"), sender=sender, receivers=receivers, type=MessageType.BROADCAST, text=TEXT)
        for n in range(1, MESSAGES + 1)
    ]


async def rate(put: Callable[[Message], None], receivers: list[Receive], burst: int) -> float:
    """Returns deliveries per second; ``put`` reaches every receiver, and a receiver returns how many it took."""
    ready = messages()

    async def receive_all(receive: Receive) -> None:
        taken = 0
        while taken < MESSAGES:
            taken += await receive()

    tasks = [asyncio.create_task(receive_all(receive)) for receive in receivers]
    await asyncio.sleep(0)
    start = time.perf_counter()
    for number, message in enumerate(ready, 1):
        put(message)
        if number % burst == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return MESSAGES * RECEIVERS / (time.perf_counter() - start)


async def inboxes(burst: int) -> float:
    boxes = [Inbox() for _ in range(RECEIVERS)]

    def put(message: Message) -> None:
        for box in boxes:
            box.put(message)

    def receiver(box: Inbox) -> Receive:
        async def receive() -> int:
            if not box:
                box.expect()
                await box.settle()
                box.arrived()
            queued = box.queued()
            box.take(queued)
            return len(queued)

        return receive

    return await rate(put, [receiver(box) for box in boxes], burst)


async def queues(burst: int) -> float:
    boxes: list[asyncio.Queue[Message]] = [asyncio.Queue() for _ in range(RECEIVERS)]

    def put(message: Message) -> None:
        for box in boxes:
            box.put_nowait(message)

    def receiver(box: asyncio.Queue[Message]) -> Receive:
        async def receive() -> int:
            await box.get()
            return 1

        return receive

    return await rate(put, [receiver(box) for box in boxes], burst)


class NoJournal:
    """Keeps nothing: what is measured is the part that is not durable."""

    async def record(self, *events: SessionEvent) -> None:
        pass


async def broadcasts() -> float:
    bus = AgentMessageBus(NoJournal(), Limits(messages_per_minute=10**9))
    for agent_id in AGENTS:
        bus.register_agent(agent_id)
    await bus.start()

    async def send_all(sender: AgentId) -> None:
        for _ in range(MESSAGES // RECEIVERS):
            await bus.broadcast(sender, TEXT)

    start = time.perf_counter()
    await asyncio.gather(*(send_all(sender) for sender in AGENTS[:RECEIVERS]))
    result = MESSAGES * RECEIVERS / (time.perf_counter() - start)
    assert len(bus.get_messages_for_agent(AGENTS[-1])) == MESSAGES
    await bus.stop()
    return result


@dataclass
class Note:
    """What autogen-core carries: as many fields as a message of ours has."""

    id: str
    sender: str
    type: str
    importance: str
    text: str
    hop: int


async def publications(core: Any) -> float:
    received = 0

    async def on_note(_agent: Any, message: Note, _context: Any) -> None:
        nonlocal received
        received += 1

    runtime = core.SingleThreadedAgentRuntime()
    for agent_id in AGENTS[1:]:
        subscription = core.TypeSubscription("all", agent_id)
        await core.ClosureAgent.register_closure(
            runtime, agent_id, on_note, subscriptions=lambda subscription=subscription: [subscription]
        )
    runtime.start()
    start = time.perf_counter()
    for number in range(MESSAGES_OF_AUTOGEN):
        note = Note(f"m{number}", AGENTS[0], "broadcast", "normal", TEXT, 0)
        await runtime.publish_message(note, core.TopicId("all", AGENTS[0]))
    await runtime.stop_when_idle()
    result = received / (time.perf_counter() - start)
    assert received == MESSAGES_OF_AUTOGEN * RECEIVERS
    return result


def measure() -> list[Measurement]:
    """Rounds of all in turn, so that a disturbance of the machine meets each of them."""
    runs: dict[str, Callable[[], Awaitable[float]]] = {
        "inboxes, each": lambda: inboxes(1),
        "queues, each": lambda: queues(1),
        "inboxes, bursts": lambda: inboxes(BURST),
        "queues, bursts": lambda: queues(BURST),
        "broadcasts": broadcasts,
    }
    try:
        core = importlib.import_module("autogen_core")
    except ImportError:
        print("autogen-core is not installed, so its rows are left out (pip install autogen-core).", file=sys.stderr)
    else:
        runs["autogen"] = lambda: publications(core)
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rates[name].append(asyncio.run(_awaited(run)))
    return _rows({name: median_of(samples) for name, samples in rates.items()})


async def _awaited(run: Callable[[], Awaitable[float]]) -> float:
    return await run()


def _rows(rates: dict[str, float]) -> list[Measurement]:
    def row(what: str, ours: str, peer_name: str, peer: str, bound: float) -> Measurement:
        return Measurement(1, what, rates[ours], peer_name, rates[peer], "deliveries/s", "at least", bound)

    bursts = f"mailboxes, 16 receivers, bursts of {BURST}"
    rows = [
        row("mailboxes, 16 receivers woken for each", "inboxes, each", "asyncio.Queue each", "queues, each", 1),
        row(bursts, "inboxes, bursts", "asyncio.Queue each", "queues, bursts", 1),
    ]
    if "autogen" in rates:
        whole = "whole broadcast to 16, no disk"
        rows += [
            row(bursts, "inboxes, bursts", "autogen-core", "autogen", 50),
            row(whole, "broadcasts", "autogen-core", "autogen", 50),
        ]
    return rows
