"""The planner and the synthesis: asked, answered with JSON, and ended whatever happens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maos_desktop.agents.structured_agent import StructuredAgent
from maos_desktop.errors import CliNotFoundError, CliNotSetUpError, RefusedError
from maos_desktop.executor.base import AgentLaunch, PermissionQuestion
from maos_desktop.model.event import AgentAssigned, AgentState, AgentStateChanged
from maos_desktop.model.ids import PLANNER
from tests.memory_journal import MemoryJournal
from tests.scripted_executor import Script, ScriptedExecutor, answering
from tests.scripted_sessions import hang


class Stage:
    """A planner over a script."""

    def __init__(self, script: Script) -> None:
        self.journal = MemoryJournal()
        self.executor = ScriptedExecutor({PLANNER: script})

    def agent(self) -> StructuredAgent:
        launch = AgentLaunch(PLANNER, Path("/project"), "You plan.", ("Read",), output_schema={"type": "object"})
        return StructuredAgent(launch, self.executor, self.journal, "Makes the plan")

    @property
    def states(self) -> list[AgentState]:
        assert self.executor.alive == []
        return [event.state for event in self.journal.of(AgentStateChanged)]


async def test_that_it_answers_each_question_with_what_the_model_gave() -> None:
    stage = Stage(answering({"goal": "one"}, {"goal": "two"}))
    async with stage.agent() as agent:
        assert await agent.ask("First") == {"goal": "one"}
        assert await agent.ask("Second") == {"goal": "two"}
    assert stage.executor.prompts(PLANNER) == ["First", "Second"]
    assert stage.journal.of(AgentAssigned) == [AgentAssigned(agent_id=PLANNER, role="planner", title="Makes the plan")]
    assert stage.states == [AgentState.WARMING, AgentState.WORKING, AgentState.WORKING, AgentState.DONE]


async def test_that_words_instead_of_structure_are_refused() -> None:
    stage = Stage(answering("I would rather talk."))
    with pytest.raises(RefusedError, match="gave no structured answer") as raised:
        async with stage.agent() as agent:
            await agent.ask("First")
    assert raised.value.detail == "I would rather talk."
    assert stage.states[-1] is AgentState.FAILED


async def test_that_the_models_error_comes_out() -> None:
    stage = Stage(answering(CliNotSetUpError("No key.")))
    with pytest.raises(CliNotSetUpError):
        async with stage.agent() as agent:
            await agent.ask("First")
    assert stage.states[-1] is AgentState.FAILED


async def test_that_one_that_cannot_start_is_not_left_as_starting() -> None:
    stage = Stage(answering())
    stage.executor.start_errors[PLANNER] = CliNotFoundError("There is no CLI.")
    with pytest.raises(CliNotFoundError):
        async with stage.agent():
            pass
    assert stage.states == [AgentState.WARMING, AgentState.FAILED]


async def test_that_one_that_is_cancelled_did_not_fail() -> None:
    stage = Stage(hang)

    async def ask() -> None:
        async with stage.agent() as agent:
            await agent.ask("First")

    asking = asyncio.create_task(ask())
    await stage.journal.until(lambda: stage.executor.prompts(PLANNER))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert stage.states[-1] is AgentState.CANCELLED


async def test_that_it_may_only_read() -> None:
    agent = Stage(answering()).agent()
    answer = await agent.decide_permission(PermissionQuestion("q1", "Bash", {"command": "ls"}, ""))
    assert not answer.allowed
    assert await agent.at_tool_boundary(1) is None
    assert await agent.before_end(1) is None
