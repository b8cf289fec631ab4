"""The architect: which parts import which, and which files carry the most."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import PurePosixPath

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import IMPORT_CYCLE, LARGE_FILE
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import is_test, unit_of
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.roles.analyst import LARGE_LINES
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named, users_of
from maos_desktop.rehearsal.source_code import functions_of
from maos_desktop.rehearsal.survey import Survey
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Spot

SHOWN_IMPORTS = 240
_SEPARATORS = str.maketrans({"\\": "/", ":": "/"})

Edges = dict[str, dict[str, Spot]]
"""For each file the files it imports, with the line that does."""


def investigate(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    language = survey.main_language
    if language is None:
        desk.findings.remarks.append("There is no source file of a language that the rules know.")
        return
    (hits,) = yield from desk.search(
        f"Which {language.name} files import which?", Search("imports", language.imports, limit=SHOWN_IMPORTS)
    )
    edges = _edges(survey, language.imports, hits.spots)
    desk.findings.counts[f"Import lines ({language.name})"] = len(hits.spots)
    desk.findings.counts["Imports between own files"] = sum(len(targets) for targets in edges.values())
    if hits.more:
        desk.findings.remarks.append(f"Only the first {SHOWN_IMPORTS} import lines were looked at.")
    _most_imported(desk, edges)
    yield from announce(desk, desk.findings.add(IMPORT_CYCLE, _cycles(edges)))
    yield from look_up_named(desk)
    yield from _largest_files(desk, survey)
    types = yield from desk.count(
        "How many types are there?", r"^\s*(?:\w+\s+)*(?:class|struct|interface|trait|enum|protocol)\s+\w+"
    )
    desk.findings.counts["Type definitions"] = types.total


def about(desk: Desk, path: str) -> Inquiry[str]:
    users = yield from users_of(desk, path)
    if not users.spots:
        return f"No other source file names `{path}`: nothing depends on it by name."
    own = [spot.where for spot in users.spots if not is_test(spot.path)]
    number = counted(len(users.files), "other file")
    return f"`{path}` is named in {number}, outside tests at {listing(own) or 'no place'}."


def _largest_files(desk: Desk, survey: Survey) -> Inquiry[None]:
    largest = survey.largest(3)
    if not largest:
        return
    desk.findings.remarks.append(
        "The largest source files: " + ", ".join(f"`{path}` ({survey.code[path]} lines)" for path in largest) + "."
    )
    large = [Spot(path, note=f"{survey.code[path]} lines") for path in largest if survey.code[path] > LARGE_LINES]
    yield from announce(desk, desk.findings.add(LARGE_FILE, large))
    (lines,) = yield from desk.read(f"What is in `{largest[0]}`, the largest?", largest[:1])
    names = [function.name for function in functions_of(largest[0], lines)]
    if names:
        desk.findings.remarks.append(f"`{largest[0]}` holds {counted(len(names), 'function')}: {listing(names, 6)}.")
    yield from ask(desk, f"What is in `{largest[0]}`, and who uses it?", Role.ANALYST)
    yield from record(desk, "largest file", f"{largest[0]}: {survey.code[largest[0]]} lines")


def _edges(survey: Survey, pattern: str, spots: tuple[Spot, ...]) -> Edges:
    """Matches what is imported with the project's own files, by the last parts of their paths."""
    by_unit: defaultdict[str, list[str]] = defaultdict(list)
    for path in survey.code:
        by_unit[_unit(path)].append(path)
    edges: Edges = defaultdict(dict)
    for spot in spots:
        found = re.search(pattern, spot.text)
        named = "/".join(group for group in found.groups() if group) if found else ""
        target = _own_file(named, spot.path, by_unit)
        if target and not is_test(spot.path):
            edges[spot.path].setdefault(target, spot)
    return edges


def _unit(path: str) -> str:
    unit = unit_of(path)
    return PurePosixPath(path).parent.name.lower() if unit in ("init", "index", "mod") else unit


def _own_file(named: str, importer: str, by_unit: defaultdict[str, list[str]]) -> str | None:
    """Returns the project's own file that an import names: the last of its words that is one, nearest first."""
    parts = [part for part in named.translate(_SEPARATORS).replace(".", "/").split("/") if part]
    for part in reversed(parts):
        candidates = [path for path in by_unit.get(part.lower(), []) if path != importer]
        if candidates:
            return max(candidates, key=lambda path: (PurePosixPath(path).suffix[1:] in parts, _shared(path, importer)))
    return None


def _shared(path: str, other: str) -> int:
    pairs = zip(PurePosixPath(path).parts, PurePosixPath(other).parts, strict=False)
    return sum(a == b for a, b in pairs)


def _most_imported(desk: Desk, edges: Edges) -> None:
    users = Counter(target for targets in edges.values() for target in targets)
    if users:
        top = ", ".join(f"`{path}` (by {counted(number, 'file')})" for path, number in users.most_common(3))
        desk.findings.remarks.append(f"Imported most: {top}.")
    else:
        desk.findings.remarks.append("No import between files of the project itself was recognised.")


def _cycles(edges: Edges) -> list[Spot]:
    spots = []
    for path, targets in edges.items():
        for target, spot in targets.items():
            back = edges.get(target, {}).get(path)
            if back is not None and path < target:
                spots.append(Spot(spot.path, spot.line, spot.text, f"and back at `{back.where}`"))
    return spots


RULES = RoleRules(investigate, about)
