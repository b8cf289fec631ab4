"""An agent's report: written from its findings, and read back by the synthesis and by agents that build on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from maos_desktop.rehearsal.conversation import TEAM_TOOLS, Outcome
from maos_desktop.rehearsal.findings import CATEGORIES, Category, Findings, Group, at
from maos_desktop.rehearsal.mentions import counted
from maos_desktop.rehearsal.tool_output import Spot

NOTICE = "Rehearsal: no language model is involved."
MAX_PLACES = 12
"""Places of one category in a report; the rest is counted."""

_HEADING = re.compile(r"^#{1,6} (.+?)(?: \(\d+\+?\))?$")
_PLACE = re.compile(r"^- `([^`\s][^`]*?)(?::(\d+))?`,?(?: (.*))?$")
_MORE = re.compile(r"^- and (\d+) more$")
_COUNT = re.compile(r"^- (.+): (\d+)$")
_BY_TITLE = {category.title: category for category in CATEGORIES}


@dataclass(frozen=True)
class ReadReport:
    """What a report holds: places by category, how many more it does not show, and counts by what was counted."""

    places: dict[Category, list[Spot]] = field(default_factory=dict)
    hidden: dict[Category, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def write_report(
    heading: str,
    findings: Findings,
    *,
    team: Sequence[str],
    outcomes: Sequence[Outcome],
    empty: Sequence[str],
    problems: Sequence[str],
) -> str:
    """Returns the report in Markdown.

    ``team`` says what was said in the team and what it changed, ``empty`` what was looked for and not found,
    ``problems`` what could not be done.
    """
    groups = sorted(findings.groups, key=lambda group: CATEGORIES.index(group.category))
    sections = [
        f"# {heading}\n\n{NOTICE} What follows comes from fixed rules and from what the tools returned.",
        "## Findings\n\n" + ("\n\n".join(map(_group, groups)) or "The rules found nothing to report."),
        _listed("Counts", [f"{name}: {number}" for name, number in findings.counts.items()]),
        _listed("Remarks", findings.remarks),
        _listed("From the team", team),
        f"## How this was done\n\n{_effort(outcomes, list(dict.fromkeys(empty)))}",
        _listed("Not done", list(dict.fromkeys(problems))),
    ]
    return "\n\n".join(section for section in sections if section)


def read_report(text: str) -> ReadReport:
    """Reads what ``write_report`` wrote, whatever the level of its headings. Other text yields nothing."""
    report = ReadReport()
    heading = ""
    for row in text.splitlines():
        category = _BY_TITLE.get(heading)
        if found := _HEADING.match(row):
            heading = found[1]
        elif category and (place := _PLACE.match(row)):
            spot = Spot(place[1], int(place[2] or 0), note=place[3] or "")
            report.places.setdefault(category, []).append(spot)
        elif category and (more := _MORE.match(row)):
            report.hidden[category] = int(more[1])
        elif heading == "Counts" and (count := _COUNT.match(row)):
            report.counts[count[1]] = int(count[2])
    return report


def _group(group: Group) -> str:
    shown = group.spots[:MAX_PLACES]
    number = f"{len(group.spots)}+" if group.more else str(len(group.spots))
    rows = [f"- {at(spot)}" for spot in shown]
    if hidden := len(group.spots) - len(shown):
        rows.append(f"- and {hidden} more")
    return f"### {group.category.title} ({number})\n" + "\n".join(rows)


def _listed(title: str, rows: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {row}" for row in rows) if rows else ""


def _effort(outcomes: Sequence[Outcome], empty: Sequence[str]) -> str:
    own = [outcome for outcome in outcomes if not outcome.call.tool.startswith(TEAM_TOOLS)]
    used = ", ".join(f"{tool} {number}" for tool, number in Counter(o.call.tool for o in own).most_common())
    nothing = f" Looked for without a find: {'; '.join(empty)}." if empty else ""
    return f"{counted(len(own), 'tool call')} ({used}).{nothing}" if own else "No tool was called."
