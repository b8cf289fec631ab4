"""Which model answers: two choices, each with an honest sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from maos_desktop.model.session import Backend
from maos_desktop.ui import theme
from maos_desktop.ui.theme import set_look

_INDENT = 29
"""Where the text of a radio button begins, in pixels."""
_NARROWEST = 560
"""Without it Qt reckons with the height of a very narrow label."""


class BackendChoice(QWidget):
    """Signals:
    changed: another back end is chosen now (a ``Backend``).
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("backendChoice")
        self._buttons: dict[Backend, QRadioButton] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._add(
            column,
            Backend.CLAUDE,
            self.tr("Claude"),
            self.tr(
                "Real Claude agents, run by the Claude command on this computer with the account it is set up "
                "with. They use that account's tokens."
            ),
        )
        column.addSpacing(theme.S)
        self._add(
            column,
            Backend.REHEARSAL,
            self.tr("Rehearsal"),
            self.tr(
                "No language model is involved: fixed rules search your folder with the same tools and report "
                "what they find. Free, offline, needs no account."
            ),
        )
        self.choose(Backend.CLAUDE)

    def choice(self) -> Backend:
        """Returns the chosen back end."""
        return next(backend for backend, button in self._buttons.items() if button.isChecked())

    def choose(self, backend: Backend) -> None:
        """Chooses a back end."""
        self._buttons[backend].setChecked(True)

    def _add(self, column: QVBoxLayout, backend: Backend, name: str, sentence: str) -> None:
        button = QRadioButton(name, self)
        button.setObjectName(f"backend_{backend}")
        button.setAccessibleName(name)
        button.setAccessibleDescription(sentence)
        button.toggled.connect(lambda on: self.changed.emit(backend) if on else None)
        label = QLabel(sentence, self)
        label.setWordWrap(True)
        label.setMinimumWidth(_NARROWEST)
        label.setContentsMargins(_INDENT, 0, 0, 0)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        set_look(label, tone="muted")
        self._buttons[backend] = button
        self._group.addButton(button)
        column.addWidget(button)
        column.addWidget(label)
