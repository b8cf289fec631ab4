"""Takes pictures of the main screens: ``python -m tests.ui.screenshots [FOLDER] [--quick]``.

In both themes, at 1280x800 and 1920x1080, and at twice the density. ``--quick`` takes 1280x800 at 1x only.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import qasync
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from maos_desktop.config import ConfigFile
from maos_desktop.errors import StoreBusyError
from maos_desktop.model.session import Backend
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.theme import Theme
from tests.ui.sample_sessions import FOLDER, REQUEST, StillManager, StillSession, Story

SIZES = ((1_280, 800), (1_920, 1_080))
SETTLE_SECONDS = 0.25
SETTINGS = '{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "./setup.sh --quiet"}]}]}}'


@dataclass(frozen=True)
class Screen:
    """One screen: what is open, and what is done before the picture is taken.

    ``part`` is the object name of a dialog to take alone.
    """

    name: str
    story: Callable[[], Story] | None = None
    is_running: bool = False
    prepare: Callable[[MainWindow, Path], None] = lambda window, folder: None
    part: str = ""


def screens() -> Iterator[Screen]:
    """Yields the main screens in the order a user meets them."""
    yield Screen("01-empty")
    yield Screen("02-request", Story, prepare=_write_request)
    yield Screen("03-plan", lambda: Story().propose(), is_running=True, part="planDialog")
    yield Screen("04-plan-waits", lambda: Story().propose(), is_running=True, prepare=_close_plan)
    yield Screen("05-one-agent", lambda: Story(1).work(), is_running=True)
    yield Screen("06-four-agents", lambda: Story(4).work(), is_running=True)
    yield Screen("07-sixteen-agents", lambda: Story(16).work(), is_running=True)
    yield Screen("08-permission", lambda: Story(4).work().ask(), is_running=True)
    yield Screen("09-report", lambda: Story(4).work().finish())
    yield Screen("10-rehearsal", lambda: Story(4, Backend.REHEARSAL).work(), is_running=True)
    yield Screen("11-failed", lambda: Story(4).work().fail())
    yield Screen("12-interrupted", lambda: Story(4).work().interrupt())
    yield Screen("13-second-window", prepare=_second_window)
    yield Screen("14-crash", prepare=lambda window, folder: window.show_crash("Traceback …"), part="crashDialog")
    yield Screen("15-quit", lambda: Story(4).work(), is_running=True, prepare=_close_window, part="quitDialog")
    yield Screen("16-large-text", lambda: Story(4).work(), is_running=True, prepare=_enlarge)


def _write_request(window: MainWindow, folder: Path) -> None:
    (folder / ".claude").mkdir(exist_ok=True)
    (folder / ".claude" / "settings.json").write_text(SETTINGS, encoding="utf-8")
    window.show_editor()
    window.editor.fill(REQUEST, folder, Backend.CLAUDE)


def _close_plan(window: MainWindow, folder: Path) -> None:
    for dialog in window.findChildren(QWidget, "planDialog"):
        dialog.close()


def _close_window(window: MainWindow, folder: Path) -> None:
    window.close()


def _second_window(window: MainWindow, folder: Path) -> None:
    window.show_error(StoreBusyError(f"The sessions in {FOLDER.parent} are open in another window."))


def _enlarge(window: MainWindow, folder: Path) -> None:
    action = window.findChild(QAction, "largerText")
    assert action is not None
    for _ in range(5):
        action.trigger()


async def take(screen: Screen, look: Theme, size: tuple[int, int], path: Path) -> None:
    """Opens a window, brings it to the screen, and saves its picture."""
    with tempfile.TemporaryDirectory() as data:
        folder = Path(data) / "shop"
        folder.mkdir()
        session = StillSession(screen.story(), is_running=screen.is_running) if screen.story is not None else None
        manager = StillManager(session)
        if session is not None and screen.is_running:
            manager.running.append(session)
        window = MainWindow(ConfigFile(Path(data) / "settings.json"), look, Path(data), Path(data))
        window.resize(*size)
        window.show()
        await window.attach(cast(SessionManager, manager))
        if session is not None:
            window.open_session(session.id)
        await asyncio.sleep(SETTLE_SECONDS)
        screen.prepare(window, folder)
        await asyncio.sleep(SETTLE_SECONDS)
        shown = [part for part in window.findChildren(QWidget, screen.part) if part.isVisible()] if screen.part else []
        (shown[0] if shown else window).grab().save(str(path))
        window.quit_now()
        await window.aclose()
        window.deleteLater()
        await asyncio.sleep(0)


async def take_all(app: QApplication, target: Path, scale: int, *, quick: bool) -> None:
    """Takes every screen in both themes, at the scale this process runs with."""
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        for size in SIZES[:1] if quick or scale > 1 else SIZES:
            for screen in screens():
                look = Theme(app, theme)
                name = f"{screen.name}-{theme}-{size[0]}x{size[1]}@{scale}x.png"
                await take(screen, look, size, target / name)
                look.deleteLater()


def main(arguments: list[str]) -> int:
    """Takes the pictures, each density in a process of its own; returns the exit code."""
    quick = "--quick" in arguments
    names = [argument for argument in arguments if not argument.startswith("--")]
    target = Path(names[0] if names else "screenshots").absolute()
    target.mkdir(parents=True, exist_ok=True)
    if "--here" not in arguments:
        for scale in (1,) if quick else (1, 2):
            environment = os.environ | {"QT_SCALE_FACTOR": str(scale)}
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            subprocess.run(
                [sys.executable, "-m", "tests.ui.screenshots", str(target), "--here", *arguments[1:]],
                env=environment,
                check=True,
            )
        return 0
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    scale = int(os.environ["QT_SCALE_FACTOR"])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(take_all(app, target, scale, quick=quick))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
