"""The developer: where the change that is asked for would have to be made. It says so and changes nothing."""

from __future__ import annotations

import re

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import CHANGE
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import is_test
from maos_desktop.rehearsal.mentions import counted, listing, literal, words_in
from maos_desktop.rehearsal.reports import read_report
from maos_desktop.rehearsal.roles.reviewer import about
from maos_desktop.rehearsal.roles.rules import RoleRules
from maos_desktop.rehearsal.source_code import functions_of
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Hits, Spot

MAX_WORDS = 6
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")
_COMMON = re.compile(
    r"about|after|also|and|back|been|before|change|code|could|does|each|every|files?|find|first|fix|from|have|implement"
    r"|into|just|like|make|more|must|need|only|over|please|project|should|show|some|such|task|team|tests?|that|their"
    r"|them|then|there|these|they|this|those|what|when|where|which|will|with|work|would|write|your"
)


def investigate(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    words = _words(desk)
    hits = Hits()
    if words:
        pattern = r"(?i)(?:\b|_)(?:" + "|".join(map(literal, words)) + ")"
        say = f"Where do the words of the request stand: {listing(words, 6)}?"
        (hits,) = yield from desk.search(say, Search("words of the request", pattern, limit=120))
    by_file: dict[str, list[Spot]] = {}
    for spot in hits.spots:
        if not is_test(spot.path):
            by_file.setdefault(spot.path, []).append(spot)
    ranked = sorted(by_file, key=lambda path: -len(by_file[path]))[:3]
    spots = [*_reported(desk), *(spot for path in ranked for spot in by_file[path][:2])]
    yield from announce(desk, desk.findings.add(CHANGE, spots))
    for path in ranked[:2] or survey.largest(1):
        yield from _shape(desk, path)
    yield from desk.run("What changed last?", "git log --oneline -5 -- .", "Show the last five commits")
    yield from record(desk, "places to change", f"{len(spots)} found for {listing(words, 6)}")
    if ranked:
        yield from ask(desk, f"Which tests hold `{ranked[0]}` in place while it is changed?", Role.TESTER, Role.ANALYST)
    desk.findings.remarks.append("In rehearsal no file is changed: the places above are where a change would begin.")


def _words(desk: Desk) -> list[str]:
    text = f"{desk.task.request} {desk.task.title}"
    found = [*words_in(text), *(word.lower() for word in _WORD.findall(text))]
    return [word for word in dict.fromkeys(found) if not _COMMON.fullmatch(word)][:MAX_WORDS]


def _reported(desk: Desk) -> list[Spot]:
    return [
        Spot(spot.path, spot.line, note=f"(reported by {report.agent}: {category.one.lower()})")
        for report in desk.task.reports
        for category, spots in read_report(report.text).places.items()
        for spot in spots[:1]
        if category.next_step
    ]


def _shape(desk: Desk, path: str) -> Inquiry[None]:
    (lines,) = yield from desk.read(f"How is `{path}` built?", [path])
    names = [function.name for function in functions_of(path, lines)]
    what = f"its functions: {listing(names, 6)}" if names else "no function that the rules recognise"
    desk.findings.remarks.append(f"`{path}` has {counted(len(lines), 'line')} that were read; {what}.")


RULES = RoleRules(investigate, about)
