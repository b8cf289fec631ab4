"""The state of an agent that waits for several things at the same time."""

from __future__ import annotations

import pytest

from maos_desktop.agents.waits import Waits
from maos_desktop.model.event import AgentState, AgentStateChanged
from maos_desktop.model.ids import AgentId
from tests.memory_journal import MemoryJournal

A, B, C = AgentId("analyst-1"), AgentId("tester-1"), AgentId("security-1")
WORKING, REPLY, PERMISSION = AgentState.WORKING, AgentState.AWAITING_REPLY, AgentState.NEEDS_PERMISSION


class Stage:
    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.waits = Waits(A, self.journal)

    def states(self) -> list[AgentState]:
        return [event.state for event in self.journal.of(AgentStateChanged)]


@pytest.fixture
async def stage() -> Stage:
    stage = Stage()
    await stage.waits.begin_work()
    return stage


async def test_that_a_permission_goes_before_a_reply(stage: Stage) -> None:
    async with stage.waits.for_reply(B):
        async with stage.waits.for_permission("Bash"):
            assert stage.states() == [WORKING, REPLY, PERMISSION]
        assert stage.states()[-1] is REPLY
    assert stage.states() == [WORKING, REPLY, PERMISSION, REPLY, WORKING]


async def test_that_the_end_of_a_request_does_not_hide_an_open_permission(stage: Stage) -> None:
    permission, reply = stage.waits.for_permission("Bash"), stage.waits.for_reply(B)
    await permission.__aenter__()
    await reply.__aenter__()
    await reply.__aexit__(None, None, None)
    assert stage.states() == [WORKING, PERMISSION]
    await permission.__aexit__(None, None, None)
    assert stage.states() == [WORKING, PERMISSION, WORKING]


async def test_that_two_questions_about_the_same_tool_are_two(stage: Stage) -> None:
    async with stage.waits.for_permission("Bash"):
        async with stage.waits.for_permission("Bash"):
            pass
        assert stage.states() == [WORKING, PERMISSION]


async def test_that_a_wait_that_breaks_off_is_over(stage: Stage) -> None:
    with pytest.raises(ValueError, match="no"):
        async with stage.waits.for_reply(B):
            raise ValueError("no")
    assert stage.states() == [WORKING, REPLY, WORKING]


async def test_that_nothing_is_recorded_of_an_agent_that_is_not_at_work(stage: Stage) -> None:
    async with stage.waits.for_reply(B):
        stage.waits.end_work()
        async with stage.waits.for_permission("Bash"):
            pass
    assert stage.states() == [WORKING, REPLY]


async def test_that_an_agent_that_works_again_is_shown_with_what_it_waits_for(stage: Stage) -> None:
    async with stage.waits.for_reply(B), stage.waits.for_reply(C):
        stage.waits.end_work()
        await stage.waits.begin_work()
        assert stage.journal.of(AgentStateChanged)[-1].reason == "Waits for a reply from tester-1"
    assert stage.states() == [WORKING, REPLY, REPLY, WORKING]
