"""The main job through the window's own controls, with the real CLI: request, plan, run, report, close, reopen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from maos_desktop.config import ConfigFile
from maos_desktop.model.event import PlanDecided
from maos_desktop.model.session import SessionState
from maos_desktop.rehearsal.server import RehearsalServer
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.ui.agents_view import AgentsView
from maos_desktop.ui.main_window import MainWindow
from maos_desktop.ui.plan_dialog import PlanDialog
from maos_desktop.ui.report_view import ReportView
from maos_desktop.ui.session_view import SessionView
from maos_desktop.ui.theme import Theme
from maos_desktop.ui.transcript.view import TranscriptView

pytestmark = [pytest.mark.window, pytest.mark.e2e]

W = TypeVar("W", bound=QWidget)


@asynccontextmanager
async def app(data_folder: Path, look: Theme) -> AsyncIterator[MainWindow]:
    """The window and all behind it, from its opening to its end."""
    closed = asyncio.Event()
    window = MainWindow(ConfigFile(), look, data_folder, data_folder)
    window.quit_requested.connect(closed.set)
    window.resize(1280, 800)
    window.show()
    manager = await SessionManager.open(data_folder, rehearsal=await RehearsalServer.start(pace_seconds=0))
    try:
        await window.attach(manager)
        yield window
        window.close()
        await closed.wait()
    finally:
        await window.aclose()
        await manager.aclose()
        window.deleteLater()


def control(parent: QWidget, kind: type[W], name: str) -> W:
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


def click(parent: QWidget, name: str) -> None:
    button = control(parent, QPushButton, name)
    assert button.isVisible() and button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - a window shows what it shows; there is nothing to wait on
        await asyncio.sleep(0.02)


def session_of(window: MainWindow) -> SessionView:
    view = window.session_view
    assert view is not None
    return view


async def pane_texts(view: SessionView) -> dict[str, str]:
    """Returns what a user gets who copies everything that stands in each agent's pane."""
    view.show_agents()
    agents = control(view, AgentsView, "agentsView")
    texts = {}
    for agent_id in view.fold.agents:
        agents.show_agent(agent_id)
        agents.show_only(agent_id)
        await asyncio.sleep(0.2)
        (shown,) = [pane for pane in agents.findChildren(TranscriptView) if pane.isVisible()]
        QTest.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        texts[str(agent_id)] = QApplication.clipboard().text()
    return texts


def timeline_rows(view: SessionView) -> list[list[str]]:
    model = control(view, QAbstractItemView, "timelineTable").model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


async def test_that_a_session_reopens_with_the_same_text_in_every_pane(
    qapp: QApplication, private_environment: Path, tmp_path: Path, light_theme: Theme
) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    project = tmp_path / "project"
    project.mkdir()
    (project / "shop.py").write_text('password = "hunter2hunter2"\n\n\ndef price():  # TODO: tax\n    return 1\n')

    async with app(private_environment, light_theme) as window:
        editor = window.editor
        QTest.keyClicks(control(editor, QPlainTextEdit, "request"), "Check the security and the tests")
        QTest.keyClicks(control(editor, QLineEdit, "projectFolder"), str(project))
        QTest.keyClick(control(editor, QWidget, "backend_rehearsal"), Qt.Key.Key_Space)
        click(editor, "makePlan")

        await until(lambda: window.findChild(PlanDialog) is not None)
        dialog = window.findChild(PlanDialog)
        assert dialog is not None
        title = control(dialog, QLineEdit, "taskTitle")
        title.selectAll()
        QTest.keyClicks(title, "Edited by hand")
        click(dialog, "approvePlan")

        view = session_of(window)
        await until(lambda: view.live.state is SessionState.DONE)
        await until(lambda: view.fold.report is not None and view.has_report)
        decided = [logged.event for logged in await view.live.events() if isinstance(logged.event, PlanDecided)]
        assert [(d.decision, d.edited) for d in decided] == [("approved", True)]
        await asyncio.sleep(0.2)
        before = await pane_texts(view)
        rows = timeline_rows(view)
        view.show_report()
        report = control(view, ReportView, "reportView").text.toPlainText()

    worked = {"planner", "synthesis", *(name for name in before if name[-1].isdigit())}
    assert set(before) == worked and len(worked) >= 4
    assert all("Rehearsal: no language model is involved" in text for text in before.values()), before
    assert any("shop.py:1" in text for text in before.values())
    assert any("Edited by hand" in str(row) for row in before.values())
    assert {"Discovery", "Task", "Plan"} <= {row[3] for row in rows}
    assert "shop.py:1" in report

    async with app(private_environment, light_theme) as window:
        await until(lambda: window.session_view is not None)
        view = session_of(window)
        await until(lambda: view.fold.report is not None)
        await asyncio.sleep(0.2)
        assert view.live.state is SessionState.DONE
        assert await pane_texts(view) == before
        assert timeline_rows(view) == rows
        view.show_report()
        assert control(view, ReportView, "reportView").text.toPlainText() == report
