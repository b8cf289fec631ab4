"""The one database of a user: a writer, and a reader that never waits for it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from maos_desktop.errors import StoreError
from maos_desktop.store import failures
from maos_desktop.store.schema import Schema
from maos_desktop.store.writer import Writer

T = TypeVar("T")


class Database:
    """SQLite in WAL mode: what a transaction commits survives a crash, and reads see only what is committed.

    Attributes:
        path: the file; SQLite keeps ``-wal`` and ``-shm`` beside it, the app a ``.lock``.
    """

    def __init__(self, path: Path, reader: aiosqlite.Connection, writer: Writer | None) -> None:
        """Use ``open``."""
        self.path = path
        self._reader: aiosqlite.Connection | None = reader
        self._writer = writer

    @classmethod
    async def open(cls, path: Path, *, read_only: bool = False, schema: Schema | None = None) -> Database:
        """Opens the database at ``path``, made if missing, for its owner only.

        Only one process can have it open for writing; ``read_only`` works beside that one and makes nothing.

        Raises:
            StoreBusyError: another process writes to it.
            StoreTooNewError: a newer version of the app wrote it; the file is untouched.
            StoreCorruptError: it is damaged, or not a database of ours; the file is untouched.
            StoreError: the folder or the file cannot be read or written.
        """
        schema = schema or Schema()
        writer = None
        if read_only:
            await asyncio.to_thread(_check_readable, path, schema)
        else:
            writer = await Writer.open(path, schema)
        try:
            return cls(path, await _open_reader(path), writer)
        except BaseException:
            if writer is not None:
                await writer.aclose()
            raise

    async def fetch(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Returns all rows that ``sql`` selects. Raises ``StoreError``."""
        if self._reader is None:
            raise _closed()
        with failures.translated(self.path):
            return list(await self._reader.execute_fetchall(sql, parameters))  # type: ignore[arg-type]

    def transaction(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """Starts ``work`` on the writing connection, as one transaction; done when that is committed.

        When ``work`` raises or the commit fails, nothing of it is stored and the future has a ``StoreError``. It
        is raised here already when the database is closed, for reading only, or its files are gone.
        """
        if self._writer is None:
            raise StoreError(
                "The database was opened for reading only.", next_step="Do this in the window that is open."
            )
        return self._writer.transaction(work)

    async def aclose(self) -> None:
        """Closes the connections, the writing one last so that it can fold the WAL into the file."""
        reader, self._reader = self._reader, None
        try:
            if reader is not None:
                await asyncio.shield(reader.close())
        finally:
            if self._writer is not None:
                await self._writer.aclose()


def _closed() -> StoreError:
    return StoreError("The database is closed.", next_step="Start MAOS Desktop again.")


async def _open_reader(path: Path) -> aiosqlite.Connection:
    with failures.translated(path):
        reader = await aiosqlite.connect(_read_only_uri(path), uri=True)
        try:
            await reader.execute_fetchall("PRAGMA temp_store = MEMORY")
        except BaseException:
            await reader.close()
            raise
        return reader


def _check_readable(path: Path, schema: Schema) -> None:
    if not path.exists():
        raise failures.nothing_saved(path)
    with failures.translated(path), closing(sqlite3.connect(_read_only_uri(path), uri=True)) as connection:
        schema.check_readable(connection, path)


def _read_only_uri(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"
