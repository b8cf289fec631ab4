"""An interrupt ends the running turn of an agent on the real CLI, wherever it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.executor.base import (
    AgentTool,
    AssistantAnswered,
    PermissionAnswer,
    PermissionQuestion,
    RetryScheduled,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.rehearsal.scripted import call, call_team, failing, hanging, held, say
from tests.e2e.agents import Agent, AgentStage, Owner, agent_stage, text_of

pytestmark = pytest.mark.e2e


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[AgentStage]:
    async with agent_stage(tmp_path) as stage:
        yield stage


async def _end(agent: Agent) -> None:
    ended = await agent.interrupted()
    assert ended.interrupted
    assert ended.error is None


async def test_that_an_interrupt_ends_the_turn_while_the_model_is_asked_and_while_it_answers(stage: AgentStage) -> None:
    agent = await stage.start()
    await agent.process.query("at once")
    await _end(agent)

    stage.steps.append(hanging())
    await agent.process.query("while it writes")
    await agent.next(AssistantAnswered)
    await _end(agent)

    # Here the CLI gives no result.
    stage.steps += [failing(529)] * 3
    await agent.process.query("between retries")
    await agent.next(RetryScheduled)
    await _end(agent)

    await agent.process.interrupt()
    stage.steps[:] = [say("Fine.")]
    assert (await agent.turn("go on")).text == "Fine."
    for prompt in ("at once", "while it writes", "between retries", "go on"):
        assert prompt in text_of(stage.requests[-1])


class Waiting(Owner):
    """Waits for ever, as a tool or for the user's answer about any command but ``tail``."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def wait(self, _: dict[str, Any]) -> str:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()
        raise AssertionError

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        if "tail" not in question.input["command"]:
            await self.wait({})
        return PermissionAnswer(True)


async def test_that_an_interrupt_ends_a_command_a_waiting_tool_and_a_question(stage: AgentStage) -> None:
    owner = Waiting()
    tool = AgentTool("wait", "Waits", {"type": "object", "properties": {}}, owner.wait)
    agent = await stage.start(owner, agent_tools=(tool,))

    stage.steps.append(call("Bash", command="tail -f /dev/null"))
    await agent.process.query("run a command")
    await agent.next(ToolCalled)
    await _end(agent)

    for step in (call_team("wait"), call("Bash", command="touch never")):
        owner.begun.clear()
        owner.cancelled.clear()
        stage.steps.append(step)
        await agent.process.query("wait")
        await owner.begun.wait()
        await _end(agent)
        await owner.cancelled.wait()
    assert not (stage.project / "never").exists()


async def test_that_what_was_handed_over_before_an_interrupt_is_in_the_next_request_once(stage: AgentStage) -> None:
    agent = await stage.start(Owner(at_boundary=["KEPT-NEWS"]))
    stage.steps += [call("Read", file_path=str(stage.project / "notes.txt")), hanging()]
    await agent.process.query("go")
    await agent.next(ToolReturned)
    await _end(agent)
    stage.steps[:] = [say("Fine.")]
    await agent.turn("go on")
    assert text_of(stage.requests[-1]).count("KEPT-NEWS") == 1


async def test_that_a_prompt_in_the_middle_of_a_turn_is_answered_in_it_or_in_a_turn_of_its_own(
    stage: AgentStage,
) -> None:
    go = asyncio.Event()

    async def wait(_: dict[str, Any]) -> str:
        await go.wait()
        return "waited"

    tool = AgentTool("wait", "Waits", {"type": "object", "properties": {}}, wait)
    agent = await stage.start(agent_tools=(tool,))
    stage.steps += [call_team("wait"), say("Both.")]
    await agent.process.query("one")
    await agent.next(ToolCalled)
    await agent.process.query("two")
    go.set()
    assert (await agent.next(TurnEnded)).text == "Both."
    assert "two" in text_of(stage.requests[-1])

    go.clear()
    stage.steps += [held(go, say("The first.")), say("The second.")]
    await agent.process.query("three")
    await agent.process.query("four")
    go.set()
    assert (await agent.next(TurnEnded)).text == "The first."
    assert (await agent.next(TurnEnded)).text == "The second."
