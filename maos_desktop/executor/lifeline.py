"""What ties a process to this app: a pipe to its warden, or a job on Windows."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from maos_desktop.executor import warden

if sys.platform == "win32":
    from maos_desktop.executor.windows_job import KillOnCloseJob

WARDEN_ARGUMENT = "--warden"
"""First argument with which the frozen app runs as the warden: ``warden.main(sys.argv[2:])``."""


class Lifeline:
    """What a process hangs on: when it is cut, or this app dies, the process and all under it end."""

    def __init__(self) -> None:
        self.is_cut = False
        self.passed: tuple[int, ...] = ()
        if sys.platform == "win32":
            self._job = KillOnCloseJob()
        else:
            readable, self._writable = os.pipe()
            self.passed = (readable,)

    def guard(self, command: Sequence[str]) -> list[str]:
        """Returns the command that runs ``command`` on this line."""
        if sys.platform == "win32":
            return list(command)
        frozen = getattr(sys, "frozen", False)
        python = [sys.executable, WARDEN_ARGUMENT] if frozen else [sys.executable, "-I", "-S", warden.__file__]
        return [*python, str(self.passed[0]), *command]

    def tie(self, pid: int) -> None:
        """Tells the line that its process runs."""
        if sys.platform == "win32":
            self._job.add(pid)
        else:
            os.close(self.passed[0])
            self.passed = ()

    def cut(self) -> None:
        """Ends the process; a second time does nothing."""
        if self.is_cut:
            return
        self.is_cut = True
        if sys.platform == "win32":
            self._job.close()
        else:
            for descriptor in (*self.passed, self._writable):
                os.close(descriptor)
