"""However the app ends, nothing of its agents is left: with the real CLI in every state at the same time."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maos_desktop.executor.base import AssistantAnswered, ToolCalled
from maos_desktop.rehearsal.scripted import call, hanging, say
from tests.e2e.agents import Agent, AgentStage, Owner, agent_stage
from tests.unit.executor.processes import bearing, left_after_patience

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")]

SIGN = "LC_MAOS_TEST_SIGN"
"""A name that reaches the agents."""


@pytest.fixture
def sign(monkeypatch: pytest.MonkeyPatch) -> str:
    value = uuid.uuid4().hex
    monkeypatch.setenv(SIGN, value)
    return value


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[AgentStage]:
    async with agent_stage(tmp_path) as stage:
        yield stage


async def busy_agents(stage: AgentStage) -> list[Agent]:
    """Starts an idle agent, one whose model writes, one in a command, and one that has left a daemon."""
    agents = await asyncio.gather(*(stage.start() for _ in range(4)))
    stage.steps.append(hanging())
    await agents[1].process.query("write")
    await agents[1].next(AssistantAnswered)
    for agent, command in (
        (agents[2], "tail -f /dev/null"),
        (agents[3], "setsid -f tail -f /dev/null; tail -f notes.txt"),
    ):
        stage.steps.append(call("Bash", command=command))
        await agent.process.query("run")
        await agent.next(ToolCalled)
    return agents


def wait_for_commands() -> None:
    """Returns when the three commands of ``busy_agents`` run."""
    while len(bearing(SIGN, os.environ[SIGN], "tail")) < 3:
        time.sleep(0.05)


async def test_that_closing_the_executor_leaves_nothing_and_is_safe_twice_at_once_and_cancelled(
    stage: AgentStage, sign: str
) -> None:
    agents = await busy_agents(stage)
    await asyncio.to_thread(wait_for_commands)
    first = asyncio.create_task(stage.executor.aclose())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(stage.executor.aclose(), agents[2].process.aclose(), stage.executor.aclose())
    assert bearing(SIGN, sign) == []
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1, 0.3])
async def test_that_a_start_that_is_cancelled_leaves_nothing(stage: AgentStage, sign: str, seconds: float) -> None:
    starting = asyncio.create_task(stage.start())
    await asyncio.sleep(seconds)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await stage.executor.aclose()
    assert bearing(SIGN, sign) == []


async def test_that_a_query_that_is_cancelled_leaves_the_agent_usable(stage: AgentStage) -> None:
    agent = await stage.start(Owner())
    asking = asyncio.create_task(agent.process.query("never mind"))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    stage.steps[:] = [say("Fine.")] * 2
    assert (await agent.turn("go")).text == "Fine."


APP = """
import asyncio, sys
from pathlib import Path
from tests.e2e.agents import agent_stage
from tests.e2e.test_executor_ends import busy_agents, wait_for_commands
{loop}
async def main():
    async with agent_stage(Path(sys.argv[1])) as stage:
        await busy_agents(stage)
        await asyncio.to_thread(wait_for_commands)
        print("running", flush=True)
        await asyncio.sleep(4242)
run(main())
"""
PLAIN_LOOP = "run = asyncio.run"
QT_LOOP = """
import qasync
from PySide6.QtWidgets import QApplication
def run(main):
    app = QApplication([])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(main)
"""


@pytest.mark.parametrize("loop", [PLAIN_LOOP, QT_LOOP], ids=["plain loop", "Qt's loop"])
def test_that_nothing_is_left_when_the_app_is_killed(tmp_path: Path, sign: str, loop: str) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), SIGN: sign}
    with subprocess.Popen(
        [sys.executable, "-c", APP.format(loop=loop), str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=root,
        env=environment,
    ) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == b"running\n"
        assert len(bearing(SIGN, sign)) >= 11
        app.kill()
    assert left_after_patience(SIGN, sign) == []
