"""Finds out what works on this machine, each thing by trying it."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from maos_desktop.errors import AgentError, BackendUnreachableError, KnownError, OverloadedError
from maos_desktop.executor.base import (
    AgentLaunch,
    Executor,
    PermissionAnswer,
    PermissionQuestion,
    RetryScheduled,
    TurnEnded,
)
from maos_desktop.executor.environment import is_allowed
from maos_desktop.model.base import Data
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.session import Backend
from maos_desktop.sessions.backends import Backends, claude_executor
from maos_desktop.sessions.reader import SessionReader

TURN_SECONDS = 60.0
VERIFIED_SESSIONS = 10
"""The newest ones; the rest is verified when it is continued."""

_PROMPT = "Answer with the one word: ready"
_ORIGINS = {
    "settings": "named in the settings",
    "environment": "named by MAOS_CLAUDE_CLI",
    "path": "found on PATH",
    "bundled": "comes with the Claude Agent SDK",
}
_PROVIDER = re.compile("(ANTHROPIC|CLAUDE|AWS|GOOGLE|VERTEX|GCLOUD|AZURE|CLOUD_ML)_.*|.*_PROXY")

Environment = Callable[[Backend], Awaitable[Mapping[str, str]]]


class Check(Data):
    """One thing that was tried. ``next_step`` says what to do where it is not ``ok``."""

    name: Literal["cli", "settings", "claude", "rehearsal", "data", "git"]
    ok: bool
    text: str
    next_step: str = ""


class Doctor:
    """Examines the parts that a session needs, one after the other."""

    def __init__(self, data_folder: Path, executor: Executor, environment: Environment) -> None:
        """``environment`` returns what the agents' processes are given for a back end."""
        self._data_folder = data_folder
        self._executor = executor
        self._environment = environment

    async def examine(self) -> AsyncIterator[Check]:
        """Yields what was found; a model answers one tiny turn per back end. Nothing is changed."""
        yield await self._cli()
        yield _settings()
        yield await self._model("claude", Backend.CLAUDE)
        yield await self._model("rehearsal", Backend.REHEARSAL)
        yield await self._data()
        yield await _git()

    async def _cli(self) -> Check:
        try:
            info = await self._executor.runtime()
        except AgentError as error:
            return _failed("cli", error)
        return Check(name="cli", ok=True, text=f"Claude CLI {info.version} at {info.path}, {_ORIGINS[info.origin]}")

    async def _model(self, name: Literal["claude", "rehearsal"], backend: Backend) -> Check:
        try:
            environment = await self._environment(backend)
            with tempfile.TemporaryDirectory(prefix="maos-doctor-") as folder:
                async with asyncio.timeout(TURN_SECONDS):
                    answer = await _one_turn(self._executor, Path(folder), environment)
        except KnownError as error:
            return _failed(name, error)
        except TimeoutError:
            return _failed(name, BackendUnreachableError(f"No model answered within {TURN_SECONDS:.0f} s."))
        if answer.error is not None:
            return _failed(name, answer.error)
        label = "a model answers" if backend is Backend.CLAUDE else "the rule-based model answers"
        return Check(name=name, ok=True, text=f"{label} ({answer.duration_ms / 1000:.1f} s)")

    async def _data(self) -> Check:
        try:
            reader = await SessionReader.open(self._data_folder)
            try:
                sessions = await reader.list_sessions()
                for summary in sessions[:VERIFIED_SESSIONS]:
                    broken = await reader.verify(summary.id)
                    if broken is not None:
                        return _changed(summary.id, broken)
            finally:
                await reader.aclose()
        except KnownError as error:
            return _failed("data", error)
        return Check(name="data", ok=True, text=f"{len(sessions)} sessions in {self._data_folder}")


@asynccontextmanager
async def open_doctor(data_folder: Path) -> AsyncIterator[Doctor]:
    """Gives a doctor with parts of its own, for use where no session manager is open."""
    executor, backends = claude_executor(), Backends(data_folder)
    try:
        yield Doctor(data_folder, executor, backends.environment)
    finally:
        await executor.aclose()
        await backends.aclose()


def variable_names() -> list[str]:
    """Returns the names, never the values, of the variables set here that reach the CLI and choose its back end."""
    return sorted(n for n, value in os.environ.items() if value and is_allowed(n) and _PROVIDER.fullmatch(n.upper()))


def _settings() -> Check:
    names = variable_names()
    text = f"set in the environment: {', '.join(names)}" if names else "none in the environment: the CLI's own are used"
    return Check(name="settings", ok=True, text=text)


def _changed(session_id: SessionId, seq: int) -> Check:
    text = f"Session “{session_id}” is not as it was saved from event {seq} on: the database was damaged or changed."
    next_step = "Put back a backup copy of the database, or start a new session with the same request."
    return Check(name="data", ok=False, text=text, next_step=next_step)


async def _git() -> Check:
    try:
        process = await asyncio.create_subprocess_exec("git", "--version", stdout=asyncio.subprocess.PIPE)
    except OSError:
        return Check(
            name="git", ok=False, text="git was not found", next_step="Install git to see what agents changed."
        )
    output, _ = await process.communicate()
    return Check(name="git", ok=process.returncode == 0, text=output.decode(errors="replace").strip())


def _failed(name: Literal["cli", "claude", "rehearsal", "data"], error: KnownError) -> Check:
    return Check(name=name, ok=False, text=str(error), next_step=error.next_step)


async def _one_turn(executor: Executor, folder: Path, environment: Mapping[str, str]) -> TurnEnded:
    launch = AgentLaunch(
        agent_id=AgentId("doctor"),
        project_folder=folder,
        system_prompt="",
        tools=(),
        max_turns=1,
        environment=environment,
    )
    process = await executor.start(launch, _NoHooks())
    try:
        await process.query(_PROMPT)
        async for event in process.events():
            match event:
                case TurnEnded():
                    return event
                case RetryScheduled() if event.attempt > 1:
                    raise _not_answering(event)
        raise BackendUnreachableError("The CLI ended without an answer.")
    finally:
        await process.aclose()


def _not_answering(retry: RetryScheduled) -> AgentError:
    if retry.status is None:
        return BackendUnreachableError(
            "The back end cannot be reached.", next_step="Check the network, the proxy and ANTHROPIC_BASE_URL."
        )
    return OverloadedError(
        f"The back end answers with status {retry.status} ({retry.text}).", next_step="Try again in a few minutes."
    )


class _NoHooks:
    """There is nothing to deliver, and no tool to allow."""

    async def at_tool_boundary(self, response: int) -> str | None:
        return None

    async def before_end(self, response: int) -> str | None:
        return None

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        return PermissionAnswer(False, "No tool is needed.")
