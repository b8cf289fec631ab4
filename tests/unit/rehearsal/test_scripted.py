from __future__ import annotations

import asyncio

from maos_desktop.rehearsal.answer import Answer, Call, Say
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import (
    ScriptedBrain,
    call,
    call_team,
    cut,
    delayed,
    failing,
    hanging,
    held,
    say,
    structured,
)
from tests.unit.rehearsal.bodies import conversation, task, user


def asked_by(role: str, *texts: str) -> Conversation:
    return conversation(user(task(role), *texts))


async def test_that_each_request_of_an_agent_takes_the_next_step_of_its_script() -> None:
    brain = ScriptedBrain({"tester-1": [say("One"), say("Two")], "analyst-1": [say("Other")]})

    assert await brain.answer(asked_by("tester")) == say("One")
    assert await brain.answer(asked_by("analyst")) == say("Other")
    assert await brain.answer(asked_by("tester")) == say("Two")


async def test_that_the_rules_answer_when_a_script_is_at_its_end() -> None:
    brain = ScriptedBrain({"tester-1": [say("One")]})
    await brain.answer(asked_by("tester"))

    assert (await brain.answer(asked_by("tester"))).stop_reason == "tool_use"


async def test_that_another_brain_can_answer_instead_of_the_rules() -> None:
    brain = ScriptedBrain(otherwise=ScriptedBrain({"tester-1": [say("From the other")]}))

    assert await brain.answer(asked_by("tester")) == say("From the other")


async def test_that_a_step_can_be_made_from_the_request() -> None:
    brain = ScriptedBrain({"tester-1": [lambda asked: say(f"I was told: {asked.news[-5:]}")]})

    assert await brain.answer(asked_by("tester", "Hello")) == say("I was told: Hello")


async def test_that_a_script_can_be_chosen_by_the_request() -> None:
    brain = ScriptedBrain(also=[(lambda asked: "special" in asked.news, [say("Chosen")])])

    assert await brain.answer(asked_by("tester", "special")) == say("Chosen")
    assert (await brain.answer(asked_by("tester", "special"))).stop_reason == "tool_use"


async def test_that_the_script_of_the_agent_comes_first() -> None:
    brain = ScriptedBrain({"tester-1": [say("Named")]}, also=[(lambda _: True, [say("Chosen")])])

    assert [await brain.answer(asked_by("tester")) for _ in range(2)] == [say("Named"), say("Chosen")]


async def test_that_the_given_scripts_are_not_used_up() -> None:
    scripts = {"tester-1": [say("One")]}
    await ScriptedBrain(scripts).answer(asked_by("tester"))

    assert scripts == {"tester-1": [say("One")]}


def test_that_answers_are_easily_written() -> None:
    assert say("I look.", call("Grep", pattern="x"), call_team("reply", text="y")) == Answer(
        (Say("I look."), Call("Grep", {"pattern": "x"}), Call("mcp__maos__reply", {"text": "y"}))
    )
    assert structured({"goal": "x"}) == Answer((Call("StructuredOutput", {"goal": "x"}),))


def test_that_deliveries_add_up() -> None:
    until = asyncio.Event()
    delivery = held(until, delayed(2, cut(say("One"), after=5))).delivery

    assert (delivery.hold, delivery.delay_seconds, delivery.cut_after) == (until, 2, 5)
    assert failing(529).delivery.status == 529
    assert hanging().delivery.hang
