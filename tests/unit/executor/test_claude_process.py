"""One agent's process against a stand-in for the CLI: crashes, broken output, floods, ends."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from maos_desktop.errors import CliCrashedError, CliNotSetUpError, ConversationLostError, StoreError
from maos_desktop.executor.base import (
    AgentLaunch,
    OutputSkipped,
    PermissionAnswer,
    PermissionQuestion,
    RetryScheduled,
    RuntimeEvent,
    TextStreamed,
    TurnEnded,
)
from maos_desktop.executor.claude_process import ClaudeProcess
from maos_desktop.executor.guarded_process import GuardedProcess
from maos_desktop.executor.turn_reader import TurnReader
from maos_desktop.model.ids import AgentId
from tests.unit.executor import wire

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


class Silent:
    """Hooks of an owner that has nothing to say."""

    async def at_tool_boundary(self, response: int) -> str | None:
        return None

    async def before_end(self, response: int) -> str | None:
        return None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        return PermissionAnswer(True)


class PlainClient:
    """Does with the transport what the SDK's client does: reads it in a task, writes lines, closes it."""

    def __init__(self, agent: ClaudeProcess) -> None:
        self._transport = agent.transport
        self._reading: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.connected.set()

    async def connect(self) -> None:
        self._reading = asyncio.create_task(self._read())
        await self.connected.wait()

    async def query(self, prompt: str) -> None:
        await self._transport.write(f"{prompt}\n")

    async def interrupt(self) -> None:
        await self._transport.write("interrupt\n")

    async def disconnect(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._transport.close()

    async def _read(self) -> None:
        async for control in self._transport.read_messages():
            logging.getLogger(__name__).info("%s", control)


Start = Callable[..., Awaitable[ClaudeProcess]]

STAND_IN = """
import json, os, signal, sys
def say(*messages):
    for message in messages:
        sys.stdout.write(message if isinstance(message, str) else json.dumps(message) + "\\n")
    sys.stdout.flush()
def hear():
    return sys.stdin.readline().strip()
given = json.loads(os.environ["GIVEN"])
"""


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    agents: list[ClaudeProcess] = []

    async def start(script: str, *given: object, client: type[PlainClient] = PlainClient) -> ClaudeProcess:
        environment = {**os.environ, "GIVEN": json.dumps(given)}
        process = await GuardedProcess.start([sys.executable, "-c", STAND_IN + script], tmp_path, environment)
        launch = AgentLaunch(AgentId("tester-1"), tmp_path, "", ())
        agent = ClaudeProcess(launch, Silent(), process, agents.remove)
        agents.append(agent)
        await agent.connect(client(agent))
        return agent

    yield start
    for agent in list(agents):
        await agent.aclose()
    assert agents == []


async def _turn(agent: ClaudeProcess, text: str = "go") -> list[RuntimeEvent]:
    """Asks and returns the events up to the end of the turn."""
    await agent.query(text)
    events: list[RuntimeEvent] = []
    async with asyncio.timeout(20):
        async for event in agent.events():
            events.append(event)
            if isinstance(event, TurnEnded):
                return events
    raise AssertionError(f"no end after {events}")


async def _all(agent: ClaudeProcess) -> list[RuntimeEvent]:
    async with asyncio.timeout(20):
        return [event async for event in agent.events()]


async def test_that_a_turn_is_read_from_the_process(start: Start) -> None:
    agent = await start("hear(); say(*given); hear()", wire.init(), *wire.streamed_text("hello"), wire.result("hello"))
    ended = (await _turn(agent))[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.text == "hello"


async def test_that_a_process_that_dies_ends_the_events_with_its_last_words(start: Start) -> None:
    script = "hear(); say(*given); print('Segmentation fault', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)"
    agent = await start(script, wire.init(), wire.message_start(), wire.block_start(0), wire.delta(0, "half"))
    await agent.query("go")
    seen: list[RuntimeEvent] = []
    with pytest.raises(CliCrashedError, match="signal 9") as crash:
        async for event in agent.events():
            seen.append(event)
    assert TextStreamed(0, "text", "half") in seen
    assert "Segmentation fault" in crash.value.detail
    with pytest.raises(CliCrashedError, match="signal 9"):
        await agent.query("again")
    await agent.interrupt()


async def test_that_a_process_that_ends_while_it_starts_is_told_at_once(start: Start) -> None:
    class Waiting(PlainClient):
        def __init__(self, agent: ClaudeProcess) -> None:
            super().__init__(agent)
            self.connected.clear()

    script = "print('No conversation found with session ID: x', file=sys.stderr); sys.exit(1)"
    with pytest.raises(ConversationLostError):
        await start(script, client=Waiting)


async def test_that_an_error_of_the_client_s_own_becomes_ours(start: Start) -> None:
    class Failing(PlainClient):
        async def connect(self) -> None:
            raise RuntimeError("Control request timeout: initialize")

    with pytest.raises(CliCrashedError, match="does not answer") as crash:
        await start("hear()", client=Failing)
    assert isinstance(crash.value.__cause__, RuntimeError)


async def test_that_a_broken_line_is_a_notice_and_not_the_end(start: Start) -> None:
    agent = await start("hear(); say(*given); hear()", "not json\n", '{"type": 7}\n', wire.result("fine"))
    first, second, ended = await _turn(agent)
    assert isinstance(first, OutputSkipped)
    assert isinstance(second, OutputSkipped)
    assert isinstance(ended, TurnEnded)
    assert ended.text == "fine"


async def test_that_a_line_of_a_hundred_megabytes_is_passed_over(start: Start) -> None:
    script = "hear(); [say('x' * 1_000_000) for _ in range(100)]; say('\\n', *given); hear()"
    agent = await start(script, wire.result("fine"))
    skipped, ended = await _turn(agent)
    assert isinstance(skipped, OutputSkipped)
    assert isinstance(ended, TurnEnded)


async def test_that_a_line_of_some_megabytes_is_read(start: Start) -> None:
    script = "hear(); given[0]['message']['content'][0]['content'] = 'x' * 5_000_000; say(*given); hear()"
    agent = await start(script, wire.tool_result("to be long"), wire.result())
    returned, _ = await _turn(agent)
    assert len(getattr(returned, "output", "")) == 5_000_000


async def test_that_nothing_is_lost_or_reordered_when_nobody_reads_for_a_while(start: Start) -> None:
    script = """
hear()
for n in range(20_000):
    for message in given[0]:
        message["event"]["index"] = n
        if "delta" in message["event"]: message["event"]["delta"]["text"] = f"{n} "
        say(message)
say(*given[1:]); hear()
"""
    block = [wire.block_start(0), wire.delta(0, ""), wire.block_stop(0)]
    agent = await start(script, block, wire.result())
    await agent.query("go")
    await asyncio.sleep(0.3)
    text = "".join(event.text for event in await _until_end(agent) if isinstance(event, TextStreamed))
    assert text == "".join(f"{n} " for n in range(20_000))


async def _until_end(agent: ClaudeProcess) -> list[RuntimeEvent]:
    events: list[RuntimeEvent] = []
    async for event in agent.events():
        events.append(event)
        if isinstance(event, TurnEnded):
            break
    return events


async def test_that_a_key_that_is_not_accepted_interrupts_the_turn_by_itself(start: Start) -> None:
    script = "hear(); say(*given[:2]); assert hear() == 'interrupt'; say(given[2]); hear()"
    agent = await start(script, wire.init(), wire.api_retry(401), wire.idle())
    *_, retry, ended = await _turn(agent)
    assert isinstance(retry, RetryScheduled)
    assert isinstance(ended, TurnEnded)
    assert isinstance(ended.error, CliNotSetUpError)


async def test_that_an_interrupt_is_sent_only_while_a_turn_runs(start: Start) -> None:
    script = """
assert hear() == 'go'; say(given[0]); assert hear() == 'interrupt'; say(given[1])
assert hear() == 'next'; say(given[1]); hear()
"""
    agent = await start(script, wire.init(), wire.aborted())
    await agent.interrupt()
    await agent.query("go")
    await agent.interrupt()
    ended = (await _until_end(agent))[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.interrupted
    await agent.interrupt()
    assert isinstance((await _turn(agent, "next"))[-1], TurnEnded)


async def test_that_an_interrupt_waits_until_the_cli_has_taken_up_the_turn(start: Start) -> None:
    script = (
        "assert [hear(), hear()] == ['go', 'on']; say(given[0]); assert hear() == 'interrupt'; say(given[1]); hear()"
    )
    agent = await start(script, wire.init(), wire.aborted())
    await agent.query("go")
    interrupting = asyncio.create_task(agent.interrupt())
    await asyncio.sleep(0.05)
    await agent._process.write(b"on\n")
    await interrupting
    assert isinstance((await _until_end(agent))[-1], TurnEnded)


async def test_that_an_error_of_the_owner_s_own_ends_the_stream_with_it(start: Start) -> None:
    class Full(Silent):
        async def before_end(self, response: int) -> str | None:
            raise StoreError("The disk is full.")

    agent = await start("hear()")
    agent.desk._hooks = Full()
    assert await agent.desk.wants_to_end() == {}
    with pytest.raises(StoreError, match="disk is full"):
        await _all(agent)


async def test_that_a_mistake_of_ours_in_reading_reaches_the_owner(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(reader: TurnReader, message: wire.Message) -> list[RuntimeEvent]:
        raise ZeroDivisionError("in the reader")

    monkeypatch.setattr(TurnReader, "take", mistaken)
    agent = await start("say(*given); hear()", wire.init())
    with pytest.raises(ZeroDivisionError, match="in the reader"):
        await _all(agent)


# --- ends ---


async def test_that_closing_ends_the_events_and_all_that_follows(start: Start) -> None:
    agent = await start("hear(); hear()")
    events = asyncio.create_task(_all(agent))
    await agent.aclose()
    assert await events == []
    await agent.interrupt()
    with pytest.raises(CliCrashedError, match="has been ended"):
        await agent.query("late")


async def test_that_closing_twice_at_the_same_time_and_after_a_cancelled_one_is_one_end(start: Start) -> None:
    agent = await start("import time; signal.signal(15, signal.SIG_IGN); say(*given); time.sleep(4242)", wire.init())
    async for _ in agent.events():
        break
    first = asyncio.create_task(agent.aclose())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(agent.aclose(), agent.aclose())
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_that_closing_while_the_client_still_connects_is_an_end(start: Start) -> None:
    connecting: asyncio.Future[ClaudeProcess] = asyncio.get_running_loop().create_future()

    class Waiting(PlainClient):
        def __init__(self, agent: ClaudeProcess) -> None:
            super().__init__(agent)
            connecting.set_result(agent)
            self.connected.clear()

    starting = asyncio.ensure_future(start("hear()", client=Waiting))
    await (await connecting).aclose()
    with pytest.raises(CliCrashedError):
        await starting
