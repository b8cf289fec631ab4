"""The rehearsal's own brain: fixed rules in the place of a language model."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from maos_desktop.rehearsal.answer import Answer, Call, Say
from maos_desktop.rehearsal.conversation import STRUCTURED_OUTPUT, Conversation
from maos_desktop.rehearsal.planning import make_plan
from maos_desktop.rehearsal.prompts import read_plan_prompt, read_synthesis_prompt
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.side_requests import answer_side_request
from maos_desktop.rehearsal.synthesis import make_report
from maos_desktop.rehearsal.working import answer_agent

MAX_REFUSALS = 2
"""How often structured output that the CLI refused is given again."""


class Brain(Protocol):
    """Answers model requests."""

    async def answer(self, conversation: Conversation) -> Answer:
        """Returns the next answer in this conversation."""


class RuleBrain:
    """Answers by fixed rules from the conversation alone; it keeps nothing between requests."""

    async def answer(self, conversation: Conversation) -> Answer:
        """Returns a plan, a report, an agent's next step, or a short answer to a side request."""
        # A long conversation takes tens of milliseconds, which the window would show on its own thread.
        return await asyncio.to_thread(answer_by_rules, conversation)


def answer_by_rules(conversation: Conversation) -> Answer:
    """Returns the rules' answer; a function of the conversation alone."""
    match conversation.kind:
        case "plan":
            return _structured(conversation, make_plan(read_plan_prompt(conversation.prompt)))
        case "synthesis":
            return _structured(conversation, make_report(read_synthesis_prompt(conversation.prompt)))
        case "agent":
            return answer_agent(conversation)
        case "side":
            return answer_side_request(conversation)


def _structured(conversation: Conversation, output: dict[str, Any]) -> Answer:
    refused = [outcome for outcome in conversation.calls_of(STRUCTURED_OUTPUT) if outcome.is_error]
    if len(refused) >= MAX_REFUSALS:
        return Answer((Say(f"{NOTICE} The result was refused: {refused[-1].text}"),))
    return Answer((Say(f"{NOTICE} {_announcement(output)}"), Call(STRUCTURED_OUTPUT, output)))


def _announcement(output: dict[str, Any]) -> str:
    if "subtasks" in output:
        titles = "\n".join(f"- {subtask['role']}: {subtask['title']}" for subtask in output["subtasks"])
        return f"The plan follows from words of the request.\n\n{titles}"
    return f"{len(output['findings'])} findings stand in the agents' reports."
