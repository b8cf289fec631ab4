"""What this is, whose it is, and which parts of others it stands on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from maos_desktop import __version__
from maos_desktop.paths import resources_folder
from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.theme import set_look

_ICON = 64
_WIDTH = 460


class AboutDialog(QDialog):
    """Use ``open()``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About MAOS Desktop"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel(self)
        icon = QIcon(str(resources_folder() / "app_icon.svg"))
        picture.setPixmap(icon.pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(theme.S)
        for text, tone in self._texts():
            label = QLabel(text, self)
            label.setWordWrap(True)
            label.setMinimumWidth(_WIDTH - _ICON)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            set_look(label, tone=tone)
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(theme.L)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(push_button(self, "closeAbout", self.tr("Close"), self.close))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.XL, theme.XL, theme.XL, theme.L)
        column.setSpacing(theme.L)
        column.addLayout(row)
        column.addLayout(buttons)

    def _texts(self) -> list[tuple[str, str]]:
        return [
            (self.tr("MAOS Desktop"), "title"),
            (self.tr("Version {version}").format(version=__version__), "muted"),
            (self.tr("Several agents work together on one request and end in one report."), "text"),
            (
                self.tr(
                    "Independent software, not affiliated with Anthropic. Claude is a trademark of Anthropic, PBC. "
                    "It uses the Claude command on this computer and never asks for its login."
                ),
                "text",
            ),
            (self.tr("MIT licence. With Qt for Python (LGPL) and Lucide icons (ISC)."), "muted"),
        ]
