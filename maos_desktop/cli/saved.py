"""``sessions list``, ``show`` and ``export``: what is saved, also while a window has it open."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from maos_desktop import paths
from maos_desktop.cli.console import Console, Style, shortened, wrapped
from maos_desktop.cli.plan_text import plan_lines
from maos_desktop.cli.report_text import REHEARSAL_LABEL, cost, failure_lines, local_time, report_lines
from maos_desktop.model.fold import AgentFold, SessionFold
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import Backend, SessionSummary
from maos_desktop.model.untrusted_text import visible
from maos_desktop.sessions.export import check_export_path, export_session, session_document
from maos_desktop.sessions.reader import SessionReader


async def list_sessions(arguments: argparse.Namespace) -> int:
    """Prints every session."""
    async with _reader() as reader:
        summaries = await reader.list_sessions()
    console = Console(sys.stdout, for_programs=arguments.json)
    if arguments.json:
        console.line(json.dumps([s.model_dump(mode="json") for s in summaries], ensure_ascii=False))
    elif summaries:
        console.write(_table(summaries, console))
    else:
        console.line("No sessions yet. Start one: maos-desktop run REQUEST --project DIR")
    return 0


async def show(arguments: argparse.Namespace) -> int:
    """Prints one session."""
    async with _reader() as reader:
        summary = await reader.get(SessionId(arguments.id))
        events = await reader.events(summary.id)
    console = Console(sys.stdout, for_programs=arguments.json)
    if arguments.json:
        console.line(json.dumps(session_document(summary, events), ensure_ascii=False))
    else:
        console.write(_session(summary, SessionFold(events), console))
    return 0


async def export(arguments: argparse.Namespace) -> int:
    """Writes one session to a file."""
    path = Path(arguments.output)
    check_export_path(path)
    async with _reader() as reader:
        summary = await reader.get(SessionId(arguments.id))
        events = await reader.events(summary.id)
    await asyncio.to_thread(export_session, path, summary, events)
    Console(sys.stdout).line(f"Written to {path}")
    return 0


@asynccontextmanager
async def _reader() -> AsyncIterator[SessionReader]:
    reader = await SessionReader.open(paths.data_folder())
    try:
        yield reader
    finally:
        await reader.aclose()


def _table(summaries: Sequence[SessionSummary], console: Console) -> Iterable[str]:
    heads = ("ID", "STATE", "CHANGED", "COST", "FOLDER")
    rows = [
        (
            s.id,
            _words(s.state),
            local_time(s.updated_at),
            cost(s.cost_usd, s.settings),
            shortened(visible(s.settings.project_folder.name), 20),
        )
        for s in summaries
    ]
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads))]
    yield console.styled(_row(heads, widths) + "TITLE", Style.DIM)
    for summary, row in zip(summaries, rows, strict=True):
        head = _row(row, widths)
        yield head + shortened(visible(summary.title), max(console.width - len(head), 20))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"{cell:<{width}}  " for cell, width in zip(cells, widths, strict=True))


def _session(summary: SessionSummary, fold: SessionFold, console: Console) -> Iterable[str]:
    settings = summary.settings
    yield console.styled(visible(summary.title), Style.BOLD)
    yield f"Session {summary.id}, {_words(summary.state)}, {cost(summary.cost_usd, settings)}"
    yield f"Started {local_time(summary.created_at)}, changed {local_time(summary.updated_at)}"
    yield f"Folder {visible(str(settings.project_folder))}"
    if settings.backend is Backend.REHEARSAL:
        yield console.styled(REHEARSAL_LABEL, Style.YELLOW)
    yield from ["", console.styled("Request", Style.BOLD), *wrapped(visible(settings.request), console.width, "  ")]
    if fold.plan is not None:
        yield from ["", *plan_lines(fold.plan, console, instructions=False)]
    if fold.agents:
        yield from ["", console.styled("Agents", Style.BOLD)]
        yield from (_agent(agent, console) for agent in fold.agents.values())
        yield f"  {len(fold.messages)} messages, {len(fold.discoveries)} discoveries"
    if fold.report is not None:
        yield from ["", *report_lines(fold.report, console, None)]
    if fold.failure is not None:
        yield from ["", *failure_lines(fold.failure, console)]


def _agent(agent: AgentFold, console: Console) -> str:
    head = f"  {agent.id:<14}  {_words(agent.state):<16}  {agent.tokens:>9,} tokens  "
    return head + shortened(visible(agent.title), max(console.width - len(head), 20))


def _words(value: str) -> str:
    return value.replace("_", " ")
