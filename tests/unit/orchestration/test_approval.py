"""The gate: one plan at a time, decided once, and recorded."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import PlanDecided, PlanProposed, PlanRefused, SessionEvent
from maos_desktop.model.plan import Plan
from maos_desktop.orchestration.approval import ApprovalGate, Decision
from tests.memory_journal import MemoryJournal
from tests.unit.model.strategies import subtask

PLAN = Plan(goal="g", subtasks=(subtask(1), subtask(2, [1])))
EDITED = Plan(goal="g", subtasks=(subtask(1),))
PROPOSED = PlanProposed(plan=PLAN)
REFUSED = PlanRefused(reason="A cycle.", raw="{}", final=True)


class Stage:
    """A gate that waits."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.gate = ApprovalGate(self.journal)

    async def asked(self, announcement: PlanProposed | PlanRefused = PROPOSED) -> asyncio.Task[Decision]:
        deciding = asyncio.create_task(self.gate.decide(announcement, automatic=False))
        await self.journal.until_recorded(announcement)
        return deciding

    @property
    def decided(self) -> list[SessionEvent]:
        return list(self.journal.of(PlanDecided))


async def test_that_a_plan_is_approved_as_it_is() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.approve()
    assert await deciding == Decision("approved", PLAN)
    assert stage.decided == [PlanDecided(decision="approved", plan=PLAN)]
    assert not stage.gate.is_open


async def test_that_a_plan_is_approved_as_edited() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.approve(EDITED)
    assert (await deciding).plan == EDITED
    assert stage.decided == [PlanDecided(decision="approved", plan=EDITED, edited=True)]


async def test_that_the_same_plan_given_back_counts_as_not_edited() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.approve(Plan.model_validate_json(PLAN.model_dump_json()))
    await deciding
    assert stage.decided == [PlanDecided(decision="approved", plan=PLAN)]


async def test_that_another_plan_is_asked_for_with_a_comment() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.ask_again("Fewer tasks")
    assert await deciding == Decision("ask_again", comment="Fewer tasks")
    assert stage.decided == [PlanDecided(decision="ask_again", comment="Fewer tasks")]


async def test_that_a_plan_is_rejected() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.reject()
    assert (await deciding).kind == "rejected"
    assert stage.decided == [PlanDecided(decision="rejected")]


async def test_that_a_plan_is_approved_at_once_where_nobody_is_to_be_asked() -> None:
    stage = Stage()
    assert await stage.gate.decide(PROPOSED, automatic=True) == Decision("approved", PLAN)
    assert stage.journal.events == [PROPOSED, PlanDecided(decision="approved", plan=PLAN, automatic=True)]


async def test_that_no_plan_cannot_be_approved_but_one_written_by_hand_can() -> None:
    stage = Stage()
    deciding = await stage.asked(REFUSED)
    with pytest.raises(BadRequestError, match="There is no plan to approve"):
        stage.gate.approve()
    assert stage.gate.is_open
    stage.gate.approve(EDITED)
    await deciding
    assert stage.decided == [PlanDecided(decision="approved", plan=EDITED, edited=True)]


async def test_that_an_answer_can_come_in_the_moment_in_which_the_plan_is_shown() -> None:
    stage = Stage()
    stage.journal.open.clear()
    deciding = asyncio.create_task(stage.gate.decide(PROPOSED, automatic=False))
    await asyncio.sleep(0)
    stage.gate.approve()
    stage.journal.open.set()
    assert (await deciding).kind == "approved"


async def test_that_a_plan_is_decided_once() -> None:
    stage = Stage()
    deciding = await stage.asked()
    stage.gate.approve()
    for again in (stage.gate.approve, stage.gate.reject, lambda: stage.gate.ask_again("Hm")):
        with pytest.raises(BadRequestError, match="No plan waits for a decision"):
            again()
    await deciding
    assert len(stage.decided) == 1


async def test_that_nothing_can_be_decided_before_a_plan_and_after_a_stop() -> None:
    stage = Stage()
    with pytest.raises(BadRequestError):
        stage.gate.reject()
    deciding = await stage.asked()
    deciding.cancel()
    await asyncio.wait([deciding])
    with pytest.raises(BadRequestError):
        stage.gate.reject()
    assert stage.decided == []
