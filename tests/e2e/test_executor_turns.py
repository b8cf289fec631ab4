"""What an agent on the real CLI is told and does, read from the model server's own log and from its events."""

from __future__ import annotations

import asyncio
import random
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.errors import ConversationLostError, MessageError
from maos_desktop.executor.base import (
    AgentTool,
    AssistantAnswered,
    BlockClosed,
    PermissionAnswer,
    SessionOpened,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.model.session import PermissionMode
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.scripted import call, call_team, say, structured
from tests.e2e.agents import AgentStage, Owner, agent_stage, text_of

pytestmark = pytest.mark.e2e


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[AgentStage]:
    async with agent_stage(tmp_path) as stage:
        yield stage


def together(*answers: Answer) -> Answer:
    """One answer with the calls of all these: the CLI runs them at the same time."""
    return Answer(tuple(block for answer in answers for block in answer.blocks))


async def test_that_what_is_handed_over_is_in_the_very_next_request_and_nowhere_twice(stage: AgentStage) -> None:
    notes = str(stage.project / "notes.txt")
    stage.steps += [
        say("I look.", call("Read", file_path=notes)),
        call("Bash", command="exit 3"),
        together(call("Read", file_path=notes), call("Glob", pattern="*"), call("Grep", pattern="line")),
        say("I am done."),
        say("Now I am."),
    ]
    owner = Owner(at_boundary=["NEWS-1", "NEWS-2", "NEWS-3"], at_end=["NEWS-END"])
    agent = await stage.start(owner, tools=("Read", "Bash", "Glob", "Grep"))
    ended = await agent.turn("Do it @/etc/hostname")

    assert (ended.text, ended.turns, ended.error) == ("Now I am.", 5, None)
    # Three tools at the same time are three boundaries of one response.
    assert owner.asked == [("boundary", 1), ("boundary", 2), *[("boundary", 3)] * 3, ("end", 4), ("end", 5)]
    first_seen = {}
    for news in ("NEWS-1", "NEWS-2", "NEWS-3", "NEWS-END"):
        holding = [n for n, request in enumerate(stage.requests, start=1) if news in text_of(request)]
        first_seen[news] = holding[0]
        assert all(text_of(stage.requests[n - 1]).count(news) == 1 for n in holding)
    assert first_seen == {"NEWS-1": 2, "NEWS-2": 3, "NEWS-3": 4, "NEWS-END": 5}
    # Nothing is expanded in a prompt: it may hold what others wrote.
    assert "Do it @/etc/hostname" in text_of(stage.requests[0])
    assert "Called the Read tool" not in text_of(stage.requests[0])
    assert "You are tester-1." in str(stage.requests[0].body["system"])


async def test_that_events_tell_the_turn_in_its_order_and_each_turn_its_own_tokens(stage: AgentStage) -> None:
    stage.steps += [
        say("I look.", call("Read", file_path=str(stage.project / "notes.txt"))),
        say("Seen."),
        say("Again."),
    ]
    agent = await stage.start()
    first, second = await agent.turn("one"), await agent.turn("two")
    (opened,) = agent.of(SessionOpened)
    assert opened.claude_session_id
    text = [type(event) for event in agent.events if not isinstance(event, TextStreamed)]
    assert text == [
        *(SessionOpened, AssistantAnswered, BlockClosed, ToolCalled, ToolReturned),
        *(AssistantAnswered, BlockClosed, TurnEnded, AssistantAnswered, BlockClosed, TurnEnded),
    ]
    by_block = {n: "".join(e.text for e in agent.of(TextStreamed) if e.block == n) for n in range(3)}
    assert by_block == {0: "I look.", 1: "Seen.", 2: "Again."}
    (returned,) = agent.of(ToolReturned)
    assert "a line of notes" in returned.output
    assert [event.response for event in agent.of(AssistantAnswered)] == [1, 2, 3]
    assert (first.turns, second.turns) == (2, 1)
    # The second turn has one request that holds what the two of the first held: its count is not the running total.
    assert 0 < second.usage.input_tokens < first.usage.input_tokens
    assert first.cost_usd is None  # nobody knows the price of the rehearsal's model


async def test_that_no_number_of_hand_overs_at_the_end_is_too_many(stage: AgentStage) -> None:
    news = [f"NEWS-{n}." for n in range(12)]
    agent = await stage.start(Owner(at_end=list(news)))
    ended = await agent.turn("go")
    assert ended.turns == 13
    assert all(text_of(stage.requests[-1]).count(one) == 1 for one in news)


async def test_that_a_resumed_agent_has_its_whole_conversation_and_a_lost_one_is_said_so(stage: AgentStage) -> None:
    stage.steps += [say("The answer is 42."), say("It was 42.")]
    first = await stage.start()
    await first.turn("What is the answer?")
    session_id = first.of(SessionOpened)[0].claude_session_id
    await first.process.aclose()

    second = await stage.start(resume=session_id)
    assert (await second.turn("What was it?")).text == "It was 42."
    assert "What is the answer?" in text_of(stage.requests[-1])
    assert "The answer is 42." in text_of(stage.requests[-1])
    assert [event.response for event in second.of(AssistantAnswered)] == [1]
    assert second.of(SessionOpened)[0].claude_session_id == session_id

    with pytest.raises(ConversationLostError):
        await stage.start(resume="e084058d-dd89-4596-85fa-0da57f99f842")


async def test_that_structured_output_is_checked_by_the_schema_and_ends_the_turn(stage: AgentStage) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
    stage.steps += [structured({"wrong": 1}), structured({"answer": "yes"}), structured({"answer": "no"})]
    owner = Owner(at_boundary=["NEWS"], at_end=["NOBODY-READS-THIS"])
    agent = await stage.start(owner, tools=(), output_schema=schema)
    ended = await agent.turn("Is it?")
    assert ended.structured_output == {"answer": "yes"}
    assert ended.error is None
    assert not agent.of(ToolCalled)
    assert not agent.of(ToolReturned)
    # Refused output is a boundary; accepted output ends the turn, so nothing is handed over any more.
    assert owner.asked == [("boundary", 1)]
    assert "NEWS" in text_of(stage.requests[1])
    assert (await agent.turn("Is it still?")).structured_output == {"answer": "no"}


async def test_that_what_was_shown_is_executed_and_what_was_denied_is_not(stage: AgentStage) -> None:
    outside = stage.project.parent / "secret.txt"
    outside.write_text("top secret")
    shown = "printf '%s' 'a \"b\" $c' > written.txt"

    def permit(question: Any) -> PermissionAnswer:
        allowed = "written" in str(question.input)
        return PermissionAnswer(allowed, "" if allowed else "Ask me again tomorrow.")

    owner = Owner(permit=permit)
    agent = await stage.start(owner, tools=("Read", "Bash", "Write"))
    stage.steps += [
        call("Bash", command=shown, description="Reads a file"),
        call("Bash", command="touch denied.txt"),
        call("Read", file_path=str(outside)),
        call("Read", file_path=str(stage.project / "notes.txt")),
        say("Done."),
    ]
    await agent.turn("go")
    assert [(q.tool, q.input) for q in owner.questions] == [
        ("Bash", {"command": shown, "description": "Reads a file"}),
        ("Bash", {"command": "touch denied.txt"}),
        ("Read", {"file_path": str(outside)}),
    ]
    assert owner.questions[0].description == "Reads a file"
    assert (stage.project / "written.txt").read_text() == 'a "b" $c'
    assert not (stage.project / "denied.txt").exists()
    results = agent.of(ToolReturned)
    assert [result.is_error for result in results] == [False, True, True, False]
    assert "Ask me again tomorrow." in results[1].output
    assert "top secret" not in text_of(stage.requests[-1])
    # No rule was made of the answer: the same command is asked about again.
    stage.steps += [call("Bash", command=shown), say("Done.")]
    await agent.turn("again")
    assert len(owner.questions) == 4


async def test_that_edits_need_no_question_once_they_are_accepted(stage: AgentStage) -> None:
    owner = Owner()
    agent = await stage.start(owner, tools=("Write",), permission_mode=PermissionMode.ACCEPT_EDITS)
    stage.steps += [call("Write", file_path=str(stage.project / "new.txt"), content="new"), say("Done.")]
    await agent.turn("go")
    assert (stage.project / "new.txt").read_text() == "new"
    assert owner.questions == []


async def test_that_the_app_s_tools_are_there_from_the_start_and_run_at_the_same_time(stage: AgentStage) -> None:
    at_once: set[str] = set()
    both = asyncio.Event()

    async def meet(arguments: dict[str, Any]) -> str:
        if arguments["who"] == "nobody":
            raise MessageError("There is no agent “nobody”.")
        at_once.add(arguments["who"])
        if len(at_once) == 2:
            both.set()
        await both.wait()
        return f"met {arguments['who']}"

    schema = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
    agent = await stage.start(agent_tools=(AgentTool("meet", "Meets somebody", schema, meet),), tools=("Glob",))
    stage.steps += [
        together(call_team("meet", who="a"), call_team("meet", who="b")),
        together(call_team("meet", who="nobody"), call_team("meet", whom="a")),
        say("Done."),
    ]
    ended = await agent.turn("go")
    assert ended.error is None
    offered = {tool["name"] for tool in stage.requests[0].body["tools"]}
    assert {"Glob", "mcp__maos__meet"} <= offered
    assert not {"Bash", "Read", "Write", "Task", "ToolSearch", "WebFetch"} & offered
    results = [(result.output, result.is_error) for result in agent.of(ToolReturned)]
    assert set(results[:2]) == {("met a", False), ("met b", False)}
    assert ("There is no agent “nobody”.", True) in results[2:]
    assert all(is_error for _, is_error in results[2:])


async def test_that_a_large_image_and_a_long_output_are_read(stage: AgentStage) -> None:
    image = stage.project / "noise.png"
    image.write_bytes(noise(700))
    assert image.stat().st_size > 1_300_000
    stage.steps += [
        call("Read", file_path=str(image)),
        call("Bash", command="head -c 3000000 /dev/zero | tr '\\0' x"),
        say("Seen."),
    ]
    agent = await stage.start()
    ended = await agent.turn("Look at it")
    assert (ended.text, ended.error) == ("Seen.", None)
    assert agent.of(ToolReturned)[0].output == "[image]"


def noise(side: int) -> bytes:
    """Returns a PNG that cannot be made smaller."""
    dots = random.Random(1)
    rows = b"".join(b"\0" + dots.randbytes(side * 3) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
