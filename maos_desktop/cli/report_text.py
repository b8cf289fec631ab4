"""A report, a failure and a session's figures as plain text."""

from __future__ import annotations

from datetime import datetime

from maos_desktop.cli.console import Console, Style, wrapped
from maos_desktop.model.event import Failure
from maos_desktop.model.report import Finding, Report
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.model.untrusted_text import visible

REHEARSAL_LABEL = "Rehearsal: no language model is involved"


def report_lines(report: Report, console: Console, settings: SessionSettings | None) -> list[str]:
    """Returns the report with the sources of each finding."""
    lines = [console.styled("Report", Style.BOLD)]
    if settings is not None and settings.backend is Backend.REHEARSAL:
        lines.append(console.styled(REHEARSAL_LABEL, Style.YELLOW))
    lines += ["", *wrapped(visible(report.summary), console.width)]
    for number, finding in enumerate(report.findings, start=1):
        lines += ["", *_finding_lines(number, finding, console)]
    for title, items in (
        ("Conflicts", report.conflicts),
        ("Next steps", report.next_steps),
        ("Missing", report.missing),
    ):
        if items:
            lines += ["", console.styled(title, Style.BOLD)]
            lines += [line for item in items for line in _item_lines(item, console.width)]
    return lines


def _finding_lines(number: int, finding: Finding, console: Console) -> list[str]:
    lines = [console.styled(line, Style.BOLD) for line in wrapped(f"{number}. {visible(finding.title)}", console.width)]
    lines += wrapped(visible(finding.detail), console.width, "   ")
    sources = ", ".join(f"{s.agent_id} ({s.task_id})" for s in finding.sources)
    lines.append(console.styled(f"   {finding.confidence} confidence, from {sources}", Style.DIM))
    return lines


def _item_lines(item: str, width: int) -> list[str]:
    first, *rest = wrapped(visible(item), width, "  ") or ["  "]
    return [f"- {first[2:]}", *rest]


def failure_lines(failure: Failure, console: Console) -> list[str]:
    """Returns what happened, what was kept and what to do next."""
    lines = wrapped(visible(failure.what), console.width)
    lines = [console.styled(line, Style.RED) for line in lines]
    for text in (failure.kept, failure.next_step):
        lines += wrapped(visible(text), console.width)
    return lines


def duration(seconds: float) -> str:
    """Returns e.g. ``42 s`` or ``3 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def cost(usd: float | None, settings: SessionSettings) -> str:
    """Returns the cost for people; a rehearsal costs nothing, whatever the CLI works out from its tokens."""
    if settings.backend is Backend.REHEARSAL:
        return "no cost"
    return "cost unknown" if usd is None else f"${usd:.2f}"


def local_time(at: datetime) -> str:
    """Returns e.g. ``2026-11-22 18:05`` in this machine's time zone."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
