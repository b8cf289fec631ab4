"""What an agent of the rehearsal works with: its task, and the CLI's tools as inquiries that return data."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.conversation import TEAM_TOOLS, Conversation, Outcome
from maos_desktop.rehearsal.findings import Findings, quote
from maos_desktop.rehearsal.inquiry import Inquiry, Step
from maos_desktop.rehearsal.languages import CODE_GLOB, NOT_OURS
from maos_desktop.rehearsal.prompts import TaskPrompt
from maos_desktop.rehearsal.survey import Survey
from maos_desktop.rehearsal.tool_output import (
    Counts,
    Hits,
    Paths,
    Spot,
    read_counts,
    read_hits,
    read_lines,
    read_paths,
)

SHOWN_HITS = 40
SHOWN_FILES = 250
"""The CLI writes larger lists to a file of its own instead of showing them."""
READ_LINES = 600
LINES_AROUND = 2
_TELLING = ("command", "file_path", "pattern", "to", "request_id", "text", "key", "message_ids")
OURS = f"{CODE_GLOB} {NOT_OURS}"
"""Every source file of the project's own."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for lines. ``what`` names it for people; ``files`` are globs, ``path`` searches one file only."""

    what: str
    pattern: str
    files: str = OURS
    path: str | None = None
    limit: int = SHOWN_HITS

    def call(self) -> Call:
        """Returns the search as a call of Grep."""
        options: dict[str, Any] = {"pattern": self.pattern, "output_mode": "content", "-n": True}
        options |= {"path": self.path} if self.path else {"glob": self.files}
        return Call("Grep", options | {"head_limit": self.limit})


class Desk:
    """One agent's view of one request: asked again with every request, it keeps nothing between them.

    Attributes:
        task: who the agent is and what it is to do.
        conversation: the whole request.
        findings: what the rules found so far.
        talk: what was said in the team, for the report.
        empty: what was looked for and not found.
        problems: what could not be done.
    """

    def __init__(self, conversation: Conversation, task: TaskPrompt) -> None:
        self.task = task
        self.conversation = conversation
        self.findings = Findings()
        self.talk: list[str] = []
        self.empty: list[str] = []
        self.problems: list[str] = []

    def use(self, say: str, *calls: Call) -> Inquiry[tuple[Outcome, ...]]:
        """Makes the calls at the same time, saying why. An error is kept as a problem."""
        outcomes = yield Step(say, calls)
        for outcome in outcomes:
            if outcome.is_error:
                self.problems.append(f"{self._describe(outcome.call)}: {_first_line(outcome.text)}")
        return outcomes

    def survey(self) -> Inquiry[Survey]:
        """Counts the lines of every source file."""
        counts = yield from self.count("First, which source files there are and how long they are.", r"^")
        return Survey(counts)

    def search(self, say: str, *searches: Search) -> Inquiry[tuple[Hits, ...]]:
        """Looks for lines, all searches at the same time. A failed search has no hits."""
        outcomes = yield from self.use(say, *(search.call() for search in searches))
        found = []
        for search, outcome in zip(searches, outcomes, strict=True):
            hits = Hits() if outcome.is_error else read_hits(outcome.text, search.path)
            if not hits.spots and not outcome.is_error:
                self.empty.append(search.what)
            found.append(hits)
        return tuple(found)

    def count(self, say: str, pattern: str, files: str = OURS) -> Inquiry[Counts]:
        """Counts the matching lines per file."""
        options = {"pattern": pattern, "output_mode": "count", "glob": files, "head_limit": SHOWN_FILES}
        (outcome,) = yield from self.use(say, Call("Grep", options))
        return Counts() if outcome.is_error else read_counts(outcome.text)

    def find(self, say: str, pattern: str) -> Inquiry[Paths]:
        """Looks for files by name."""
        (outcome,) = yield from self.use(say, Call("Glob", {"pattern": pattern}))
        return Paths() if outcome.is_error else read_paths(outcome.text)

    def read(self, say: str, paths: Sequence[str]) -> Inquiry[tuple[dict[int, str], ...]]:
        """Reads the beginning of each file: text by line number, empty where it failed."""
        calls = [Call("Read", {"file_path": self._absolute(path), "limit": READ_LINES}) for path in paths]
        outcomes = yield from self.use(say, *calls)
        return tuple({} if outcome.is_error else read_lines(outcome.text) for outcome in outcomes)

    def look_at(self, say: str, places: Sequence[Spot]) -> Inquiry[list[str | None]]:
        """Reads the line of each place with the lines around it; ``None`` where there is no such line."""
        calls = []
        for place in places:
            first = max(1, place.line - LINES_AROUND)
            options = {"offset": first, "limit": 2 * LINES_AROUND + 1}
            calls.append(Call("Read", {"file_path": self._absolute(place.path)} | options))
        outcomes = yield from self.use(say, *calls)
        texts = ({} if outcome.is_error else read_lines(outcome.text) for outcome in outcomes)
        return [lines.get(place.line) for place, lines in zip(places, texts, strict=True)]

    def run(self, say: str, command: str, purpose: str) -> Inquiry[str | None]:
        """Runs a command that only reads; returns its output, ``None`` when it failed or Bash is not offered."""
        if not self.conversation.offers("Bash"):
            return None
        (outcome,) = yield from self.use(say, Call("Bash", {"command": command, "description": purpose}))
        return None if outcome.is_error else outcome.text

    def _absolute(self, path: str) -> str:
        return posixpath.join(self._folder, path)

    @property
    def _folder(self) -> str:
        return self.conversation.folder.replace("\\", "/")

    def _describe(self, call: Call) -> str:
        named = next((str(call.input[key]) for key in _TELLING if key in call.input), "")
        return f"{call.tool.removeprefix(TEAM_TOOLS)} {quote(named.removeprefix(f'{self._folder}/'), 80)}"


def _first_line(text: str) -> str:
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    return " – ".join(rows[:2])[:200] if rows else "no output"
