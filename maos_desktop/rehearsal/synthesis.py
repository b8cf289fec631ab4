"""The report: what the agents' own reports say, merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maos_desktop.rehearsal.findings import CATEGORIES, CHECKED, ENTRY_POINT, Category
from maos_desktop.rehearsal.mentions import counted, listing, shortened
from maos_desktop.rehearsal.prompts import Reported, SynthesisPrompt
from maos_desktop.rehearsal.reports import NOTICE, ReadReport, read_report
from maos_desktop.rehearsal.tool_output import Spot

MAX_STEPS = 6
MAX_PLACES = 12


@dataclass(frozen=True, slots=True)
class _Said:
    """A place that a report names, and whose report it is."""

    category: Category
    spot: Spot
    result: Reported


def make_report(prompt: SynthesisPrompt) -> dict[str, Any]:
    """Returns the report in its JSON form. Each finding names the agents and tasks whose reports hold it."""
    done = [result for result in prompt.results if result.state == "done" and result.text]
    read = [(result, read_report(result.text)) for result in done]
    said = [
        _Said(category, spot, result)
        for result, report in read
        for category, spots in report.places.items()
        for spot in spots
    ]
    shared = _shared(said)
    hidden = _hidden(report for _, report in read)
    findings = [*_findings(said, shared, hidden), *_plain_findings(read)]
    return {
        "summary": _summary(prompt, done, said, hidden, len(findings)),
        "findings": findings,
        "conflicts": _conflicts(read),
        "next_steps": [*_next_steps(said), *_proposed(prompt)],
        "missing": [_missing(result) for result in prompt.results if result not in done],
    }


def _shared(said: Sequence[_Said]) -> dict[str, list[_Said]]:
    """Returns the places to act on, with a line, that more than one agent names."""
    by_place: defaultdict[str, list[_Said]] = defaultdict(list)
    for item in said:
        if item.spot.line:
            by_place[item.spot.where].append(item)
    return {
        where: items
        for where, items in by_place.items()
        if len({item.result.agent for item in items}) > 1 and _own(items).category.next_step
    }


def _own(items: Sequence[_Said]) -> _Said:
    """The item of the most pressing category: a place read again is there for another reason."""
    return min(items, key=lambda item: _rank(item.category))


def _hidden(reports: Iterable[ReadReport]) -> Counter[Category]:
    """Returns how many places the reports count without naming them."""
    hidden: Counter[Category] = Counter()
    for report in reports:
        hidden.update(report.hidden)
    return hidden


def _findings(
    said: Sequence[_Said], shared: dict[str, list[_Said]], hidden: Counter[Category]
) -> Iterator[dict[str, Any]]:
    """One finding per shared place, and one per category for the places that a single agent names."""
    for category in CATEGORIES:
        for where, items in shared.items():
            if _own(items).category is category:
                yield _shared_finding(where, items)
        items = [item for item in said if item.category is category and item.spot.where not in shared]
        if items and category is not CHECKED:
            rows = list(dict.fromkeys(f"- `{item.spot.where}` {item.spot.note}".rstrip() for item in items))
            number, shown = len(rows) + hidden[category], rows[:MAX_PLACES]
            more = [f"- and {number - len(shown)} more"] if number > len(shown) else []
            confidence = "high" if category is ENTRY_POINT else "medium"
            title = f"{category.title}: {counted(number, 'place')}"
            yield _finding(title, [*shown, *more], items, confidence)


def _shared_finding(where: str, items: Sequence[_Said]) -> dict[str, Any]:
    rows = [f"- {item.result.agent}, {item.category.title.lower()}: {item.spot.note}" for item in items]
    return _finding(f"{_own(items).category.one} at {where}", rows, items, "high")


def _plain_findings(read: Sequence[tuple[Reported, ReadReport]]) -> Iterator[dict[str, Any]]:
    """What reports say that name no place in a known form: their own words, cut."""
    for result, report in read:
        if not report.places:
            yield {
                "title": shortened(f"{result.agent}: {result.title}", 250),
                "detail": result.text[:2_000],
                "sources": [_source(result)],
                "confidence": "low",
            }


def _finding(title: str, rows: Sequence[str], items: Sequence[_Said], confidence: str) -> dict[str, Any]:
    sources = {item.result.agent: _source(item.result) for item in items}
    return {
        "title": shortened(title, 280),
        "detail": "\n".join(rows),
        "sources": list(sources.values()),
        "confidence": confidence,
    }


def _source(result: Reported) -> dict[str, str]:
    return {"agent_id": result.agent, "task_id": result.task}


def _conflicts(read: Sequence[tuple[Reported, ReadReport]]) -> list[str]:
    by_name: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for result, report in read:
        for name, number in report.counts.items():
            by_name[name][result.agent] = number
    return [
        f"{name}: " + ", ".join(f"{agent} counts {number}" for agent, number in numbers.items()) + "."
        for name, numbers in by_name.items()
        if len(set(numbers.values())) > 1
    ]


def _next_steps(said: Sequence[_Said]) -> list[str]:
    steps = []
    for category in CATEGORIES:
        first = next((item.spot for item in said if item.category is category), None)
        if first and category.next_step:
            steps.append(category.next_step.format(where=f"`{first.where}`"))
    return steps[:MAX_STEPS]


def _proposed(prompt: SynthesisPrompt) -> list[str]:
    return [f"{shortened(p.title)} (proposed by {p.agent})" for p in prompt.proposals[:MAX_STEPS]]


def _missing(result: Reported) -> str:
    why = f": {shortened(result.text)}" if result.text else ""
    return f"{result.title} ({result.agent}, {result.task}) is {result.state}{why}"


def _summary(
    prompt: SynthesisPrompt,
    done: Sequence[Reported],
    said: Sequence[_Said],
    hidden: Counter[Category],
    findings: int,
) -> str:
    places: dict[Category, set[str]] = {category: set() for category in CATEGORIES if category.next_step}
    for item in said:
        if item.category in places:
            places[item.category].add(item.spot.where)
    top = [f"{category.title.lower()}: {len(w) + hidden[category]}" for category, w in places.items() if w]
    files = list(dict.fromkeys(item.spot.path for item in said if item.category.next_step))
    parts = [
        f"{NOTICE} Fixed rules looked at the folder for this request: “{shortened(prompt.request, 300)}”",
        f"{len(done)} of {counted(len(prompt.results), 'task')} done; {counted(findings, 'finding')}.",
        f"By number of places – {'; '.join(top[:6])}." if top else "The rules found nothing that calls for a change.",
        f"The files concerned first: {listing(files, 5)}." if files else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _rank(category: Category) -> int:
    return CATEGORIES.index(category)
