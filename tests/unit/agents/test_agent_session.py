"""One process: its turns, the record of its stream, and every way in which it can end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maos_desktop.agents.agent_session import AgentSession
from maos_desktop.errors import BugError, CliCrashedError, CliNotFoundError, OverloadedError, StoreError
from maos_desktop.executor.base import (
    AgentLaunch,
    AssistantAnswered,
    BlockClosed,
    OutputSkipped,
    PermissionAnswer,
    PermissionQuestion,
    RetryScheduled,
    RuntimeEvent,
    SessionOpened,
    SilenceNoticed,
    TextStreamed,
    ToolCalled,
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
from maos_desktop.model.ids import AgentId
from tests.memory_journal import MemoryJournal
from tests.scripted_executor import Ending, Script, ScriptedExecutor, ScriptedProcess, answering, tasks_at_work
from tests.scripted_sessions import hang
from tests.unit.loop_turns import turns

A = AgentId("analyst-1")


class NoHooks:
    """``AgentHooks`` of somebody who has nothing to say."""

    async def at_tool_boundary(self, response: int) -> str | None:
        return None

    async def before_end(self, response: int) -> str | None:
        return None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        return PermissionAnswer(True)


class Stage:
    """A session over a scripted process, and what was recorded of it."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.executor = ScriptedExecutor()
        self.seen: list[RuntimeEvent] = []
        self.sessions: list[AgentSession] = []

    def session(self, script: Script, *, resume: str | None = None, first_block: int = 0) -> AgentSession:
        self.executor = ScriptedExecutor({A: script})
        launch = AgentLaunch(A, Path("/project"), "You are A.", ("Read",), resume=resume)
        session = AgentSession(
            self.executor, self.journal, launch, NoHooks(), first_block=first_block, on_event=self._see
        )
        self.sessions.append(session)
        return session

    async def opened(self, script: Script) -> AgentSession:
        session = self.session(script)
        await session.open()
        return session

    async def _see(self, event: RuntimeEvent) -> None:
        self.seen.append(event)

    @property
    def process(self) -> ScriptedProcess:
        return self.executor.processes[-1]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Yields a stage; in the end nothing of it runs."""
    stage = Stage()
    yield stage
    for session in stage.sessions:
        await session.aclose()
    assert tasks_at_work() == set()
    assert stage.executor.alive == []


async def wait_for_ever(agent: ScriptedProcess) -> Ending:
    await asyncio.Event().wait()
    return ""


# --- the record ---


async def test_that_a_turn_is_recorded_in_the_order_in_which_it_happened(stage: Stage) -> None:
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


async def test_that_a_silence_and_what_could_not_be_read_are_told(stage: Stage) -> None:
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


async def test_that_the_owner_sees_what_happens_but_not_every_delta(stage: Stage) -> None:
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


async def test_that_a_session_is_recorded_once_over_many_turns(stage: Stage) -> None:
    session = await stage.opened(answering("one", "two"))
    await session.turn("1")
    await session.turn("2")
    assert len(stage.journal.of(AgentStarted)) == 1


async def test_that_a_new_id_of_the_session_is_recorded(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(SessionOpened("another", "scripted"))
        return ""

    await (await stage.opened(script)).turn("Go")
    assert [started.claude_session_id for started in stage.journal.of(AgentStarted)] == [
        "session-analyst-1-1",
        "another",
    ]


async def test_that_a_resumed_session_says_so_and_goes_on_with_new_blocks(stage: Stage) -> None:
    session = stage.session(answering("again"), resume="earlier", first_block=7)
    await session.open()
    await session.turn("Go on")
    (started,) = stage.journal.of(AgentStarted)
    assert (started.claude_session_id, started.resumed) == ("earlier", True)
    assert [output.block for output in stage.journal.of(OutputAppended)] == [7]


async def test_that_a_block_that_an_interrupt_cut_off_does_not_stay_open(stage: Stage) -> None:
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


async def test_that_a_second_result_of_one_question_is_recorded_and_ends_nothing(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.end_turn("first")
        return "second"

    session = await stage.opened(script)
    assert (await session.turn("Go")).text == "first"
    await stage.journal.until(lambda: len(stage.journal.of(TurnFinished)) == 2)


async def test_that_a_turn_that_fails_says_why(stage: Stage) -> None:
    session = await stage.opened(answering(OverloadedError("The model is overloaded."), "better"))
    ended = await session.turn("Go")
    assert isinstance(ended.error, OverloadedError)
    assert (await session.turn("Again")).text == "better"


# --- the process dies ---


async def test_that_a_process_that_dies_in_a_turn_fails_it(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(TextStreamed(0, "text", "my last wo"))
        agent.die(CliCrashedError("Out of memory."))
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    with pytest.raises(CliCrashedError, match="Out of memory"):
        await session.turn("Go")
    with pytest.raises(CliCrashedError, match="Out of memory"):
        await session.turn("Again")
    assert stage.process.prompts == ["Go"]
    await session.aclose()
    assert "".join(output.text for output in stage.journal.of(OutputAppended)) == "my last wo"


async def test_that_a_stream_that_just_ends_fails_the_turn(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.die()
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    with pytest.raises(CliCrashedError, match="The process of analyst-1 ended"):
        await session.turn("Go")


async def test_that_a_process_that_dies_between_turns_fails_the_next_one(stage: Stage) -> None:
    session = await stage.opened(answering("fine"))
    await session.turn("Go")
    stage.process.die(CliCrashedError("Killed."))
    await asyncio.sleep(0.01)
    with pytest.raises(CliCrashedError, match="Killed"):
        await session.turn("Again")
    assert [prompt.text for prompt in stage.journal.of(PromptSent)] == ["Go"]


async def test_that_a_process_that_dies_while_its_prompt_is_committed_is_not_asked(stage: Stage) -> None:
    session = await stage.opened(answering("never"))
    stage.journal.open.clear()
    turn = asyncio.create_task(session.turn("Go"))
    await asyncio.sleep(0)
    stage.process.die(CliCrashedError("Killed."))
    await asyncio.sleep(0.01)
    stage.journal.open.set()
    with pytest.raises(CliCrashedError, match="Killed"):
        await turn
    assert stage.process.prompts == []


async def test_that_a_process_that_cannot_start_is_told_by_open(stage: Stage) -> None:
    session = stage.session(answering())
    stage.executor.start_errors[A] = CliNotFoundError("There is no CLI.")
    with pytest.raises(CliNotFoundError):
        await session.open()
    with pytest.raises(BugError):
        await session.turn("Go")


async def test_that_a_record_that_cannot_be_written_ends_the_turn(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        stage.journal.error = StoreError("The disk is full.")
        await agent.use("Read")
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    with pytest.raises(StoreError, match="The disk is full"):
        await session.turn("Go")
    stage.journal.error = None


@pytest.mark.expected_errors("The record of analyst-1 broke off")
async def test_that_a_defect_beside_the_turn_ends_it_too(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        raise ZeroDivisionError("a defect")

    session = await stage.opened(script)
    with pytest.raises(ZeroDivisionError):
        await session.turn("Go")


# --- interrupts ---


async def test_that_an_interrupt_ends_the_running_turn_and_the_next_can_follow(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        return "rested" if len(agent.prompts) > 1 else await wait_for_ever(agent)

    session = await stage.opened(script)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(AgentStarted))
    await session.interrupt()
    assert (await turn).interrupted
    assert (await session.turn("Again")).text == "rested"


async def test_that_an_interrupt_between_turns_does_nothing(stage: Stage) -> None:
    session = await stage.opened(answering("one", "two"))
    await session.interrupt()
    await session.turn("1")
    await session.interrupt()
    assert not (await session.turn("2")).interrupted


async def test_that_an_interrupt_before_the_process_was_asked_is_not_lost(stage: Stage) -> None:
    session = await stage.opened(wait_for_ever)
    stage.journal.open.clear()
    turn = asyncio.create_task(session.turn("Go"))
    await asyncio.sleep(0)
    await session.interrupt()
    stage.journal.open.set()
    assert (await turn).interrupted


# --- its end ---


async def test_that_what_was_said_until_the_end_is_recorded(stage: Stage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.emit(TextStreamed(0, "text", "half a sen"))
        agent.emit(AssistantAnswered(2))
        agent.emit(TextStreamed(1, "text", "tence"))
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(AgentStarted))
    turn.cancel()
    await asyncio.wait([turn])
    await session.aclose()
    await session.aclose()
    texts = ["", ""]
    for output in stage.journal.of(OutputAppended):
        texts[output.block] += output.text
    assert texts == ["half a sen", "tence"]
    assert stage.process.closed


async def test_that_what_is_still_on_its_way_at_the_end_is_recorded(stage: Stage) -> None:
    session = await stage.opened(hang)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(AgentStarted))
    stage.journal.open.clear()
    for number in range(3):
        stage.process.emit(ToolCalled(f"call-{number}", "Read", {}))
    turn.cancel()
    closing = asyncio.create_task(session.aclose())
    await turns()
    assert not closing.done()
    stage.journal.open.set()
    await closing
    assert [started.tool_use_id for started in stage.journal.of(ToolStarted)] == ["call-0", "call-1", "call-2"]


async def test_that_a_session_that_was_never_opened_can_be_closed(stage: Stage) -> None:
    await stage.session(answering()).aclose()


async def test_that_one_turn_runs_at_a_time(stage: Stage) -> None:
    session = await stage.opened(wait_for_ever)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(PromptSent))
    with pytest.raises(BugError):
        await session.turn("Me too")
    turn.cancel()
    await asyncio.wait([turn])
