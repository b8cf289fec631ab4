"""All sessions of a user: what is kept of them, and what cannot be begun."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from maos_desktop.errors import (
    BadRequestError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreTooNewError,
    UnknownSessionError,
)
from maos_desktop.model.event import LoggedEvent, PlanRequested, SessionCreated, SessionInterrupted, TaskCompleted
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import LONGEST_REQUEST, SessionSettings, SessionState
from maos_desktop.paths import database_file
from maos_desktop.sessions.manager import APP_ENDED, SessionManager
from maos_desktop.store.database import Database
from maos_desktop.store.event_log import EventLog
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import events_of, hang, team_of_three, until
from tests.unit.sessions.damage import change_events


async def test_that_a_session_is_saved_before_it_starts(manager: SessionManager, settings: SessionSettings) -> None:
    session = await manager.create(settings)
    [summary] = await manager.list_sessions()
    assert (summary.id, summary.title, summary.state) == (session.id, "Review this project", SessionState.PLANNING)
    assert summary.settings == settings


async def test_that_a_long_request_gets_a_short_title(manager: SessionManager, settings: SessionSettings) -> None:
    request = "\n\n  " + "word " * 100 + "\nsecond line"
    session = await manager.create(settings.model_copy(update={"request": request}))
    assert len(session.title) <= 80
    assert session.title.startswith("word word")
    assert session.title.endswith("…")
    assert session.settings.request == request


@pytest.mark.parametrize("request_text", ["", "  \n\t", "x" * (LONGEST_REQUEST + 1)])
async def test_that_a_request_that_is_none_is_refused(
    manager: SessionManager, settings: SessionSettings, request_text: str
) -> None:
    with pytest.raises(BadRequestError, match="The request") as raised:
        await manager.create(SessionSettings.model_construct(**{**dict(settings), "request": request_text}))
    assert raised.value.next_step
    assert await manager.list_sessions() == []


@pytest.mark.parametrize(("name", "reason"), [("missing", "does not exist"), ("app.py", "is not a folder")])
async def test_that_a_folder_that_is_none_is_refused(
    manager: SessionManager, settings: SessionSettings, project: Path, name: str, reason: str
) -> None:
    with pytest.raises(BadRequestError, match=reason) as raised:
        await manager.create(settings.model_copy(update={"project_folder": project / name}))
    assert raised.value.next_step


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
async def test_that_an_unreadable_folder_is_refused(
    manager: SessionManager, settings: SessionSettings, project: Path
) -> None:
    project.chmod(0)  # noqa: ASYNC240
    try:
        with pytest.raises(BadRequestError, match="cannot be read"):
            await manager.create(settings)
    finally:
        project.chmod(0o700)  # noqa: ASYNC240


async def test_that_an_unknown_session_is_said(manager: SessionManager) -> None:
    for act in (manager.reopen, manager.delete):
        with pytest.raises(UnknownSessionError, match="nothing-like-it") as raised:
            await act(SessionId("nothing-like-it"))
        assert "sessions list" in raised.value.next_step


async def test_that_reopening_gives_the_same_session_while_it_is_open(
    manager: SessionManager, settings: SessionSettings
) -> None:
    session = await manager.create(settings)
    assert await manager.reopen(session.id) is session


async def test_that_reopening_twice_at_once_gives_one_session(
    private_environment: Path, settings: SessionSettings
) -> None:
    session_id = await left_running(private_environment, settings, "abc")
    manager = await SessionManager.open(private_environment, team_of_three())
    one, other = await asyncio.gather(manager.reopen(session_id), manager.reopen(session_id))
    assert one is other
    await manager.aclose()


async def test_that_a_session_can_be_started_by_who_reopened_it(
    manager: SessionManager, settings: SessionSettings
) -> None:
    created = await manager.create(settings.model_copy(update={"auto_approve": True}))
    session = await manager.reopen(created.id)
    await session.start()
    assert await session.wait_finished() is SessionState.DONE


async def test_that_a_reopened_session_is_exactly_as_it_was(
    private_environment: Path, settings: SessionSettings
) -> None:
    seen: list[LoggedEvent] = []
    first = await SessionManager.open(private_environment, team_of_three())
    session = await first.create(settings.model_copy(update={"auto_approve": True}))
    session.subscribe(seen.extend)
    await session.start()
    await session.wait_finished()
    await first.aclose()

    second = await SessionManager.open(private_environment, team_of_three())
    again = await second.reopen(session.id)
    events = await again.events()
    assert list(events)[1:] == seen
    assert again.state is SessionState.DONE
    assert SessionFold(events).timeline == SessionFold([events[0], *seen]).timeline
    assert {logged.seq for logged in await again.tail()} <= {logged.seq for logged in events}
    await second.aclose()


async def test_that_closing_interrupts_what_runs_and_keeps_it(
    private_environment: Path, settings: SessionSettings
) -> None:
    executor = team_of_three(security_1=hang)
    first = await SessionManager.open(private_environment, executor)
    session = await first.create(settings.model_copy(update={"auto_approve": True}))
    await session.start()
    await until(session, TaskCompleted, task_id="t1")
    assert first.running == [session]
    await first.aclose()
    assert executor.alive == []

    second = await SessionManager.open(private_environment, team_of_three())
    again = await second.reopen(session.id)
    assert again.state is SessionState.INTERRUPTED
    await again.continue_()
    assert await again.wait_finished() is SessionState.DONE
    assert [done.task_id for done in await events_of(again, TaskCompleted)] == ["t1", "t2", "t3"]
    await second.aclose()


async def left_running(data_folder: Path, settings: SessionSettings, name: str) -> SessionId:
    """Leaves behind what an app that is killed leaves of a session."""
    session_id = SessionId(name)
    database = await Database.open(database_file(data_folder))
    log = EventLog(database)
    await log.append(session_id, SessionCreated(settings=settings, title="Review"), PlanRequested())
    await log.aclose()
    await database.aclose()
    return session_id


@pytest.mark.parametrize(
    ("statement", "listed"),
    [
        ("UPDATE sessions SET settings = '{}' WHERE number = 1", ["sound"]),
        ("DELETE FROM events WHERE session = 1 AND seq = 2", ["sound", "broken"]),
    ],
)
async def test_that_a_damaged_session_does_not_keep_the_others_from_their_user(
    private_environment: Path,
    settings: SessionSettings,
    caplog: pytest.LogCaptureFixture,
    statement: str,
    listed: list[str],
) -> None:
    for name in ("broken", "sound"):
        await left_running(private_environment, settings, name)
    change_events(private_environment, statement)

    manager = await SessionManager.open(private_environment, team_of_three())
    assert [summary.id for summary in await manager.list_sessions()] == listed
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert (await manager.reopen(SessionId("sound"))).state is SessionState.INTERRUPTED
    if "broken" not in listed:
        with pytest.raises(StoreCorruptError, match="broken"):
            await manager.reopen(SessionId("broken"))
    await manager.aclose()


@pytest.mark.parametrize("method", ["append", "aclose"])
async def test_that_nothing_stays_open_when_opening_fails(
    private_environment: Path, settings: SessionSettings, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    await left_running(private_environment, settings, "abc")
    with monkeypatch.context() as patch:
        patch.setattr(EventLog, "append", fail)
        if method == "aclose":
            patch.setattr(EventLog, "aclose", fail)
        with pytest.raises(StoreError, match="disk is full"):
            await SessionManager.open(private_environment, team_of_three())
    await (await SessionManager.open(private_environment, team_of_three())).aclose()


async def test_that_one_session_that_cannot_be_closed_does_not_keep_the_rest_open(
    private_environment: Path, settings: SessionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = team_of_three(planner=hang)
    manager = await SessionManager.open(private_environment, executor)
    first, broken, last = [await manager.create(settings) for _ in range(3)]
    for session in (first, last):
        await session.start()
    monkeypatch.setattr(broken, "aclose", fail)
    with pytest.raises(StoreError, match="disk is full"):
        await manager.aclose()
    assert {first.state, last.state} == {SessionState.INTERRUPTED}
    assert executor.alive == []
    await (await SessionManager.open(private_environment, team_of_three())).aclose()


async def fail(*_: object) -> None:
    raise StoreError("The disk is full.")


async def test_that_what_a_killed_app_left_running_is_interrupted(
    private_environment: Path, settings: SessionSettings
) -> None:
    session_id = await left_running(private_environment, settings, "abc")
    manager = await SessionManager.open(private_environment, team_of_three())
    session = await manager.reopen(session_id)
    assert session.state is SessionState.INTERRUPTED
    assert [e.reason for e in await events_of(session, SessionInterrupted)] == [APP_ENDED]
    await manager.aclose()


async def test_that_a_deleted_session_is_gone_and_its_agents_too(
    manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = hang
    kept = await manager.create(settings)
    session = await manager.create(settings)
    await session.start()
    await manager.delete(session.id)
    assert [summary.id for summary in await manager.list_sessions()] == [kept.id]
    assert executor.alive == []


async def test_that_every_session_can_be_followed_at_once(manager: SessionManager, settings: SessionSettings) -> None:
    seen: list[LoggedEvent] = []
    stop_following = manager.subscribe_all(seen.extend)
    sessions = [await manager.create(settings) for _ in range(2)]
    stop_following()
    await manager.create(settings)
    assert [logged.session_id for logged in seen] == [session.id for session in sessions]


async def test_that_recent_requests_are_offered_once_each(manager: SessionManager, settings: SessionSettings) -> None:
    for request in ("first", "second", "first"):
        await manager.create(settings.model_copy(update={"request": request}))
    assert await manager.recent_requests() == ["first", "second"]


async def test_that_a_second_app_is_told_of_the_first(manager: SessionManager, private_environment: Path) -> None:
    with pytest.raises(StoreBusyError) as raised:
        await SessionManager.open(private_environment, team_of_three())
    assert raised.value.next_step


async def test_that_a_file_that_is_no_database_is_left_as_it_is(private_environment: Path) -> None:
    path = database_file(private_environment)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreCorruptError) as raised:
        await SessionManager.open(private_environment, team_of_three())
    assert raised.value.next_step
    assert path.read_bytes() == b"no database at all" * 100


async def test_that_a_newer_database_is_left_as_it_is(private_environment: Path) -> None:
    await (await SessionManager.open(private_environment, team_of_three())).aclose()
    path = database_file(private_environment)
    content = bytearray(path.read_bytes())
    content[60:64] = (9_999).to_bytes(4, "big")  # user_version in SQLite's file header
    path.write_bytes(content)
    with pytest.raises(StoreTooNewError) as raised:
        await SessionManager.open(private_environment, team_of_three())
    assert "newest" in raised.value.next_step
    assert path.read_bytes() == content
