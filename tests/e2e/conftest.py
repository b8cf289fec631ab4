"""Whole sessions with the real CLI against the product's own model server, led by scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest

from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import TaskId
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.rehearsal.request_log import RequestLog
from maos_desktop.rehearsal.scripted import ScriptedBrain, Step, structured
from maos_desktop.rehearsal.server import RehearsalServer
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager

E = TypeVar("E", bound=SessionEvent)


class Stage:
    """One data folder and one project folder; a run of the app on it is opened with ``open``."""

    def __init__(self, data_folder: Path, project: Path, exits: AsyncExitStack) -> None:
        self.data_folder = data_folder
        self.project = project
        self.log = RequestLog(limit=None)
        self._exits = exits
        self._expected: list[tuple[Callable[[SessionEvent], bool], asyncio.Event]] = []

    def when(self, fits: Callable[[SessionEvent], bool]) -> asyncio.Event:
        """Returns what is set as soon as an event that fits is committed."""
        happened = asyncio.Event()
        self._expected.append((fits, happened))
        return happened

    def _follow(self, events: Sequence[LoggedEvent]) -> None:
        for logged in events:
            for fits, happened in self._expected:
                if fits(logged.event):
                    happened.set()

    async def open(self, scripts: Mapping[str, Sequence[Step]]) -> SessionManager:
        """Starts the app's core with a server that answers by these scripts, then by the rules."""
        server = await RehearsalServer.start(ScriptedBrain(scripts), self.log, pace_seconds=0)
        manager = await SessionManager.open(self.data_folder, rehearsal=server)
        manager.subscribe_all(self._follow)
        self._exits.push_async_callback(manager.aclose)
        return manager

    async def start(self, manager: SessionManager, **settings: Any) -> LiveSession:
        """Begins a session on the project folder, approved without a question unless told otherwise."""
        given = {"request": "Look at it", "project_folder": self.project, "auto_approve": True} | settings
        session = await manager.create(SessionSettings(backend=Backend.REHEARSAL, **given))
        await session.start()
        return session

    async def run(self, scripts: Mapping[str, Sequence[Step]], **settings: Any) -> LiveSession:
        """Runs one session to its end."""
        session = await self.start(await self.open(scripts), **settings)
        await session.wait_finished()
        return session


@pytest.fixture
async def stage(private_environment: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    project = tmp_path / "project"
    project.mkdir()
    for n in range(4):
        (project / f"file{n}.py").write_text(f"value = {n}\n")
    async with AsyncExitStack() as exits:
        yield Stage(private_environment, project, exits)


def plan_of(*subtasks: Mapping[str, Any], mode: str = "dynamic") -> Step:
    """Returns the planner's answer with these subtasks; title and instructions are filled in."""
    filled = [{"title": f"Task {s['id']}", "instructions": "Do it.", **s} for s in subtasks]
    return structured({"goal": "Know it", "mode": mode, "rationale": "As scripted", "subtasks": filled})


async def events_of(session: LiveSession, kind: type[E]) -> list[E]:
    """Returns the session's events of this kind, in order."""
    return [logged.event for logged in await session.events() if isinstance(logged.event, kind)]


async def position(session: LiveSession, fits: Callable[[SessionEvent], bool]) -> int:
    """Returns the ``seq`` of the first event that fits. Raises ``StopIteration``."""
    return next(logged.seq for logged in await session.events() if fits(logged.event))


async def fold_of(session: LiveSession) -> SessionFold:
    return SessionFold(await session.events())


async def report_of(session: LiveSession, task: str) -> str:
    """Returns what the agent of this task reported; empty when it did not end."""
    return (await fold_of(session)).tasks[TaskId(task)].report
