"""Combines what the team found into one report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from maos_desktop.agents.prompting import REPORTS_PREFACE, join_sections, quote, quote_reports, shorten
from maos_desktop.agents.roles import prompt_text
from maos_desktop.agents.structured_agent import StructuredAgent
from maos_desktop.errors import RefusedError
from maos_desktop.executor.base import AgentLaunch, Executor
from maos_desktop.model.event import Journal, ReportProduced, SynthesisStarted
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SYNTHESIS
from maos_desktop.model.message import MessageType
from maos_desktop.model.plan import Plan
from maos_desktop.model.report import Report
from maos_desktop.model.untrusted_text import clean_line

DISCOVERY_CHARS = 2_000
MESSAGE_CHARS = 400
MESSAGES = 200
MAX_TURNS = 10


class SynthesisAgent:
    """Writes the report; a finding whose source does not exist is refused and asked for again once."""

    def __init__(self, journal: Journal, executor: Executor, launch_settings: Mapping[str, Any]) -> None:
        self._journal = journal
        self._executor = executor
        self._launch_settings = launch_settings

    async def write_report(self, request: str, plan: Plan, fold: SessionFold) -> Report:
        """Returns the report, recorded. Raises ``AgentError`` when none came that can be used."""
        await self._journal.record(SynthesisStarted())
        known = fold.agents.get(SYNTHESIS)
        launch = AgentLaunch(
            agent_id=SYNTHESIS,
            system_prompt=prompt_text("synthesis"),
            tools=(),
            max_turns=MAX_TURNS,
            output_schema=Report.model_json_schema(),
            **self._launch_settings,
        )
        first_block = known.next_block if known is not None else 0
        async with StructuredAgent(
            launch, self._executor, self._journal, "Writes the report", first_block=first_block
        ) as agent:
            prompt = synthesis_prompt(request, plan, fold)
            try:
                report = _as_report(await agent.ask(prompt), plan)
            except RefusedError as refusal:
                report = _as_report(await agent.ask(f"{prompt}\n\n## Why the last report was refused\n{refusal}"), plan)
        report = _with_gaps(report, plan, fold)
        await self._journal.record(ReportProduced(report=report))
        return report


def synthesis_prompt(request: str, plan: Plan, fold: SessionFold) -> str:
    """Returns what the synthesis is given: results of all tasks, discoveries, messages and proposals, cut to size."""
    return join_sections(
        "# Write the report",
        {
            "Request": request,
            "Goal": plan.goal,
            "Results": "\n\n".join([REPORTS_PREFACE, *_results(plan, fold)]),
            "Discoveries": "\n".join(_discoveries(fold)),
            "Messages": "\n".join(_messages(fold)),
            "Proposed work": "\n".join(_proposals(fold)),
        },
    )


def _results(plan: Plan, fold: SessionFold) -> list[str]:
    results = []
    agents = plan.agent_ids()
    reports = {agents[task_id]: task.report for task_id, task in fold.tasks.items() if task.report}
    framed = quote_reports(reports)
    for task_id, agent_id in agents.items():
        task = fold.tasks[task_id]
        text = framed.get(agent_id) or quote(task.failure.what if task.failure else task.reason)
        head = f"### {agent_id} ({task_id}): {clean_line(plan.subtask(task_id).title)}\nState: {task.state}"
        results.append(f"{head}\n\n{text}")
    return results


def _discoveries(fold: SessionFold) -> list[str]:
    """One line per discovery; who found the same later stands beside who announced it."""
    found_by = {
        known: [tracked.message.sender]
        for known, tracked in fold.messages.items()
        if tracked.message.type is MessageType.DISCOVERY
    }
    for again in fold.discoveries:
        found_by.setdefault(again.message_id, []).append(again.agent_id)
    lines = []
    for known, agents in found_by.items():
        message = fold.messages[known].message
        who = ", ".join(dict.fromkeys(agents))
        lines.append(f"- [{known}] {who} ({message.importance}): {quote(message.text, DISCOVERY_CHARS)}")
    return lines


def _messages(fold: SessionFold) -> list[str]:
    rows = [
        f"- [{m.message.id}] {m.message.sender} → {', '.join(m.message.receivers)} ({m.message.type}): "
        f"{shorten(clean_line(m.message.text), MESSAGE_CHARS)}"
        for m in fold.messages.values()
        if m.message.type is not MessageType.DISCOVERY
    ]
    return rows[-MESSAGES:]


def _proposals(fold: SessionFold) -> list[str]:
    return [
        f"- {proposal.agent_id} ({proposal.role}): {clean_line(proposal.title)} – "
        f"{shorten(clean_line(proposal.instructions), MESSAGE_CHARS)}"
        for proposal in fold.proposals[-MESSAGES:]
    ]


def _as_report(answer: Any, plan: Plan) -> Report:
    try:
        report = Report.model_validate(answer)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RefusedError(f"The report cannot be used: {reasons}") from error
    agents = plan.agent_ids()
    unknown = {
        f"{source.agent_id} ({source.task_id})"
        for finding in report.findings
        for source in finding.sources
        if agents.get(source.task_id) != source.agent_id
    }
    if unknown:
        raise RefusedError(f"The report names sources that do not exist: {', '.join(sorted(unknown))}.")
    return report


def _with_gaps(report: Report, plan: Plan, fold: SessionFold) -> Report:
    """Returns the report with every task that was not done named as missing, whatever the model left out."""
    gaps = []
    for task_id, agent_id in plan.agent_ids().items():
        task, title = fold.tasks[task_id], clean_line(plan.subtask(task_id).title)
        named = any(agent_id in line or title in line for line in report.missing)
        if task.state != "done" and not named:
            gaps.append(f"{title} ({agent_id}): {task.failure.what if task.failure else task.reason}")
    return report.model_copy(update={"missing": (*report.missing, *gaps)}) if gaps else report
