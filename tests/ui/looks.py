"""The app's look for tests of widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from maos_desktop.ui.theme import Theme


@pytest.fixture
def light_theme(qapp: QApplication) -> Iterator[Theme]:
    """Shows the app in its light theme for one test."""
    palette, font = qapp.palette(), qapp.font()
    look = Theme(qapp, "light")
    yield look
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)
    look.deleteLater()
