"""Changes what lies in the database behind the app's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from maos_desktop.paths import database_file


def change_events(data_folder: Path, statement: str) -> None:
    """Runs a statement that changes at least one row."""
    with closing(sqlite3.connect(database_file(data_folder))) as connection, connection:
        assert connection.execute(statement).rowcount > 0
