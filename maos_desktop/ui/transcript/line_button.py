"""One line that unfolds: what it is, about what, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy
from typing_extensions import override

from maos_desktop.ui import icons, theme
from maos_desktop.ui.transcript.block_document import code_font

_ICON = 14


@dataclass(frozen=True, slots=True)
class Line:
    """What a ``LineButton`` shows.

    Attributes:
        icon, tone: what kind of thing it is, and the icon's colour.
        label: its name.
        argument: what it is about, cut with an ellipsis where it is too long.
        mono: whether the argument is code or a path.
        result: how it ended, on the right.
        result_icon, result_tone: its sign and its colour.
    """

    icon: str
    label: str
    tone: str = "muted"
    argument: str = ""
    mono: bool = False
    result: str = ""
    result_icon: str = ""
    result_tone: str = "muted"

    def words(self) -> str:
        """The whole line as it is read out."""
        return ", ".join(part for part in (f"{self.label} {self.argument}".strip(), self.result) if part)


class LineButton(QAbstractButton):
    """A compact line with a chevron; checked means unfolded."""

    def __init__(self, line: Line, *, foldable: bool = True) -> None:
        super().__init__()
        self._line = line
        self._foldable = foldable
        self.setCheckable(foldable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if foldable else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if foldable else Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_line(line)

    def show_line(self, line: Line) -> None:
        """Shows this line from now on."""
        self._line = line
        self.setAccessibleName(line.words())
        self.setToolTip(line.argument[:500])
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().height() + theme.S)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        left, right = 0, self.width() - theme.XS
        if self._foldable:
            left = self._paint_icon(painter, left, "chevron-down" if self.isChecked() else "chevron-right", "muted")
        left = self._paint_icon(painter, left, self._line.icon, self._line.tone)
        right = self._paint_result(painter, left, right)
        left = self._paint_text(painter, left, right, self._line.label, self._label_font(), "text")
        font = code_font() if self._line.mono else self.font()
        self._paint_text(painter, left, right, self._line.argument, font, "muted")
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        if self._foldable and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(self.rect(), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5, 5)

    def _paint_icon(self, painter: QPainter, left: int, name: str, tone: str) -> int:
        picture = icons.pixmap(name, _ICON, tone, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - _ICON) // 2, picture)
        return left + _ICON + theme.XS + 2

    def _paint_result(self, painter: QPainter, left: int, right: int) -> int:
        """Paints how it ended at the right end and returns where that begins."""
        if self._line.result_icon:
            right -= _ICON
            self._paint_icon(painter, right, self._line.result_icon, self._line.result_tone)
            right -= theme.XS
        width = self.fontMetrics().horizontalAdvance(self._line.result)
        if not width or width > (right - left) // 2:
            return right - theme.XS
        color = self._tone_color(self._line.result_tone)
        self._draw(painter, QRect(right - width, 0, width, self.height()), self._line.result, self.font(), color)
        return right - width - theme.S

    def _paint_text(self, painter: QPainter, left: int, right: int, text: str, font: QFont, tone: str) -> int:
        if not text or right <= left:
            return left
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - left)
        width = metrics.horizontalAdvance(shown)
        self._draw(painter, QRect(left, 0, width + 1, self.height()), shown, font, theme.color(tone))
        return left + width + theme.S

    def _draw(self, painter: QPainter, place: QRect, text: str, font: QFont, color: QColor) -> None:
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _tone_color(self, tone: str) -> QColor:
        kind, _, state = tone.partition(":")
        return theme.state_color(state) if kind == "state" else theme.color(tone)


def line_height() -> int:
    """Returns the height of one line of the interface's text, in pixels."""
    return QFontMetrics(QApplication.font()).height()
