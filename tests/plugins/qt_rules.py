"""What tests of the window must obey: Qt's loop for coroutines, and no nested loop inside one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import (
    QApplication,
    QColorDialog,
    QDialog,
    QFileDialog,
    QFontDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
)

BLOCKING = {
    QEventLoop: ["exec"],
    QDialog: ["exec"],
    QMenu: ["exec"],
    QMessageBox: ["about", "critical", "information", "question", "warning"],
    QFileDialog: ["getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"],
    QInputDialog: ["getDouble", "getInt", "getItem", "getMultiLineText", "getText"],
    QColorDialog: ["getColor"],
    QFontDialog: ["getFont"],
}


def make_qt_loop() -> asyncio.AbstractEventLoop:
    """Returns a new event loop that runs inside Qt's."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(QApplication.instance() or QApplication([]))
    return loop


def _in_a_task() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def _guarded(original: Callable[..., Any], name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        if _in_a_task():
            raise AssertionError(f"{name} inside an asyncio task ends other tasks: use open() and a future")
        return original(*args, **kwargs)

    return call


@pytest.fixture(autouse=True)
def no_nested_loop_in_tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes every blocking dialog (and ``qtbot.wait…``) fail when a coroutine calls it."""
    for owner, names in BLOCKING.items():
        for name in names:
            original = getattr(owner, name)
            monkeypatch.setattr(owner, name, _guarded(original, f"{owner.__name__}.{name}"))
    yield
