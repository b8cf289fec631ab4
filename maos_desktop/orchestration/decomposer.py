"""Asks Claude for the plan."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pydantic import ValidationError

from maos_desktop.agents.prompting import join_sections
from maos_desktop.agents.roles import prompt_text
from maos_desktop.agents.structured_agent import StructuredAgent
from maos_desktop.errors import PlanError
from maos_desktop.executor.base import AgentLaunch
from maos_desktop.model.event import PlanRefused
from maos_desktop.model.ids import PLANNER
from maos_desktop.model.plan import Plan
from maos_desktop.orchestration.project_description import describe_project
from maos_desktop.orchestration.workplace import Workplace

MAX_TURNS = 30


class TaskDecomposer:
    """Turns the request into a plan, with a look at the project folder."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    async def decompose(self, request: str, comment: str = "", before: Plan | None = None) -> Plan:
        """Returns a valid plan. ``comment`` is what the user wants otherwise than in the plan ``before``.

        A plan that breaks a rule goes back once with the reason, which is recorded. Raises ``PlanError`` when the
        second breaks one too (``detail`` is what came back), and ``AgentError``.
        """
        place = self._workplace
        description = await asyncio.to_thread(describe_project, place.settings.project_folder)
        sections = {
            "Request": request,
            "Project folder": description,
            "Mode": _mode_line(place.settings.mode),
            "Plan before": before.model_dump_json() if before is not None and comment else "",
            "Comment on the plan before": comment,
        }
        launch = AgentLaunch(
            agent_id=PLANNER,
            system_prompt=prompt_text("planner"),
            tools=("Read", "Glob", "Grep"),
            max_turns=MAX_TURNS,
            output_schema=Plan.model_json_schema(),
            **place.launch_settings(),
        )
        async with StructuredAgent(
            launch, place.executor, place.journal, "Makes the plan", first_block=place.next_block(PLANNER)
        ) as planner:
            answer = await planner.ask(join_sections("# Make a plan", sections))
            try:
                return self._as_plan(answer)
            except PlanError as refusal:
                await place.journal.record(PlanRefused(reason=str(refusal), raw=refusal.detail, final=False))
                sections["Why the last plan was refused"] = str(refusal)
            return self._as_plan(await planner.ask(join_sections("# Make a plan", sections)))

    def _as_plan(self, answer: Any) -> Plan:
        try:
            plan = Plan.model_validate(answer)
        except ValidationError as error:
            reasons = "; ".join(_reason(dict(e)) for e in error.errors())
            raw = json.dumps(answer, ensure_ascii=False, indent=2)
            raise PlanError(f"The proposed plan cannot be used: {reasons}", detail=raw) from error
        mode = self._workplace.settings.mode
        return plan if mode == "auto" else plan.model_copy(update={"mode": mode})


def _mode_line(mode: str) -> str:
    return "Choose the mode." if mode == "auto" else f"Use the mode “{mode}”."


def _reason(error: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
