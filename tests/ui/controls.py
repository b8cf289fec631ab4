"""The controls of a window, found by kind and name as a user finds them by sight."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

Control = TypeVar("Control", bound=QObject)


def find(parent: QObject, kind: type[Control], name: str = "") -> Control:
    """Returns the control of that kind (and object name) below ``parent``; fails when there is none."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None, f"there is no {kind.__name__} “{name}”"
    return found
