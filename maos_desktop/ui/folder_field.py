"""Where the agents work: a path that is typed, chosen or dropped, checked as it changes."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from maos_desktop.sessions.project_settings import ProjectSettings, read_project_settings
from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.trust_card import TrustCard


class FolderField(QWidget):
    """Signals:
    changed: the path is another one now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folderField")
        self._path = QLineEdit(self)
        self._path.setObjectName("projectFolder")
        self._path.setAccessibleName(self.tr("Project folder"))
        self._path.setPlaceholderText(self.tr("Choose a folder, or drop one on the window"))
        self._path.setAcceptDrops(False)
        self._path.textChanged.connect(self._take_in)
        self._choose = push_button(self, "chooseFolder", self.tr("Choose…"), self._open_dialog, icon="folder-open")
        self._problem = QLabel(self)
        self._problem.setObjectName("projectFolderProblem")
        self._problem.setWordWrap(True)
        self._problem.hide()
        set_look(self._problem, tone="error")
        self._trust = TrustCard(self)
        self._lay_out()

    def folder(self) -> Path:
        """Returns the folder as an absolute path; whether it is there says ``problem``."""
        return Path(self._path.text().strip()).expanduser().absolute()

    def set_folder(self, folder: Path) -> None:
        """Shows this folder."""
        self._path.setText(str(folder))

    def problem(self) -> str:
        """Returns why the folder cannot be used, a sentence, or nothing."""
        if not self._path.text().strip():
            return self.tr("Choose the folder that the agents should work in.")
        folder = self.folder()
        try:
            if not folder.exists():
                return self.tr("This folder does not exist. Check the path or choose another one.")
            if not folder.is_dir():
                return self.tr("This is a file. Choose the folder it is in.")
        except OSError:
            return self.tr("This folder cannot be reached. Check the path or choose another one.")
        if not os.access(folder, os.R_OK | os.X_OK):
            return self.tr("This folder cannot be read. Change its rights or choose another one.")
        return ""

    def show_problem(self) -> bool:
        """Marks the field if its folder cannot be used; returns whether it can."""
        problem = self.problem()
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        set_look(self._path, invalid="true" if problem else "false")
        return not problem

    def trusts_settings(self) -> bool:
        """Returns whether the folder's own settings may be loaded."""
        return self._trust.is_trusted()

    def focus(self) -> None:
        """Moves the keyboard to the path."""
        self._path.setFocus()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.S)
        row.addWidget(self._path, 1)
        row.addWidget(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.XS)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._trust)

    def _take_in(self) -> None:
        usable = not self.problem()
        if self._path.text().strip():
            self.show_problem()
        self._trust.ask(read_project_settings(self.folder()) if usable else ProjectSettings())
        self.changed.emit()

    def _open_dialog(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose the project folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        if not self.problem():
            dialog.setDirectory(str(self.folder()))
        dialog.fileSelected.connect(lambda chosen: self.set_folder(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def dropped_folder(data: QMimeData) -> Path | None:
    """Returns the folder that is dropped, or the one that a dropped file is in."""
    for url in data.urls():
        if url.isLocalFile():
            path = Path(url.toLocalFile())
            return path if path.is_dir() else path.parent
    return None
