"""Reading what is saved, beside whoever writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from maos_desktop.errors import StoreCorruptError, UnknownSessionError
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import SessionSettings
from maos_desktop.paths import database_file
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.sessions.reader import SessionReader


async def test_that_sessions_are_read_while_the_app_has_them_open(
    manager: SessionManager, settings: SessionSettings, private_environment: Path
) -> None:
    session = await manager.create(settings)
    reader = await SessionReader.open(private_environment)
    assert [summary.id for summary in await reader.list_sessions()] == [session.id]
    assert (await reader.get(session.id)).title == session.title
    assert await reader.events(session.id) == await session.events()
    await reader.aclose()


async def test_that_nothing_is_made_where_nothing_was_saved(private_environment: Path) -> None:
    reader = await SessionReader.open(private_environment)
    assert await reader.list_sessions() == []
    for read in (reader.get, reader.events):
        with pytest.raises(UnknownSessionError, match="abc"):
            await read(SessionId("abc"))
    await reader.aclose()
    assert not private_environment.exists()  # noqa: ASYNC240


async def test_that_an_unknown_session_is_said(manager: SessionManager, private_environment: Path) -> None:
    reader = await SessionReader.open(private_environment)
    for read in (reader.get, reader.events):
        with pytest.raises(UnknownSessionError, match="abc"):
            await read(SessionId("abc"))
    await reader.aclose()


async def test_that_a_corrupt_database_is_said(private_environment: Path) -> None:
    path = database_file(private_environment)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00\xff" * 4_000)
    with pytest.raises(StoreCorruptError) as raised:
        await SessionReader.open(private_environment)
    assert raised.value.next_step
