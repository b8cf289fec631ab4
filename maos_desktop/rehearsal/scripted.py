"""A brain that follows scripts, for tests of behaviour that the rules would not show.

    brain = ScriptedBrain({
        "security-1": [
            say("I look.", call("Grep", pattern="password")),
            call_team("announce_discovery", text="config.py:3 holds a password", importance="high"),
            lambda conversation: say(f"I was told: {conversation.news}"),
        ],
    })

Each model request of an agent takes the next step of its script; a request after the last step is answered by
``otherwise`` (the rules, unless another brain is given). Keys are agent names (``planner``, ``synthesis``,
``tester-1``); ``("any name", predicate)`` pairs in ``also`` choose by the parsed request instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from maos_desktop.rehearsal.answer import Answer, Call, Delivery, Say
from maos_desktop.rehearsal.conversation import STRUCTURED_OUTPUT, TEAM_TOOLS, Conversation
from maos_desktop.rehearsal.rule_brain import Brain, RuleBrain

Step = Answer | Callable[[Conversation], Answer]
"""An answer, or what makes one from the parsed request."""
Predicate = Callable[[Conversation], bool]


class ScriptedBrain:
    """Answers by scripts, each used up step by step over the life of the brain."""

    def __init__(
        self,
        scripts: Mapping[str, Sequence[Step]] | None = None,
        *,
        also: Iterable[tuple[Predicate, Sequence[Step]]] = (),
        otherwise: Brain | None = None,
    ) -> None:
        self._by_agent = {agent: list(steps) for agent, steps in (scripts or {}).items()}
        self._also = [(predicate, list(steps)) for predicate, steps in also]
        self._otherwise = otherwise or RuleBrain()

    async def answer(self, conversation: Conversation) -> Answer:
        """Returns the next step of the first script that fits and has one left, else what ``otherwise`` answers."""
        for steps in self._fitting(conversation):
            if steps:
                step = steps.pop(0)
                return step if isinstance(step, Answer) else step(conversation)
        return await self._otherwise.answer(conversation)

    def _fitting(self, conversation: Conversation) -> Iterable[list[Step]]:
        yield self._by_agent.get(str(conversation.agent), [])
        yield from (steps for predicate, steps in self._also if predicate(conversation))


def say(text: str, *calls: Answer) -> Answer:
    """Answers with text, and with the calls of the other answers if any are given; without calls the turn ends."""
    return Answer((Say(text), *(block for answer in calls for block in answer.blocks)))


def call(tool: str, /, **arguments: Any) -> Answer:
    """Answers with a call of one of the CLI's own tools."""
    return Answer((Call(tool, arguments),))


def call_team(tool: str, /, **arguments: Any) -> Answer:
    """Answers with a call of one of the app's own tools, such as ``send_message``."""
    return Answer((Call(TEAM_TOOLS + tool, arguments),))


def structured(output: Mapping[str, Any]) -> Answer:
    """Answers a planner or a synthesis with this output."""
    return Answer((Call(STRUCTURED_OUTPUT, dict(output)),))


def delayed(seconds: float, answer: Answer) -> Answer:
    """The same answer, ``seconds`` later."""
    return replace(answer, delivery=replace(answer.delivery, delay_seconds=seconds))


def held(until: asyncio.Event, answer: Answer) -> Answer:
    """The same answer, not before ``until`` is set."""
    return replace(answer, delivery=replace(answer.delivery, hold=until))


def failing(status: int) -> Answer:
    """An HTTP error of this status instead of an answer."""
    return Answer(delivery=Delivery(status=status))


def cut(answer: Answer, after: int = 3) -> Answer:
    """The same answer, its connection closed after ``after`` stream events."""
    return replace(answer, delivery=replace(answer.delivery, cut_after=after))


def hanging() -> Answer:
    """A stream that begins and then says nothing more."""
    return Answer(delivery=Delivery(hang=True))
