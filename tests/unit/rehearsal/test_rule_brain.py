from __future__ import annotations

from maos_desktop.model.plan import Plan
from maos_desktop.model.report import Report
from maos_desktop.rehearsal.answer import Call, Say
from maos_desktop.rehearsal.conversation import read_conversation
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.rule_brain import MAX_REFUSALS, RuleBrain, answer_by_rules
from tests.unit.rehearsal.bodies import (
    assistant,
    body,
    conversation,
    structured_body,
    task,
    tool_result,
    tool_use,
    user,
)

PLAN_PROMPT = (
    "# Make a plan\n\n## Request\nTest it\n\n## Project folder\nLanguages: Python (1 files)\n\n## Mode\nChoose."
)
REPORT_PROMPT = "# Write the report\n\n## Request\nTest it\n\n## Results\n### tester-1 (t1): Test\nState: done\n\nFine."


def test_that_a_plan_is_given_as_structured_output_that_fits() -> None:
    said, called = answer_by_rules(read_conversation(structured_body(PLAN_PROMPT, "subtasks"))).blocks

    assert isinstance(said, Say)
    assert said.text.startswith(NOTICE)
    assert isinstance(called, Call)
    assert called.tool == "StructuredOutput"
    assert Plan.model_validate(called.input).subtasks


def test_that_a_report_is_given_as_structured_output_that_fits() -> None:
    said, called = answer_by_rules(read_conversation(structured_body(REPORT_PROMPT, "findings"))).blocks

    assert isinstance(said, Say)
    assert "1 finding" in said.text
    assert isinstance(called, Call)
    assert Report.model_validate(called.input).findings[0].sources[0].agent_id == "tester-1"


def test_that_a_planner_that_is_asked_again_answers_the_last_prompt() -> None:
    again = PLAN_PROMPT.replace("Test it", "Document it")
    messages = [assistant(tool_use("StructuredOutput", "a")), tool_result("ok", "a"), user(again)]
    called = answer_by_rules(read_conversation(structured_body(PLAN_PROMPT, "subtasks", messages=messages))).blocks[-1]

    assert isinstance(called, Call)
    assert called.input["goal"] == "Document it"


def test_that_a_result_that_is_refused_again_and_again_ends_the_turn() -> None:
    refused = []
    for n in range(MAX_REFUSALS):
        refused += [assistant(tool_use("StructuredOutput", f"t{n}")), tool_result("Wrong.", f"t{n}", is_error=True)]
    answer = answer_by_rules(read_conversation(structured_body(PLAN_PROMPT, "subtasks", messages=refused)))

    assert answer.stop_reason == "end_turn"
    assert answer.blocks == (Say(f"{NOTICE} The result was refused: Wrong."),)


async def test_that_an_agents_request_is_answered_with_its_next_step() -> None:
    answer = await RuleBrain().answer(conversation(user(task("tester"))))

    assert answer.stop_reason == "tool_use"


async def test_that_a_side_request_does_not_disturb_an_agent() -> None:
    brain, agent = RuleBrain(), conversation(user(task("tester")))
    before = await brain.answer(agent)
    side = await brain.answer(read_conversation(body(user("Title for: # Your task"), tools=())))

    assert side.blocks == (Say(NOTICE),)
    assert await brain.answer(agent) == before
