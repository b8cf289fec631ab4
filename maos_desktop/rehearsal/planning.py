"""The plan: roles from the words of the request, each with instructions about this project folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from maos_desktop.model.plan import Mode, Role
from maos_desktop.rehearsal.mentions import shortened
from maos_desktop.rehearsal.prompts import PlanPrompt
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.team import ROLE_ORDER

MIN_TASKS, MAX_TASKS = 3, 5

_WORDS: dict[Role, str] = {
    Role.ANALYST: r"analy[sz]\w*|understand\w*|overview|explain\w*|map|summari[sz]e\w*|what is"
    r"|(?:this|the|whole|entire) (?:project|code ?base|repo\w*|folder)",
    Role.ARCHITECT: r"architect\w*|structur\w*|design\w*|modul\w*|layer\w*|coupl\w*|import\w*",
    Role.RESEARCHER: r"dependenc\w*|research\w*|librar\w+|packages?|upgrad\w*|versions?|outdated|licen[cs]\w*",
    Role.TESTER: r"test\w*|coverage|qa|regression\w*",
    Role.SECURITY: r"secur\w*|secrets?|vulnerab\w*|attack\w*|inject\w*|passwords?|credential\w*|leak\w*|auth\w*",
    Role.PERFORMANCE: r"perform\w*|slow\w*|fast\w*|speed\w*|optimi[sz]\w*|latency|memory|profil\w*",
    Role.DOCUMENTER: r"doc|docs|document\w*|readme\w*|docstrings?|comments?|tutorial\w*|changelog",
    Role.DEVELOPER: r"develop\w*|implement\w*|(?<!what to )fix\w*|add|build|refactor\w*|migrat\w*|write|change",
    Role.REVIEWER: r"review\w*|quality|bugs?|clean\w*|smell\w*|maintain\w*|audit\w*|improve\w*",
}
_GENERAL = (Role.ANALYST, Role.TESTER, Role.SECURITY, Role.REVIEWER)
_FILLING = (Role.ANALYST, Role.REVIEWER, Role.TESTER, Role.SECURITY)
_LAST = (Role.DEVELOPER, Role.REVIEWER)
"""Roles that build on what the others report when they come last."""

_TITLES: dict[Role, str] = {
    Role.ANALYST: "Map the code base",
    Role.ARCHITECT: "Find out how the parts depend on each other",
    Role.RESEARCHER: "Look at the dependencies",
    Role.TESTER: "Look at the tests and what they leave out",
    Role.SECURITY: "Look for secrets and risky calls",
    Role.PERFORMANCE: "Look for costly loops and waits",
    Role.DOCUMENTER: "Look at the documents and descriptions",
    Role.DEVELOPER: "Say where the change would be made",
    Role.REVIEWER: "Review the code and check what the others report",
}
_DELIVER: dict[Role, str] = {
    Role.ANALYST: "Count the source files and lines by language, and name build files, entry points and large files.",
    Role.ARCHITECT: "Find out which files import which, what is imported most, and where imports go both ways.",
    Role.RESEARCHER: "Read the manifests: which dependencies there are, which have no version, which no import names.",
    Role.TESTER: "Count the tests, name the source files that no test is named after, and the tests that are skipped.",
    Role.SECURITY: "Look for secret-like strings, calls that run code, queries put together from text, open settings.",
    Role.PERFORMANCE: "Look in the largest files for loops inside loops, costly work inside loops, and fixed waits.",
    Role.DOCUMENTER: "Say which documents are there or missing, and which public functions have no description.",
    Role.DEVELOPER: "Name the places where the change would be made, and what is in those files. Change nothing.",
    Role.REVIEWER: "Read again what the others report, then look for open notes, broad catches, long functions.",
}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "a single": 1}
_NUMBER = re.compile(
    r"\b(?:only|just|with|use|exactly|at most)\s+(one|two|three|four|five|a single|[1-5])\b"
    r"|\b(one|two|three|four|five|[1-5])\s+(?:agents?|tasks?|subtasks?)\b",
    re.I,
)
_WITHOUT = re.compile(
    r"\b(?:without|no|not|except|drop|remove|skip|leave out|omit)\b(?:\s+(?:the|any|a|an))?\s+([\w ,-]+)", re.I
)
_EDITING = re.compile(r"\b(?:add|change|write|build|fix)\b", re.I)
"""In a comment these are about the plan, not about the code."""
_FEWER = re.compile(r"\b(?:fewer|less|smaller|shorter|too many)\b", re.I)
_MORE = re.compile(r"\b(?:more|larger|bigger|too few)\b", re.I)
_MODES = {
    Mode.SEQUENTIAL: re.compile(r"\b(?:sequential\w*|one after (?:the other|another)|step by step)\b", re.I),
    Mode.PARALLEL: re.compile(r"\b(?:parallel|at the same time|all at once)\b", re.I),
}
_LANGUAGES = re.compile(r"^Languages: (.+)$", re.MULTILINE)


def make_plan(prompt: PlanPrompt) -> dict[str, Any]:
    """Returns a plan in its JSON form: three to five subtasks unless the words ask for another number."""
    roles = _choose_roles(prompt)
    mode = prompt.mode or _mode_in(f"{prompt.comment}\n{prompt.request}") or Mode.DYNAMIC
    ids = {role: f"t{number}" for number, role in enumerate(roles, start=1)}
    last = roles[-1] if len(roles) > 1 and roles[-1] in _LAST and not prompt.refusal else None
    subtasks = [
        {
            "id": ids[role],
            "title": _TITLES[role],
            "instructions": _instructions(role, prompt),
            "role": role.value,
            "depends_on": [ids[other] for other in roles if other is not role] if role is last else [],
            "writes": False,
        }
        for role in roles
    ]
    return {
        "goal": shortened(prompt.request, 1_000) or "Find out what is in the folder.",
        "mode": mode.value,
        "rationale": _rationale(roles, last, prompt),
        "subtasks": subtasks,
    }


def roles_in(text: str) -> list[Role]:
    """Returns the roles whose words ``text`` uses, in the order of a plan, without those it excludes."""
    wanted = _WITHOUT.sub("", text)
    return [role for role in ROLE_ORDER if _uses(role, wanted)]


def _choose_roles(prompt: PlanPrompt) -> list[Role]:
    comment = _EDITING.sub("", prompt.comment)
    known = {role.value: role for role in Role}
    before = [known[name] for name in dict.fromkeys(prompt.roles_before) if name in known]
    roles = before or _from_request(prompt.request)
    roles = _arranged({*roles, *roles_in(comment)} - _excluded(f"{comment}\n{prompt.request}"))
    limit = _number_in(comment) or (None if before else _number_in(prompt.request))
    if limit is None and _FEWER.search(comment):
        limit = max(1, len(roles) - 1)
    if limit is None and _MORE.search(comment):
        roles = _filled(roles, len(roles) + 1, _excluded(comment))
    if limit is not None:
        roles = _filled(roles, limit, _excluded(comment))
        return _first(roles, limit, wanted=roles_in(comment) or roles_in(prompt.request))
    return roles[:MAX_TASKS] if not before else roles


def _from_request(request: str) -> list[Role]:
    named = roles_in(request)
    if not named:
        return list(_GENERAL)
    return _first(_filled(named, MIN_TASKS, _excluded(request)), MAX_TASKS, wanted=named)


def _filled(roles: Iterable[Role], number: int, excluded: set[Role]) -> list[Role]:
    chosen = list(roles)
    spare = [role for role in (*_FILLING, *ROLE_ORDER) if role not in chosen and role not in excluded]
    return _arranged(chosen + list(dict.fromkeys(spare))[: max(0, number - len(chosen))])


def _first(roles: Sequence[Role], number: int, wanted: Sequence[Role]) -> list[Role]:
    kept = sorted(roles, key=lambda role: role not in wanted)[:number]
    return _arranged(kept)


def _arranged(roles: Iterable[Role]) -> list[Role]:
    chosen = set(roles) or {Role.ANALYST}
    return [role for role in ROLE_ORDER if role in chosen]


def _uses(role: Role, text: str) -> bool:
    return re.search(rf"\b(?:{_WORDS[role]}|{role.value}s?)\b", text, re.I) is not None


def _excluded(text: str) -> set[Role]:
    without = " ".join(_WITHOUT.findall(text))
    return {role for role in ROLE_ORDER if _uses(role, without)}


def _number_in(text: str) -> int | None:
    if found := _NUMBER.search(text):
        word = (found[1] or found[2]).lower()
        return _NUMBERS.get(word) or int(word)
    return None


def _mode_in(text: str) -> Mode | None:
    return next((mode for mode, pattern in _MODES.items() if pattern.search(text)), None)


def _instructions(role: Role, prompt: PlanPrompt) -> str:
    languages = _LANGUAGES.search(prompt.project)
    folder = f" The folder holds {languages[1]}." if languages else ""
    comment = f"\n\nThe user's comment: {shortened(prompt.comment, 2_000)}" if prompt.comment else ""
    return (
        f"{_DELIVER[role]}{folder} Name every place by file and line, tell the team at once what concerns it, and "
        f"change no file.\n\nThe user's request: {shortened(prompt.request, 4_000)}{comment}"
    )


def _rationale(roles: Sequence[Role], last: Role | None, prompt: PlanPrompt) -> str:
    named = ", ".join(role.value for role in roles)
    why = (
        "The roles come from words of the request"
        if roles_in(prompt.request)
        else "No word of the request names a role"
    )
    order = f" The {last.value} comes last and builds on the others." if last else ""
    changed = " The comment on the plan before was taken into account." if prompt.comment else ""
    return f"{NOTICE} {why}: {named}.{order}{changed}"
