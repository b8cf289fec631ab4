"""The status bar says what a session is doing, what it has cost and how long it took."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, Usage
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import Backend, SessionSettings
from maos_desktop.ui.session_status import SessionStatusBar, activity_words, elapsed_seconds
from tests.ui.event_writer import ANN, BOB, FOLDER, START, EventWriter

W = TypeVar("W", bound=QObject)

pytestmark = pytest.mark.usefixtures("light_theme")


@pytest.fixture
def bar(qtbot: QtBot) -> SessionStatusBar:
    made = SessionStatusBar()
    qtbot.addWidget(made)
    made.show()
    return made


def begin(backend: Backend = Backend.CLAUDE) -> EventWriter:
    writer = EventWriter()
    settings = SessionSettings(request="Look", project_folder=FOLDER, backend=backend)
    writer.add(ev.SessionCreated(settings=settings, title="Look"), ev.SessionContinued())
    return writer


def text(bar: SessionStatusBar, name: str) -> str:
    label = bar.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_that_without_a_session_it_is_ready(bar: SessionStatusBar) -> None:
    assert text(bar, "statusActivity") == "Ready"
    assert text(bar, "statusElapsed") == ""


def test_that_agents_are_counted_by_what_they_need(bar: SessionStatusBar) -> None:
    writer = begin()
    writer.agent(ANN)
    writer.agent(BOB, AgentState.NEEDS_PERMISSION)
    writer.agent(AgentId("reviewer-1"), AgentState.WAITING)
    writer.agent(AgentId("analyst-1"), AgentState.DONE)
    writer.agent(AgentId("analyst-2"), AgentState.AWAITING_REPLY)
    bar.show_session(writer.fold())
    assert text(bar, "statusActivity") == "2 running, 1 needs you, 1 waiting, 1 done"


def test_that_a_session_without_running_agents_says_its_state() -> None:
    writer = begin()
    assert activity_words(writer.fold()) == "Running"
    writer.add(ev.SessionFinished(outcome="done"))
    assert activity_words(writer.fold()) == "Done"


def test_that_figures_are_shown_once_there_are_some(bar: SessionStatusBar) -> None:
    writer = begin()
    bar.show_session(writer.fold())
    assert text(bar, "statusCost") == text(bar, "statusTokens") == ""
    assert text(bar, "statusBackend") == "Claude"
    usage = Usage(input_tokens=128_000, output_tokens=400)
    writer.add(ev.TurnFinished(agent_id=ANN, turns=1, usage=usage, cost_usd=1.02))
    bar.show_session(writer.fold())
    assert text(bar, "statusTokens") == "128k tokens"
    assert text(bar, "statusCost") == "$1.02"


def test_that_a_rehearsal_is_labelled_and_costs_nothing(bar: SessionStatusBar) -> None:
    label = bar.findChild(QWidget, "rehearsalLabel")
    assert label is not None
    bar.show_session(begin().fold())
    assert not label.isVisible()
    bar.show_session(begin(Backend.REHEARSAL).fold())
    assert label.isVisible()
    assert label.accessibleName() == "Rehearsal: no language model is involved"
    assert text(bar, "statusCost") == "no cost"


def test_that_pauses_are_left_out_of_the_time() -> None:
    writer = begin()  # seconds 1 and 2
    writer.add(ev.SessionInterrupted(reason="closed"))  # 3
    fold = writer.fold()
    assert fold.active_since is None
    assert elapsed_seconds(fold, START + timedelta(hours=9)) == 2
    writer.add(*[ev.NoticeRaised(level="info", text="…")] * 6)  # 4 to 9
    writer.add(ev.SessionContinued())  # 10
    assert elapsed_seconds(writer.fold(), START + timedelta(seconds=30)) == 2 + (30 - 10)


def test_that_the_time_of_a_finished_session_stands(bar: SessionStatusBar) -> None:
    writer = begin()
    writer.add(ev.SessionFinished(outcome="done"))
    bar.show_session(writer.fold())
    assert text(bar, "statusElapsed") == "0:02"


def test_that_a_clock_that_was_set_back_counts_nothing() -> None:
    assert elapsed_seconds(begin().fold(), START - timedelta(hours=1)) == 0


def test_that_one_needs_and_two_need_you() -> None:
    writer = begin()
    writer.agent(ANN, AgentState.NEEDS_PERMISSION)
    assert activity_words(writer.fold()) == "1 needs you"
    writer.agent(BOB, AgentState.NEEDS_PERMISSION)
    assert activity_words(writer.fold()) == "2 need you"
