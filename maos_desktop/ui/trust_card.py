"""The trust question: what a folder's own settings would run on this computer, before anything of it runs."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from maos_desktop.model.untrusted_text import revealed
from maos_desktop.sessions.project_settings import ProjectSettings
from maos_desktop.ui import theme
from maos_desktop.ui.theme import set_look

_LINES_SHOWN = 6


class TrustCard(QFrame):
    """Hidden while the folder has no settings of its own. The answer is no until the user says yes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trustCard")
        self._asked = ProjectSettings()
        self._title = QLabel(self.tr("This folder has settings of its own"), self)
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._commands = QPlainTextEdit(self)
        self._commands.setObjectName("trustCommands")
        self._commands.setAccessibleName(self.tr("Commands in the folder's settings"))
        self._commands.setReadOnly(True)
        self._commands.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._commands.setTabChangesFocus(True)
        self._yes = QCheckBox(self.tr("I trust this folder: load its settings"), self)
        self._yes.setObjectName("trustFolder")
        self._yes.setAccessibleName(self._yes.text())
        set_look(self, variant="warning")
        set_look(self._title, tone="strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.M, theme.M, theme.M, theme.S)
        column.setSpacing(theme.S)
        for widget in (self._title, self._sentence, self._commands, self._yes):
            column.addWidget(widget)
        self.hide()

    def ask(self, settings: ProjectSettings) -> None:
        """Shows the question for these settings; an answer to other settings does not count for them."""
        if settings == self._asked:
            return
        self._asked = settings
        self._yes.setChecked(False)
        self._sentence.setText(self._describe(settings))
        lines = [f"{entry.occasion:<24}  {entry.command}" for entry in settings.commands]
        self._commands.setPlainText("\n".join(revealed(line) for line in lines))
        self._commands.setFont(theme.mono_font())
        height = self._commands.fontMetrics().lineSpacing() * min(max(len(lines), 1), _LINES_SHOWN)
        self._commands.setFixedHeight(height + 2 * theme.M)
        self._commands.setVisible(bool(lines))
        self.setVisible(bool(settings.files))

    def is_trusted(self) -> bool:
        """Returns whether the user has said that the settings may be loaded."""
        return bool(self._asked.files) and self._yes.isChecked()

    def _describe(self, settings: ProjectSettings) -> str:
        files = ", ".join(settings.files)
        if settings.commands:
            text = self.tr(
                "{files} would run these commands on this computer, without a question, when the agents "
                "start. They are left out unless you trust the folder."
            )
        else:
            text = self.tr("{files} would change how the agents work. It is left out unless you trust the folder.")
        parts = [text.format(files=files)]
        if settings.variables:
            names = ", ".join(revealed(name) for name in settings.variables)
            parts.append(self.tr("Environment variables it sets: {names}.").format(names=names))
        if settings.unreadable:
            unreadable = ", ".join(settings.unreadable)
            parts.append(self.tr("What {files} would do could not be read.").format(files=unreadable))
        return " ".join(parts)
