"""An agent at work: what it answers to the next request, from everything its conversation holds."""

from __future__ import annotations

from maos_desktop.rehearsal.answer import Answer, Say
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.desk import Desk
from maos_desktop.rehearsal.inquiry import Concluded, Evidence, Inquiry, advance
from maos_desktop.rehearsal.mentions import asks_to_end
from maos_desktop.rehearsal.prompts import read_task_prompt
from maos_desktop.rehearsal.reports import NOTICE, write_report
from maos_desktop.rehearsal.roles import rules_for
from maos_desktop.rehearsal.team import greetings, hear


def answer_agent(conversation: Conversation) -> Answer:
    """Returns the agent's next step: tool calls with a word on why, or its report."""
    desk = Desk(conversation, read_task_prompt(conversation.prompts))
    evidence = Evidence(conversation)
    if any(frame.from_user and asks_to_end(frame.text) for frame in conversation.frames):
        evidence.close("Not done: you asked to come to an end.")
    result = advance(_work(desk), evidence)
    spoken = [] if conversation.said else [f"{NOTICE} I am {desk.task.agent}."]
    spoken.append(greetings(desk))
    if isinstance(result, Concluded):
        # The report is a block of its own: the runtime takes the last block for the result.
        before = "\n\n".join(text for text in spoken if text)
        return Answer((*([Say(before)] if before else []), Say(result.value)))
    text = "\n\n".join(text for text in (*spoken, result.say) if text)
    return Answer((*([Say(text)] if text else []), *result.calls))


def _work(desk: Desk) -> Inquiry[str]:
    rules = rules_for(desk.task.role)
    yield from hear(desk, rules.about)
    yield from rules.investigate(desk)
    heading = f"{desk.task.role.capitalize()}: {desk.task.title}" if desk.task.title else desk.task.agent
    return write_report(
        heading,
        desk.findings,
        team=desk.talk,
        outcomes=desk.conversation.outcomes,
        empty=desk.empty,
        problems=desk.problems,
    )
