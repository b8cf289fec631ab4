"""A message says what happened, what was kept and what to do, and can be copied and put away."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.errors import OverloadedError
from maos_desktop.model.event import Failure
from maos_desktop.ui.banner import Banner

W = TypeVar("W", bound=QObject)

pytestmark = pytest.mark.usefixtures("light_theme")


@pytest.fixture
def banner(qtbot: QtBot) -> Banner:
    made = Banner()
    qtbot.addWidget(made)
    return made


def find(banner: Banner, kind: type[W], name: str) -> W:
    found = banner.findChild(kind, name)
    assert found is not None, name
    return found


def click(banner: Banner, qtbot: QtBot, name: str) -> None:
    QTest.mouseClick(find(banner, QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_that_it_is_hidden_until_there_is_something_to_say(banner: Banner) -> None:
    assert not banner.isVisible()
    banner.show_message("info", "The plan waits.")
    assert banner.isVisible()
    assert find(banner, QLabel, "bannerText").text() == "The plan waits."
    assert not find(banner, QLabel, "bannerNextStep").isVisible()
    assert not find(banner, QPushButton, "bannerAction").isVisible()
    assert not find(banner, QPushButton, "bannerCopyDetails").isVisible()


def test_that_a_known_error_is_shown_with_its_next_step(banner: Banner, qtbot: QtBot) -> None:
    banner.show_error(OverloadedError("The model is overloaded.", detail="HTTP 529"))
    assert banner.property("variant") == "error"
    assert find(banner, QLabel, "bannerText").text() == "The model is overloaded."
    assert find(banner, QLabel, "bannerNextStep").text() == "Continue the session in a few minutes."
    assert banner.accessibleName() == "The model is overloaded. Continue the session in a few minutes."
    click(banner, qtbot, "bannerCopyDetails")
    assert QGuiApplication.clipboard().text() == "overloaded: The model is overloaded.\nHTTP 529"
    assert find(banner, QPushButton, "bannerCopyDetails").accessibleName() == "Copied"


def test_that_a_failure_says_what_was_kept_and_stays(banner: Banner, qtbot: QtBot) -> None:
    failure = Failure(code="plan", what="No plan came.", kept="The request was kept.", next_step="Ask again.")
    banner.show_failure(failure, action="Continue")
    assert find(banner, QLabel, "bannerNextStep").text() == "The request was kept. Ask again."
    assert not find(banner, QToolButton, "bannerDismiss").isVisible()
    with qtbot.waitSignal(banner.action_requested):
        click(banner, qtbot, "bannerAction")


def test_that_it_can_be_put_away(banner: Banner, qtbot: QtBot) -> None:
    banner.show_message("warning", "Something")
    with qtbot.waitSignal(banner.dismissed):
        click(banner, qtbot, "bannerDismiss")
    assert not banner.isVisible()


def test_that_a_new_message_replaces_all_of_the_old_one(banner: Banner, qtbot: QtBot) -> None:
    banner.show_error(OverloadedError("Old", detail="old"))
    click(banner, qtbot, "bannerCopyDetails")
    banner.show_message("success", "New", detail="new")
    assert banner.property("variant") == "success"
    assert find(banner, QLabel, "bannerNextStep").text() == ""
    assert find(banner, QPushButton, "bannerCopyDetails").accessibleName() == "Copy details"


def test_that_text_of_others_is_shown_as_text(banner: Banner) -> None:
    banner.show_message("error", "<b>x</b>\x1b[31m", "\x00more")
    text = find(banner, QLabel, "bannerText")
    assert text.text() == "<b>x</b>"
    assert text.textFormat() == Qt.TextFormat.PlainText
    assert find(banner, QLabel, "bannerNextStep").text() == "more"
