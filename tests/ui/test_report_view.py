"""The report can be read, copied and saved, and every finding leads to the agents it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.errors import KnownError
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.report import Confidence, Finding, Report, Source
from maos_desktop.model.session import Backend
from maos_desktop.ui.report_text import report_file, report_markdown
from maos_desktop.ui.report_view import ReportView
from maos_desktop.ui.theme import Theme

W = TypeVar("W", bound=QObject)

REPORT = Report(
    summary="One key is in the code.",
    findings=(
        Finding(
            title="A key in config.py",
            detail="`config.py:3` holds it:\n\n```python\nKEY = 1\n```",
            sources=(
                Source(agent_id=AgentId("security-1"), task_id=TaskId("t2")),
                Source(agent_id=AgentId("tester-1"), task_id=TaskId("t3")),
            ),
            confidence=Confidence.HIGH,
        ),
    ),
    conflicts=("They disagree.",),
    next_steps=("Take it out", "Rotate it"),
    missing=("t4 was not run",),
)


@pytest.fixture
def view(qtbot: QtBot, light_theme: Theme) -> ReportView:
    made = ReportView()
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    made.show_report("Review", Backend.CLAUDE, REPORT)
    return made


def click(view: ReportView, qtbot: QtBot, name: str) -> None:
    button = view.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_everything_in_the_report_is_shown(view: ReportView) -> None:
    text = view.text.toPlainText()
    for words in (
        "One key is in the code.",
        "1. A key in config.py",
        "KEY = 1",
        "High confidence, from security-1 (t2), tester-1 (t3)",
        "They disagree.",
        "Rotate it",
        "Missing from this report",
        "t4 was not run",
    ):
        assert words in text


def test_that_it_is_said_who_wrote_it(view: ReportView) -> None:
    origin = view.findChild(QLabel, "reportOrigin")
    assert origin is not None
    assert "Written by Claude" in origin.text()
    view.show_report("Review", Backend.REHEARSAL, REPORT)
    assert origin.text() == "Rehearsal: no language model is involved"


def test_that_a_source_leads_to_its_agent(view: ReportView, qtbot: QtBot) -> None:
    assert 'href="agent:tester-1"' in view.text.toHtml()
    with qtbot.waitSignal(view.agent_chosen) as chosen:
        view.text.anchorClicked.emit(QUrl("agent:tester-1"))
    assert chosen.args == ["tester-1"]


@pytest.mark.parametrize("address", ["https://example.org/x", "file:///etc/passwd", "javascript:alert(1)"])
def test_that_another_link_is_shown_before_anything_opens(view: ReportView, qtbot: QtBot, address: str) -> None:
    with qtbot.assertNotEmitted(view.agent_chosen):
        view.text.anchorClicked.emit(QUrl(address))
    dialog = view.findChild(QDialog, "linkDialog")
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


def test_that_copying_gives_markdown(view: ReportView, qtbot: QtBot) -> None:
    click(view, qtbot, "copyReport")
    assert QGuiApplication.clipboard().text() == report_markdown(REPORT)


def test_that_it_can_be_saved(view: ReportView, qtbot: QtBot, tmp_path: Path) -> None:
    click(view, qtbot, "saveReport")
    dialog = view.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "report.md"))
    dialog.close()
    saved = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert saved == report_file("Review", REPORT, Backend.CLAUDE)
    assert saved.startswith("# Review\n\nOne key is in the code.")


def test_that_a_place_that_cannot_be_written_is_said(view: ReportView, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(view.failed) as failed:
        view.save(tmp_path / "gone" / "report.md")
    assert failed.args is not None
    error = failed.args[0]
    assert isinstance(error, KnownError)
    assert "could not be saved" in str(error)
    assert error.next_step == "Choose another place."


def test_that_a_saved_rehearsal_says_that_it_is_one() -> None:
    text = report_file("Review", REPORT, Backend.REHEARSAL)
    assert "*Rehearsal: no language model is involved*" in text


def test_that_a_saved_report_holds_no_secret() -> None:
    report = REPORT.model_copy(update={"summary": "The key is AKIAIOSFODNN7EXAMPLE."})
    assert "AKIA" not in report_file("Review", report, Backend.CLAUDE)


def test_that_hidden_characters_and_html_stay_harmless(view: ReportView) -> None:
    report = REPORT.model_copy(update={"summary": "a\u202eb <img src='http://x/y.png'> \x1b[31mred"})
    view.show_report("Review", Backend.CLAUDE, report)
    text = view.text.toPlainText()
    assert "\u202e" not in text
    assert "<img src='http://x/y.png'>" in text


def test_that_a_title_cannot_become_more_than_a_title() -> None:
    finding = REPORT.findings[0].model_copy(update={"title": "x\n# Big"})
    assert "## 1. x # Big\n" in report_markdown(REPORT.model_copy(update={"findings": (finding,)}))


def test_that_the_report_follows_the_theme(view: ReportView, light_theme: Theme) -> None:
    before = view.text.toHtml()
    light_theme.apply("dark", 1.0)
    assert view.text.toHtml() != before
    assert "One key is in the code." in view.text.toPlainText()


def test_that_without_a_report_there_is_nothing_to_copy(view: ReportView, qtbot: QtBot, tmp_path: Path) -> None:
    view.show_report("Review", Backend.CLAUDE, None)
    QGuiApplication.clipboard().setText("before")
    click(view, qtbot, "copyReport")
    assert QGuiApplication.clipboard().text() == "before"
    view.save(tmp_path / "report.md")
    assert not (tmp_path / "report.md").exists()
