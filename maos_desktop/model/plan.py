"""The plan: subtasks with roles and dependencies, as proposed, edited, approved and stored."""

from __future__ import annotations

import graphlib
from collections import Counter
from enum import StrEnum

from pydantic import Field, model_validator

from maos_desktop.model.base import Data
from maos_desktop.model.ids import AgentId, TaskId


class Mode(StrEnum):
    """How the subtasks of a plan are run (the strategy)."""

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"
    DYNAMIC = "dynamic"


class Role(StrEnum):
    """What an agent is for; each role has a prompt and a tool list in ``agents/roles.py``."""

    ANALYST = "analyst"
    ARCHITECT = "architect"
    DEVELOPER = "developer"
    TESTER = "tester"
    REVIEWER = "reviewer"
    SECURITY = "security"
    PERFORMANCE = "performance"
    RESEARCHER = "researcher"
    DOCUMENTER = "documenter"


class Subtask(Data):
    """One piece of work for one agent."""

    id: TaskId = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")
    title: str = Field(min_length=1, max_length=200)
    instructions: str = Field(min_length=1, max_length=20_000)
    role: Role
    depends_on: tuple[TaskId, ...] = ()
    model: str | None = None
    tools: tuple[str, ...] | None = None
    """Names of CLI tools that replace the role's list; ``None`` keeps the role's."""
    max_turns: int | None = Field(default=None, ge=1, le=500)
    writes: bool = False
    """Whether the task is to change files of the project folder."""


class Plan(Data):
    """Subtasks with their dependencies. A plan that breaks a rule cannot be made (``ValueError`` says which)."""

    goal: str = Field(min_length=1, max_length=4_000)
    mode: Mode = Mode.DYNAMIC
    rationale: str = Field(default="", max_length=4_000)
    subtasks: tuple[Subtask, ...]

    @model_validator(mode="after")
    def _check_rules(self) -> Plan:
        problems = plan_problems(self.subtasks)
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def agent_ids(self) -> dict[TaskId, AgentId]:
        """Returns the agent of each subtask: ``<role>-<n>``, numbered in the plan's order within a role."""
        seen: Counter[str] = Counter()
        agents: dict[TaskId, AgentId] = {}
        for subtask in self.subtasks:
            seen[subtask.role] += 1
            agents[subtask.id] = AgentId(f"{subtask.role}-{seen[subtask.role]}")
        return agents

    def subtask(self, task_id: TaskId) -> Subtask:
        """Returns the subtask of that id. Raises ``KeyError``."""
        for subtask in self.subtasks:
            if subtask.id == task_id:
                return subtask
        raise KeyError(task_id)


def plan_problems(subtasks: tuple[Subtask, ...]) -> list[str]:
    """Returns what is wrong with these subtasks as a plan, a sentence each; an empty list means nothing is."""
    if not subtasks:
        return ["A plan needs at least one subtask."]
    problems: list[str] = []
    known = Counter(subtask.id for subtask in subtasks)
    problems += [f"The id “{task_id}” is used by {n} subtasks." for task_id, n in known.items() if n > 1]
    for subtask in subtasks:
        for needed in subtask.depends_on:
            if needed == subtask.id:
                problems.append(f"Subtask “{subtask.id}” depends on itself.")
            elif needed not in known:
                problems.append(f"Subtask “{subtask.id}” depends on “{needed}”, which does not exist.")
    graph = {s.id: [d for d in s.depends_on if d in known and d != s.id] for s in subtasks}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        problems.append("The dependencies form a cycle: " + " → ".join(reversed(error.args[1])) + ".")
    return problems
