"""The reviewer: reads again what others reported, then open notes, swallowed errors and oversized functions."""

from __future__ import annotations

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import CHECKED, LONG_FUNCTION, NOTE, SWALLOWED
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.reports import read_report
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named
from maos_desktop.rehearsal.source_code import functions_of
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Spot

LONG_LINES = 50
READ_FILES = 3
MAX_CHECKED = 4
_NOTES = r"\b(?:TODO|FIXME|HACK|XXX)\b"
_SWALLOWED = (
    r"^\s*except\s*:|^\s*except\s+(?:Base)?Exception\s*:|catch\s*\([^)]*\)\s*\{\s*\}|catch\s*\{\s*\}|rescue\s*=>?\s*\w*\s*$"
    r"|\bif err != nil \{\s*\}|\.catch\(\(\)\s*=>\s*\{?\s*\}?\)|catch\s*\((?:Throwable|Exception)\s+\w+\)"
)


def investigate(desk: Desk) -> Inquiry[None]:
    yield from _check_reports(desk)
    notes, swallowed = yield from desk.search(
        "Open notes, and errors that are caught too broadly.",
        Search("open notes", _NOTES),
        Search("errors caught too broadly", _SWALLOWED),
    )
    yield from announce(desk, desk.findings.add(SWALLOWED, swallowed))
    yield from announce(desk, desk.findings.add(NOTE, notes))
    yield from _measure_functions(desk)
    yield from look_up_named(desk)
    yield from record(desk, "open notes", f"{len(notes.spots)}{' or more' if notes.more else ''} TODO, FIXME or HACK")
    if swallowed.spots:
        first = swallowed.spots[0]
        need = f"Does a test cover `{first.path}`? Errors are caught too broadly at `{first.where}`."
        yield from ask(desk, need, Role.TESTER, Role.SECURITY, Role.ANALYST)


def about(desk: Desk, path: str) -> Inquiry[str]:
    (lines,) = yield from desk.read(f"`{path}`, for its functions.", [path])
    sizes = functions_of(path, lines)
    if not lines:
        return f"I could not read `{path}`."
    if not sizes:
        return f"`{path}` has {counted(len(lines), 'line')}; my rules recognise no function in it."
    longest = max(sizes, key=lambda function: function.length)
    return (
        f"`{path}` has {counted(len(sizes), 'function')}; the longest is `{longest.name}` "
        f"at `{path}:{longest.line}` with {longest.length} lines."
    )


def _check_reports(desk: Desk) -> Inquiry[None]:
    """Reads the first places that the reports before this task name, and says what stands there."""
    places: dict[str, tuple[str, Spot]] = {}
    for report in desk.task.reports:
        for category, spots in read_report(report.text).places.items():
            if category.next_step and spots[0].line:
                places.setdefault(spots[0].where, (report.agent, spots[0]))
    chosen = list(places.values())[:MAX_CHECKED]
    if not chosen:
        return
    say = f"I read again what the others report, from `{chosen[0][1].where}` on."
    texts = yield from desk.look_at(say, [spot for _, spot in chosen])
    checked = []
    for (agent, spot), text in zip(chosen, texts, strict=True):
        if text is None:
            desk.findings.remarks.append(f"`{spot.where}`, reported by {agent}, could not be read again.")
        else:
            checked.append(Spot(spot.path, spot.line, text, f"(reported by {agent})"))
    desk.findings.add(CHECKED, checked)


def _measure_functions(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    paths = survey.largest(READ_FILES)
    if not paths:
        desk.findings.remarks.append("There is no source file of a language that the rules know.")
        return
    texts = yield from desk.read(f"How long are the functions in {listing(paths)}?", paths)
    measured = [(path, f) for path, lines in zip(paths, texts, strict=True) for f in functions_of(path, lines)]
    desk.findings.counts["Functions measured"] = len(measured)
    long = sorted((m for m in measured if m[1].length > LONG_LINES), key=lambda m: -m[1].length)
    spots = [Spot(path, f.line, note=f"`{f.name}`, {f.length} lines") for path, f in long]
    yield from announce(desk, desk.findings.add(LONG_FUNCTION, spots))
    if measured and not long:
        path, longest = max(measured, key=lambda m: m[1].length)
        desk.findings.remarks.append(
            f"The longest function that was measured is `{longest.name}` at `{path}:{longest.line}`: "
            f"{counted(longest.length, 'line')}."
        )


RULES = RoleRules(investigate, about)
