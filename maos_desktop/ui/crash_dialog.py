"""Says that the app made a mistake, what was kept, and offers the details."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button, set_label
from maos_desktop.ui.theme import set_look

_SIZE = (640, 380)


class CrashDialog(QDialog):
    """Not modal: the rest of the window goes on."""

    def __init__(self, details: str, log_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._log_folder = log_folder
        title = QLabel(self.tr("MAOS Desktop made a mistake"), self)
        set_look(title, tone="title")
        sentence = QLabel(
            self.tr(
                "Your sessions are kept: everything that was shown is saved. If the window behaves oddly, close and "
                "start it again. Please report it with the details below."
            ),
            self,
        )
        sentence.setWordWrap(True)
        self._details = QPlainTextEdit(details, self)
        self._details.setObjectName("crashDetails")
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setReadOnly(True)
        self._details.setFont(theme.mono_font())
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        column.setSpacing(theme.M)
        column.addWidget(title)
        column.addWidget(sentence)
        column.addWidget(self._details, 1)
        column.addLayout(self._button_row())

    def add(self, details: str) -> None:
        """Adds another mistake to the one that is shown."""
        self._details.appendPlainText(f"\n{details}")

    def _button_row(self) -> QHBoxLayout:
        self._copy = push_button(self, "copyCrash", self.tr("Copy details"), self._copy_details, icon="copy")
        folder = push_button(self, "openLogFolder", self.tr("Open log folder"), self._open_folder, icon="folder")
        close = push_button(self, "closeCrash", self.tr("Close"), self.close, variant="primary")
        row = QHBoxLayout()
        row.addWidget(self._copy)
        row.addWidget(folder)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
        set_label(self._copy, self.tr("Copied"))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))
