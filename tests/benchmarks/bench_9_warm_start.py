"""Target 9: from the approval to the first token of the first agent, against a cold start of the CLI.

The agents' processes start while the user reads the plan; here the reading takes three seconds. The peer is what would
be without that: as many calls of the SDK's own ``query`` at the approval, with the same CLI, tools and model server,
until the first of them has a piece of text.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from claude_agent_sdk import ClaudeAgentOptions, StreamEvent, query

from maos_desktop.executor.claude import ClaudeExecutor
from maos_desktop.model.event import LoggedEvent, OutputAppended, PlanProposed
from maos_desktop.model.ids import PLANNER
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import say, structured
from maos_desktop.sessions.manager import SessionManager
from tests.benchmarks.measurement import Measurement, median_of
from tests.benchmarks.model_process import ModelProcess, model_process

if TYPE_CHECKING:
    from maos_desktop.rehearsal.server import RehearsalServer

READING_SECONDS = 3.0
ROUNDS = 5
TEAMS = (1, 4)
TOOLS = ["Read", "Glob", "Grep"]
PROMPT = "# Your task\nAgent: analyst-1\nRole: analyst\nTask: t0 – Read"


class ReadyBrain:
    """Answers at once: a plan of as many agents as the request says, then a sentence each."""

    async def answer(self, conversation: Conversation) -> Answer:
        if conversation.kind == "plan":
            agents = max(n for n in TEAMS if request(n) in conversation.prompt)
            subtasks = [
                {"id": f"t{n}", "title": f"Read {n}", "instructions": "Read.", "role": "analyst", "tools": TOOLS}
                for n in range(agents)
            ]
            return structured({"goal": "Read", "mode": "parallel", "rationale": "Simple", "subtasks": subtasks})
        if conversation.kind == "synthesis":
            source = {"agent_id": "analyst-1", "task_id": "t0"}
            return structured({"summary": "Read.", "findings": [{"title": "Read", "sources": [source]}]})
        return say("I have read it, and this is what I found.")


def request(agents: int) -> str:
    """Returns what the user asks for."""
    return f"Read with {agents} agents"


class FirstOf:
    """Waits for the first event of a kind, and notes when it was committed."""

    def __init__(self) -> None:
        self.proposed = asyncio.Event()
        self.written = asyncio.Event()
        self.written_at = 0.0

    def note(self, batch: Sequence[LoggedEvent]) -> None:
        for logged in batch:
            match logged.event:
                case PlanProposed():
                    self.proposed.set()
                case OutputAppended(agent_id=agent_id) if agent_id != PLANNER and not self.written.is_set():
                    self.written_at = time.perf_counter()
                    self.written.set()


async def warm(folder: Path, server: ModelProcess, agents: int) -> float:
    """Returns the seconds from the approval to the first committed piece of an agent's text."""
    project = folder / "project"
    project.mkdir()
    manager = await SessionManager.open(folder / "data", rehearsal=cast("RehearsalServer", server))
    try:
        session = await manager.create(
            SessionSettings(request=request(agents), project_folder=project, backend=Backend.REHEARSAL, max_agents=4)
        )
        first = FirstOf()
        session.subscribe(first.note)
        await session.start()
        await first.proposed.wait()
        await asyncio.sleep(READING_SECONDS)
        approved_at = time.perf_counter()
        await session.approve()
        await first.written.wait()
        await session.wait_finished()
    finally:
        await manager.aclose()
    return first.written_at - approved_at


async def cold(folder: Path, server: ModelProcess, agents: int) -> float:
    """Returns the seconds from the call of the SDK to the first piece of text of CLIs that have to start."""
    options = ClaudeAgentOptions(
        cwd=folder,
        cli_path=(await ClaudeExecutor().runtime()).path,
        tools=TOOLS,
        setting_sources=[],
        include_partial_messages=True,
        system_prompt={"type": "preset", "preset": "claude_code"},
        env=server.environment(folder / "config"),
    )
    began = time.perf_counter()
    first_texts = await asyncio.gather(*(_first_text_at(options) for _ in range(agents)))
    return min(first_texts) - began


async def _first_text_at(options: ClaudeAgentOptions) -> float:
    at = 0.0
    async for message in query(prompt=PROMPT, options=options):
        if isinstance(message, StreamEvent) and message.event["type"] == "content_block_delta" and not at:
            at = time.perf_counter()
    return at


def compare(server: ModelProcess, agents: int) -> Measurement:
    """Measures both for a team of this size, in turn."""
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(ROUNDS):
        for samples, start in ((peer, cold), (ours, warm)):
            with tempfile.TemporaryDirectory() as folder:
                samples.append(asyncio.run(start(Path(folder), server, agents)))
    what = f"approval to the first committed text, {agents} agent{'s' if agents > 1 else ''}"
    return Measurement(9, what, median_of(ours), "cold CLI start", median_of(peer), "s", "at most", 0.3)


def measure() -> list[Measurement]:
    with model_process(ReadyBrain) as server:
        return [compare(server, agents) for agents in TEAMS]
