"""The list of sessions follows the events of all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.session import SessionSettings, SessionState, SessionSummary
from maos_desktop.ui.item_models.session_list_model import SessionListModel, SessionRole

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = SessionSettings(request="Look", project_folder=Path("/home/ann/shop"))


def summary(name: str, state: SessionState = SessionState.DONE) -> SessionSummary:
    return SessionSummary(
        id=SessionId(name), title=f"Title of {name}", settings=SETTINGS, state=state, created_at=AT, updated_at=AT
    )


def logged(name: str, *events: SessionEvent) -> list[LoggedEvent]:
    return [LoggedEvent(session_id=SessionId(name), seq=n, at=AT, event=event) for n, event in enumerate(events, 1)]


def turn(cost: float | None) -> ev.TurnFinished:
    return ev.TurnFinished(agent_id=AgentId("tester-1"), turns=1, cost_usd=cost)


@pytest.fixture
def model(qapp: QApplication) -> SessionListModel:
    made = SessionListModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.fill([summary("a"), summary("b", SessionState.RUNNING)])
    return made


def test_that_a_row_says_title_state_and_folder(model: SessionListModel) -> None:
    index = model.index(1)
    assert index.data() == "Title of b"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Title of b, Running, shop"
    assert str(SETTINGS.project_folder) in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(SessionRole.SUMMARY) == summary("b", SessionState.RUNNING)


def test_that_a_new_session_stands_above(model: SessionListModel) -> None:
    model.apply(logged("c", ev.SessionCreated(settings=SETTINGS, title="New"), ev.PlanRequested()))
    assert model.rowCount() == 3
    assert model.summary(0).title == "New"
    assert model.summary(0).state is SessionState.PLANNING
    assert [model.row_of(SessionId(name)) for name in "cab"] == [0, 1, 2]


def test_that_state_and_cost_follow_the_events(model: SessionListModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.apply(logged("b", turn(0.25), turn(None), turn(0.5), ev.SessionFinished(outcome="done")))
    assert changed.args is not None
    assert changed.args[0].row() == 1
    assert model.summary(1).state is SessionState.DONE
    assert model.summary(1).cost_usd == 0.75


def test_that_what_is_not_shown_changes_nothing(model: SessionListModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.dataChanged):
        output = ev.OutputAppended(agent_id=AgentId("x"), block=0, block_kind="text", text="…")
        model.apply(logged("b", output, ev.SessionContinued()))


def test_that_events_of_unknown_sessions_are_left_out(model: SessionListModel) -> None:
    model.apply(logged("gone", ev.SessionFinished(outcome="done")))
    assert model.rowCount() == 2
    assert model.row_of(SessionId("gone")) is None


def test_that_a_batch_may_create_and_change(model: SessionListModel) -> None:
    batch = [
        *logged("a", turn(1.0)),
        *logged("c", ev.SessionCreated(settings=SETTINGS, title="New")),
        *logged("b", turn(2.0)),
    ]
    model.apply(batch)
    assert [model.summary(row).cost_usd for row in range(3)] == [None, 1.0, 2.0]
