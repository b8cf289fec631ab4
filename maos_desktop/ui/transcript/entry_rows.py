"""Rows that fold: what the agent was asked, what it thought, and the tools it called."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from maos_desktop.model.transcript import PromptEntry, TextEntry, ToolEntry
from maos_desktop.ui.tool_words import pretty_input, result_words, tool_words
from maos_desktop.ui.transcript.display_text import first_line
from maos_desktop.ui.transcript.line_button import Line
from maos_desktop.ui.transcript.rows import FoldRow, PagedText

FIRST_PAGE = 4_000
"""Characters of an output that stand there once it is unfolded."""


class PromptRow(FoldRow):
    """What the agent was asked."""

    def __init__(self, entry: PromptEntry) -> None:
        self._entry = entry
        super().__init__(Line("corner-down-right", ""), "promptLine")
        self.header.show_line(Line("corner-down-right", self.tr("Asked"), argument=_subject(entry.text)))

    @override
    def make_body(self) -> Iterator[QWidget]:
        yield PagedText(self._entry.text, markdown=True, first=FIRST_PAGE)


class ThinkingRow(FoldRow):
    """What the model thought, folded."""

    def __init__(self, entry: TextEntry) -> None:
        self._entry = entry
        super().__init__(Line("brain", ""), "thinkingLine")
        self.refresh()

    def refresh(self) -> None:
        """Shows the entry as it is now."""
        label = self.tr("Thought") if self._entry.closed else self.tr("Thinking …")
        self.header.show_line(Line("brain", label, argument=first_line(self._entry.text)))
        self.renew_body()

    @override
    def make_body(self) -> Iterator[QWidget]:
        yield PagedText(self._entry.text, tone="muted", first=FIRST_PAGE)


class ToolRow(FoldRow):
    """One tool call: a line that unfolds to its input and its output."""

    def __init__(self, entry: ToolEntry, project_folder: str) -> None:
        self._entry = entry
        self._folder = project_folder
        super().__init__(Line("wrench", entry.tool), "toolLine")
        self.refresh()

    def refresh(self) -> None:
        """Shows the entry as it is now."""
        entry, words = self._entry, tool_words(self._entry.tool, self._entry.input, self._folder)
        result, sign, tone = self.tr("running"), "loader-circle", "state:working"
        if entry.output is not None:
            result = result_words(entry.output, is_error=entry.is_error)
            sign, tone = ("circle-x", "state:failed") if entry.is_error else ("check", "muted")
        line = Line(
            words.icon,
            words.label,
            argument=words.argument,
            mono=words.mono,
            result=result,
            result_icon=sign,
            result_tone=tone,
        )
        self.header.show_line(line)
        self.renew_body()

    @override
    def make_body(self) -> Iterator[QWidget]:
        yield _caption(self.tr("Input"))
        yield PagedText(pretty_input(self._entry.tool, self._entry.input), mono=True, first=FIRST_PAGE)
        if self._entry.output is not None:
            yield _caption(self.tr("Error") if self._entry.is_error else self.tr("Output"))
            output = self._entry.output.rstrip() or self.tr("(nothing)")
            yield PagedText(output, mono=True, tone="muted", first=FIRST_PAGE)


def _caption(words: str) -> QLabel:
    caption = QLabel(words)
    caption.setProperty("tone", "small")
    return caption


def _subject(prompt: str) -> str:
    """Returns the line of a prompt that tells it from others: the task's, else its first words."""
    for line in prompt[:2_000].splitlines():
        if line.startswith("Task: "):
            return first_line(line.removeprefix("Task: "))
    return first_line(prompt).lstrip("# ")
