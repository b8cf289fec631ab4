"""The latest requests, to be used again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.ui import icons, theme
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.transcript.display_text import first_line

SHOWN = 5


class RecentRequests(QWidget):
    """Hidden while there are none.

    Signals:
        chosen: the whole text of a request.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recentRequests")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        heading = QLabel(self.tr("Recent requests"), self)
        set_look(heading, tone="strong")
        self._column.addWidget(heading)
        self._column.addSpacing(theme.XS)
        self._buttons: list[QPushButton] = []
        self.hide()

    def show_requests(self, requests: Sequence[str]) -> None:
        """Offers the first ``SHOWN`` of these."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [self._add(number, text) for number, text in enumerate(requests[:SHOWN])]
        self.setVisible(bool(self._buttons))

    def _add(self, number: int, request: str) -> QPushButton:
        button = _ElidedButton(first_line(request), self)
        button.setObjectName(f"recentRequest{number}")
        button.setToolTip(request[:2_000])
        button.clicked.connect(lambda: self.chosen.emit(request))
        self._column.addWidget(button)
        return button


class _ElidedButton(QPushButton):
    """Shows as much of its text as there is room for."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(icons.icon("history", "muted"), "", parent)
        self._full = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_look(self, variant="link")

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, super().sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.width() - 2 * theme.XL
        self.setText(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room))
