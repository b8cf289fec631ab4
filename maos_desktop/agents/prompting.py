"""The prompts that agents are given, as Markdown sections; sections without content are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from maos_desktop.model.fold import SessionFold, TaskFold
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.plan import Plan, Subtask

REPORT_LIMIT = 12_000
"""Characters of one report in another agent's prompt; the whole stays in the log."""


def task_prompt(plan: Plan, subtask: Subtask, fold: SessionFold, *, shared: str, messages: str, resumed: bool) -> str:
    """Returns an agent's first prompt: who it is, its task, the team, and all that is known so far.

    ``shared`` is the digest of the shared context, ``messages`` a hand-over of the bus; both may be empty.
    """
    agents = plan.agent_ids()
    head = "# Continue your task" if resumed else "# Your task"
    identity = f"{head}\nAgent: {agents[subtask.id]}\nRole: {subtask.role}\nTask: {subtask.id} – {subtask.title}"
    if resumed:
        again = "The app was closed while you worked. Go on where you were; do not begin anew."
        return join_sections(identity, {"What happened": again, "Messages": messages})
    return join_sections(
        identity,
        {
            "Goal of the team": plan.goal,
            "The user's request": fold.settings.request if fold.settings else "",
            "Instructions": subtask.instructions,
            "Team": _team(plan, agents, fold.tasks, without=subtask.id),
            "Reports of the tasks you depend on": _reports(plan, agents, fold.tasks, subtask.depends_on),
            "What the team knows": shared,
            "Messages": messages,
        },
    )


def join_sections(head: str, sections: Mapping[str, str]) -> str:
    """Returns ``head`` followed by a ``## name`` section for each that has content."""
    parts = [head] + [f"## {name}\n{text.strip()}" for name, text in sections.items() if text.strip()]
    return "\n\n".join(parts)


def shorten(text: str, limit: int = REPORT_LIMIT) -> str:
    """Returns ``text``, or its beginning and end with a note between them when it is over ``limit`` characters."""
    if len(text) <= limit:
        return text
    head, tail = limit * 3 // 4, limit // 4
    return f"{text[:head]}\n\n[… {len(text) - head - tail} characters left out …]\n\n{text[-tail:]}"


def _team(plan: Plan, agents: Mapping[TaskId, AgentId], tasks: Mapping[TaskId, TaskFold], without: TaskId) -> str:
    return "\n".join(
        f"- {agents[s.id]} ({s.role}): {s.title} [{s.id}, {tasks[s.id].state}]"
        for s in plan.subtasks
        if s.id != without
    )


def _reports(
    plan: Plan,
    agents: Mapping[TaskId, AgentId],
    tasks: Mapping[TaskId, TaskFold],
    needed: Iterable[TaskId],
) -> str:
    return "\n\n".join(
        f"### {agents[task_id]} ({task_id}): {plan.subtask(task_id).title}\n{shorten(tasks[task_id].report)}"
        for task_id in needed
    )
