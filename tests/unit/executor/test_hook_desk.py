"""What the CLI is answered, on behalf of who owns the agent."""

from __future__ import annotations

from typing import Any

import pytest

from maos_desktop.errors import MessageError, StoreError
from maos_desktop.executor.base import AgentTool, PermissionAnswer, PermissionQuestion
from maos_desktop.executor.hook_desk import HookDesk
from maos_desktop.executor.spending import Spending
from maos_desktop.executor.turn_reader import TurnReader
from tests.unit.executor import wire


class Owner:
    """Answers every hook with ``text``, or raises it."""

    def __init__(self, text: str | Exception | None = None, *, allows: bool = True) -> None:
        self.text = text
        self.allows = allows
        self.asked: list[object] = []

    async def at_tool_boundary(self, response: int) -> str | None:
        return self._answer(("boundary", response))

    async def before_end(self, response: int) -> str | None:
        return self._answer(("end", response))

    async def decide_permission(self, question: PermissionQuestion) -> PermissionAnswer:
        self._answer(question)
        return PermissionAnswer(self.allows, "Not today.")

    def _answer(self, asked: object) -> str | None:
        self.asked.append(asked)
        if isinstance(self.text, Exception):
            raise self.text
        return self.text


class Desk(HookDesk):
    """A desk after ``responses`` responses that keeps what it could not answer."""

    def __init__(self, owner: Owner, responses: int = 2) -> None:
        self.failures: list[Exception] = []
        self.reader = TurnReader(Spending(resumed=False))
        for n in range(responses):
            list(self.reader.take(wire.message_start(str(n))))
        super().__init__(owner, self.reader, self.failures.append)


def _returned(tool: str = "Read", event: str = "PostToolUse", **fields: Any) -> dict[str, Any]:
    return {"hook_event_name": event, "tool_name": tool, **fields}


@pytest.mark.parametrize("event", ["PostToolUse", "PostToolUseFailure"])
async def test_that_text_is_handed_over_at_a_tool_boundary_with_the_response_it_follows(event: str) -> None:
    owner = Owner("news")
    answer = await Desk(owner).tool_returned(_returned(event=event))
    assert answer == {"hookSpecificOutput": {"hookEventName": event, "additionalContext": "news"}}
    assert owner.asked == [("boundary", 2)]


async def test_that_text_keeps_the_turn_going() -> None:
    owner = Owner("news")
    answer = await Desk(owner).wants_to_end()
    assert answer == {"hookSpecificOutput": {"hookEventName": "Stop", "additionalContext": "news"}}
    assert owner.asked == [("end", 2)]


async def test_that_nothing_to_say_is_no_decision() -> None:
    desk = Desk(Owner(None))
    assert await desk.tool_returned(_returned()) == {}
    assert await desk.wants_to_end() == {}


async def test_that_nothing_is_handed_over_inside_a_sub_agent() -> None:
    owner = Owner("news")
    assert await Desk(owner).tool_returned(_returned(agent_id="a1b2")) == {}
    assert owner.asked == []


async def test_that_nothing_is_handed_over_when_the_turn_ends_in_structured_output() -> None:
    owner = Owner("news")
    desk = Desk(owner)
    assert await desk.tool_returned(_returned("StructuredOutput")) == {}
    assert await desk.tool_returned(_returned("Read")) == {}
    assert await desk.wants_to_end() == {}
    assert owner.asked == []


async def test_that_the_turn_after_structured_output_is_asked_again() -> None:
    owner = Owner("news")
    desk = Desk(owner)
    await desk.tool_returned(_returned("StructuredOutput"))
    list(desk.reader.take(wire.message_start("next")))
    assert await desk.wants_to_end() != {}


async def test_that_structured_output_which_was_not_accepted_is_a_boundary_like_any_other() -> None:
    owner = Owner("news")
    assert await Desk(owner).tool_returned(_returned("StructuredOutput", "PostToolUseFailure")) != {}


async def test_that_the_user_is_asked_exactly_what_would_be_executed() -> None:
    owner = Owner()
    given = {"command": "rm -rf build", "description": "Lists files"}
    answer = await Desk(owner).asks_permission("Bash", given)
    assert answer.allowed
    (question,) = owner.asked
    assert isinstance(question, PermissionQuestion)
    assert question.input is given
    assert (question.tool, question.description) == ("Bash", "Lists files")


async def test_that_every_question_has_an_id_of_its_own_and_no_description_need_be_given() -> None:
    owner = Owner()
    desk = Desk(owner)
    await desk.asks_permission("Read", {"file_path": "/etc/passwd", "description": 7})
    await desk.asks_permission("Read", {"file_path": "/etc/passwd"})
    first, second = (q for q in owner.asked if isinstance(q, PermissionQuestion))
    assert first.request_id != second.request_id
    assert first.description == second.description == ""


async def test_that_a_tool_of_the_app_returns_its_text_and_the_user_s_errors_as_errors() -> None:
    async def handler(arguments: dict[str, Any]) -> str:
        if arguments["to"] == "nobody":
            raise MessageError("There is no agent “nobody”.", next_step="Ask another one.")
        return f"Sent to {arguments['to']}."

    desk, tool = Desk(Owner()), AgentTool("send_message", "Send", {}, handler)
    assert await desk.uses_tool(tool, {"to": "tester-1"}) == ("Sent to tester-1.", False)
    assert await desk.uses_tool(tool, {"to": "nobody"}) == ("There is no agent “nobody”. Ask another one.", True)
    assert desk.failures == []


async def test_that_an_error_of_the_owner_s_own_ends_its_stream_and_decides_nothing() -> None:
    error = StoreError("The disk is full.")
    desk = Desk(Owner(error))
    assert await desk.tool_returned(_returned()) == {}
    assert await desk.wants_to_end() == {}
    assert not (await desk.asks_permission("Bash", {})).allowed
    assert desk.failures == [error] * 3


async def test_that_a_bug_in_a_tool_of_the_app_is_not_shown_to_the_model() -> None:
    async def handler(_: dict[str, Any]) -> str:
        raise ZeroDivisionError("internal")

    desk = Desk(Owner())
    text, is_error = await desk.uses_tool(AgentTool("reply", "Reply", {}, handler), {})
    assert is_error
    assert "internal" not in text
    assert [type(error) for error in desk.failures] == [ZeroDivisionError]
