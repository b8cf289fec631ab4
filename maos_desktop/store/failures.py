"""The one place where what SQLite and the file system report becomes an error of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maos_desktop.errors import StoreBusyError, StoreCorruptError, StoreError

_KEPT = "Everything saved before is kept."


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns errors of SQLite and of the file system about the database at ``path`` into ``StoreError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise _of_sqlite(error, path) from error
    except OSError as error:
        raise _not_writable(path, str(error)) from error
    except UnicodeDecodeError as error:  # SQLite quotes what it found in broken pages in its own error text
        raise damaged(path, str(error)) from error
    except UnicodeEncodeError as error:
        raise StoreError(
            "A text that is not valid Unicode can be neither saved nor looked up.",
            next_step="Type it again without the characters that are shown as question marks.",
            detail=str(error),
        ) from error


def not_ours(path: Path, detail: str = "") -> StoreCorruptError:
    """Returns the error for a file that is no database, or another program's."""
    return StoreCorruptError(
        f"The file {path} is not a database of MAOS Desktop; it was left as it is.",
        next_step="Move it away and start again; a new, empty database is made then.",
        detail=detail,
    )


def damaged(path: Path, detail: str) -> StoreCorruptError:
    """Returns the error for a database with broken pages or rows."""
    return StoreCorruptError(
        f"The database {path} is damaged; nothing in it was changed.",
        next_step="Put back a copy of it, or move it away (keep it) to start with an empty one.",
        detail=detail,
    )


def lost(path: Path) -> StoreError:
    """Returns the error for a file that was taken away under the app."""
    return StoreError(
        f"The file {path} was deleted or moved while it was in use, so nothing more can be saved.",
        next_step="Put it back if you can, then start MAOS Desktop again.",
    )


def nothing_saved(path: Path) -> StoreError:
    """Returns the error for a reader that comes before the first session."""
    return StoreError(f"There is nothing saved in {path.parent} yet.", next_step="Run a first session.")


def _of_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    detail = f"{getattr(error, 'sqlite_errorname', type(error).__name__)}: {error}"
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB:
            return not_ours(path, detail)
        case sqlite3.SQLITE_CORRUPT:
            return damaged(path, detail)
        case sqlite3.SQLITE_FULL:
            return StoreError(
                f"The disk is full, so the newest events could not be saved. {_KEPT}",
                next_step=f"Make room on the disk of {path.parent}, then continue the session.",
                detail=detail,
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusyError(
                f"Another program holds the database {path}. {_KEPT}",
                next_step="Close the program that holds it, then try again.",
                detail=detail,
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _not_writable(path, detail)
    if "Could not decode to UTF-8" in str(error):
        return damaged(path, detail)
    return StoreError(
        f"The database {path} could not be read or written. {_KEPT}",
        next_step="Check that the disk is there and sound, then start again.",
        detail=detail,
    )


def _not_writable(path: Path, detail: str) -> StoreError:
    return StoreError(
        f"The data in {path.parent} could not be opened for reading and writing. {_KEPT}",
        next_step="Make the folder writable for your user, or name another one in MAOS_DATA_DIR.",
        detail=detail,
    )
