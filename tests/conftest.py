"""Rules that hold for every test: a private data folder, no real account, no unexpected error in the log."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester", "tests.plugins.logged_errors"]

UI_TESTS = Path(__file__).parent / "ui"

# Before any QApplication: tests that need a display are marked `window` and run by `make test` under Xvfb.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PROVIDER_PREFIXES = ("ANTHROPIC_", "CLAUDE_", "CLAUDECODE")


@pytest.fixture(autouse=True)
def private_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the test its own data and CLI folders, and hides any account from it. Returns the data folder."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(PROVIDER_PREFIXES):
            monkeypatch.delenv(name)
    # The CLI starts login shells: what stands in their profiles is no part of a test.
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MAOS_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / "claude"))
    return home / "data"


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Runs the async tests of the window on Qt's loop and all others on a plain one."""
    if item.path.is_relative_to(UI_TESTS):
        from tests.plugins.qt_rules import make_qt_loop

        return {"qt": make_qt_loop}
    return {"plain": asyncio.new_event_loop}
