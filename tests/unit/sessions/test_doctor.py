"""What works on this machine, found by trying it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.errors import BackendUnreachableError, CliNotFoundError, CliNotSetUpError
from maos_desktop.executor.base import RetryScheduled
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.paths import database_file
from maos_desktop.rehearsal.server import RehearsalServer
from maos_desktop.sessions import doctor
from maos_desktop.sessions.backends import Backends
from maos_desktop.sessions.doctor import Check, Doctor, variable_names
from maos_desktop.sessions.manager import SessionManager
from tests.scripted_executor import Ending, ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import always, hang, team_of_three
from tests.unit.sessions.damage import change_events


async def no_environment(backend: Backend) -> Mapping[str, str]:
    return {"BACKEND": backend.value}


async def examined(data_folder: Path, executor: ScriptedExecutor) -> dict[str, Check]:
    examiner = Doctor(data_folder, executor, no_environment)
    return {check.name: check async for check in examiner.examine()}


async def test_that_each_part_is_tried(private_environment: Path, executor: ScriptedExecutor) -> None:
    checks = await examined(private_environment, executor)
    assert list(checks) == ["cli", "settings", "claude", "rehearsal", "data", "git"]
    assert {name for name, check in checks.items() if not check.ok} <= {"git"}
    assert "1.0" in checks["cli"].text
    assert str(private_environment) in checks["data"].text
    assert [p.launch.environment["BACKEND"] for p in executor.processes] == ["claude", "rehearsal"]
    assert executor.alive == []
    assert not any(p.launch.project_folder.exists() for p in executor.processes)


async def test_that_a_missing_cli_is_said_with_the_next_step(private_environment: Path) -> None:
    executor = ScriptedExecutor()
    executor.start_errors["doctor"] = CliNotFoundError("The Claude CLI was not found.")
    checks = await examined(private_environment, executor)
    assert not checks["claude"].ok
    assert checks["claude"].text == "The Claude CLI was not found."
    assert checks["claude"].next_step


async def test_that_a_model_that_refuses_is_said(private_environment: Path) -> None:
    executor = ScriptedExecutor({"doctor": always(CliNotSetUpError("Not logged in."))})
    checks = await examined(private_environment, executor)
    assert (checks["claude"].ok, checks["claude"].text) == (False, "Not logged in.")
    assert "ANTHROPIC_API_KEY" in checks["claude"].next_step
    assert executor.alive == []


async def test_that_a_model_that_says_nothing_is_given_up(
    private_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "TURN_SECONDS", 0.01)
    executor = ScriptedExecutor({"doctor": hang})
    checks = await examined(private_environment, executor)
    assert "No model answered" in checks["claude"].text
    assert executor.alive == []


@pytest.mark.parametrize(("status", "said"), [(None, "cannot be reached"), (529, "status 529 (overloaded)")])
async def test_that_retries_are_not_waited_out(private_environment: Path, status: int | None, said: str) -> None:
    async def tries_again(agent: ScriptedProcess) -> Ending:
        for attempt in (1, 2):
            agent.emit(RetryScheduled(attempt, 500, status, "overloaded"))
        return await hang(agent)

    executor = ScriptedExecutor({"doctor": tries_again})
    checks = await examined(private_environment, executor)
    assert said in checks["claude"].text
    assert checks["claude"].next_step
    assert executor.alive == []


async def test_that_a_cli_that_dies_is_said(private_environment: Path) -> None:
    executor = ScriptedExecutor({"doctor": hang})
    examination = asyncio.create_task(examined(private_environment, executor))
    for number in range(2):
        while len(executor.processes) == number or not executor.processes[number].prompts:  # noqa: ASYNC110
            await asyncio.sleep(0)
        executor.processes[number].die(BackendUnreachableError("Nobody answers.") if number else None)
    checks = await examination
    assert "ended without an answer" in checks["claude"].text
    assert checks["rehearsal"].text == "Nobody answers."


async def test_that_a_damaged_database_is_said(private_environment: Path, executor: ScriptedExecutor) -> None:
    path = database_file(private_environment)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00\xff" * 4_000)
    checks = await examined(private_environment, executor)
    assert not checks["data"].ok
    assert checks["data"].next_step


async def test_that_it_works_while_the_app_is_open(manager: SessionManager, settings: SessionSettings) -> None:
    await manager.create(settings)
    checks = {check.name: check async for check in manager.doctor().examine()}
    assert checks["data"].text.startswith("1 session")


async def test_that_a_changed_log_is_said(
    manager: SessionManager, settings: SessionSettings, private_environment: Path
) -> None:
    session = await manager.create(settings)
    change_events(private_environment, "UPDATE events SET at = at + 1")
    checks = {check.name: check async for check in manager.doctor().examine()}
    assert not checks["data"].ok
    assert f"{session.id}” is not as it was saved from event 1 on" in checks["data"].text
    assert checks["data"].next_step


async def test_that_variables_are_named_and_their_values_kept(
    monkeypatch: pytest.MonkeyPatch, private_environment: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("CLAUDE_CODE_USE_BEDROCK", "1")
    monkeypatch.setenv("https_proxy", "http://user:password@proxy")
    monkeypatch.setenv("ANTHROPIC_MODEL", "")
    monkeypatch.setenv("GITHUB_TOKEN", "gh-secret")
    names = variable_names()
    assert {"ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_BEDROCK"} <= set(names)
    assert not {"ANTHROPIC_MODEL", "GITHUB_TOKEN"} & set(names)
    checks = await examined(private_environment, team_of_three())
    assert "https_proxy" in checks["settings"].text
    assert not any("secret" in check.text or "password" in check.text for check in checks.values())


async def test_that_the_claude_back_end_is_given_the_users_own_environment(private_environment: Path) -> None:
    backends = Backends(private_environment)
    assert await backends.environment(Backend.CLAUDE) == {}
    await backends.aclose()


async def test_that_one_rehearsal_server_serves_every_session_until_the_end(private_environment: Path) -> None:
    backends = Backends(private_environment)
    first = await backends.environment(Backend.REHEARSAL)
    assert await backends.environment(Backend.REHEARSAL) == first
    assert first["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")
    assert Path(first["CLAUDE_CONFIG_DIR"]).is_relative_to(private_environment)
    await backends.aclose()
    again = await backends.environment(Backend.REHEARSAL)
    assert again["ANTHROPIC_API_KEY"] != first["ANTHROPIC_API_KEY"]
    await backends.aclose()


async def test_that_sessions_that_start_together_share_one_rehearsal_server(
    private_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RehearsalServer] = []
    start = RehearsalServer.start

    async def counted(**options: Any) -> RehearsalServer:
        started.append(await start(**options))
        return started[-1]

    monkeypatch.setattr(RehearsalServer, "start", counted)
    backends = Backends(private_environment)
    one, other = await asyncio.gather(*(backends.environment(Backend.REHEARSAL) for _ in range(2)))
    await backends.aclose()
    for server in started[1:]:
        await server.aclose()
    assert one == other
    assert len(started) == 1
