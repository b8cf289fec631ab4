"""The list of agents says who needs the user, what each does, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.plan import Role
from maos_desktop.ui.item_models.agent_list_model import (
    AgentGroup,
    AgentListModel,
    AgentRole,
    AgentsByNeed,
    elapsed_seconds,
    group_of,
    session_now,
)
from tests.ui.event_writer import ANN, BOB, START, EventWriter

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def writer(qapp: QApplication) -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent(ANN)
    return writer


def activity(writer: EventWriter) -> str:
    model = AgentListModel(writer.fold())
    words: str = model.index(0).data(AgentRole.ACTIVITY)
    return words


def order(proxy: AgentsByNeed) -> list[str]:
    return [proxy.index(row, 0).data(AgentRole.ID) for row in range(proxy.rowCount())]


def test_that_both_models_keep_qts_rules(writer: EventWriter) -> None:
    model = AgentListModel(SessionFold())
    proxy = AgentsByNeed(model)
    testers = [QAbstractItemModelTester(model, STRICT), QAbstractItemModelTester(proxy, STRICT)]
    for logged in writer.events:
        model.fold.apply(logged)
    model.refresh({ANN})
    writer.agent(BOB, AgentState.NEEDS_PERMISSION)
    for logged in writer.events[-2:]:
        model.fold.apply(logged)
    model.refresh({BOB})
    model.rebase(writer.fold())
    assert order(proxy) == [BOB, ANN]
    assert len(testers) == 2


@pytest.mark.parametrize("state", AgentState)
def test_that_every_state_has_a_group(state: AgentState) -> None:
    assert group_of(state) in AgentGroup


def test_that_who_needs_the_user_comes_first(writer: EventWriter) -> None:
    writer.agent(AgentId("reviewer-1"), AgentState.DONE, Role.REVIEWER)
    writer.agent(AgentId("analyst-1"), AgentState.WAITING, Role.ANALYST)
    writer.agent(BOB, AgentState.FAILED, Role.SECURITY)
    model = AgentListModel(writer.fold())
    assert order(AgentsByNeed(model)) == [BOB, ANN, "analyst-1", "reviewer-1"]


def test_that_the_order_follows_the_states(writer: EventWriter) -> None:
    writer.agent(BOB)
    model = AgentListModel(writer.fold())
    proxy = AgentsByNeed(model)
    assert order(proxy) == [ANN, BOB]
    model.fold.apply(writer.add(writer.state_event(ANN, AgentState.DONE))[0])
    model.refresh({ANN})
    assert order(proxy) == [BOB, ANN]


def test_that_new_agents_are_told_even_if_nobody_named_them(writer: EventWriter) -> None:
    model = AgentListModel(writer.fold())
    for logged in writer.agent(BOB):
        model.fold.apply(logged)
    model.refresh(set())
    assert model.rowCount() == 2


def test_that_an_unknown_agent_has_no_row(writer: EventWriter) -> None:
    model = AgentListModel(writer.fold())
    assert model.row_of(ANN) == 0
    assert model.row_of(AgentId("nobody")) == -1
    model.refresh({AgentId("nobody")})


def test_that_the_activity_is_the_last_line_said(writer: EventWriter) -> None:
    writer.text("First line\n\n## Looking at the **tests**\n\n---\n")
    assert activity(writer) == "Looking at the **tests**"


def test_that_the_activity_is_the_running_tool(writer: EventWriter) -> None:
    writer.text("Let me see.")
    writer.tool("Read", {"file_path": "/home/ann/shop/src/login.py"})
    assert activity(writer) == "Read src/login.py"


def test_that_open_thinking_is_an_activity(writer: EventWriter) -> None:
    writer.text("Said", block=0)
    writer.thinking("Hm", block=1, closed=False)
    assert activity(writer) == "Thinking …"


def test_that_a_message_is_an_activity(writer: EventWriter) -> None:
    writer.message(1)
    writer.delivered(1)
    assert activity(writer) == "Got a message"
    writer.message(2, sender=ANN, receivers=(BOB,))
    assert activity(writer) == "Sent a message"


def test_that_a_failure_says_why(writer: EventWriter) -> None:
    writer.failure()
    assert activity(writer) == "The model is overloaded."


def test_that_an_agent_that_has_said_nothing_shows_its_task(writer: EventWriter) -> None:
    assert activity(writer) == f"Task of {ANN}"


def test_that_the_row_is_read_out_with_state_and_activity(writer: EventWriter) -> None:
    model = AgentListModel(writer.fold())
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == f"{ANN}, Working, Task of {ANN}"
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole) == f"Task of {ANN}"
    assert model.index(0).data() == ANN
    assert model.data(QModelIndex()) is None


def test_that_time_counts_from_the_first_work_to_the_end(writer: EventWriter) -> None:
    agent = writer.fold().agents[ANN]
    assert agent.started_at is not None
    assert elapsed_seconds(agent, agent.started_at + timedelta(seconds=5)) == 5
    writer.add(writer.state_event(ANN, AgentState.DONE))
    ended = writer.fold().agents[ANN]
    assert elapsed_seconds(ended, START + timedelta(days=1)) == 1


def test_that_an_agent_that_has_not_worked_has_no_time(writer: EventWriter) -> None:
    writer.agent(BOB, AgentState.WAITING)
    assert elapsed_seconds(writer.fold().agents[BOB], START + timedelta(days=1)) == 0


def test_that_time_stands_still_in_a_session_that_is_not_at_work(writer: EventWriter) -> None:
    before = datetime.now(UTC)
    assert session_now(writer.fold()) >= before
    stopped = writer.add(ev.SessionInterrupted(reason="Stopped"))[0]
    assert session_now(writer.fold()) == stopped.at
    model = AgentListModel(writer.fold())
    assert model.index(0).data(AgentRole.NOW) == stopped.at
