"""An icon that stands on its own and follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from maos_desktop.ui import icons


class IconLabel(QWidget):
    """A square icon. What it means is said by the text beside it, so it has no accessible name of its own."""

    def __init__(self, name: str, size: int, tone: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_icon(name, tone)

    def set_icon(self, name: str, tone: str) -> None:
        """Shows another icon, or the same in another tone (see ``icons.icon``)."""
        self._name, self._tone = name, tone
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        picture = icons.pixmap(self._name, self.width(), self._tone, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, picture)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
