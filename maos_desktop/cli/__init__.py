"""The terminal twin: everything the window does with a session, on the command line."""

from maos_desktop.cli.entry import main

__all__ = ["main"]
