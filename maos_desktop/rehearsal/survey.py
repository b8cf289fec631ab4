"""What is in the folder: its source files with their sizes, from one search that counts lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from maos_desktop.rehearsal.languages import NO_UNIT, Language, is_test, language_of, unit_of
from maos_desktop.rehearsal.tool_output import Counts


@dataclass(frozen=True)
class Survey:
    """The source files that the search listed. ``counts`` also has the totals over those it did not list."""

    counts: Counts

    @cached_property
    def code(self) -> dict[str, int]:
        """Lines of each source file that holds no tests, the largest first."""
        files = ((path, lines) for path, lines in self.counts.by_file.items() if not is_test(path))
        return dict(sorted(files, key=lambda item: (-item[1], item[0])))

    @cached_property
    def tests(self) -> dict[str, int]:
        """Lines of each test file, the largest first."""
        files = ((path, lines) for path, lines in self.counts.by_file.items() if is_test(path))
        return dict(sorted(files, key=lambda item: (-item[1], item[0])))

    @cached_property
    def languages(self) -> list[tuple[Language, int]]:
        """The languages with their number of files, the most frequent first."""
        names = Counter(language.name for path in self.counts.by_file if (language := language_of(path)))
        known = {language.name: language for path in self.counts.by_file if (language := language_of(path))}
        return [(known[name], files) for name, files in names.most_common()]

    @property
    def main_language(self) -> Language | None:
        """The language with the most files."""
        return self.languages[0][0] if self.languages else None

    def largest(self, count: int) -> list[str]:
        """Returns the largest source files that hold no tests."""
        return list(self.code)[:count]

    def untested(self, tested_inside: frozenset[str] = frozenset()) -> list[str]:
        """Returns the source files without a test file of a matching name, the largest first.

        ``tested_inside`` are files that hold their own tests.
        """
        tested = {unit_of(path) for path in self.tests}
        return [
            path
            for path in self.code
            if path not in tested_inside and unit_of(path) not in tested and unit_of(path) not in NO_UNIT
        ]
