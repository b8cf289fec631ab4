"""The one question at the end: agents are still at work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


class QuitDialog(QMessageBox):
    """``accepted`` means stop and keep; Esc is cancel. Use ``open()``."""

    def __init__(self, running: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quitDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setWindowTitle(self.tr("Agents are at work"))
        if running == 1:
            text = self.tr("One session is still running.")
        else:
            text = self.tr("{n} sessions are still running.").format(n=running)
        self.setText(text)
        self.setInformativeText(
            self.tr("If you close now, the agents stop. Everything they did is kept, and you can continue later.")
        )
        stop = self.addButton(self.tr("Stop and keep"), QMessageBox.ButtonRole.AcceptRole)
        cancel = self.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        for button, name in ((stop, "quitStop"), (cancel, "quitCancel")):
            button.setObjectName(name)
            button.setAccessibleName(button.text())
        self.setDefaultButton(cancel)
        self.setEscapeButton(cancel)
