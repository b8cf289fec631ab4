"""Every action is in a menu, has words, and works only where it can."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QWidget,
)

from maos_desktop.config import ConfigFile
from maos_desktop.model.session import SessionSettings
from maos_desktop.ui import theme
from maos_desktop.ui.actions import SESSION_ACTIONS
from maos_desktop.ui.session_list import SessionList
from maos_desktop.ui.timeline_view import TimelineView
from tests.ui.window.conftest import Desk, OpenDesk

INTERACTIVE = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView, QAbstractSpinBox)
WITHIN = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)
"""Controls whose inner parts speak through them."""


def actions(desk: Desk) -> dict[str, QAction]:
    found = desk.window.findChildren(QAction)
    return {action.objectName(): action for action in found if action.objectName() and action.text()}


def is_part_of_another(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, WITHIN):
            return True
        parent = parent.parentWidget()
    return False


def unnamed(top: QWidget) -> list[str]:
    """Returns the controls that tests or screen readers could not name."""
    found: list[QWidget] = [child for kind in INTERACTIVE for child in top.findChildren(kind)]
    return [
        f"{type(widget).__name__} {widget.objectName()!r}"
        for widget in found
        if not widget.objectName().startswith("qt_")
        and not is_part_of_another(widget)
        and widget.isVisibleTo(top)
        and not (widget.objectName() and widget.accessibleName())
    ]


async def test_that_no_shortcut_is_given_twice(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        keys = Counter(a.shortcut().toString() for a in actions(desk).values() if not a.shortcut().isEmpty())
        assert [key for key, count in keys.items() if count > 1] == []


async def test_that_actions_are_off_where_they_cannot_work(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        assert {name for name, action in actions(desk).items() if not action.isEnabled()} == set(SESSION_ACTIONS)
        await desk.run(settings)
        on = {name for name in SESSION_ACTIONS if actions(desk)[name].isEnabled()}
        assert on == {
            "nextThatNeedsYou",
            "showAgents",
            "showReport",
            "showTimeline",
            *(f"agent{n}" for n in range(1, 6)),
        }


async def test_that_views_can_be_chosen_from_the_menu(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.run(settings)
        desk.do("showAgents")
        assert view.agents.isVisible()
        timeline = desk.find(TimelineView, "timelineView")
        assert timeline.isVisible()
        desk.do("showTimeline")
        assert not timeline.isVisible()
        desk.do("showReport")
        assert not view.agents.isVisible()
        desk.do("showTimeline")
        assert timeline.isVisible()
        desk.do("agent2")
        assert view.agents.isVisible()


async def test_that_the_side_bar_can_be_hidden(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        sidebar = desk.find(SessionList, "sessionList")
        desk.do("showSessions")
        assert not sidebar.isVisible()
        desk.do("showSessions")
        assert sidebar.isVisible()


async def test_that_theme_and_text_size_are_kept(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        desk.do("themeDark")
        assert theme.is_dark()
        desk.do("largerText")
        desk.do("largerText")
        desk.do("smallerText")
        assert ConfigFile().config.text_zoom == 1.1
        assert ConfigFile().config.theme == "dark"
        for _ in range(20):
            desk.do("largerText")
        assert ConfigFile().config.text_zoom == 2.0
        desk.do("usualText")
        desk.do("themeSystem")
        assert ConfigFile().config.text_zoom == 1.0


async def test_that_help_lists_the_shortcuts_and_says_whose_it_is(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        desk.do("showShortcuts")
        table = desk.find(QTableWidget, "shortcuts")
        model = table.model()
        rows = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
        assert rows["New request"] == "Ctrl+N"
        assert rows["Review the plan"] == "Ctrl+P"
        desk.do("about")
        about = desk.find(QDialog, "aboutDialog")
        assert about.isVisible()
        words = " ".join(label.text() for label in about.findChildren(QLabel))
        assert "not affiliated with Anthropic" in words
        about.close()
        desk.find(QDialog, "shortcutsDialog").close()


async def test_that_a_dropped_folder_begins_a_request(open_desk: OpenDesk, tmp_path: Path) -> None:
    async with open_desk() as desk:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
        nowhere = Qt.KeyboardModifier.NoModifier
        drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nowhere)
        desk.window.dropEvent(drop)
        assert desk.find(QLineEdit, "projectFolder").text() == str(tmp_path)


async def test_that_every_control_has_a_name(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        assert unnamed(desk.window) == []
        await desk.submit(settings)
        assert unnamed(await desk.plan_dialog()) == []
        await desk.approve()
        await desk.ended(desk.view)
        assert unnamed(desk.window) == []
        desk.do("showAgents")
        assert unnamed(desk.window) == []
