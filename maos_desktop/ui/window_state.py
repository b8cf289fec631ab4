"""How the window looked when it was closed: geometry and what was open, in a file of the data folder."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from maos_desktop.model.ids import SessionId

_DEFAULT_SIZE = (1_280, 800)


class WindowState:
    """Reads and writes ``window.ini``. A state that cannot be understood is as good as none."""

    def __init__(self, data_folder: Path) -> None:
        self._settings = QSettings(str(data_folder / "window.ini"), QSettings.Format.IniFormat)

    def restore(self, window: QMainWindow, sidebar: QSplitter) -> None:
        """Gives the window its last geometry, or the usual size."""
        geometry = self._settings.value("window/geometry")
        if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
            window.resize(*_DEFAULT_SIZE)
        split = self._settings.value("window/sidebar")
        if isinstance(split, QByteArray):
            sidebar.restoreState(split)

    def save(self, window: QMainWindow, sidebar: QSplitter, session_id: SessionId | None) -> None:
        """Remembers the geometry and the session that is shown."""
        self._settings.setValue("window/geometry", window.saveGeometry())
        self._settings.setValue("window/sidebar", sidebar.saveState())
        self._settings.setValue("session/last", session_id or "")
        self._settings.sync()
        file = Path(self._settings.fileName())
        if os.name == "posix" and file.exists():
            file.chmod(0o600)

    @property
    def last_session(self) -> SessionId | None:
        """The session that was shown when the window was closed."""
        value = self._settings.value("session/last")
        return SessionId(value) if isinstance(value, str) and value else None
