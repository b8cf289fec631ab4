"""``sessions list``, ``show`` and ``export`` over a real database."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from maos_desktop.cli import saved
from maos_desktop.cli.arguments import parser
from maos_desktop.errors import BadRequestError, UnknownSessionError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.session import Backend, SessionSettings, SessionSummary
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager

Command = Callable[..., Awaitable[str]]

ACTIONS = {"list": saved.list_sessions, "show": saved.show, "export": saved.export}


@pytest.fixture
async def done(manager: SessionManager, settings: SessionSettings) -> LiveSession:
    """A finished session; the app that ran it is still open."""
    session = await manager.create(settings.model_copy(update={"auto_approve": True}))
    await session.start()
    await session.wait_finished()
    return session


@pytest.fixture
def sessions(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs ``sessions …`` and returns what it prints."""

    async def command(*line: str) -> str:
        arguments = parser().parse_args(["sessions", *line])
        assert await ACTIONS[arguments.action](arguments) == 0
        output = capsys.readouterr()
        assert output.err == ""
        return output.out

    return command


async def test_that_sessions_are_listed(sessions: Command, done: LiveSession) -> None:
    heads, row = (await sessions("list")).splitlines()
    assert heads.split() == ["ID", "STATE", "CHANGED", "COST", "FOLDER", "TITLE"]
    assert row.startswith(f"{done.id}  done ")
    assert row.endswith("project  Review this project")
    assert "$0.05" in row


async def test_that_the_list_for_programs_is_one_array(sessions: Command, done: LiveSession) -> None:
    [summary] = json.loads(await sessions("list", "--json"))
    assert SessionSummary.model_validate(summary).id == done.id


async def test_that_an_empty_list_says_how_to_begin(sessions: Command) -> None:
    assert "maos-desktop run" in await sessions("list")
    assert json.loads(await sessions("list", "--json")) == []


async def test_that_a_session_is_shown_with_plan_agents_and_report(sessions: Command, done: LiveSession) -> None:
    shown = await sessions("show", done.id)
    for part in (
        "Review this project",
        f"Session {done.id}, done",
        "Map the code",
        "security-1",
        "One secret was found",
    ):
        assert part in shown
    assert "Rehearsal" not in shown


async def test_that_a_rehearsal_is_called_one(
    sessions: Command, manager: SessionManager, settings: SessionSettings
) -> None:
    session = await manager.create(settings.model_copy(update={"backend": Backend.REHEARSAL}))
    assert "Rehearsal: no language model is involved" in await sessions("show", session.id)
    assert "no cost" in await sessions("list")


async def test_that_a_session_is_shown_to_programs_with_every_event(sessions: Command, done: LiveSession) -> None:
    document = json.loads(await sessions("show", done.id, "--json"))
    assert document["format"] == "maos-session"
    assert [LoggedEvent.model_validate(one) for one in document["events"]] == list(await done.events())


@pytest.mark.parametrize("name", ["out.md", "out.json"])
async def test_that_a_session_is_exported(sessions: Command, done: LiveSession, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert str(path) in await sessions("export", done.id, "-o", str(path))
    assert "One secret was found." in path.read_text(encoding="utf-8")


async def test_that_hostile_titles_are_harmless(
    sessions: Command, manager: SessionManager, settings: SessionSettings
) -> None:
    session = await manager.create(settings.model_copy(update={"request": "\x1b[2J\u202eevil"}))
    for output in (await sessions("list"), await sessions("show", session.id)):
        assert "\x1b" not in output and "\u202e" not in output
        assert "evil" in output


async def test_that_an_unknown_session_is_said(sessions: Command, done: LiveSession, tmp_path: Path) -> None:
    for line in (["show", "nope"], ["export", "nope", "-o", str(tmp_path / "x.md")]):
        with pytest.raises(UnknownSessionError, match="nope"):
            await sessions(*line)


async def test_that_the_kind_of_file_is_looked_at_first(sessions: Command) -> None:
    with pytest.raises(BadRequestError, match="neither in"):
        await sessions("export", "nope", "-o", "x.pdf")
