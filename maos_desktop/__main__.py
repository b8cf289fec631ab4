"""Starts the window, or a command in the terminal."""

from __future__ import annotations

import sys

from maos_desktop.cli import main as run_command_line


def main() -> int:
    """Returns the exit code."""
    return run_command_line(sys.argv[1:], _open_window)


def _open_window() -> int:
    from maos_desktop.app import main as open_window

    return open_window()


if __name__ == "__main__":
    sys.exit(main())
