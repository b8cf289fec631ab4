from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.agents.session_stage import SessionStage
from tests.unit.agents.team_stage import TeamStage


@pytest.fixture
async def team() -> AsyncIterator[TeamStage]:
    """Yields a team on the bus; in the end nothing of it runs."""
    stage = TeamStage()
    await stage.start()
    yield stage
    await stage.close()


@pytest.fixture
async def stage() -> AsyncIterator[SessionStage]:
    """Yields a stage for one agent; in the end nothing of it runs."""
    stage = SessionStage()
    yield stage
    await stage.close()
