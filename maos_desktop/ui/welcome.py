"""What a person sees who has no session yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.icon_label import IconLabel
from maos_desktop.ui.theme import set_look

_ICON_SIZE = 28
_NARROWEST = 480
"""Without it Qt reckons with the height of a very narrow label."""


class Welcome(QFrame):
    """Signals:
    sample_requested: the user wants to try the app on the bundled sample project.
    """

    sample_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        set_look(self, variant="info")
        sentence = QLabel(
            self.tr(
                "Several agents work on one request, tell each other what they find, and end in one report. "
                "The sample project shows it in a minute, without an account."
            ),
            self,
        )
        sentence.setWordWrap(True)
        sentence.setMinimumWidth(_NARROWEST)
        text = self.tr("Try it on the sample project")
        button = push_button(self, "trySample", text, self.sample_requested.emit)
        words = QVBoxLayout()
        words.setSpacing(theme.S)
        words.addWidget(sentence)
        words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        row.setSpacing(theme.L)
        row.addWidget(IconLabel("workflow", _ICON_SIZE, "accent", self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
