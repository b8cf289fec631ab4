"""Makes and upgrades the tables; decides whether a file is a database this version may touch."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from maos_desktop.errors import StoreError, StoreTooNewError
from maos_desktop.store import failures

_SQL_FOLDER = Path(__file__).resolve().parent / "sql"
_APPLICATION_ID = 0x4D414F53


class Schema:
    """The SQL files of one folder: ``schema.sql`` and ``upgrade_NNNN.sql``, which leads to version ``NNNN``.

    Attributes:
        version: the ``user_version`` these files lead to.
    """

    def __init__(self, folder: Path = _SQL_FOLDER) -> None:
        self._create = folder / "schema.sql"
        self._upgrades = {int(path.stem[-4:]): path for path in sorted(folder.glob("upgrade_[0-9]*.sql"))}
        self.version = max(self._upgrades, default=1)

    def check(self, connection: sqlite3.Connection, path: Path) -> int:
        """Returns the ``user_version`` of the database, 0 for an empty one.

        Raises ``StoreTooNewError`` for a newer one and ``StoreCorruptError`` for one of another program.
        """
        version = _pragma(connection, "user_version")
        if version == 0 and not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            return 0
        if version == 0 or _pragma(connection, "application_id") != _APPLICATION_ID:
            raise failures.not_ours(path)
        if version > self.version:
            raise StoreTooNewError(
                f"The database {path} was written by a newer MAOS Desktop "
                f"(its format is {version}, this one knows {self.version})."
            )
        return version

    def check_readable(self, connection: sqlite3.Connection, path: Path) -> None:
        """Like ``check``, for a reader, who cannot upgrade: raises ``StoreError`` too where there is need."""
        version = self.check(connection, path)
        if version == 0:
            raise failures.nothing_saved(path)
        if version < self.version:
            raise StoreError(
                f"The database {path} is from an older MAOS Desktop and has not been upgraded yet.",
                next_step="Open the window once; it keeps a copy and upgrades the database.",
            )

    def apply(self, connection: sqlite3.Connection, path: Path) -> None:
        """Makes the tables in an empty database, or upgrades an older one after it has been copied."""
        version = self.check(connection, path)
        if version == 0:
            _run(connection, self._create)
        elif version < self.version:
            _copy(connection, path.with_name(f"{path.stem}-before-v{self.version}{path.suffix}"))
            for number in sorted(n for n in self._upgrades if n > version):
                _run(connection, self._upgrades[number])


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _run(connection: sqlite3.Connection, script: Path) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script.read_text(encoding='utf-8')}\nCOMMIT;")
    except sqlite3.Error:
        connection.rollback()
        raise


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    """Writes a copy for its owner only; it has its name only once it is whole."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection.execute("VACUUM INTO ?", (str(unfinished),))
    unfinished.replace(target)
