"""The look: spacing, colours of the light and the dark palette, fonts, and the style sheet of the whole app.

What a widget looks like is said by dynamic properties, which ``resources/styles/app.qss`` reads:

* ``variant`` of buttons: ``primary``, ``danger``, ``quiet``, ``link``, ``tab``; of fields and item views:
  ``quiet`` (no border); of frames: ``card``, ``bar``, ``sidebar``, ``line`` (a hairline), and the banners
  ``info``, ``success``, ``warning``, ``error``;
* ``tone`` of labels: ``display``, ``title``, ``heading``, ``strong``, ``muted``, ``small``, ``accent``, ``error``,
  ``warning``, ``success``;
* ``invalid``: ``true`` marks a field whose content cannot be used.

Use ``set_look`` to change one of them after the widget has been shown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pydantic import Field
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from maos_desktop.model.base import Data
from maos_desktop.paths import resources_folder

XS, S, M, L, XL = 4, 8, 12, 16, 24
"""The spacing scale, in device-independent pixels."""

ThemeChoice = Literal["system", "light", "dark"]
PaletteName = Literal["light", "dark"]

_STATE_GROUPS = {
    "active": ("working", "running", "planning", "synthesising", "started", "delivered"),
    "attention": ("needs_permission", "awaiting_approval", "paused", "interrupted", "warning", "high"),
    "talking": ("awaiting_reply", "request", "discovery"),
    "done": ("done", "read", "acknowledged", "completed", "success"),
    "failed": ("failed", "error", "critical", "refused", "timed_out"),
}
_TONES = {
    "neutral": "muted",
    "active": "accent",
    "attention": "warning",
    "talking": "accent",
    "done": "success",
    "failed": "error",
}
_GROUP_OF_STATE = {state: group for group, states in _STATE_GROUPS.items() for state in states}

_UI_FAMILIES = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Noto Sans")
_MONO_FAMILIES = ("JetBrains Mono", "Cascadia Code", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono")
_HEX = r"^#[0-9A-F]{6}$"


class PaletteData(Data):
    """One palette as stored in ``resources/palette``: every colour as ``#RRGGBB``."""

    colors: dict[str, str]
    states: dict[str, str]
    agents: tuple[str, ...] = Field(min_length=8)


@cache
def load_palette(name: PaletteName) -> PaletteData:
    """Returns the named palette."""
    text = (resources_folder() / "palette" / f"{name}.json").read_text(encoding="utf-8")
    return PaletteData.model_validate_json(text)


def is_dark() -> bool:
    """Returns whether the app shows its dark palette now."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def current_palette() -> PaletteData:
    """Returns the palette that the app shows now."""
    return load_palette("dark" if is_dark() else "light")


def color(name: str) -> QColor:
    """Returns a colour of the current palette by its name there, e.g. ``muted`` or ``line``."""
    return QColor(current_palette().colors[name])


def agent_color(index: int) -> QColor:
    """Returns the colour of the ``index``-th agent (from 0; eight of them, then again from the first)."""
    agents = current_palette().agents
    return QColor(agents[index % len(agents)])


def state_color(name: str) -> QColor:
    """Returns the colour of an agent's, task's, session's or message's state, of a level or an importance.

    A name that has no colour of its own is shown in the neutral one.
    """
    return QColor(current_palette().states[_GROUP_OF_STATE.get(name, "neutral")])


def state_tone(name: str) -> str:
    """Returns the ``tone`` of a label that names this state."""
    return _TONES[_GROUP_OF_STATE.get(name, "neutral")]


@cache
def _first_installed(families: tuple[str, ...]) -> str | None:
    installed = set(QFontDatabase.families())
    return next((family for family in families if family in installed), None)


def ui_font(zoom: float = 1.0) -> QFont:
    """Returns the font of the interface: a good one that is installed, else the system's own."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    family = _first_installed(_UI_FAMILIES)
    if family is not None:
        font.setFamily(family)
    font.setPointSizeF(max(font.pointSizeF(), 10.0) * zoom)
    return font


def mono_font() -> QFont:
    """Returns the fixed-pitch font for code and paths, at the size of the interface's text."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    family = _first_installed(_MONO_FAMILIES)
    if family is not None:
        font.setFamily(family)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(QApplication.font().pointSizeF() * 0.95)
    return font


def set_look(widget: QWidget, **properties: str) -> None:
    """Sets dynamic properties that the style sheet reads (``variant``, ``tone``) and repaints the widget."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def qt_palette(data: PaletteData) -> QPalette:
    """Returns the Qt palette of these colours, disabled ones included."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for target, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "window"),
        (role.Text, "text"),
        (role.PlaceholderText, "muted"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.Highlight, "selection"),
        (role.HighlightedText, "text"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Accent, "accent"),
        (role.Light, "surface"),
        (role.Midlight, "hover"),
        (role.Mid, "line"),
        (role.Dark, "line_strong"),
        (role.Shadow, "line_strong"),
    ):
        palette.setColor(target, QColor(data.colors[name]))
    for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(group.Disabled, target, QColor(data.colors["line_strong"]))
    return palette


def style_sheet(name: PaletteName, font: QFont) -> str:
    """Returns the app's style sheet with ``@names@`` of colours, type sizes and paths filled in."""
    base = font.pointSizeF()
    sizes = {"pt_small": 0.9, "pt_heading": 1.15, "pt_title": 1.5, "pt_display": 1.9}
    values = load_palette(name).colors | {key: f"{base * factor:.1f}pt" for key, factor in sizes.items()}
    values |= {"palette": name, "resources": resources_folder().as_posix()}
    template = (resources_folder() / "styles" / "app.qss").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda match: values[match[1]], template)


class Theme(QObject):
    """Keeps the app in the chosen palette and follows the system while the choice is ``system``.

    Attributes:
        choice: what the user chose.
        zoom: text size, 1.0 is the system's.

    Signals:
        changed: the app has another palette or text size now.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice = "system", zoom: float = 1.0) -> None:
        super().__init__(app)
        self._app = app
        self.choice: ThemeChoice = choice
        self.zoom = zoom
        self._system_scheme = app.styleHints().colorScheme()
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.apply(choice, zoom)

    def apply(self, choice: ThemeChoice, zoom: float) -> None:
        """Shows the app in this palette and text size from now on."""
        self.choice, self.zoom = choice, zoom
        name: PaletteName = "dark" if self._wants_dark() else "light"
        font = ui_font(zoom)
        self._app.setPalette(qt_palette(load_palette(name)))
        self._app.setFont(font)
        self._app.setStyleSheet(style_sheet(name, font))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self.choice == "system":
            return self._system_scheme == Qt.ColorScheme.Dark
        return self.choice == "dark"

    def _follow_system(self, scheme: Qt.ColorScheme) -> None:
        self._system_scheme = scheme
        if self.choice == "system":
            self.apply(self.choice, self.zoom)
