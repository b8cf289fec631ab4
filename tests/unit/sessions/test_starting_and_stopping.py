"""A session has one run at a time, and its stop finds it wherever it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import (
    LoggedEvent,
    NoticeRaised,
    PlanRequested,
    SessionContinued,
    SessionFinished,
    SessionInterrupted,
    TaskCompleted,
)
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.sessions import past
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.store.event_reader import EventReader
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import always, events_of, hang, until
from tests.unit.sessions.damage import change_events


@pytest.fixture
async def session(manager: SessionManager, settings: SessionSettings) -> LiveSession:
    return await manager.create(settings.model_copy(update={"auto_approve": True}))


@pytest.fixture
async def interrupted(session: LiveSession, executor: ScriptedExecutor) -> LiveSession:
    """A session that was stopped when its first task was done, and would finish if it is continued."""
    await interrupt(session, executor)
    return session


async def interrupt(session: LiveSession, executor: ScriptedExecutor) -> None:
    executor.scripts["security-1"] = hang
    await session.start()
    await until(session, TaskCompleted, task_id="t1")
    await session.stop()
    executor.scripts["security-1"] = always("Nothing was found.")


async def prepare(begin: str, session: LiveSession, executor: ScriptedExecutor) -> Callable[[], Awaitable[None]]:
    """Returns ``start`` or ``continue_`` of a session for which it is possible."""
    if begin == "start":
        return session.start
    await interrupt(session, executor)
    return session.continue_


class HeldReads:
    """Lets reads of the log wait.

    Attributes:
        begun: set when the first read waits.
        may_go_on: what they wait for.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self._read = EventReader.read
        held = self

        async def read(reader: EventReader, *place: object, **part: int) -> list[LoggedEvent]:
            held.begun.set()
            await held.may_go_on.wait()
            return await held._read(reader, *place, **part)  # type: ignore[arg-type]

        monkeypatch.setattr(EventReader, "read", read)


@pytest.mark.parametrize("begin", ["start", "continue_"])
async def test_that_of_two_who_begin_it_one_does(session: LiveSession, executor: ScriptedExecutor, begin: str) -> None:
    act = await prepare(begin, session, executor)
    results = await asyncio.gather(act(), act(), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), BadRequestError]
    assert await session.wait_finished() is SessionState.DONE
    assert len(await events_of(session, PlanRequested)) == 1
    assert len(await events_of(session, SessionContinued)) == (begin == "continue_")
    assert len(executor.prompts("planner")) == 1


async def test_that_a_stop_is_heard_while_the_log_is_read(
    session: LiveSession, executor: ScriptedExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        reads = HeldReads(patch)
        starting = asyncio.create_task(session.start())
        await reads.begun.wait()
        stopping = asyncio.create_task(session.stop("Enough"))
        for _ in range(20):
            await asyncio.sleep(0)
        reads.may_go_on.set()
        await asyncio.gather(starting, stopping)
    assert await session.wait_finished() is SessionState.INTERRUPTED
    assert [event.reason for event in await events_of(session, SessionInterrupted)] == ["Enough"]
    assert executor.processes == []


@pytest.mark.parametrize("begin", ["start", "continue_"])
async def test_that_who_waits_is_told_the_end_of_a_session_stopped_at_once(
    session: LiveSession, executor: ScriptedExecutor, begin: str
) -> None:
    act = await prepare(begin, session, executor)
    await act()
    waiting = asyncio.create_task(session.wait_finished())
    await session.stop()
    assert await waiting is SessionState.INTERRUPTED
    assert isinstance((await session.events())[-1].event, SessionInterrupted)


async def test_that_a_second_stop_lets_the_first_clean_up(
    session: LiveSession, executor: ScriptedExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor.scripts["planner"] = hang
    await session.start()
    await until(session, PlanRequested)
    while not executor.processes or not executor.processes[0].prompts:  # noqa: ASYNC110
        await asyncio.sleep(0)
    [planner] = executor.processes
    closing, may_close, aclose = asyncio.Event(), asyncio.Event(), planner.aclose
    cut_off: list[bool] = []

    async def close_slowly() -> None:
        closing.set()
        try:
            await may_close.wait()
        except asyncio.CancelledError:
            cut_off.append(True)
            raise
        finally:
            await aclose()

    monkeypatch.setattr(planner, "aclose", close_slowly)
    stops = [asyncio.create_task(session.stop("First"))]
    await closing.wait()
    stops += [asyncio.create_task(session.stop(reason)) for reason in ("Second", "Third")]
    for _ in range(20):
        await asyncio.sleep(0)
    assert not any(stop.done() for stop in stops)
    may_close.set()
    await asyncio.gather(*stops)
    assert cut_off == []
    assert [event.reason for event in await events_of(session, SessionInterrupted)] == ["First"]


async def test_that_a_stop_that_is_given_up_is_still_the_only_one(
    session: LiveSession, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = hang
    await session.start()
    await until(session, PlanRequested)
    first = asyncio.create_task(session.stop("First"))
    for _ in range(2):
        await asyncio.sleep(0)
    first.cancel()
    await session.stop("Second")
    assert [event.reason for event in await events_of(session, SessionInterrupted)] == ["First"]


async def test_that_a_long_log_is_read_back_a_piece_at_a_time(
    interrupted: LiveSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "CHUNK", 3)
    pieces: list[Sequence[LoggedEvent]] = []
    read = EventReader.read

    async def noted(reader: EventReader, *place: object, **part: int) -> list[LoggedEvent]:
        pieces.append(await read(reader, *place, **part))  # type: ignore[arg-type]
        return list(pieces[-1])

    before = len(await interrupted.events())
    with monkeypatch.context() as patch:
        patch.setattr(EventReader, "read", noted)
        await interrupted.continue_()
        assert await interrupted.wait_finished() is SessionState.DONE
    assert max(map(len, pieces)) == 3
    assert [logged.seq for piece in pieces for logged in piece] == list(range(1, before + 2))
    assert [done.task_id for done in await events_of(interrupted, TaskCompleted)] == ["t1", "t2", "t3"]


async def test_that_a_changed_log_is_said_before_the_session_goes_on(
    interrupted: LiveSession, private_environment: Path
) -> None:
    change_events(private_environment, "UPDATE events SET at = at + 1 WHERE session = 1 AND seq = 2")
    await interrupted.continue_()
    assert await interrupted.wait_finished() is SessionState.DONE
    [notice] = await events_of(interrupted, NoticeRaised)
    assert (notice.level, notice.text.startswith("Event 2 ")) == ("warning", True)
    assert notice.next_step


async def test_that_a_whole_log_needs_no_words(interrupted: LiveSession) -> None:
    await interrupted.continue_()
    await interrupted.wait_finished()
    assert await events_of(interrupted, NoticeRaised) == []


@pytest.mark.expected_errors("ended by an error")
async def test_that_a_session_with_an_event_that_is_none_does_not_go_on(
    interrupted: LiveSession, private_environment: Path, executor: ScriptedExecutor
) -> None:
    started = len(executor.processes)
    change_events(private_environment, "UPDATE events SET payload = '{}' WHERE session = 1 AND seq = 2")
    seen: list[LoggedEvent] = []
    interrupted.subscribe(seen.extend)
    await interrupted.continue_()
    assert await interrupted.wait_finished() is SessionState.FAILED
    [finished] = [logged.event for logged in seen if isinstance(logged.event, SessionFinished)]
    assert finished.failure is not None
    assert (finished.failure.code, "Event 2 " in finished.failure.what) == ("store_corrupt", True)
    assert len(executor.processes) == started
