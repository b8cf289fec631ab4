"""Every error of SQLite and the file system becomes one of ours, with a sentence and a next step."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from maos_desktop.errors import StoreBusyError, StoreCorruptError, StoreError
from maos_desktop.store.failures import translated

FILE = Path("/data/maos.sqlite3")


def sqlite_error(code: int, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


def translation(error: BaseException) -> StoreError:
    with pytest.raises(StoreError) as raised, translated(FILE):
        raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        (sqlite3.SQLITE_FULL, StoreError, "disk is full"),
        (sqlite3.SQLITE_BUSY, StoreBusyError, "Another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError, "Another program"),
        (sqlite3.SQLITE_LOCKED, StoreBusyError, "Another program"),
        (sqlite3.SQLITE_NOTADB, StoreCorruptError, "not a database of MAOS Desktop"),
        (sqlite3.SQLITE_CORRUPT, StoreCorruptError, "is damaged"),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreCorruptError, "is damaged"),
        (sqlite3.SQLITE_READONLY, StoreError, "could not be opened for reading and writing"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StoreError, "could not be opened for reading and writing"),
        (sqlite3.SQLITE_CANTOPEN, StoreError, "could not be opened for reading and writing"),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreError, "could not be read or written"),
        (sqlite3.SQLITE_ERROR, StoreError, "could not be read or written"),
    ],
)
def test_that_the_code_decides_what_is_said(code: int, expected: type[StoreError], words: str) -> None:
    error = translation(sqlite_error(code, "SQLITE_NAME"))
    assert type(error) is expected
    assert words in str(error)
    assert error.detail == "SQLITE_NAME: what SQLite says"


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error(sqlite3.SQLITE_FULL, "SQLITE_FULL"),
        sqlite_error(sqlite3.SQLITE_BUSY, "SQLITE_BUSY"),
        sqlite_error(sqlite3.SQLITE_CORRUPT, "SQLITE_CORRUPT"),
        sqlite_error(sqlite3.SQLITE_NOTADB, "SQLITE_NOTADB"),
        sqlite3.ProgrammingError("no code at all"),
        PermissionError(13, "Permission denied"),
        FileNotFoundError(2, "No such file or directory"),
    ],
)
def test_that_each_says_what_happened_what_was_kept_and_what_to_do(error: Exception) -> None:
    ours = translation(error)
    assert str(ours).endswith(".") and ours.next_step.endswith(".")
    assert any(words in str(ours) for words in ("is kept", "left as it is", "nothing in it was changed"))
    assert "/data" in str(ours) + ours.next_step
    assert str(error) in ours.detail


def test_that_text_that_cannot_be_decoded_is_damage() -> None:
    error = translation(sqlite3.OperationalError("Could not decode to UTF-8 column 'payload' with text '?'"))
    assert isinstance(error, StoreCorruptError)
    assert isinstance(translation(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")), StoreCorruptError)


def test_that_text_that_cannot_be_encoded_is_named() -> None:
    assert "Unicode" in str(translation(UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed")))


@pytest.mark.parametrize("error", [ZeroDivisionError(), StoreBusyError("ours already"), KeyboardInterrupt()])
def test_that_all_else_passes_as_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, translated(FILE):
        raise error
    assert raised.value is error
