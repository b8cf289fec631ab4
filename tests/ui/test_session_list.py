"""Sessions can be opened from the side bar, with the mouse and with the keyboard."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListView, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import Backend, SessionSettings, SessionState, SessionSummary
from maos_desktop.ui.item_models.session_list_model import SessionListModel
from maos_desktop.ui.session_list import SessionList

pytestmark = pytest.mark.usefixtures("light_theme")


class Sidebar:
    """The list with one session per state."""

    def __init__(self, qtbot: QtBot) -> None:
        self.model = SessionListModel()
        self.widget = SessionList(self.model)
        self.opened: list[str] = []
        self.widget.opened.connect(self.opened.append)
        qtbot.addWidget(self.widget)
        self.widget.resize(260, 700)
        self.widget.show()
        view = self.widget.findChild(QListView, "sessions")
        assert view is not None
        self.view: QListView = view

    def fill(self) -> None:
        at = datetime.now(UTC)
        settings = SessionSettings(request="x", project_folder=Path("/home/ann/shop"), backend=Backend.REHEARSAL)
        self.model.fill(
            [
                SessionSummary(
                    id=SessionId(state), title=state * 5, settings=settings, state=state, created_at=at, updated_at=at
                )
                for state in SessionState
            ]
        )


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    return Sidebar(qtbot)


def test_that_an_empty_list_says_so(sidebar: Sidebar) -> None:
    label = sidebar.widget.findChild(QLabel, "noSessions")
    assert label is not None
    assert label.isVisible()
    sidebar.fill()
    assert not label.isVisible()


def test_that_a_click_opens_a_session(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.fill()
    place = sidebar.view.visualRect(sidebar.model.index(2)).center()
    QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert set(sidebar.opened) == {sidebar.model.summary(2).id}


def test_that_the_keyboard_opens_a_session(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.fill()
    sidebar.widget.select(sidebar.model.summary(0).id)
    assert sidebar.opened == []
    QTest.keyClick(sidebar.view, Qt.Key.Key_Down)
    assert sidebar.opened == [sidebar.model.summary(1).id]


def test_that_what_is_shown_can_be_marked_without_opening_it(sidebar: Sidebar) -> None:
    sidebar.fill()
    sidebar.widget.select(sidebar.model.summary(3).id)
    assert sidebar.view.currentIndex().row() == 3
    sidebar.widget.select(None)
    assert not sidebar.view.selectionModel().hasSelection()
    sidebar.widget.select(SessionId("gone"))
    assert sidebar.opened == []


def test_that_a_new_request_can_be_wanted(sidebar: Sidebar, qtbot: QtBot) -> None:
    button = sidebar.widget.findChild(QPushButton, "newRequest")
    assert button is not None
    with qtbot.waitSignal(sidebar.widget.new_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_every_state_is_painted(sidebar: Sidebar) -> None:
    sidebar.fill()
    image = sidebar.widget.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(60) for y in range(60, 640)}
    assert len(colors) > 20
