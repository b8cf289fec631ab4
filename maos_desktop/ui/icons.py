"""Line icons from ``resources/icons``, painted in the colours of the palette that is shown."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from maos_desktop.paths import resources_folder
from maos_desktop.ui import theme


@cache
def _source(name: str) -> str:
    return (resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def icon(name: str, tone: str = "text") -> QIcon:
    """Returns the icon of that file name without its ending, e.g. ``icon("circle-check", "muted")``.

    ``tone`` is a colour name of the palette, or ``state:<name>`` for the colour of a state. It is looked up
    whenever the icon is painted, so that an icon follows the theme. Raises ``FileNotFoundError``.
    """
    _source(name)
    # A copy: the QIcon that was given the engine counts as its parent in Python, and when the cyclic collector
    # finds both, it deletes the engine twice. The copy shares the engine and knows nothing of that.
    return QIcon(QIcon(_LineIconEngine(name, tone)))


def pixmap(name: str, size: int, tone: str = "text", ratio: float = 1.0) -> QPixmap:
    """Returns the icon as a square picture, ``size`` device-independent pixels wide."""
    wanted = round(size * ratio)
    picture = _render(name, _tone_color(tone), QSize(wanted, wanted))
    picture.setDevicePixelRatio(ratio)
    return picture


def _tone_color(tone: str) -> QColor:
    kind, _, state = tone.partition(":")
    return theme.state_color(state) if kind == "state" else theme.color(tone)


def _render(name: str, color: QColor, size: QSize) -> QPixmap:
    if size.isEmpty():
        return QPixmap()  # a button squeezed to nothing asks for this
    key = f"maos:{name}:{color.name()}:{size.width()}x{size.height()}"
    picture = QPixmap()
    if QPixmapCache.find(key, picture):
        return QPixmap(picture)
    picture = QPixmap(size)
    picture.fill(Qt.GlobalColor.transparent)
    svg = _source(name).replace("currentColor", color.name())
    painter = QPainter(picture)
    side = min(size.width(), size.height())
    place = QRectF((size.width() - side) / 2, (size.height() - side) / 2, side, side)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, place)
    painter.end()
    QPixmapCache.insert(key, picture)
    return picture


class _LineIconEngine(QIconEngine):
    """Paints one SVG in the colour its tone has at that moment, or in that of what is disabled."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def _color(self, mode: QIcon.Mode) -> QColor:
        return theme.color("line_strong") if mode == QIcon.Mode.Disabled else _tone_color(self._tone)

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, ratio))

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _render(self._name, self._color(mode), size)

    @override
    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        picture = _render(self._name, self._color(mode), size * scale)
        picture.setDevicePixelRatio(scale)
        return picture

    @override
    def clone(self) -> QIconEngine:
        return _LineIconEngine(self._name, self._tone)
