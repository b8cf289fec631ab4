"""A row of text in a dialog or a card, scrolled when it is tall."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from maos_desktop.ui.transcript.rows import TranscriptRow


class ScrolledRow(QScrollArea):
    """A row that is scrolled once it is taller than ``tallest`` pixels."""

    def __init__(self, row: TranscriptRow, tallest: int, name: str, accessible_name: str) -> None:
        super().__init__()
        self._row = row
        self._tallest = tallest
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(row)
        row.setAutoFillBackground(False)
        row.resized.connect(lambda: self.fit(self.width()))

    def fit(self, width: int) -> None:
        """Takes the height that the row needs in ``width`` pixels, up to the tallest."""
        inner = width - self.verticalScrollBar().sizeHint().width()
        height = self._row.fit(inner)
        self._row.resize(inner, height)
        self.setFixedHeight(min(height, self._tallest))
