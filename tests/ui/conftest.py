"""Rules for tests of the window."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from tests.plugins.qt_rules import no_nested_loop_in_tasks
from tests.ui.looks import light_theme

__all__ = ["light_theme", "no_nested_loop_in_tasks"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("window") and os.environ["QT_QPA_PLATFORM"] == "offscreen":
        pytest.skip("needs a display: `make test` runs it under Xvfb")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Deletes what the test has closed: every widget that lives on makes the next change of style slower."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
