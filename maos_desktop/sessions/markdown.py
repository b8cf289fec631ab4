"""A session as one Markdown document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from maos_desktop.log import redact
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.fold import AgentFold, SessionFold
from maos_desktop.model.plan import Plan
from maos_desktop.model.report import Report
from maos_desktop.model.session import Backend, SessionSummary
from maos_desktop.model.transcript import (
    MessageEntry,
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    TimelineRow,
    ToolEntry,
    TranscriptEntry,
)
from maos_desktop.model.untrusted_text import visible

OUTPUT_CHARS = 4_000
"""Characters of one tool result; the whole is in the JSON export."""


def session_markdown(summary: SessionSummary, events: Sequence[LoggedEvent]) -> str:
    """Returns request, plan, each agent's transcript, the timeline and the report, without secrets."""
    fold = SessionFold(events)
    parts = [*_head(summary), "## Request", _quoted(summary.settings.request)]
    if fold.plan is not None:
        parts += ["## Plan", *_plan(fold.plan)]
    parts.append("## Agents")
    for agent in fold.agents.values():
        parts += _agent(agent, fold)
    parts += ["## Timeline", "\n".join(_timeline(fold))]
    if fold.report is not None:
        parts += ["## Report", *_report(fold.report)]
    if fold.failure is not None:
        parts += ["## Failure", _safe(f"{fold.failure.what} {fold.failure.kept} {fold.failure.next_step}".strip())]
    return "\n\n".join(parts) + "\n"


def _head(summary: SessionSummary) -> Iterator[str]:
    settings = summary.settings
    yield f"# {_line(summary.title)}"
    if settings.backend is Backend.REHEARSAL:
        yield "**Rehearsal: no language model is involved.**"
    cost = "" if summary.cost_usd is None else f"\n- Cost: ${summary.cost_usd:.2f}"
    yield (
        f"- Session: `{summary.id}`\n- Folder: `{settings.project_folder}`\n- State: {_words(summary.state)}\n"
        f"- Created: {summary.created_at:%Y-%m-%d %H:%M} UTC\n- Changed: {summary.updated_at:%Y-%m-%d %H:%M} UTC{cost}"
    )


def _plan(plan: Plan) -> Iterator[str]:
    yield _quoted(plan.goal)
    yield f"Mode: {plan.mode}. {_line(plan.rationale)}".strip()
    agents = plan.agent_ids()
    rows = ["| Task | Agent | Depends on | Title |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {s.id} | {agents[s.id]} | {', '.join(s.depends_on) or '–'} | {_cell(s.title)} |" for s in plan.subtasks
    ]
    yield "\n".join(rows)
    for subtask in plan.subtasks:
        yield f"**{subtask.id}** – instructions:"
        yield _quoted(subtask.instructions)


def _agent(agent: AgentFold, fold: SessionFold) -> Iterator[str]:
    title = f" – {_line(agent.title)}" if agent.title else ""
    yield f"### {agent.id}{title}"
    task = f"task {agent.task_id}, " if agent.task_id else ""
    yield f"*{task}{_words(agent.state)}, {agent.turns} model requests, {agent.tokens:,} tokens*"
    for entry in agent.transcript:
        yield from _entry(entry, fold)


def _entry(entry: TranscriptEntry, fold: SessionFold) -> Iterator[str]:
    match entry:
        case PromptEntry():
            yield "**Prompt**"
            yield _fenced(entry.text)
        case TextEntry():
            if entry.block_kind == "thinking":
                yield "*Thinking*"
            yield _quoted(entry.text)
        case ToolEntry():
            yield f"**Tool {_line(entry.tool)}**" + (" failed" if entry.is_error else "")
            yield _fenced(json.dumps(entry.input, ensure_ascii=False, indent=1))
            if entry.output is not None:
                yield _fenced(_cut(entry.output))
        case MessageEntry():
            message = fold.messages[entry.message_id].message
            word = "Received" if entry.direction == "in" else "Sent"
            yield f"**{word} {message.id}** ({message.type}) {message.sender} → {', '.join(message.receivers)}"
            yield _quoted(message.text)
        case PermissionEntry():
            decided = {True: "allowed", False: "denied", None: "not answered"}[entry.allowed]
            yield f"**Asked to use {_line(entry.tool)}: {decided}** {_line(entry.message)}".rstrip()
            yield _fenced(json.dumps(entry.input, ensure_ascii=False, indent=1))
        case NoticeEntry():
            yield f"**{entry.level.capitalize()}:** {_line(entry.text)} {_line(entry.next_step)}".rstrip()


def _timeline(fold: SessionFold) -> Iterator[str]:
    yield "| Time (UTC) | From | To | Type | Text | State |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in fold.timeline:
        to = ", ".join(row.receivers)
        yield f"| {row.at:%H:%M:%S} | {row.sender} | {to} | {row.kind} | {_cell(row.text)} | {_state(row, fold)} |"


def _state(row: TimelineRow, fold: SessionFold) -> str:
    if row.message_id is None:
        return ""
    return fold.messages[row.message_id].least_state.value


def _report(report: Report) -> Iterator[str]:
    yield _safe(report.summary)
    for finding in report.findings:
        sources = ", ".join(f"{source.agent_id} ({source.task_id})" for source in finding.sources)
        yield f"### {_line(finding.title)}"
        if finding.detail:
            yield _safe(finding.detail)
        yield f"*{finding.confidence} confidence, from {sources}*"
    for title, items in (
        ("Conflicts", report.conflicts),
        ("Next steps", report.next_steps),
        ("Missing", report.missing),
    ):
        if items:
            yield f"### {title}"
            yield "\n".join(f"- {_line(item)}" for item in items)


def _safe(text: str) -> str:
    return redact(visible(text))


def _line(text: str) -> str:
    return " ".join(_safe(text).split())


def _cell(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace("|", "\\|")


def _quoted(text: str) -> str:
    """As a block quote, so that headings in the text do not become headings of the document."""
    return "\n".join(f"> {line}".rstrip() for line in _safe(text).splitlines())


def _fenced(text: str) -> str:
    """In a fence that is longer than any in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{_safe(text)}\n{fence}"


def _cut(text: str) -> str:
    left_out = len(text) - OUTPUT_CHARS
    return text if left_out <= 0 else f"{text[:OUTPUT_CHARS]}\n[… {left_out} characters left out …]"


def _words(value: str) -> str:
    return value.replace("_", " ")
