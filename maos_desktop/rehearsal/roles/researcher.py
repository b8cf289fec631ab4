"""The researcher: what the project depends on, in which versions, and whether it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import LOOSE_DEPENDENCY, UNUSED_DEPENDENCY
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.mentions import counted, listing, literal
from maos_desktop.rehearsal.roles.rules import RoleRules, look_up_named, users_of
from maos_desktop.rehearsal.team import announce, ask, record
from maos_desktop.rehearsal.tool_output import Spot

MAX_READ = 3
MAX_LOOKED_FOR = 12
_MANIFESTS = "**/{pyproject.toml,setup.cfg,requirements*.txt,package.json,go.mod,Cargo.toml,Gemfile,composer.json}"
_LOCKS = "**/{*.lock,package-lock.json,pnpm-lock.yaml,go.sum,requirements*.lock,Cargo.lock}"
_SECTION = re.compile(
    r"^\s*(?:\[(.+)\]|\"(\w*[dD]ependencies|require(?:-dev)?)\"\s*:\s*\{|(dependencies|install_requires)\s*=|(require)\s*\()"
)
_QUOTED = re.compile(r"^\s*[\"']([A-Za-z0-9_.@/-]+)(?:\[[^\]]*\])?\s*([^\"';]*)")
_PAIR = re.compile(r"^\s*\"?([A-Za-z0-9_.@/-]+)\"?\s*[:=]\s*(.+?),?$")
_PLAIN = re.compile(r"^\s*([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\s*((?:[=<>~!]=?|===).+)?$")
_GEM = re.compile(r"^\s*gem\s+[\"']([\w-]+)[\"'](?:,\s*[\"']([^\"']+))?")
_GO = re.compile(r"^\s*(?:require\s+)?([\w.-]+(?:/[\w.~-]+)+)\s+(v\S+)")


def investigate(desk: Desk) -> Inquiry[None]:
    manifests = yield from desk.find("Which manifests name dependencies?", _MANIFESTS)
    locks = yield from desk.find("Are versions locked?", _LOCKS)
    desk.findings.counts["Manifests"] = manifests.total
    desk.findings.remarks.append(f"Lock files: {listing(locks.listed)}." if locks.listed else "There is no lock file.")
    paths = sorted(manifests.listed, key=lambda path: path.count("/"))[:MAX_READ]
    if not paths:
        desk.findings.remarks.append("There is no manifest that the rules can read.")
        return
    texts = yield from desk.read("What do they name?", paths)
    named = [spot for path, lines in zip(paths, texts, strict=True) for spot in dependencies(path, lines)]
    desk.findings.counts["Dependencies"] = len(named)
    loose = [spot for spot in named if not spot.note]
    yield from announce(desk, desk.findings.add(LOOSE_DEPENDENCY, loose))
    yield from _unused(desk, named)
    yield from look_up_named(desk)
    yield from record(desk, "dependencies", f"{len(named)} in {listing(paths)}")
    if named:
        yield from ask(
            desk, f"What rests on the dependencies named in `{named[0].path}`?", Role.ARCHITECT, Role.ANALYST
        )


def about(desk: Desk, path: str) -> Inquiry[str]:
    users = yield from users_of(desk, path)
    return f"`{path}` is named in {counted(len(users.files), 'source file')}" + (
        f": {listing(users.files)}." if users.files else "."
    )


def dependencies(path: str, lines: dict[int, str]) -> Iterator[Spot]:
    """Yields the dependencies that a manifest names: where, by which name (``text``), in which version (``note``)."""
    name = PurePosixPath(path).name
    section = ""
    for number, text in lines.items():
        if name == "setup.cfg" and text[:1].strip():
            section = ""
        if found := _SECTION.match(text):
            section = next(group for group in found.groups() if group)
        if found := _rule(name, section).match(text):
            if not _SECTION.match(text) or name == "go.mod":
                yield Spot(path, number, found[1], (found[2] or "").strip().strip("\"'"))
        elif text.strip() in ("]", "}", "},", ")") and name not in ("Cargo.toml",):
            section = ""


def _rule(name: str, section: str) -> re.Pattern[str]:
    nothing = re.compile(r"(?!)")
    if name.startswith("requirements"):
        return _PLAIN
    if name == "Gemfile":
        return _GEM
    if name == "go.mod":
        return _GO
    if name in ("package.json", "composer.json"):
        return _PAIR if section.lower().endswith("dependencies") or section == "require" else nothing
    if name == "Cargo.toml":
        return _PAIR if section.endswith("dependencies") else nothing
    if name == "pyproject.toml":
        return _PAIR if section.endswith("poetry.dependencies") else _QUOTED if section in _PYTHON_LISTS else nothing
    return _PLAIN if section == "install_requires" else nothing


_PYTHON_LISTS = ("dependencies", "project.optional-dependencies", "dependency-groups")


def _unused(desk: Desk, named: list[Spot]) -> Inquiry[None]:
    by_module = {_module(spot.text): spot for spot in named[:MAX_LOOKED_FOR]}
    if not by_module:
        return
    pattern = r"(?i)(?:import|from|require|use|include)\b.*\b(?:" + "|".join(map(literal, by_module)) + r")\b"
    (hits,) = yield from desk.search(
        "Which of them do imports name?", Search("imports of the dependencies", pattern, limit=200)
    )
    text = "\n".join(spot.text for spot in hits.spots).lower()
    unused = [spot for module, spot in by_module.items() if not re.search(rf"\b{re.escape(module)}\b", text)]
    if not hits.more:
        spots = [Spot(s.path, s.line, note=f"`{s.text}`; imports may use another name") for s in unused]
        desk.findings.add(UNUSED_DEPENDENCY, spots)
    desk.findings.counts["Dependencies that imports name"] = len(by_module) - len(unused)


def _module(name: str) -> str:
    """The name that an import is likely to use."""
    return name.rsplit("/", 1)[-1].lower().replace("-", "_").removeprefix("python_")


RULES = RoleRules(investigate, about)
