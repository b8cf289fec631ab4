"""The analyst: languages, sizes, entry points, history."""

from __future__ import annotations

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import ENTRY_POINT, LARGE_FILE
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import NOT_OURS, Language, is_test
from maos_desktop.rehearsal.mentions import counted, listing
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named, users_of
from maos_desktop.rehearsal.survey import Survey
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Hits, Spot

LARGE_LINES = 400
MANIFESTS = (
    "{pyproject.toml,setup.py,setup.cfg,requirements*.txt,package.json,go.mod,Cargo.toml,pom.xml,build.gradle*,"
    "Gemfile,*.gemspec,composer.json,CMakeLists.txt,Makefile,Dockerfile,meson.build,configure.ac}"
)


def investigate(desk: Desk) -> Inquiry[None]:
    survey = yield from desk.survey()
    yield from _measure(desk, survey)
    manifests = yield from desk.find("Which build files and manifests are there?", MANIFESTS)
    desk.findings.remarks.append(
        f"Build files and manifests at the top: {listing(manifests.listed)}."
        if manifests.listed
        else "No build file or manifest that the rules know lies at the top of the folder."
    )
    yield from _entry_points(desk, survey)
    yield from look_up_named(desk)
    if large := [path for path in survey.largest(3) if survey.code[path] > LARGE_LINES]:
        spots = [Spot(path, note=f"{survey.code[path]} lines") for path in large]
        yield from announce(desk, desk.findings.add(LARGE_FILE, spots))
    if largest := survey.largest(1):
        yield from ask(desk, f"Which files depend on `{largest[0]}`?", Role.ARCHITECT)
        yield from _largest(desk, largest[0])
    yield from _history(desk)


def about(desk: Desk, path: str) -> Inquiry[str]:
    users = yield from users_of(desk, path)
    survey = yield from desk.survey()
    lines = survey.counts.by_file.get(path)
    size = (
        f"`{path}` has {counted(lines, 'line')}" if lines else f"`{path}` is not among the source files that I counted"
    )
    if not users.spots:
        return f"{size}; no other source file names it."
    return (
        f"{size}; it is named in {counted(len(users.files), 'other file')}: {listing([s.where for s in users.spots])}."
    )


def _measure(desk: Desk, survey: Survey) -> Inquiry[None]:
    counts = desk.findings.counts
    for language, files in survey.languages[:4]:
        counts[f"{language.name} files"] = yield from _files_of(desk, survey, language, files)
    counts["Source files"] = survey.counts.files
    counts["Lines of source"] = survey.counts.total
    counts["Test files"] = len(survey.tests)
    if not survey.counts.complete:
        desk.findings.remarks.append(
            f"{len(survey.counts.by_file)} of {survey.counts.files} source files were listed; "
            "what is said of single files concerns these."
        )
        del counts["Test files"]
    named = ", ".join(f"{name}: {number}" for name, number in counts.items())
    yield from record(desk, "sizes", named)


def _files_of(desk: Desk, survey: Survey, language: Language, listed: int) -> Inquiry[int]:
    if survey.counts.complete:
        return listed
    glob = "*.{" + ",".join(ending[1:] for ending in language.endings) + "}"
    glob = glob if "," in glob else f"*{language.endings[0]}"
    exact = yield from desk.count(f"How much {language.name} is there in all?", r"^", f"{glob} {NOT_OURS}")
    return exact.files or listed


def _entry_points(desk: Desk, survey: Survey) -> Inquiry[None]:
    patterns = [language.entry for language, _ in survey.languages[:4]]
    if patterns:
        (hits,) = yield from desk.search("Where does the program begin?", Search("entry points", "|".join(patterns)))
        desk.findings.add(ENTRY_POINT, Hits(tuple(s for s in hits.spots if not is_test(s.path)), hits.more))


def _largest(desk: Desk, largest: str) -> Inquiry[None]:
    users = yield from users_of(desk, largest)
    desk.findings.remarks.append(
        f"The largest source file, `{largest}`, is named in {counted(len(users.files), 'other source file')}"
        + (f": {listing(users.files)}." if users.files else ".")
    )


def _history(desk: Desk) -> Inquiry[None]:
    log = yield from desk.run("What changed last?", "git log --oneline -5 -- .", "Show the last five commits")
    if log and log.strip():
        commits = log.strip().splitlines()
        desk.findings.remarks.append(f"The last commits: {listing(commits, 5)}.")


RULES = RoleRules(investigate, about)
