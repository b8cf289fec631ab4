"""The app's prompts, read as a model would read them: headings, lines of a known form, and the text between."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from maos_desktop.model.plan import Mode

_IDENTITY = re.compile(r"^(Agent|Role|Task): (.+)$", re.MULTILINE)
_MATE = re.compile(r"^- (\S+) \(([^)]*)\): (.*) \[([^,\]]+), (\w+)\]$", re.MULTILINE)
_REPORT_HEAD = re.compile(r"^### (\S+) \(([^)\s]+)\): (.*)$", re.MULTILINE)
_STATE = re.compile(r"\AState: (\w+)\n?")
_FRAME = re.compile(r"\A<report-([0-9a-f]{12}) from=\"[^\"]*\">\n(.*)\n</report-\1>\Z", re.DOTALL)
_PROPOSAL = re.compile(r"^- (\S+) \(\w+\): (.*?) – ", re.MULTILINE)
_MODE = re.compile(r"\b(sequential|parallel|dynamic)\b")


@dataclass(frozen=True, slots=True)
class TeamMate:
    """Another agent as the prompt names it; ``state`` is that of its task when the prompt was written."""

    agent: str
    role: str
    title: str
    task: str
    state: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A task's outcome in another prompt; ``text`` as it was before it was escaped for that prompt."""

    agent: str
    task: str
    title: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Work that an agent found and nobody has."""

    agent: str
    title: str


@dataclass(frozen=True, slots=True)
class TaskPrompt:
    """Who an agent is and what it is to do."""

    agent: str
    role: str
    task: str
    title: str
    request: str
    instructions: str
    team: tuple[TeamMate, ...]
    reports: tuple[Reported, ...]


@dataclass(frozen=True, slots=True)
class PlanPrompt:
    """What the plan is for. ``roles_before`` are those of the plan that the comment is about."""

    request: str
    project: str
    mode: Mode | None
    comment: str
    roles_before: tuple[str, ...]
    refusal: str


@dataclass(frozen=True, slots=True)
class SynthesisPrompt:
    """What the report is made of."""

    request: str
    results: tuple[Reported, ...]
    proposals: tuple[Proposed, ...] = ()


def read_task_prompt(prompts: Sequence[str]) -> TaskPrompt:
    """Reads the prompts of one agent in order; a later one (of a resumed agent) may leave out what was said."""
    known: dict[str, str] = {}
    for prompt in prompts:
        head, sections = _sections(prompt, _TASK_SECTIONS)
        known |= {name: text for name, text in [*_IDENTITY.findall(head), *sections.items()] if text}
    task, _, title = known.get("Task", "").partition(" – ")
    return TaskPrompt(
        agent=known.get("Agent", ""),
        role=known.get("Role", ""),
        task=task,
        title=title,
        request=known.get("The user's request", ""),
        instructions=known.get("Instructions", ""),
        team=tuple(TeamMate(*found) for found in _MATE.findall(known.get("Team", ""))),
        reports=_reported(known.get("Reports of the tasks you depend on", "")),
    )


def read_plan_prompt(prompt: str) -> PlanPrompt:
    """Reads the planner's prompt."""
    _, sections = _sections(prompt, _PLAN_SECTIONS)
    named = _MODE.search(sections.get("Mode", ""))
    return PlanPrompt(
        request=sections.get("Request", ""),
        project=sections.get("Project folder", ""),
        mode=Mode(named[1]) if named else None,
        comment=sections.get("Comment on the plan before", ""),
        roles_before=_roles(sections.get("Plan before", "")),
        refusal=sections.get("Why the last plan was refused", ""),
    )


def read_synthesis_prompt(prompt: str) -> SynthesisPrompt:
    """Reads the prompt of the synthesis."""
    _, sections = _sections(prompt, _SYNTHESIS_SECTIONS)
    proposals = _PROPOSAL.findall(sections.get("Proposed work", ""))
    return SynthesisPrompt(
        request=sections.get("Request", ""),
        results=_reported(sections.get("Results", "")),
        proposals=tuple(Proposed(agent, title.replace("&lt;", "<")) for agent, title in proposals),
    )


_TASK_SECTIONS = (
    "Goal of the team",
    "The user's request",
    "What happened",
    "Instructions",
    "Team",
    "Reports of the tasks you depend on",
    "What the team knows",
    "Messages",
)
_PLAN_SECTIONS = (
    "Request",
    "Project folder",
    "Mode",
    "Plan before",
    "Comment on the plan before",
    "Why the last plan was refused",
)
_SYNTHESIS_SECTIONS = (
    "Request",
    "Goal",
    "Results",
    "Discoveries",
    "Messages",
    "Proposed work",
    "Why the last report was refused",
)


def _sections(prompt: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Splits at the known headings, in their order: a heading inside quoted text starts no section of its own."""
    positions: list[tuple[str, int, int]] = []
    start = 0
    for name in names:
        if found := re.compile(rf"^## {re.escape(name)}$", re.MULTILINE).search(prompt, start):
            positions.append((name, found.start(), found.end()))
            start = found.end()
    ends = [begin for _, begin, _ in positions[1:]] + [len(prompt)]
    head = prompt[: positions[0][1]] if positions else prompt
    return head, {name: prompt[after:end].strip() for (name, _, after), end in zip(positions, ends, strict=False)}


def _reported(text: str) -> tuple[Reported, ...]:
    heads = list(_REPORT_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return tuple(_one_report(head, text[head.end() : end].strip()) for head, end in zip(heads, ends, strict=False))


def _one_report(head: re.Match[str], text: str) -> Reported:
    state = _STATE.match(text)
    body = text[state.end() :].strip() if state else text
    if framed := _FRAME.match(body):
        body = framed[2].strip()
    return Reported(head[1], head[2], head[3], state[1] if state else "done", body.replace("&lt;", "<"))


def _roles(plan_before: str) -> tuple[str, ...]:
    try:
        plan = json.loads(plan_before)
        return tuple(str(subtask["role"]) for subtask in plan["subtasks"])
    except (ValueError, KeyError, TypeError):
        return ()
