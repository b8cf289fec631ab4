"""Push buttons made in one line, named for tests and for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from maos_desktop.ui import icons
from maos_desktop.ui.theme import set_look

_GAP = "\u2009"
"""A thin space: style sheets have no setting for the gap between a button's icon and its text."""


def push_button(
    parent: QWidget, name: str, text: str, clicked: Callable[[], object], *, icon: str = "", variant: str = ""
) -> QPushButton:
    """Returns a button of that object name. ``icon`` and ``variant`` are names of ``icons`` and the style sheet."""
    button = QPushButton(parent)
    button.setObjectName(name)
    # Only Enter on the focused button presses it, in dialogs as in the window.
    button.setAutoDefault(False)
    if icon:
        button.setIcon(icons.icon(icon, "on_accent" if variant == "primary" else "text"))
    if variant:
        set_look(button, variant=variant)
    set_label(button, text)
    # The flag that Qt would hand over is no argument of the slots here.
    button.clicked.connect(lambda: clicked())
    return button


def set_label(button: QPushButton, text: str) -> None:
    """Gives a button another text, which is its accessible name as well."""
    button.setText(text if button.icon().isNull() else _GAP + text)
    button.setAccessibleName(text)
