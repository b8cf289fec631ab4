"""Target 8: what the orchestration costs on top of the CLI: four agents against four bare CLI runs.

Both run the same CLI with the same tools against the same model server with the same answers, four at once, from
nothing started to the last result. Ours is counted from the approval (nothing warm) to the last finished task, and
does on top what the product is for: every piece committed, hooks asked at each boundary, team tools offered.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from claude_agent_sdk import ClaudeAgentOptions, ResultMessage, query

from maos_desktop.executor.claude import ClaudeExecutor
from maos_desktop.model.event import PlanDecided, TaskCompleted
from maos_desktop.model.session import Backend, SessionSettings, SessionState
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import call, delayed, say, structured
from maos_desktop.rehearsal.server import RehearsalServer
from maos_desktop.sessions.manager import SessionManager
from tests.benchmarks.measurement import Measurement, median_of

AGENTS = 4
STEPS = 5
THINKING_SECONDS = 0.4
ROUNDS = 3
TOOLS = ["Read", "Glob", "Grep"]
SENTENCES = "The value is read in three places and changed in none of them. " * 12


class SteadyBrain:
    """Answers every agent alike: a few reads with a paragraph each, then a report."""

    async def answer(self, conversation: Conversation) -> Answer:
        if conversation.kind == "plan":
            return _plan()
        if conversation.kind == "synthesis":
            source = {"agent_id": "analyst-1", "task_id": "t0"}
            return structured({"summary": "All read.", "findings": [{"title": "Read", "sources": [source]}]})
        if conversation.kind == "side" and not conversation.offers("Read"):
            return say("ok")
        if conversation.turn < STEPS:
            return delayed(THINKING_SECONDS, say(SENTENCES, call("Read", file_path=f"{conversation.folder}/a.py")))
        return delayed(THINKING_SECONDS, say(SENTENCES))


def _plan() -> Answer:
    subtasks = [
        {"id": f"t{n}", "title": f"Read {n}", "instructions": "Read.", "role": "analyst", "tools": TOOLS}
        for n in range(AGENTS)
    ]
    return structured({"goal": "Read", "mode": "parallel", "rationale": "Independent", "subtasks": subtasks})


async def orchestrated(data: Path, project: Path) -> float:
    """Returns the seconds from the approval to the last finished task."""
    server = await RehearsalServer.start(SteadyBrain())
    manager = await SessionManager.open(data, rehearsal=server)
    try:
        settings = SessionSettings(
            request="Read", project_folder=project, backend=Backend.REHEARSAL, auto_approve=True, max_agents=AGENTS
        )
        session = await manager.create(settings)
        await session.start()
        state = await session.wait_finished()
        assert state is SessionState.DONE, state
        events = await session.events()
    finally:
        await manager.aclose()
    approved = next(logged.at for logged in events if isinstance(logged.event, PlanDecided))
    finished = max(logged.at for logged in events if isinstance(logged.event, TaskCompleted))
    return (finished - approved).total_seconds()


async def bare(data: Path, project: Path) -> float:
    """Returns the seconds from starting four CLIs to their last result."""
    server = await RehearsalServer.start(SteadyBrain())
    try:
        cli = (await ClaudeExecutor().runtime()).path
        options = ClaudeAgentOptions(
            cwd=project,
            cli_path=cli,
            tools=TOOLS,
            allowed_tools=TOOLS,
            setting_sources=[],
            include_partial_messages=True,
            system_prompt={"type": "preset", "preset": "claude_code"},
            env=server.environment(data),
        )
        began = time.perf_counter()
        await asyncio.gather(*(_bare_run(options) for _ in range(AGENTS)))
        return time.perf_counter() - began
    finally:
        await server.aclose()


async def _bare_run(options: ClaudeAgentOptions) -> None:
    prompt = "# Your task\nAgent: analyst-1\nRole: analyst\nTask: t0 – Read"
    async for message in query(prompt=prompt, options=options):
        if isinstance(message, ResultMessage):
            assert not message.is_error, message


def measure() -> list[Measurement]:
    os.environ.setdefault("CLAUDE_AGENT_SDK_SKIP_VERSION_CHECK", "1")
    ours, peer = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder, "project")
            project.mkdir()
            (project / "a.py").write_text("value = 1\n" * 50)
            peer.append(asyncio.run(bare(Path(folder, "bare"), project)))
            ours.append(asyncio.run(orchestrated(Path(folder, "ours"), project)))
    what = f"{AGENTS} agents, {STEPS + 1} model requests each"
    return [Measurement(8, what, median_of(ours), "bare CLI runs", median_of(peer), "s", "at most", 1.10)]


if __name__ == "__main__":
    from tests.benchmarks.measurement import table

    print(table(measure()))
