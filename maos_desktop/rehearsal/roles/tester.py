"""The tester: which source files no test is named after, which tests are skipped, how many there are."""

from __future__ import annotations

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import NO_TEST, SKIPPED_TEST, SLEEP
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import is_test, name_in_code
from maos_desktop.rehearsal.mentions import counted, listing, literal
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named
from maos_desktop.rehearsal.survey import Survey
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Hits, Spot

_SKIPPED = (
    r"@(?:pytest\.mark\.|unittest\.)?(?:skip|skipIf|xfail|expectedFailure)\b|\b(?:it|test|describe)\.skip\(|\bx(?:it|describe)\("
    r"|\bt\.Skip|@Disabled|@Ignore\b|#\[ignore|GTEST_SKIP|self\.skipTest\("
)
_WAITS = r"\b(?:time\.sleep|Thread\.sleep|setTimeout|usleep|sleep)\(\s*[\d(]"


def investigate(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    inside = yield from _count_tests(desk, survey)
    untested = survey.untested(inside)
    spots = [Spot(path, note=counted(survey.code[path], "line")) for path in untested]
    yield from announce(desk, desk.findings.add(NO_TEST, spots))
    if untested:
        yield from _named_in_tests(desk, untested[:2])
    skipped, waits = yield from desk.search(
        "Which tests are skipped, and which wait for a fixed time?",
        Search("skipped tests", _SKIPPED),
        Search("fixed waits", _WAITS),
    )
    yield from announce(desk, desk.findings.add(SKIPPED_TEST, skipped))
    desk.findings.add(SLEEP, [spot for spot in waits.spots if is_test(spot.path)])
    yield from look_up_named(desk)
    if untested:
        need = f"How much depends on `{untested[0]}`? No test is named after it."
        yield from ask(desk, need, Role.ANALYST, Role.ARCHITECT)


def about(desk: Desk, path: str) -> Inquiry[str]:
    hits = yield from _in_tests(desk, path)
    if not hits.spots:
        return f"No test names `{name_in_code(path)}`, so no test of `{path}` by name."
    where = listing([spot.where for spot in hits.spots], 3)
    return f"Tests name `{name_in_code(path)}` in {counted(len(hits.files), 'file')}: {where}."


def _count_tests(desk: Desk, survey: Survey) -> Inquiry[frozenset[str]]:
    """Returns the files outside test folders that hold tests of their own."""
    patterns = [language.test for language, _ in survey.languages[:4] if language.test]
    counts = desk.findings.counts
    counts["Test files"] = len(survey.tests)
    if not patterns:
        return frozenset()
    found = yield from desk.count("How many tests are there?", "|".join(patterns))
    counts["Tests"] = found.total
    if not found.total:
        desk.findings.remarks.append("No test of a known form was found.")
    yield from record(desk, "tests", f"{counted(found.total, 'test')} in {counted(found.files, 'file')}")
    return frozenset(path for path in found.by_file if not is_test(path))


def _named_in_tests(desk: Desk, paths: list[str]) -> Inquiry[None]:
    for path in paths:
        text = yield from about(desk, path)
        desk.findings.remarks.append(text)


def _in_tests(desk: Desk, path: str) -> Inquiry[Hits]:
    unit = name_in_code(path)
    (hits,) = yield from desk.search(
        f"Does a test name `{unit}`?", Search(f"`{unit}`", rf"(?i)\b{literal(unit)}\b", limit=60)
    )
    return Hits(tuple(spot for spot in hits.spots if is_test(spot.path)), hits.more)


RULES = RoleRules(investigate, about)
