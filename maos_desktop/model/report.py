"""The one answer of a session, with what each claim rests on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from maos_desktop.model.base import Data
from maos_desktop.model.ids import AgentId, TaskId


class Confidence(StrEnum):
    """How sure the synthesis is of a finding."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Source(Data):
    """Where a finding comes from: an agent and the task it had."""

    agent_id: AgentId
    task_id: TaskId


class Finding(Data):
    """One claim with the agents and tasks it rests on (at least one)."""

    title: str = Field(min_length=1, max_length=300)
    detail: str = Field(default="", max_length=20_000)
    sources: tuple[Source, ...] = Field(min_length=1)
    confidence: Confidence = Confidence.MEDIUM


class Report(Data):
    """What the team found, as one text with sources."""

    summary: str = Field(min_length=1, max_length=20_000)
    findings: tuple[Finding, ...] = ()
    conflicts: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """What the report lacks because a task failed or was not run."""
