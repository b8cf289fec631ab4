"""What goes wrong with a real CLI reaches the owner as one of our errors, and the agent goes on where it can."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from maos_desktop.errors import (
    AgentError,
    BackendUnreachableError,
    CliCrashedError,
    CliNotFoundError,
    CliNotSetUpError,
    OverloadedError,
    RateLimitedError,
    RefusedError,
    TurnLimitError,
)
from maos_desktop.executor.base import (
    AssistantAnswered,
    RetryScheduled,
    SessionOpened,
    SilenceNoticed,
    TextStreamed,
)
from maos_desktop.executor.claude import ClaudeExecutor
from maos_desktop.executor.silence import SilenceClock
from maos_desktop.rehearsal.answer import Answer, Say
from maos_desktop.rehearsal.scripted import call, cut, failing, hanging, say
from tests.e2e.agents import AgentStage, agent_stage, text_of

pytestmark = pytest.mark.e2e

ONE_RETRY = {"CLAUDE_CODE_MAX_RETRIES": "1"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[AgentStage]:
    async with agent_stage(tmp_path) as stage:
        yield stage


class Refusal(Answer):
    """An answer that a safety classifier has cut off."""

    @property
    def stop_reason(self) -> Any:
        return "refusal"


async def test_that_each_failure_of_the_back_end_is_told_apart_and_the_agent_goes_on_after_it(
    stage: AgentStage,
) -> None:
    agent = await stage.start(environment=ONE_RETRY)
    expected: list[tuple[int, type[AgentError]]] = [
        (429, RateLimitedError),
        (529, OverloadedError),
        (500, OverloadedError),
        (404, AgentError),
    ]
    for status, kind in expected:
        stage.steps[:] = [failing(status)] * 2
        ended = await agent.turn(f"with {status}")
        assert type(ended.error) is kind, ended
        assert ended.error.next_step
        assert ended.text == ""
    assert [(r.attempt, r.status) for r in agent.of(RetryScheduled)] == [(1, 429), (1, 529), (1, 500)]
    stage.steps[:] = [Refusal((Say("I will"),))] * 2
    assert type((await agent.turn("refused")).error) is RefusedError
    stage.steps[:] = [cut(say("half of it")), say("The whole.")]
    ended = await agent.turn("cut")
    assert (ended.text, ended.error) == ("The whole.", None)


@pytest.mark.parametrize("key", ["", "wrong"], ids=["no key", "a key that is not accepted"])
async def test_that_a_cli_that_is_not_set_up_is_said_at_once(stage: AgentStage, key: str) -> None:
    agent = await stage.start(environment={"ANTHROPIC_API_KEY": key})
    ended = await agent.turn("go")
    assert type(ended.error) is CliNotSetUpError
    assert not ended.interrupted
    assert len(agent.of(RetryScheduled)) <= 1


async def test_that_a_back_end_that_cannot_be_reached_is_said_with_each_attempt(stage: AgentStage) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        agent = await stage.start(environment={"ANTHROPIC_BASE_URL": nobody, **ONE_RETRY})
        ended = await agent.turn("go")
    assert type(ended.error) is BackendUnreachableError
    assert "ANTHROPIC_BASE_URL" in ended.error.next_step
    assert [(retry.attempt, retry.status) for retry in agent.of(RetryScheduled)] == [(1, None)]


async def test_that_a_turn_limit_that_is_used_up_is_said(stage: AgentStage) -> None:
    stage.steps += [call("Bash", command="true")] * 5
    agent = await stage.start(max_turns=2)
    ended = await agent.turn("go")
    assert type(ended.error) is TurnLimitError
    assert ended.turns == 2


async def test_that_a_stream_that_says_nothing_is_noticed_and_can_be_interrupted(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SilenceClock.__init__, "__defaults__", (0.2,))
    stage.steps += [hanging(), say("Fine.")]
    agent = await stage.start()
    await agent.process.query("go")
    first, second = await agent.next(SilenceNoticed), await agent.next(SilenceNoticed)
    assert second.seconds > first.seconds >= 0.2
    assert (await agent.interrupted()).interrupted
    assert (await agent.turn("again")).text == "Fine."


async def test_that_an_agent_whose_cli_is_killed_says_so_and_resumes_with_its_context(stage: AgentStage) -> None:
    stage.steps += [say("The answer is 42."), hanging(), say("It was 42.")]
    agent = await stage.start()
    await agent.turn("What is the answer?")
    await agent.process.query("Think it over")
    await agent.next(AssistantAnswered)
    for process in psutil.Process().children(recursive=True):
        if process.name() == "claude":
            process.kill()
    with pytest.raises(CliCrashedError, match="signal 9"):
        await agent.next(TextStreamed)
    with pytest.raises(CliCrashedError):
        await agent.process.query("Are you there?")
    await agent.process.aclose()

    resumed = await stage.start(resume=agent.of(SessionOpened)[0].claude_session_id)
    assert (await resumed.turn("What was it?")).text == "It was 42."
    assert "The answer is 42." in text_of(stage.requests[-1])


async def test_that_a_folder_that_is_gone_and_a_cli_that_is_gone_are_said(
    stage: AgentStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AgentError, match="cannot be opened any more"):
        await stage.start(project_folder=stage.project / "gone")
    monkeypatch.setenv("MAOS_CLAUDE_CLI", str(stage.project / "claude"))
    with pytest.raises(CliNotFoundError):
        await stage.start()
    with pytest.raises(CliNotFoundError):
        await ClaudeExecutor(stage.project / "other").runtime()
