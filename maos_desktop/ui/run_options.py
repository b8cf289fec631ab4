"""The quiet row under a request: strategy, agents at once, model, permissions, and whether to ask for the plan."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from maos_desktop.config import Config
from maos_desktop.model.plan import Mode
from maos_desktop.model.session import Backend, PermissionMode
from maos_desktop.ui import theme
from maos_desktop.ui.theme import set_look

_MODELS = ("opus", "sonnet", "haiku")


class RunOptions(QWidget):
    """Starts with what the last request was started with."""

    def __init__(self, config: Config, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runOptions")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.L)
        self._grid.setVerticalSpacing(theme.XS)
        self._mode = self._combo(
            "mode",
            self.tr("Strategy"),
            [
                (self.tr("The plan decides"), "auto"),
                (self.tr("One after the other"), Mode.SEQUENTIAL),
                (self.tr("All at once"), Mode.PARALLEL),
                (self.tr("As results allow"), Mode.DYNAMIC),
            ],
        )
        self._max_agents = QSpinBox(self)
        self._max_agents.setRange(1, 16)
        # Padding in a style sheet does not reach the number.
        self._max_agents.lineEdit().setTextMargins(theme.S - 2, 0, 0, 0)
        self._place("maxAgents", self.tr("Agents at once"), self._max_agents)
        self._model = self._combo("model", self.tr("Model"), [(self.tr("The account's default"), "")])
        for name in _MODELS:
            self._model.addItem(name.capitalize(), name)
        self._permissions = self._combo(
            "permissionMode",
            self.tr("Changes and commands"),
            [
                (self.tr("Ask me"), PermissionMode.ASK),
                (self.tr("Edit files without asking"), PermissionMode.ACCEPT_EDITS),
            ],
        )
        self._auto_approve = QCheckBox(self.tr("Start without showing me the plan"), self)
        self._auto_approve.setObjectName("autoApprove")
        self._auto_approve.setAccessibleName(self._auto_approve.text())
        self._grid.addWidget(self._auto_approve, 2, 0, 1, 4)
        self._show(config)

    def values(self) -> dict[str, Any]:
        """Returns the chosen values by their names in ``SessionSettings``."""
        return {
            "mode": self._mode.currentData(),
            "max_agents": self._max_agents.value(),
            "model": self._model.currentData() or None if self._model.isEnabled() else None,
            "permission_mode": self._permissions.currentData(),
            "auto_approve": self._auto_approve.isChecked(),
        }

    def set_backend(self, backend: Backend) -> None:
        """Offers a model only where one answers."""
        self._model.setEnabled(backend is Backend.CLAUDE)

    def _show(self, config: Config) -> None:
        self._max_agents.setValue(config.max_agents)
        for combo, value in (
            (self._mode, config.mode),
            (self._model, config.model),
            (self._permissions, config.permission_mode),
        ):
            combo.setCurrentIndex(max(0, combo.findData(value)))

    def _combo(self, name: str, title: str, choices: list[tuple[str, str]]) -> QComboBox:
        combo = QComboBox(self)
        for text, value in choices:
            combo.addItem(text, str(value))
        self._place(name, title, combo)
        return combo

    def _place(self, name: str, title: str, field: QWidget) -> None:
        column = self._grid.columnCount() if self._grid.count() else 0
        label = QLabel(title, self)
        label.setBuddy(field)
        set_look(label, tone="small")
        set_look(field, variant="quiet")
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._grid.addWidget(label, 0, column)
        self._grid.addWidget(field, 1, column)
