"""The operating system's lock that makes one process the writer of a database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from maos_desktop.errors import StoreBusyError


class WriterLock:
    """Held from construction to ``close``. The system lets go of it when the process dies, however it dies.

    The lock file stays behind: if it were deleted, two processes could each lock a file of that name.
    """

    def __init__(self, database_file: Path) -> None:
        """Raises ``StoreBusyError`` when it is held already, ``OSError`` when there can be no lock file."""
        path = database_file.with_name(database_file.name + ".lock")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as error:
            os.close(self._handle)
            if not isinstance(error, _HELD):
                raise
            raise StoreBusyError(
                f"Another MAOS Desktop is using the data in {database_file.parent}.", detail=str(error)
            ) from error

    def close(self) -> None:
        os.close(self._handle)


if sys.platform == "win32":
    import msvcrt

    _HELD = PermissionError

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    _HELD = BlockingIOError

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
