"""The performance specialist: loops in loops, work inside loops, fixed waits, in the largest files."""

from __future__ import annotations

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import NESTED_LOOP, SLEEP, WORK_IN_LOOP
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import is_test
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named, users_of
from maos_desktop.rehearsal.source_code import in_loops, loops, nested_loops
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Hits, Spot

READ_FILES = 5
_COSTLY = (
    r"\.(?:execute|executemany|query|find_one|findOne|fetch\w*|commit|save)\(|\b(?:requests|httpx|axios|http)\.\w+\("
    r"|\bfetch\(|\bopen\(|\breadFileSync\(|\bre\.compile\(|\bnew Regex|\bos\.(?:stat|listdir)\(|\bsubprocess\."
)
_WAITS = r"\b(?:time\.sleep|Thread\.sleep|asyncio\.sleep|usleep|sleep)\(|\.Sleep\("
_WHOLE_TABLE = r"(?i)select\s+\*\s+from|\.objects\.all\(\)|\.find\(\{\}\)"


def investigate(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    paths = survey.largest(READ_FILES)
    if not paths:
        desk.findings.remarks.append("There is no source file of a language that the rules know.")
        return
    texts = yield from desk.read(f"The {len(paths)} largest source files, for their loops.", paths)
    by_path = dict(zip(paths, texts, strict=True))
    desk.findings.counts["Loops in the files read"] = sum(len(list(loops(lines))) for lines in texts)
    costly = [Spot(path, n, lines[n]) for path, lines in by_path.items() for n in in_loops(lines, _COSTLY)]
    yield from announce(desk, desk.findings.add(WORK_IN_LOOP, costly))
    nested = [Spot(path, n, lines[n]) for path, lines in by_path.items() for n in nested_loops(lines)]
    yield from announce(desk, desk.findings.add(NESTED_LOOP, nested))
    waits, tables = yield from desk.search(
        "Fixed waits, and queries that fetch everything.",
        Search("fixed waits", _WAITS),
        Search("queries for whole tables", _WHOLE_TABLE),
    )
    desk.findings.add(SLEEP, Hits(tuple(spot for spot in waits.spots if not is_test(spot.path)), waits.more))
    desk.findings.counts["Queries for whole tables"] = len(tables.spots)
    if tables.spots:
        desk.findings.remarks.append(f"Whole tables are fetched at {listing([s.where for s in tables.spots])}.")
    yield from look_up_named(desk)
    yield from _hottest(desk, [*costly, *nested])


def about(desk: Desk, path: str) -> Inquiry[str]:
    (lines,) = yield from desk.read(f"`{path}`, for its loops.", [path])
    costly, nested = in_loops(lines, _COSTLY), nested_loops(lines)
    if not lines:
        return f"I could not read `{path}`."
    if not costly and not nested:
        number = counted(len(list(loops(lines))), "loop")
        return f"`{path}` has {number}, none inside another and none with queries or file access."
    where = listing([f"{path}:{number}" for number in [*costly, *nested]])
    return f"In `{path}` loops are nested or do costly work at {where}."


def _hottest(desk: Desk, spots: list[Spot]) -> Inquiry[None]:
    yield from record(desk, "performance", f"{counted(len(spots), 'place')} where loops nest or do costly work")
    if not spots:
        desk.findings.remarks.append("The loops in the files that were read are neither nested nor do costly work.")
        return
    users = yield from users_of(desk, spots[0].path)
    desk.findings.remarks.append(
        f"`{spots[0].path}`, where the first finding is, is named in {counted(len(users.files), 'other source file')}."
    )
    need = f"Would a test show that `{spots[0].path}` has become slower? My rules matched at `{spots[0].where}`."
    yield from ask(desk, need, Role.TESTER, Role.ANALYST, Role.ARCHITECT)


RULES = RoleRules(investigate, about)
