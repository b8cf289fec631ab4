"""Shows the whole address of a link before it is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from maos_desktop.ui import theme
from maos_desktop.ui.scrolled_row import ScrolledRow
from maos_desktop.ui.transcript.display_text import revealed
from maos_desktop.ui.transcript.rows import PagedText

TALLEST = 160
LONGEST = 2_000


def can_be_opened(address: str) -> bool:
    """Whether an address leads to the web, and nowhere else."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    return len(address) <= LONGEST and url.isValid() and url.scheme() in ("http", "https") and bool(url.host())


class LinkDialog(QDialog):
    """Asks before a link is opened; one that does not lead to the web can only be copied. Use ``open()``."""

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self.setObjectName("linkDialog")
        self.setWindowTitle(self.tr("Open link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        openable = can_be_opened(address)
        words = self.tr("An agent wrote this link. It leads to:")
        if not openable:
            words = self.tr("An agent wrote this link. It does not lead to the web and is not opened:")
        question = QLabel(words)
        question.setWordWrap(True)
        self._shown = ScrolledRow(
            PagedText(revealed(address), mono=True), TALLEST, "linkAddress", self.tr("Address of the link")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.L, theme.L, theme.L, theme.L)
        layout.setSpacing(theme.M)
        layout.addWidget(question)
        layout.addWidget(self._shown)
        layout.addWidget(self._buttons(openable))
        self._shown.fit(self.minimumWidth() - 2 * theme.L)

    def _buttons(self, openable: bool) -> QDialogButtonBox:
        box = QDialogButtonBox()
        if openable:
            go = self._button(box, self.tr("Open in browser"), "linkOpen", QDialogButtonBox.ButtonRole.ActionRole)
            go.clicked.connect(self._open_in_browser)
        copy = self._button(box, self.tr("Copy address"), "linkCopy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        stay = self._button(box, self.tr("Do not open"), "linkCancel", QDialogButtonBox.ButtonRole.RejectRole)
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        return box

    def _button(self, box: QDialogButtonBox, words: str, name: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        button = box.addButton(words, role)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        return button

    def _open_in_browser(self) -> None:
        QDesktopServices.openUrl(QUrl(self._address, QUrl.ParsingMode.StrictMode))
        self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        self.accept()
