"""The one connection that ever writes."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from maos_desktop.errors import StoreError
from maos_desktop.paths import private_folder
from maos_desktop.store import failures
from maos_desktop.store.call_thread import CallThread
from maos_desktop.store.lock import WriterLock
from maos_desktop.store.schema import Schema

T = TypeVar("T")

_CHECKED_AT_OPENING = 256 * 1024 * 1024
"""Bytes. A check reads the whole file; of a larger one SQLite checks each page when it is read, and the hash
chain finds the rest."""
_SMALLEST = 512
"""Bytes of the smallest database there can be."""
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY", "trusted_schema = OFF")


class Writer:
    """A connection in a thread of its own, where a whole transaction is one visit.

    aiosqlite crosses to its thread for each statement and for the commit, which costs more than a group of events
    does; reads, where that does not matter, go through it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = CallThread("store writer")
        self._lock: WriterLock | None = None
        self._connection: sqlite3.Connection | None = None
        self._files: dict[Path, int] = {}
        self._closed = False

    @classmethod
    async def open(cls, path: Path, schema: Schema) -> Writer:
        """Locks, checks, and makes or upgrades the database. Raises the ``StoreError`` subclasses."""
        writer = cls(path)
        try:
            await writer._thread.call(lambda: writer._open(schema))
        except BaseException:
            await writer.aclose()
            raise
        return writer

    def transaction(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Starts ``work`` in one transaction at once; the future is done when that is committed.

        When ``work`` raises or the commit fails, nothing is stored and the future has a ``StoreError``. It is
        raised here already when the database is closed or its files are gone.
        """
        if self._closed:
            raise StoreError("The database is closed.", next_step="Start MAOS Desktop again.")
        # Here and not in the thread, where each call into the system is a contest for the interpreter with the loop.
        self._refuse_lost_files()
        return self._thread.call(lambda: self._transact(work))

    async def aclose(self) -> None:
        """Finishes what was started, closes the connection and lets go of the lock."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.shield(self._thread.call(self._close))
        finally:
            self._thread.close()

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        assert self._connection is not None
        with failures.translated(self._path), self._connection:
            return work(self._connection)

    def _open(self, schema: Schema) -> None:
        with failures.translated(self._path):
            private_folder(self._path.parent)
            self._lock = WriterLock(self._path)
            _restrict(self._path)
            _refuse_what_is_not_ours(self._path, schema)
            self._connection = sqlite3.connect(self._path, isolation_level="IMMEDIATE")
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            _refuse_damage(self._connection, self._path)
            schema.apply(self._connection, self._path)
            files = (self._path, _beside(self._path, "-wal"))
            self._files = {file: file.stat().st_ino for file in files if file.exists()}

    def _refuse_lost_files(self) -> None:
        """SQLite itself would go on writing to a file that has been deleted, and call that a commit."""
        for file, inode in self._files.items():
            try:
                found = os.stat(file).st_ino  # noqa: PTH116 (in every commit)
            except FileNotFoundError:
                found = None
            if found != inode:
                raise failures.lost(file)

    def _close(self) -> None:
        try:
            with failures.translated(self._path):
                if self._connection is not None:
                    self._connection.close()
        finally:
            if self._lock is not None:
                self._lock.close()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _restrict(path: Path) -> None:
    """Makes the file and what SQLite keeps beside it the owner's only; SQLite gives new ones the file's mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    for suffix in ("", "-wal", "-shm"):
        file = _beside(path, suffix)
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)


def _refuse_what_is_not_ours(path: Path, schema: Schema) -> None:
    """Looks before the writing connection is made, since closing that one can change the file."""
    if 0 < path.stat().st_size < _SMALLEST:  # SQLite would take it for an empty one and overwrite it
        raise failures.not_ours(path)
    # Nobody else writes (the lock is held), and without a WAL beside it the file alone tells everything.
    options = "mode=ro" if _beside(path, "-wal").exists() else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)
    try:
        schema.check(connection, path)
    finally:
        connection.close()


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > _CHECKED_AT_OPENING:
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise failures.damaged(path, found)
