"""The documenter: which documents there are, and which public functions have no description."""

from __future__ import annotations

import re

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk
from maos_desktop.rehearsal.findings import MISSING_DOCUMENT, NO_DESCRIPTION
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named
from maos_desktop.rehearsal.source_code import functions_of
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Paths, Spot

READ_FILES = 3
_DOCUMENTS = "{README*,readme*,LICENSE*,LICENCE*,COPYING*,CHANGELOG*,CHANGES*,HISTORY*,NEWS*,CONTRIBUTING*}"
_EXPECTED = {
    "README": ("readme",),
    "LICENSE": ("license", "licence", "copying"),
    "CHANGELOG": ("change", "history", "news"),
}
_TOPICS = {"installation": r"\binstall", "use": r"\busage|\bexample|```|^ {4}\S", "licence": r"\blicen[sc]e"}


def investigate(desk: Desk) -> Inquiry[None]:
    top = yield from desk.find("Which documents lie at the top?", _DOCUMENTS)
    yield from announce(desk, desk.findings.add(MISSING_DOCUMENT, _missing(top)))
    yield from _readme(desk, top)
    pages = yield from desk.find("And which others are there?", "**/*.{md,rst,adoc}")
    desk.findings.counts["Documents"] = pages.total
    spots = yield from _undescribed(desk)
    yield from announce(desk, desk.findings.add(NO_DESCRIPTION, spots))
    yield from look_up_named(desk)
    yield from record(
        desk, "documents", f"{counted(pages.total, 'document')}; {len(spots)} functions without a description"
    )
    if spots:
        need = f"Who uses `{spots[0].path}`? Its functions have no description."
        yield from ask(desk, need, Role.ANALYST, Role.ARCHITECT, Role.TESTER)


def about(desk: Desk, path: str) -> Inquiry[str]:
    (lines,) = yield from desk.read(f"`{path}`, for its descriptions.", [path])
    public = [function for function in functions_of(path, lines) if function.public]
    if not lines:
        return f"I could not read `{path}`."
    bare = [f"{path}:{function.line}" for function in public if not function.documented]
    return f"`{path}` has {counted(len(public), 'public function')}, {len(bare)} without a description" + (
        f": {listing(bare)}." if bare else "."
    )


def _missing(top: Paths) -> list[Spot]:
    names = [path.lower() for path in top.listed]
    return [
        Spot(document, note="nothing of that name lies at the top")
        for document, begins in _EXPECTED.items()
        if not any(name.startswith(begins) for name in names)
    ]


def _readme(desk: Desk, top: Paths) -> Inquiry[None]:
    readme = next((path for path in top.listed if path.lower().startswith("readme")), None)
    if readme is None:
        return
    (lines,) = yield from desk.read("What does the README speak of?", [readme])
    text = "\n".join(lines.values())
    lacking = [topic for topic, pattern in _TOPICS.items() if not re.search(pattern, text, re.I | re.M)]
    said = f"says nothing of {' and '.join(lacking)}" if lacking else "speaks of installation, use and licence"
    desk.findings.remarks.append(f"`{readme}` has {counted(len(lines), 'line')} that were read and {said}.")


def _undescribed(desk: Desk) -> Inquiry[list[Spot]]:
    survey = yield from desk.survey()
    paths = survey.largest(READ_FILES)
    if not paths:
        return []
    texts = yield from desk.read(f"Are the functions in {listing(paths)} described?", paths)
    public = [(p, f) for p, lines in zip(paths, texts, strict=True) for f in functions_of(p, lines) if f.public]
    desk.findings.counts["Public functions looked at"] = len(public)
    return [Spot(path, f.line, note=f"`{f.name}`") for path, f in public if not f.documented]


RULES = RoleRules(investigate, about)
