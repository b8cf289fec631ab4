"""An agent's pane: who it is, what it does, what can be done about it, and its transcript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, Usage
from maos_desktop.ui import theme
from maos_desktop.ui.agent_header import AgentHeader, ColorDot, StateLabel
from maos_desktop.ui.agent_pane import AgentPane
from maos_desktop.ui.elided_label import ElidedLabel
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.link_card import LinkDialog
from tests.ui.controls import find
from tests.ui.event_writer import ANN, START, EventWriter

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def writer() -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent()
    return writer


def pane_of(qtbot: QtBot, writer: EventWriter) -> AgentPane:
    pane = AgentPane(TranscriptModel(ANN, writer.fold()), lambda agent: theme.agent_color(0))
    qtbot.addWidget(pane)
    pane.resize(480, 320)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def header_of(qtbot: QtBot, writer: EventWriter, seconds: int = 60) -> AgentHeader:
    header = AgentHeader()
    qtbot.addWidget(header)
    agent = writer.fold().agents[ANN]
    header.show_agent(agent, theme.agent_color(0), (agent.started_at or START) + timedelta(seconds=seconds))
    header.resize(400, header.sizeHint().height())
    header.show()
    return header


def label(header: QWidget, name: str) -> str:
    return find(header, QLabel, name).text()


def button(parent: QWidget, name: str) -> QToolButton:
    return find(parent, QToolButton, name)


# --- the header ---


def test_that_the_header_says_who_and_what(qtbot: QtBot, writer: EventWriter) -> None:
    header = header_of(qtbot, writer)
    assert label(header, "agentName") == ANN
    assert label(header, "agentTitle") == f"Task of {ANN}"
    assert find(header, StateLabel).accessibleName() == "Working"


def test_that_the_figures_are_time_turns_and_cost(qtbot: QtBot, writer: EventWriter) -> None:
    assert label(header_of(qtbot, writer, 65), "agentFigures") == "1:05"
    writer.add(ev.TurnFinished(agent_id=ANN, turns=1))
    assert label(header_of(qtbot, writer, 65), "agentFigures") == "1:05 · 1 turn"
    writer.add(ev.TurnFinished(agent_id=ANN, turns=3, usage=Usage(input_tokens=9), cost_usd=0.2))
    assert label(header_of(qtbot, writer, 65), "agentFigures") == "1:05 · 4 turns · $0.20"


def test_that_an_agent_that_has_not_begun_has_no_figures(qtbot: QtBot) -> None:
    writer = EventWriter()
    writer.agent(state=AgentState.WAITING)
    assert label(header_of(qtbot, writer), "agentFigures") == ""


@pytest.mark.parametrize(
    ("state", "interrupt", "resume"),
    [
        (AgentState.WORKING, True, False),
        (AgentState.AWAITING_REPLY, True, False),
        (AgentState.NEEDS_PERMISSION, True, False),
        (AgentState.PAUSED, False, True),
        (AgentState.DONE, False, False),
        (AgentState.WAITING, False, False),
    ],
)
def test_that_only_what_is_possible_is_offered(
    qtbot: QtBot, writer: EventWriter, state: AgentState, interrupt: bool, resume: bool
) -> None:
    writer.add(writer.state_event(ANN, state))
    header = header_of(qtbot, writer)
    assert button(header, "agentInterrupt").isVisibleTo(header) is interrupt
    assert button(header, "agentContinue").isVisibleTo(header) is resume


@pytest.mark.parametrize("state", AgentState)
def test_that_every_state_is_shown_by_icon_and_word(qtbot: QtBot, state: AgentState) -> None:
    shown = StateLabel()
    qtbot.addWidget(shown)
    assert not shown.grab().isNull()
    shown.show_state(state)
    shown.resize(shown.sizeHint())
    assert shown.accessibleName()
    assert not shown.grab().isNull()
    assert shown.minimumSizeHint().width() < shown.sizeHint().width()


def test_that_the_dot_has_the_agents_colour(qtbot: QtBot) -> None:
    dot = ColorDot()
    qtbot.addWidget(dot)
    dot.show_color(theme.agent_color(2))
    assert dot.grab().toImage().pixelColor(5, 5) == theme.agent_color(2)


def test_that_filling_the_view_can_be_offered_and_taken_back(qtbot: QtBot, writer: EventWriter) -> None:
    header = header_of(qtbot, writer)
    header.show_focus(possible=False, focused=False)
    assert button(header, "agentFocus").isHidden()
    header.show_focus(possible=True, focused=False)
    assert button(header, "agentFocus").accessibleName() == "Show only this agent"
    header.show_focus(possible=False, focused=True)
    assert button(header, "agentFocus").accessibleName() == "Show all agents"
    with qtbot.waitSignal(header.focus_toggled) as toggled:
        QTest.mouseClick(button(header, "agentFocus"), LEFT)
    assert toggled.args == [False]


def test_that_a_title_without_room_ends_with_an_ellipsis(qtbot: QtBot) -> None:
    title = ElidedLabel("agentTitle", "muted")
    qtbot.addWidget(title)
    title.show_text("A very long title that does not fit at all")
    assert title.minimumSizeHint().width() == 0
    assert title.toolTip() == "A very long title that does not fit at all"
    title.resize(60, 20)
    short = title.grab().toImage()
    title.show_text("A very")
    assert title.grab().toImage() != short


# --- the pane ---


def test_that_the_pane_is_named_after_its_agent(qtbot: QtBot, writer: EventWriter) -> None:
    pane = pane_of(qtbot, writer)
    assert (pane.agent_id, pane.accessibleName()) == (ANN, f"Agent {ANN}")


def test_that_every_wish_carries_the_agent(qtbot: QtBot, writer: EventWriter) -> None:
    pane = pane_of(qtbot, writer)
    for name, signal in (("agentInterrupt", pane.interrupt_requested), ("agentMessage", pane.message_requested)):
        with qtbot.waitSignal(signal) as wished:
            QTest.mouseClick(button(pane, name), LEFT)
        assert wished.args == [ANN]
    with qtbot.waitSignal(pane.resume_requested) as wished:
        button(pane, "agentContinue").click()
    assert wished.args == [ANN]
    with qtbot.waitSignal(pane.focus_toggled) as wished:
        button(pane, "agentFocus").click()
    assert wished.args == [ANN, True]


def test_that_the_header_follows_the_fold(qtbot: QtBot, writer: EventWriter) -> None:
    model = TranscriptModel(ANN, writer.fold())
    pane = AgentPane(model, lambda agent: theme.agent_color(0))
    qtbot.addWidget(pane)
    model.fold.apply(writer.add(writer.state_event(ANN, AgentState.DONE))[0])
    pane.refresh()
    pane.refresh_time()
    assert find(pane, StateLabel).accessibleName() == "Done"


def test_that_a_pane_of_an_agent_to_come_is_empty(qtbot: QtBot) -> None:
    model = TranscriptModel(ANN, EventWriter().fold())
    pane = AgentPane(model, lambda agent: theme.agent_color(0))
    qtbot.addWidget(pane)
    pane.refresh_time()
    assert label(pane, "agentName") == ""


def test_that_the_way_to_the_end_shows_when_the_user_has_left_it(qtbot: QtBot, writer: EventWriter) -> None:
    for block in range(40):
        writer.text("line\n\n" * 3, block=block)
    pane = pane_of(qtbot, writer)
    latest = find(pane, QPushButton, "scrollToEnd")
    assert latest.isHidden()
    pane.transcript.verticalScrollBar().setValue(0)
    assert not latest.isHidden()
    assert pane.transcript.rect().contains(latest.geometry())
    QTest.mouseClick(latest, LEFT)
    assert latest.isHidden()


def test_that_the_way_to_the_end_stays_in_the_corner(qtbot: QtBot, writer: EventWriter) -> None:
    for block in range(40):
        writer.text("line\n\n" * 3, block=block)
    pane = pane_of(qtbot, writer)
    pane.transcript.verticalScrollBar().setValue(0)
    latest = find(pane, QPushButton, "scrollToEnd")
    pane.find_bar.open()
    qtbot.waitUntil(lambda: pane.transcript.rect().contains(latest.geometry()))
    pane.resize(300, 240)
    qtbot.waitUntil(lambda: pane.transcript.rect().contains(latest.geometry()))


def test_that_the_pane_can_be_searched_by_key(qtbot: QtBot, writer: EventWriter) -> None:
    pane = pane_of(qtbot, writer)
    pane.activateWindow()
    qtbot.waitUntil(pane.isActiveWindow)
    pane.transcript.setFocus()
    QTest.keyClick(pane.transcript, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not pane.find_bar.isHidden()


def test_that_a_link_is_asked_about(qtbot: QtBot, writer: EventWriter) -> None:
    pane = pane_of(qtbot, writer)
    pane.transcript.link_clicked.emit("https://example.com/")
    dialog = find(pane, LinkDialog)
    assert dialog is not None
    dialog.reject()


def test_that_an_entry_can_be_gone_to(qtbot: QtBot, writer: EventWriter) -> None:
    for block in range(60):
        writer.text("line\n\n" * 3, block=block)
    pane = pane_of(qtbot, writer)
    end = pane.transcript.verticalScrollBar().value()
    pane.show_entry(0)
    assert pane.transcript.verticalScrollBar().value() < end


def test_that_every_control_has_a_name(qtbot: QtBot, writer: EventWriter) -> None:
    pane = pane_of(qtbot, writer)
    controls = [*pane.findChildren(QToolButton), *pane.findChildren(QPushButton)]
    assert len(controls) >= 9
    assert [c.objectName() for c in controls if not c.objectName() or not c.accessibleName()] == []
