"""Target 3: from a discovery to the next model request, with the real CLI.

One agent announces, the others read files in a loop. A discovery has to be in each receiver's request after the first
tool boundary that comes when the discovery is committed; the model server's own log says where it was. The added
latency is what the hook of the product takes at a boundary, against the same run with a hook that says nothing.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from maos_desktop.agents.orchestrated_agent import OrchestratedAgent
from maos_desktop.executor.hook_desk import HookDesk
from maos_desktop.model.event import LoggedEvent, MessageSent
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import call, call_team, delayed, say, structured
from maos_desktop.sessions.manager import SessionManager
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.model_process import ModelProcess, Requests, model_process

if TYPE_CHECKING:
    from maos_desktop.rehearsal.server import RehearsalServer

RECEIVERS = 3
DISCOVERIES = 18
STEPS = 54
THINKING_SECONDS = 0.3
"""Before each answer of the model. Without it the CLIs alone would take every core, and all waits would be theirs."""
ANNOUNCER = "analyst-1"
LIMIT_MILLISECONDS = 5.0


class LoopBrain:
    """Every agent reads a file, again and again; the announcer announces in every third step."""

    async def answer(self, conversation: Conversation) -> Answer:
        if conversation.kind == "plan":
            return _plan()
        if conversation.kind == "synthesis":
            source = {"agent_id": ANNOUNCER, "task_id": "t0"}
            return structured({"summary": "Read.", "findings": [{"title": "Read", "sources": [source]}]})
        number, rest = divmod(conversation.turn, 3)
        if conversation.turn >= STEPS:
            return say("Done.")
        if conversation.agent == ANNOUNCER and rest == 0 and number < DISCOVERIES:
            return delayed(THINKING_SECONDS, call_team("announce_discovery", text=_discovery(number)))
        return delayed(THINKING_SECONDS, call("Read", file_path=f"{conversation.folder}/a.py"))


def _discovery(number: int) -> str:
    return f"a.py:{number} is wrong (discovery-{number:02})"


def _plan() -> Answer:
    roles = ["analyst"] + ["tester"] * RECEIVERS
    subtasks = [
        {"id": f"t{n}", "title": f"Read {n}", "instructions": "Read.", "role": role, "tools": ["Read"]}
        for n, role in enumerate(roles)
    ]
    return structured({"goal": "Read", "mode": "parallel", "rationale": "Independent", "subtasks": subtasks})


@dataclass
class Boundary:
    """One call of an agent's hook: when it began, and the response whose tool had returned."""

    at: float
    response: int


@dataclass
class Run:
    """What was seen in one run.

    Attributes:
        hook_seconds: how long each answer to a ``PostToolUse`` hook took.
        boundaries: by agent.
        committed: when each discovery was, by its text.
    """

    requests: Requests = field(default_factory=list)
    hook_seconds: list[float] = field(default_factory=list)
    boundaries: dict[str, list[Boundary]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[str, float] = field(default_factory=dict)

    def note(self, batch: Sequence[LoggedEvent]) -> None:
        for logged in batch:
            if isinstance(logged.event, MessageSent):
                self.committed[logged.event.message.text] = time.perf_counter()

    @property
    def p99_milliseconds(self) -> float:
        return statistics.quantiles(self.hook_seconds, n=100)[98] * 1_000

    def delivered_in_time(self) -> Iterator[bool]:
        """Yields for every discovery and receiver that met a boundary after it, whether it came in time."""
        for text, at in self.committed.items():
            for agent, boundaries in self.boundaries.items():
                after = next((boundary for boundary in boundaries if boundary.at >= at), None)
                if agent == ANNOUNCER or after is None:
                    continue
                bodies = [body for asking, body in self.requests if asking == agent]
                first = next((n for n, body in enumerate(bodies, start=1) if text in body), len(bodies) + 1)
                yield first <= after.response + 1


@contextmanager
def observed(run: Run) -> Iterator[None]:
    """Times every hook and notes every boundary."""
    answer, take = HookDesk.tool_returned, OrchestratedAgent.at_tool_boundary

    async def timed(desk: HookDesk, given: Mapping[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            return await answer(desk, given)
        finally:
            run.hook_seconds.append(time.perf_counter() - began)

    async def noted(agent: OrchestratedAgent, response: int) -> str | None:
        run.boundaries[agent.agent_id].append(Boundary(time.perf_counter(), response))
        return await take(agent, response)

    with (
        patch.object(HookDesk, "tool_returned", timed),
        patch.object(OrchestratedAgent, "at_tool_boundary", noted),
    ):
        yield


async def _nothing(_: OrchestratedAgent, __: int) -> None:
    """The hook of the peer."""


async def _session(run: Run, server: ModelProcess, folder: Path) -> None:
    project = folder / "project"
    project.mkdir()
    (project / "a.py").write_text("value = 1\n")
    manager = await SessionManager.open(folder / "data", rehearsal=cast("RehearsalServer", server))
    try:
        settings = SessionSettings(request="Read", project_folder=project, backend=Backend.REHEARSAL, auto_approve=True)
        session = await manager.create(settings)
        manager.subscribe_all(run.note)
        await session.start()
        await session.wait_finished()
    finally:
        await manager.aclose()


def one_run(*, empty: bool = False) -> Run:
    """Runs the session once; ``empty`` replaces the hook by one that hands nothing over."""
    run = Run()
    with tempfile.TemporaryDirectory() as folder, model_process(LoopBrain) as server, ExitStack() as patches:
        if empty:
            patches.enter_context(patch.object(OrchestratedAgent, "at_tool_boundary", _nothing))
        patches.enter_context(observed(run))
        asyncio.run(_session(run, server, Path(folder)))
        run.requests = server.requests()
    return run


def measure() -> list[Measurement]:
    peer, ours = one_run(empty=True), one_run()
    in_time = list(ours.delivered_in_time())
    assert len(in_time) >= DISCOVERIES * RECEIVERS * 0.8, f"only {len(in_time)} deliveries could be judged"
    what = f"{len(in_time)} deliveries in the receiver's very next request"
    added = ours.p99_milliseconds - peer.p99_milliseconds
    hooks = f"p99 that our hook adds to an empty one, {len(ours.hook_seconds)} boundaries"
    return [
        Measurement(3, what, 100 * sum(in_time) / len(in_time), "all", 100.0, "%", "at least", 1.0),
        Measurement(3, hooks, added, "limit", LIMIT_MILLISECONDS, "ms", "at most", 1.0),
    ]
