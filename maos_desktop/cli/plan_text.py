"""A plan as plain text."""

from __future__ import annotations

from maos_desktop.cli.console import Console, Style, shortened, wrapped
from maos_desktop.model.plan import Plan
from maos_desktop.model.untrusted_text import visible

_HEADS = ("task", "agent", "after")


def plan_lines(plan: Plan, console: Console, *, instructions: bool) -> list[str]:
    """Returns the goal, and a table with one row per task; with ``instructions`` also what each agent is told."""
    lines = [console.styled("Plan", Style.BOLD)]
    lines += wrapped(visible(plan.goal), console.width, "  ")
    lines += wrapped(visible(f"Mode: {plan.mode}. {plan.rationale}".rstrip()), console.width, "  ")
    lines.append("")
    agents = plan.agent_ids()
    rows = [(s.id, agents[s.id], ", ".join(s.depends_on) or "–") for s in plan.subtasks]
    widths = [max(len(row[n]) for row in [_HEADS, *rows]) for n in range(len(_HEADS))]
    lines.append(console.styled(f"  {_columns(_HEADS, widths)}  title", Style.DIM))
    for subtask, row in zip(plan.subtasks, rows, strict=True):
        head = f"  {_columns(row, widths)}  "
        note = " (changes files)" if subtask.writes else ""
        room = max(console.width - len(head) - len(note), 20)
        lines.append(f"{head}{shortened(visible(subtask.title), room)}{note}")
        if instructions:
            lines += [
                console.styled(t, Style.DIM) for t in wrapped(visible(subtask.instructions), console.width, "      ")
            ]
    return lines


def _columns(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
