"""Where things are: the data folder of this user, and the files that ship with the product."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

_APP = "maos-desktop"


def data_folder() -> Path:
    """Returns the folder of everything that is kept, made if missing, for its owner only (0700).

    ``MAOS_DATA_DIR`` if set, else the platform's own place. Raises ``OSError`` when it cannot be made.
    """
    named = os.environ.get("MAOS_DATA_DIR")
    folder = Path(named).expanduser() if named else platformdirs.user_data_path(_APP, appauthor=False)
    return private_folder(folder)


def private_folder(folder: Path) -> Path:
    """Makes ``folder`` if missing and restricts it to its owner; returns it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def database_file(folder: Path) -> Path:
    """Returns the path of the one database in the data folder."""
    return folder / "maos.sqlite3"


def log_folder() -> Path:
    """Returns the folder of the rotating log file, made if missing."""
    return private_folder(data_folder() / "logs")


def resources_folder() -> Path:
    """Returns the ``resources`` folder: beside the package in a checkout, inside the bundle when frozen."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
