"""A session manager over a real database, with scripted agents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maos_desktop.model.session import SessionSettings
from maos_desktop.sessions.manager import SessionManager
from tests.scripted_executor import ScriptedExecutor
from tests.scripted_sessions import team_of_three


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text("print('hello')\n", encoding="utf-8")
    return folder


@pytest.fixture
def settings(project: Path) -> SessionSettings:
    return SessionSettings(request="Review this project", project_folder=project)


@pytest.fixture
async def executor() -> ScriptedExecutor:
    return team_of_three()


@pytest.fixture
async def manager(private_environment: Path, executor: ScriptedExecutor) -> AsyncIterator[SessionManager]:
    opened = await SessionManager.open(private_environment, executor)
    yield opened
    await opened.aclose()
