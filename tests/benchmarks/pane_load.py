"""The load of target 5: sixteen panes with long histories that are streamed to, and a stopwatch for the window.

Each contender shows the same text and is driven by the same generator, in a process of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QTextEdit, QWidget

PANES, COLUMNS = 16, 4
LINES_OF_HISTORY = 10_000
LINES_PER_BLOCK = 50
DELTAS_PER_SECOND = 2_000
SECONDS_OF_WARMING, SECONDS = 2.0, 8.0
WINDOW = (1600, 1000)
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_SENTENCE = "and then it reads the **next** file `src/auth/session.py` to see whether that is so."
_WORDS = _SENTENCE.split()
_PARAGRAPH, _BLOCK = 400, 2_500
"""Characters after which the generator begins a paragraph, and closes the block."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one contender took: memory above the bare process, share of a core, and the window's stalls."""

    megabytes: float
    cpu: float
    stall_ms: float
    deltas_per_second: float


class Contender(Protocol):
    """A way to show sixteen growing texts."""

    def make_panes(self) -> list[QWidget]:
        """Returns the panes with their histories."""

    def append(self, pieces: list[tuple[int, str, bool]]) -> None:
        """Takes pieces: of which pane, the text, and whether its block ends."""


def history(pane: int) -> Iterator[str]:
    """Yields the blocks of a pane's history."""
    for start in range(0, LINES_OF_HISTORY, LINES_PER_BLOCK):
        lines = []
        for number in range(start, start + LINES_PER_BLOCK):
            lines.append(f"Line {number} of {pane}: the **token** in `src/auth/session.py` is not rotated.")
            if number % 4 == 3:
                lines.append("")
        yield "\n".join(lines)


class BareWindow:
    """Labels that never change: what the window costs with the generator alone."""

    def make_panes(self) -> list[QWidget]:
        return [QLabel(f"agent {number}") for number in range(PANES)]

    def append(self, pieces: list[tuple[int, str, bool]]) -> None:
        """Shows nothing."""


class TextEdits:
    """A ``QTextEdit`` per pane; every delta is inserted at once, as plain text."""

    def __init__(self) -> None:
        self._edits: list[QTextEdit] = []

    def make_panes(self) -> list[QWidget]:
        for number in range(PANES):
            edit = QTextEdit()
            edit.setReadOnly(True)
            edit.setUndoRedoEnabled(False)
            edit.setPlainText("\n".join(history(number)))
            edit.moveCursor(QTextCursor.MoveOperation.End)
            self._edits.append(edit)
        return list(self._edits)

    def append(self, pieces: list[tuple[int, str, bool]]) -> None:
        for pane, text, _ in pieces:
            edit = self._edits[pane]
            edit.moveCursor(QTextCursor.MoveOperation.End)
            edit.insertPlainText(text)
            edit.ensureCursorVisible()


class _Generator:
    """Hands out deltas at a steady rate, whatever is done with them.

    Attributes:
        sent: how many so far.
    """

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._written = [0] * PANES
        self._began = time.perf_counter()
        self.sent = 0

    def tick(self) -> None:
        due = int((time.perf_counter() - self._began) * DELTAS_PER_SECOND)
        pieces = [self._piece(number) for number in range(self.sent, due)]
        self.sent = max(due, self.sent)
        if pieces:
            self._contender.append(pieces)

    def _piece(self, number: int) -> tuple[int, str, bool]:
        pane, text = number % PANES, _WORDS[number // PANES % len(_WORDS)] + " "
        before = self._written[pane]
        after = self._written[pane] = before + len(text)
        if after >= _BLOCK:
            self._written[pane] = 0
            return pane, text + "\n", True
        return pane, text + ("\n\n" if before // _PARAGRAPH != after // _PARAGRAPH else ""), False


class _Stopwatch:
    """Measures for how long the event loop was kept from a timer of one millisecond."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._gaps: list[float] = []

    def tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now

    def restart(self) -> None:
        self._gaps.clear()

    def percentile(self, share: float) -> float:
        """Returns the gap in milliseconds that this share of all gaps does not exceed."""
        return sorted(self._gaps)[int(len(self._gaps) * share)] * 1_000


def drive(application: QApplication, contender: Contender) -> Figures:
    """Shows the contender's panes in one window and streams to them."""
    before = _resident_megabytes()
    window = QWidget()
    grid = QGridLayout(window)
    for number, pane in enumerate(contender.make_panes()):
        grid.addWidget(pane, *divmod(number, COLUMNS))
    window.resize(*WINDOW)
    window.show()
    for _ in range(20):
        application.processEvents()
    generator, stopwatch = _Generator(contender), _Stopwatch()
    timers = [_timer(4, generator.tick), _timer(1, stopwatch.tick)]
    _run_for(application, SECONDS_OF_WARMING)
    stopwatch.restart()
    sent, cpu, clock = generator.sent, time.process_time(), time.perf_counter()
    _run_for(application, SECONDS)
    took = time.perf_counter() - clock
    for timer in timers:
        timer.stop()
    return Figures(
        megabytes=_resident_megabytes() - before,
        cpu=(time.process_time() - cpu) / took,
        stall_ms=stopwatch.percentile(0.99),
        deltas_per_second=(generator.sent - sent) / took,
    )


def _timer(milliseconds: int, slot: object) -> QTimer:
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(slot)
    timer.start(milliseconds)
    return timer


def _run_for(application: QApplication, seconds: float) -> None:
    QTimer.singleShot(round(seconds * 1_000), application.quit)
    application.exec()


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * _PAGE / 1e6
