"""Messages to agents are written in one line that grows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.message import Importance
from maos_desktop.ui.message_composer import LONGEST, MessageComposer
from tests.ui.controls import find
from tests.ui.event_writer import ANN, BOB

SHIFT = Qt.KeyboardModifier.ShiftModifier


class Desk:
    """The composer and what was sent from it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.composer = MessageComposer()
        qtbot.addWidget(self.composer)
        self.composer.set_agents([ANN, BOB])
        self.composer.resize(600, 60)
        self.composer.show()
        self.sent: list[tuple[object, ...]] = []
        self.composer.submitted.connect(lambda *message: self.sent.append(message))
        self.text = find(self.composer, QPlainTextEdit, "messageText")
        self.receiver = find(self.composer, QComboBox, "messageReceiver")
        self.importance = find(self.composer, QComboBox, "messageImportance")
        self.send = find(self.composer, QPushButton, "messageSend")


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_that_enter_sends_to_all(desk: Desk) -> None:
    QTest.keyClicks(desk.text, "Hello")
    QTest.keyClick(desk.text, Qt.Key.Key_Return)
    assert desk.sent == [(None, "Hello", Importance.NORMAL)]
    assert desk.text.toPlainText() == ""


def test_that_shift_and_enter_begins_a_line(desk: Desk) -> None:
    one_line = desk.text.height()
    QTest.keyClicks(desk.text, "one")
    QTest.keyClick(desk.text, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(desk.text, "two")
    assert desk.sent == []
    assert desk.text.height() > one_line
    desk.send.click()
    assert [sent[1].split() for sent in desk.sent if isinstance(sent[1], str)] == [["one", "two"]]
    assert desk.text.height() == one_line


def test_that_the_field_does_not_grow_for_ever(desk: Desk) -> None:
    desk.text.setPlainText("\n" * 5)
    tall = desk.text.height()
    desk.text.setPlainText("\n" * 50)
    assert desk.text.height() == tall


def test_that_nothing_cannot_be_sent(desk: Desk) -> None:
    assert not desk.send.isEnabled()
    desk.text.setPlainText("  \n ")
    assert not desk.send.isEnabled()
    QTest.keyClick(desk.text, Qt.Key.Key_Return)
    assert desk.sent == []


def test_that_more_than_a_message_holds_cannot_be_sent(desk: Desk) -> None:
    desk.text.setPlainText("x" * (LONGEST + 1))
    assert not desk.send.isEnabled()
    QTest.keyClick(desk.text, Qt.Key.Key_Return)
    assert desk.sent == []


def test_that_receiver_and_importance_are_chosen(desk: Desk) -> None:
    desk.composer.write_to(BOB)
    desk.importance.setCurrentIndex(desk.importance.findData(Importance.CRITICAL))
    desk.text.setPlainText("Stop")
    desk.send.click()
    assert desk.sent == [(BOB, "Stop", Importance.CRITICAL)]
    assert desk.importance.currentData() == Importance.NORMAL
    assert desk.receiver.currentData() == BOB


def test_that_writing_to_an_agent_waits_for_the_text(desk: Desk) -> None:
    desk.composer.activateWindow()
    desk.composer.write_to(ANN)
    assert desk.receiver.currentText() == ANN
    assert desk.composer.focusWidget() is desk.text
    desk.composer.write_to(None)
    assert desk.receiver.currentText() == "All agents"


def test_that_the_receiver_stays_while_agents_come(desk: Desk) -> None:
    desk.composer.write_to(BOB)
    desk.composer.set_agents([ANN, BOB, "analyst-1"])  # type: ignore[list-item]
    assert desk.receiver.currentData() == BOB
    desk.composer.set_agents([ANN])
    assert desk.receiver.currentData() is None


def test_that_the_same_agents_change_nothing(desk: Desk) -> None:
    with desk.qtbot.assertNotEmitted(desk.receiver.currentIndexChanged):
        desk.composer.set_agents([ANN, BOB])


def test_that_a_disabled_composer_sends_nothing(desk: Desk) -> None:
    desk.text.setPlainText("Hello")
    desk.composer.setEnabled(False)
    desk.composer.submit()
    assert desk.sent == []


def test_that_every_control_has_a_name(desk: Desk) -> None:
    assert all(control.accessibleName() for control in (desk.text, desk.receiver, desk.importance, desk.send))
