"""Starts the window, or a command in the terminal."""

from __future__ import annotations

import sys


def main() -> int:
    """Returns the exit code."""
    if sys.argv[1:2] == ["--warden"]:
        # The frozen app is its own warden: see executor.guarded_process. Nothing else is imported for it.
        from maos_desktop.executor.warden import main as run_warden

        return run_warden(sys.argv[2:])
    from maos_desktop.cli import main as run_command_line

    return run_command_line(sys.argv[1:], _open_window)


def _open_window() -> int:
    from maos_desktop.app import main as open_window

    return open_window()


if __name__ == "__main__":
    sys.exit(main())
