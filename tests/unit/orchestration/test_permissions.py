"""The user's word: asked for once, tied to the input that was shown, and recorded."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given

from maos_desktop.errors import BadRequestError
from maos_desktop.executor.base import PermissionAnswer, PermissionQuestion
from maos_desktop.model.event import PermissionDecided, PermissionRequested
from maos_desktop.model.ids import AgentId
from maos_desktop.orchestration.permissions import PermissionDesk, input_sha256
from tests.memory_journal import MemoryJournal
from tests.unit.model.strategies import TOOL_INPUT

A, B = AgentId("analyst-1"), AgentId("tester-1")
INPUT = {"command": "rm -r build"}
SHA256 = input_sha256(INPUT)
QUESTION = PermissionQuestion("q1", "Bash", INPUT, "Tidies up")


class Stage:
    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.desk = PermissionDesk(self.journal)

    async def asked(
        self, agent_id: AgentId = A, question: PermissionQuestion = QUESTION
    ) -> asyncio.Task[PermissionAnswer]:
        asking = asyncio.create_task(self.desk.ask(agent_id, question))
        await self.journal.until(lambda: question.request_id in self.journal.fold.permissions)
        return asking


async def test_that_a_question_and_its_answer_are_recorded() -> None:
    stage = Stage()
    asking = await stage.asked()
    stage.desk.decide("q1", SHA256, True, "Go on")
    assert await asking == PermissionAnswer(True, "Go on")
    assert stage.journal.events == [
        PermissionRequested(
            agent_id=A, request_id="q1", tool="Bash", input=INPUT, input_sha256=SHA256, description="Tidies up"
        ),
        PermissionDecided(agent_id=A, request_id="q1", input_sha256=SHA256, allowed=True, message="Go on"),
    ]


async def test_that_an_answer_about_another_input_allows_nothing() -> None:
    stage = Stage()
    asking = await stage.asked()
    with pytest.raises(BadRequestError, match="nothing was allowed"):
        stage.desk.decide("q1", input_sha256({"command": "ls"}), True)
    assert not asking.done()
    stage.desk.decide("q1", SHA256, False, "No")
    assert not (await asking).allowed


async def test_that_each_agent_gets_its_own_answer() -> None:
    stage = Stage()
    first, second = await stage.asked(), await stage.asked(B, PermissionQuestion("q2", "Bash", INPUT, ""))
    stage.desk.decide("q2", SHA256, True)
    assert (await second).allowed
    assert not first.done()
    stage.desk.decide("q1", SHA256, False)
    assert not (await first).allowed


async def test_that_a_question_is_answered_once() -> None:
    stage = Stage()
    asking = await stage.asked()
    stage.desk.decide("q1", SHA256, False)
    with pytest.raises(BadRequestError, match="no longer open"):
        stage.desk.decide("q1", SHA256, True)
    assert not (await asking).allowed
    with pytest.raises(BadRequestError, match="no longer open"):
        stage.desk.decide("q1", SHA256, True)


async def test_that_what_was_never_asked_cannot_be_allowed() -> None:
    with pytest.raises(BadRequestError, match="no longer open"):
        Stage().desk.decide("q9", SHA256, True)


async def test_that_a_question_whose_agent_was_interrupted_is_closed_as_denied() -> None:
    stage = Stage()
    asking = await stage.asked()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (decided,) = stage.journal.of(PermissionDecided)
    assert (decided.allowed, decided.automatic) == (False, True)
    assert stage.journal.fold.permissions == {}
    with pytest.raises(BadRequestError):
        stage.desk.decide("q1", SHA256, True)


@given(TOOL_INPUT)
def test_that_the_hash_does_not_depend_on_the_order_of_the_keys(tool_input: dict[str, Any]) -> None:
    assert input_sha256(dict(reversed(tool_input.items()))) == input_sha256(tool_input)
    assert re.fullmatch("[0-9a-f]{64}", input_sha256(tool_input))


@pytest.mark.parametrize(
    "other",
    [
        {"command": "rm -r build "},
        {"command": "rm -r Build"},
        {"Command": "rm -r build"},
        {"command": ["rm -r build"]},
        {},
    ],
)
def test_that_the_hash_tells_inputs_apart(other: dict[str, Any]) -> None:
    assert input_sha256(other) != SHA256


def test_that_half_a_character_has_a_hash_too() -> None:
    assert input_sha256({"command": "\ud800"}) != input_sha256({"command": "\ud801"})
