"""``run`` and ``sessions resume`` with scripted agents: what is printed, what is kept, how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from maos_desktop.cli.arguments import parser
from maos_desktop.cli.run import resume, run, settings_of
from maos_desktop.errors import BadRequestError, CliNotFoundError, StoreError, UnknownSessionError
from maos_desktop.model.event import LoggedEvent, PermissionDecided, TaskCompleted
from maos_desktop.model.session import Backend, PermissionMode, SessionSettings, SessionState
from maos_desktop.paths import database_file
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.sessions.reader import SessionReader
from tests.scripted_executor import Ending, ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import PLAN, always, hang

Terminal = Callable[..., Awaitable[int]]


@pytest.fixture
def terminal(project: Path, private_environment: Path, executor: ScriptedExecutor) -> Terminal:
    """Runs a command line to its end, with the scripted executor."""

    async def open_manager() -> SessionManager:
        return await SessionManager.open(private_environment, executor)

    async def command(*line: str, on_open: Callable[[SessionManager], None] | None = None) -> int:
        async def open_and_tell() -> SessionManager:
            manager = await open_manager()
            if on_open is not None:
                on_open(manager)
            return manager

        arguments = parser().parse_args(line)
        return await (run if arguments.command == "run" else resume)(arguments, open_and_tell)

    return command


def when(kind: type[Any], act: Callable[[], None]) -> Callable[[SessionManager], None]:
    """Calls ``act`` once, when an event of that kind is committed in any session."""

    def watch(manager: SessionManager) -> None:
        def look(events: Any) -> None:
            if any(isinstance(logged.event, kind) for logged in events):
                stop_looking()
                asyncio.get_running_loop().call_soon(act)

        stop_looking = manager.subscribe_all(look)

    return watch


async def saved(private_environment: Path) -> tuple[SessionState, list[LoggedEvent]]:
    reader = await SessionReader.open(private_environment)
    [summary] = await reader.list_sessions()
    events = await reader.events(summary.id)
    await reader.aclose()
    return summary.state, events


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


async def test_that_a_run_prints_its_progress_and_the_report(
    terminal: Terminal, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await terminal("run", "Review it", "--project", str(project), "--yes") == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert f" in {project}\n" in output.out
    assert output.out.index("starts t1") < output.out.index("done with t3") < output.out.index("\nReport\n")
    assert "Done in 0 s, " in output.out
    assert "$0.05" in output.out
    assert "maos-desktop sessions show " in output.out


async def test_that_json_is_every_event_as_stored_and_nothing_else(
    terminal: Terminal, project: Path, private_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await terminal("run", "Review it\nwith “ümlauts”", "--project", str(project), "--yes", "--json") == 0
    lines = capsys.readouterr().out.splitlines()
    state, events = await saved(private_environment)
    assert state is SessionState.DONE
    assert [LoggedEvent.model_validate_json(line) for line in lines] == events


async def test_that_a_failed_run_says_what_to_do(
    terminal: Terminal, project: Path, executor: ScriptedExecutor, capsys: pytest.CaptureFixture[str]
) -> None:
    executor.start_errors["planner"] = CliNotFoundError("The Claude CLI was not found.")
    assert await terminal("run", "Review it", "--project", str(project), "--yes") == 1
    output = capsys.readouterr().out
    assert "The Claude CLI was not found." in output
    assert "Install the Claude CLI" in output
    assert "sessions resume" in output


async def test_that_ctrl_c_stops_cleanly_and_names_the_command_to_continue(
    terminal: Terminal,
    project: Path,
    executor: ScriptedExecutor,
    private_environment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    executor.scripts["security-1"] = hang
    line = ("run", "Review it", "--project", str(project), "--yes")
    assert await terminal(*line, on_open=when(TaskCompleted, press_ctrl_c)) == 130
    assert executor.alive == []
    state, events = await saved(private_environment)
    assert state is SessionState.INTERRUPTED
    output = capsys.readouterr()
    command = f"maos-desktop sessions resume {events[0].session_id}"
    assert command in output.err
    assert "1 of 3 tasks are done, and everything up to here was kept." in output.out
    assert command in output.out

    executor.scripts["security-1"] = always("Nothing.")
    assert await terminal(*command.split()[1:]) == 0
    resumed = capsys.readouterr().out
    assert resumed.startswith(f"Session {events[0].session_id} in ")
    assert "starts t1" not in resumed
    assert "starts t2: Look for secrets" in resumed
    assert "\nReport\n" in resumed


async def test_that_a_session_resumed_as_json_prints_what_is_new(
    terminal: Terminal,
    project: Path,
    executor: ScriptedExecutor,
    private_environment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    executor.scripts["security-1"] = hang
    line = ("run", "Review it", "--project", str(project), "--yes", "--json")
    await terminal(*line, on_open=when(TaskCompleted, press_ctrl_c))
    before = capsys.readouterr().out.splitlines()
    _, events = await saved(private_environment)
    executor.scripts["security-1"] = always("Nothing.")
    assert await terminal("sessions", "resume", events[0].session_id, "--json") == 0
    after = capsys.readouterr().out.splitlines()
    _, events = await saved(private_environment)
    assert [LoggedEvent.model_validate_json(one) for one in [*before, *after]] == events


async def test_that_permissions_are_denied_where_nobody_can_be_asked(
    terminal: Terminal,
    project: Path,
    executor: ScriptedExecutor,
    private_environment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def asks(agent: ScriptedProcess) -> Ending:
        return f"allowed={(await agent.ask_permission('Bash', command='make')).allowed}"

    executor.scripts["analyst-1"] = asks
    assert await terminal("run", "Review it", "--project", str(project), "--yes") == 0
    _, events = await saved(private_environment)
    [decided] = [one.event for one in events if isinstance(one.event, PermissionDecided)]
    assert not decided.allowed
    output = capsys.readouterr().out
    assert "denied. Nobody could be asked" in output


async def test_that_a_plan_that_nobody_can_approve_is_bad_usage(terminal: Terminal, project: Path) -> None:
    for line in (["--json"], []):
        with pytest.raises(BadRequestError, match="approval") as raised:
            await terminal("run", "Review it", "--project", str(project), *line)
        assert "--yes" in raised.value.next_step


async def test_that_a_session_without_an_approved_plan_resumes_only_with_a_person_or_yes(
    terminal: Terminal, manager: SessionManager, settings: SessionSettings
) -> None:
    session = await manager.create(settings)
    await manager.aclose()
    with pytest.raises(BadRequestError, match="approval"):
        await terminal("sessions", "resume", session.id)
    assert await terminal("sessions", "resume", session.id, "--yes") == 0


async def test_that_resume_with_yes_ends_when_no_plan_is_valid(
    terminal: Terminal, manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = always({**PLAN, "subtasks": []})
    session = await manager.create(settings)
    await manager.aclose()
    assert await terminal("sessions", "resume", session.id, "--yes") == 1


async def test_that_what_cannot_be_resumed_is_said(
    terminal: Terminal, project: Path, private_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnknownSessionError):
        await terminal("sessions", "resume", "nope")
    await terminal("run", "Review it", "--project", str(project), "--yes")
    capsys.readouterr()
    _, events = await saved(private_environment)
    with pytest.raises(BadRequestError, match="cannot be continued"):
        await terminal("sessions", "resume", events[0].session_id)
    assert capsys.readouterr().out == ""


@pytest.mark.expected_errors("ended by an error", "could not be recorded")
async def test_that_a_log_that_cannot_be_written_ends_the_run(
    terminal: Terminal,
    project: Path,
    executor: ScriptedExecutor,
    private_environment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fill_the_disk(agent: ScriptedProcess) -> Ending:
        with closing(sqlite3.connect(database_file(private_environment))) as connection:
            connection.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END")
        return "done"

    executor.scripts["analyst-1"] = fill_the_disk
    with pytest.raises(StoreError) as raised:
        await terminal("run", "Review it", "--project", str(project), "--yes")
    assert raised.value.next_step
    assert executor.alive == []
    assert "starts t1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("request_text", "folder"), [("", "."), ("   ", "."), ("Do it", ""), ("Do it", "~nobody-of-that-name/x")]
)
def test_that_bad_input_is_refused_before_anything_is_opened(request_text: str, folder: str) -> None:
    with pytest.raises(BadRequestError) as raised:
        settings_of(parser().parse_args(["run", request_text, "--project", folder, "--yes"]))
    assert raised.value.next_step


@pytest.mark.parametrize(("request_text", "folder"), [("Do \udcff it", "."), ("Do it", "\udcff")])
def test_that_bytes_that_are_no_text_are_refused(request_text: str, folder: str) -> None:
    with pytest.raises(BadRequestError):
        settings_of(parser().parse_args(["run", request_text, "--project", folder, "--yes"]))


def test_that_the_options_become_the_sessions_settings(project: Path) -> None:
    line = ["run", "Do it", "--project", str(project), "--rehearsal", "--mode", "sequential"]
    line += ["--max-agents", "2", "--model", "opus", "--permissions", "edits", "--yes"]
    settings = settings_of(parser().parse_args(line))
    assert settings == SessionSettings.model_validate(
        {
            "request": "Do it",
            "project_folder": project.resolve(),
            "backend": Backend.REHEARSAL,
            "mode": "sequential",
            "max_agents": 2,
            "model": "opus",
            "auto_approve": True,
            "permission_mode": PermissionMode.ACCEPT_EDITS,
        }
    )
