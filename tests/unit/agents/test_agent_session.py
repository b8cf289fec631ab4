"""One process: its turns, and the record of its stream."""

from __future__ import annotations

import asyncio

from maos_desktop.errors import OverloadedError
from maos_desktop.executor.base import (
    BlockClosed,
    OutputSkipped,
    RetryScheduled,
    SessionOpened,
    SilenceNoticed,
    TextStreamed,
)
from maos_desktop.model.event import (
    AgentStarted,
    NoticeRaised,
    OutputAppended,
    PromptSent,
    RetryNoticed,
    SessionEvent,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    Usage,
)
from tests.scripted_executor import Ending, ScriptedProcess, answering
from tests.unit.agents.session_stage import A, SessionStage, wait_for_ever

# --- the record ---


async def test_that_a_turn_is_recorded_in_the_order_in_which_it_happened(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await agent.say("I ", "look.")
        await agent.use("Read", "its text", file_path="a.py")
        agent.emit(RetryScheduled(attempt=1, delay_ms=500, status=529, text="Overloaded"))
        return "Done."

    session = await stage.opened(script)
    ended = await session.turn("Look at it")
    assert ended.text == "Done."

    def said(block: int, text: str) -> OutputAppended:
        return OutputAppended(agent_id=A, block=block, block_kind="text", text=text, closed=True)

    expected: list[SessionEvent] = [
        PromptSent(agent_id=A, text="Look at it"),
        AgentStarted(agent_id=A, claude_session_id="session-analyst-1-1", model="scripted"),
        said(0, "I look."),
        ToolStarted(agent_id=A, tool_use_id="analyst-1-tool-1", tool="Read", input={"file_path": "a.py"}),
        ToolFinished(agent_id=A, tool_use_id="analyst-1-tool-1", output="its text"),
        RetryNoticed(agent_id=A, attempt=1, delay_ms=500, status=529, text="Overloaded"),
        said(1, "Done."),
        TurnFinished(agent_id=A, turns=1, usage=Usage(input_tokens=10, output_tokens=5), cost_usd=0.01, duration_ms=1),
    ]
    assert stage.journal.events == expected


async def test_that_a_silence_and_what_could_not_be_read_are_told(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(SilenceNoticed(60.2))
        agent.emit(OutputSkipped("It is no JSON.", "{half a li"))
        return "Done."

    await (await stage.opened(script)).turn("Go")
    silence, skipped = stage.journal.of(NoticeRaised)
    assert silence.text == "The model has not answered for 60 s; analyst-1 waits on."
    assert silence.next_step
    assert skipped.text == "Part of the output of analyst-1 could not be read: It is no JSON. {half a li"
    assert (silence.agent_id, silence.level) == (skipped.agent_id, skipped.level) == (A, "warning")


async def test_that_the_owner_sees_what_happens_but_not_every_delta(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await agent.use("Read")
        return "Done."

    await (await stage.opened(script)).turn("Go")
    assert [type(event).__name__ for event in stage.seen] == [
        "SessionOpened",
        "AssistantAnswered",
        "ToolCalled",
        "ToolReturned",
        "AssistantAnswered",
        "TurnEnded",
    ]
    assert not any(isinstance(event, TextStreamed | BlockClosed) for event in stage.seen)


async def test_that_a_session_is_recorded_once_over_many_turns(stage: SessionStage) -> None:
    session = await stage.opened(answering("one", "two"))
    await session.turn("1")
    await session.turn("2")
    assert len(stage.journal.of(AgentStarted)) == 1


async def test_that_a_new_id_of_the_session_is_recorded(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(SessionOpened("another", "scripted"))
        return ""

    await (await stage.opened(script)).turn("Go")
    assert [started.claude_session_id for started in stage.journal.of(AgentStarted)] == [
        "session-analyst-1-1",
        "another",
    ]


async def test_that_a_resumed_session_says_so_and_goes_on_with_new_blocks(stage: SessionStage) -> None:
    session = stage.session(answering("again"), resume="earlier", first_block=7)
    await session.open()
    await session.turn("Go on")
    (started,) = stage.journal.of(AgentStarted)
    assert (started.claude_session_id, started.resumed) == ("earlier", True)
    assert [output.block for output in stage.journal.of(OutputAppended)] == [7]


async def test_that_a_block_that_an_interrupt_cut_off_does_not_stay_open(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(TextStreamed(0, "text", "half a sen"))
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(OutputAppended))
    await session.interrupt()
    assert (await turn).interrupted
    assert [(o.text, o.closed) for o in stage.journal.of(OutputAppended)] == [("half a sen", False), ("", True)]


# --- more results than questions ---


async def test_that_a_second_result_of_one_question_is_recorded_and_ends_nothing(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.end_turn("first")
        return "second"

    session = await stage.opened(script)
    assert (await session.turn("Go")).text == "first"
    await stage.journal.until(lambda: len(stage.journal.of(TurnFinished)) == 2)


async def test_that_a_turn_that_fails_says_why(stage: SessionStage) -> None:
    session = await stage.opened(answering(OverloadedError("The model is overloaded."), "better"))
    ended = await session.turn("Go")
    assert isinstance(ended.error, OverloadedError)
    assert (await session.turn("Again")).text == "better"
