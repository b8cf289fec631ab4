"""Every way in which the process of an agent, or a turn of it, can end."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.errors import BugError, CliCrashedError, CliNotFoundError, StoreError
from maos_desktop.executor.base import AssistantAnswered, TextStreamed, ToolCalled
from maos_desktop.model.event import AgentStarted, OutputAppended, PromptSent, ToolStarted
from tests.scripted_executor import Ending, ScriptedProcess, answering
from tests.unit.agents.session_stage import A, SessionStage, wait_for_ever
from tests.unit.loop_turns import turns

# --- the process dies ---


async def test_that_a_process_that_dies_in_a_turn_fails_it(stage: SessionStage) -> None:
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


async def test_that_a_stream_that_just_ends_fails_the_turn(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.die()
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    with pytest.raises(CliCrashedError, match="The process of analyst-1 ended"):
        await session.turn("Go")


async def test_that_a_process_that_dies_between_turns_fails_the_next_one(stage: SessionStage) -> None:
    session = await stage.opened(answering("fine"))
    await session.turn("Go")
    stage.process.die(CliCrashedError("Killed."))
    await turns()
    with pytest.raises(CliCrashedError, match="Killed"):
        await session.turn("Again")
    assert [prompt.text for prompt in stage.journal.of(PromptSent)] == ["Go"]


async def test_that_a_process_that_dies_while_its_prompt_is_committed_is_not_asked(stage: SessionStage) -> None:
    session = await stage.opened(answering("never"))
    stage.journal.open.clear()
    turn = asyncio.create_task(session.turn("Go"))
    await asyncio.sleep(0)
    stage.process.die(CliCrashedError("Killed."))
    await turns()
    stage.journal.open.set()
    with pytest.raises(CliCrashedError, match="Killed"):
        await turn
    assert stage.process.prompts == []


async def test_that_a_process_that_cannot_start_is_told_by_open(stage: SessionStage) -> None:
    session = stage.session(answering())
    stage.executor.start_errors[A] = CliNotFoundError("There is no CLI.")
    with pytest.raises(CliNotFoundError):
        await session.open()
    with pytest.raises(BugError):
        await session.turn("Go")


async def test_that_a_record_that_cannot_be_written_ends_the_turn(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        stage.journal.error = StoreError("The disk is full.")
        await agent.use("Read")
        return await wait_for_ever(agent)

    session = await stage.opened(script)
    with pytest.raises(StoreError, match="The disk is full"):
        await session.turn("Go")
    stage.journal.error = None


@pytest.mark.expected_errors("The record of analyst-1 broke off")
async def test_that_a_defect_beside_the_turn_ends_it_too(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        raise ZeroDivisionError("a defect")

    session = await stage.opened(script)
    with pytest.raises(ZeroDivisionError):
        await session.turn("Go")


# --- interrupts ---


async def test_that_an_interrupt_ends_the_running_turn_and_the_next_can_follow(stage: SessionStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        return "rested" if len(agent.prompts) > 1 else await wait_for_ever(agent)

    session = await stage.opened(script)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(AgentStarted))
    await session.interrupt()
    assert (await turn).interrupted
    assert (await session.turn("Again")).text == "rested"


async def test_that_an_interrupt_between_turns_does_nothing(stage: SessionStage) -> None:
    session = await stage.opened(answering("one", "two"))
    await session.interrupt()
    await session.turn("1")
    await session.interrupt()
    assert not (await session.turn("2")).interrupted


async def test_that_an_interrupt_before_the_process_was_asked_is_not_lost(stage: SessionStage) -> None:
    session = await stage.opened(wait_for_ever)
    stage.journal.open.clear()
    turn = asyncio.create_task(session.turn("Go"))
    await asyncio.sleep(0)
    await session.interrupt()
    stage.journal.open.set()
    assert (await turn).interrupted


# --- its end ---


async def test_that_what_was_said_until_the_end_is_recorded(stage: SessionStage) -> None:
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


async def test_that_what_is_still_on_its_way_at_the_end_is_recorded(stage: SessionStage) -> None:
    session = await stage.opened(wait_for_ever)
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


async def test_that_a_session_that_was_never_opened_can_be_closed(stage: SessionStage) -> None:
    await stage.session(answering()).aclose()


async def test_that_one_turn_runs_at_a_time(stage: SessionStage) -> None:
    session = await stage.opened(wait_for_ever)
    turn = asyncio.create_task(session.turn("Go"))
    await stage.journal.until(lambda: stage.journal.of(PromptSent))
    with pytest.raises(BugError):
        await session.turn("Me too")
    turn.cancel()
    await asyncio.wait([turn])
