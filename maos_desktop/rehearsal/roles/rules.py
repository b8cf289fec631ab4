"""What makes a role: how it works on its task, and what it can tell a team-mate about one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maos_desktop.rehearsal.desk import Desk, Search
from maos_desktop.rehearsal.findings import NAMED
from maos_desktop.rehearsal.inquiry import Inquiry
from maos_desktop.rehearsal.languages import name_in_code
from maos_desktop.rehearsal.mentions import literal, words_in
from maos_desktop.rehearsal.team import About
from maos_desktop.rehearsal.tool_output import Hits

MAX_NAMED = 2


@dataclass(frozen=True, slots=True)
class RoleRules:
    """``investigate`` fills the desk's findings; ``about`` answers for one file."""

    investigate: Callable[[Desk], Inquiry[None]]
    about: About


def look_up_named(desk: Desk) -> Inquiry[None]:
    """Looks for the words in back-ticks that the task names, whatever the role."""
    for word in words_in(f"{desk.task.instructions}\n{desk.task.request}")[:MAX_NAMED]:
        (hits,) = yield from desk.search(f"The task names `{word}`.", Search(f"`{word}`", literal(word), limit=20))
        if not desk.findings.add(NAMED, hits):
            desk.findings.remarks.append(f"The task names `{word}`; no source file holds it.")


def users_of(desk: Desk, path: str) -> Inquiry[Hits]:
    """Looks for the lines in other source files that name the unit of this file."""
    unit = name_in_code(path)
    (hits,) = yield from desk.search(f"Who names `{unit}`?", Search(f"`{unit}`", rf"(?i)\b{literal(unit)}\b", limit=60))
    return Hits(tuple(spot for spot in hits.spots if spot.path != path), hits.more)
