"""Agents on the real CLI, one by one: what they are told, what the model is asked, and what events come of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from maos_desktop.executor.base import (
    AgentLaunch,
    AgentProcess,
    PermissionAnswer,
    PermissionQuestion,
    RuntimeEvent,
    TurnEnded,
)
from maos_desktop.executor.claude import ClaudeExecutor
from maos_desktop.model.ids import AgentId
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.request_log import RecordedRequest
from maos_desktop.rehearsal.scripted import Step, say
from maos_desktop.rehearsal.server import RehearsalServer

E = TypeVar("E", bound=RuntimeEvent)
Permit = Callable[[PermissionQuestion], PermissionAnswer]

PATIENCE_SECONDS = 30.0


def allow(_: PermissionQuestion) -> PermissionAnswer:
    return PermissionAnswer(True)


@dataclass
class Owner:
    """Who owns an agent: hands over what is put here, and notes what it was asked.

    Attributes:
        at_boundary, at_end: texts to hand over, one each time.
        permit: decides.
        asked: each call of a hook, with the response it is about.
        questions: the permissions asked for.
    """

    at_boundary: list[str] = field(default_factory=list)
    at_end: list[str] = field(default_factory=list)
    permit: Permit = allow
    asked: list[tuple[str, int]] = field(default_factory=list)
    questions: list[PermissionQuestion] = field(default_factory=list)

    async def at_tool_boundary(self, response: int) -> str | None:
        self.asked.append(("boundary", response))
        return self.at_boundary.pop(0) if self.at_boundary else None

    async def before_end(self, response: int) -> str | None:
        self.asked.append(("end", response))
        return self.at_end.pop(0) if self.at_end else None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        self.questions.append(question)
        return self.permit(question)


class Agent:
    """One agent with its events so far."""

    def __init__(self, process: AgentProcess) -> None:
        self.process = process
        self.events: list[RuntimeEvent] = []
        self._stream = process.events()

    async def next(self, kind: type[E]) -> E:
        """Returns the next event of this kind."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for event in self._stream:
                self.events.append(event)
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} after {self.events}")

    async def turn(self, text: str) -> TurnEnded:
        """Asks, and returns how the turn ended."""
        await self.process.query(text)
        return await self.next(TurnEnded)

    async def interrupted(self) -> TurnEnded:
        """Ends the running turn."""
        await self.process.interrupt()
        return await self.next(TurnEnded)

    def of(self, kind: type[E]) -> list[E]:
        """Returns the events of this kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


class AgentStage:
    """A model server that answers by ``steps``, a project folder, and an executor."""

    def __init__(self, server: RehearsalServer, steps: list[Step], executor: ClaudeExecutor, folder: Path) -> None:
        self.server = server
        self.steps = steps
        self.executor = executor
        self.project = folder / "project"
        self._config = folder / "config"

    async def start(self, owner: Owner | None = None, **launch: Any) -> Agent:
        """Starts an agent; what is not given of ``AgentLaunch`` is plain."""
        # A home of its own: the start-up files of a developer's shell may take long, or wait for each other.
        environment = self.server.environment(self._config) | {"HOME": str(self._config)}
        environment |= launch.pop("environment", {})
        given: dict[str, Any] = {
            "agent_id": AgentId("tester-1"),
            "system_prompt": "You are tester-1.",
            "tools": ("Read", "Bash"),
        }
        given |= {"project_folder": self.project, "environment": environment} | launch
        settings = AgentLaunch(**given)
        return Agent(await self.executor.start(settings, owner or Owner()))

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """The model requests so far."""
        return self.server.requests

    def last_text(self, messages: int = 1) -> str:
        """Returns the last messages of the last request as they came."""
        return text_of(self.requests[-1], messages)


def text_of(request: RecordedRequest, messages: int | None = None) -> str:
    """Returns the last ``messages`` messages of a request (``None``: all) as JSON text."""
    every = request.body["messages"]
    return json.dumps(every if messages is None else every[-messages:], ensure_ascii=False)


@asynccontextmanager
async def agent_stage(folder: Path) -> AsyncIterator[AgentStage]:
    """Opens a stage with an empty script; tests add to ``steps``."""
    steps: list[Step] = []
    async with AsyncExitStack() as exits:
        server = await RehearsalServer.start(_Script(steps), pace_seconds=0)
        exits.push_async_callback(server.aclose)
        executor = ClaudeExecutor()
        exits.push_async_callback(executor.aclose)
        stage = AgentStage(server, steps, executor, folder)
        stage.project.mkdir(parents=True)
        (stage.project / "notes.txt").write_text("a line of notes\n")
        yield stage


class _Script:
    """A brain that answers every request with the next step of one list, which can still be added to."""

    def __init__(self, steps: list[Step]) -> None:
        self._steps = steps

    async def answer(self, conversation: Conversation) -> Answer:
        step = self._steps.pop(0) if self._steps else say("Nothing more.")
        return step if isinstance(step, Answer) else step(conversation)
