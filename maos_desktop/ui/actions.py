"""Everything the window can do, as named actions with shortcuts, in a real menu bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from maos_desktop.ui import icons


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: its object name, its words, its keys, its icon."""

    name: str
    text: str
    keys: str | QKeySequence.StandardKey | None = None
    icon: str = ""
    checkable: bool = False


Entry = ActionSpec | None
"""``None`` is a line between actions."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Actions", text)


def file_menu() -> list[Entry]:
    """Returns the File menu."""
    return [
        ActionSpec("newRequest", _tr("&New request"), QKeySequence.StandardKey.New, "plus"),
        ActionSpec("trySample", _tr("Try it on the &sample project"), None, "flask-conical"),
        None,
        ActionSpec("quit", _tr("&Quit"), "Ctrl+Q"),
    ]


def session_menu() -> list[Entry]:
    """Returns the Session menu."""
    return [
        ActionSpec("reviewPlan", _tr("Review the &plan…"), "Ctrl+P", "list-tree"),
        ActionSpec("stopSession", _tr("&Stop"), "Ctrl+.", "circle-stop"),
        ActionSpec("continueSession", _tr("&Continue"), "Ctrl+R", "play"),
        None,
        ActionSpec("messageAll", _tr("Message &all…"), "Ctrl+M", "messages-square"),
        ActionSpec("interruptAgent", _tr("&Interrupt agent"), "Ctrl+I", "pause"),
        ActionSpec("nextThatNeedsYou", _tr("&Next that needs you"), "Ctrl+J", "bell"),
    ]


def view_menu() -> list[Entry]:
    """Returns the View menu; the menus for agents and theme are added to it."""
    return [
        ActionSpec("showAgents", _tr("&Agents"), "Ctrl+Shift+A", "users"),
        ActionSpec("showReport", _tr("&Report"), "Ctrl+Shift+R", "file-text"),
        ActionSpec("showTimeline", _tr("&Timeline"), "Ctrl+T", "panel-bottom", checkable=True),
        ActionSpec("showSessions", _tr("&Sessions"), "Ctrl+B", "panel-left", checkable=True),
        None,
        ActionSpec("largerText", _tr("&Larger text"), QKeySequence.StandardKey.ZoomIn),
        ActionSpec("smallerText", _tr("S&maller text"), QKeySequence.StandardKey.ZoomOut),
        ActionSpec("usualText", _tr("&Usual text size"), "Ctrl+0"),
    ]


def theme_menu() -> list[Entry]:
    """Returns the choice of palettes."""
    return [
        ActionSpec("themeSystem", _tr("As the &system"), checkable=True),
        ActionSpec("themeLight", _tr("&Light"), None, "sun", checkable=True),
        ActionSpec("themeDark", _tr("&Dark"), None, "moon", checkable=True),
    ]


def help_menu() -> list[Entry]:
    """Returns the Help menu."""
    return [
        ActionSpec("showShortcuts", _tr("&Keyboard shortcuts"), "F1", "keyboard"),
        ActionSpec("openLogs", _tr("Open &log folder"), None, "folder-open"),
        None,
        ActionSpec("about", _tr("&About MAOS Desktop")),
    ]


def agent_menu() -> list[Entry]:
    """Returns one action for each of the first nine agents."""
    return [
        ActionSpec(f"agent{number}", _tr("Agent &{n}").format(n=number), f"Ctrl+{number}") for number in range(1, 10)
    ]


SESSION_ACTIONS = (
    "reviewPlan",
    "stopSession",
    "continueSession",
    "messageAll",
    "interruptAgent",
    "nextThatNeedsYou",
    "showAgents",
    "showReport",
    "showTimeline",
    *(f"agent{number}" for number in range(1, 10)),
)
"""The actions that need a session; which of them are possible says ``SessionView.possible_actions``."""


class Actions:
    """The actions of a window by their names.

    Attributes:
        by_name: all of them.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.by_name: dict[str, QAction] = {}
        bar = window.menuBar()
        self._fill(bar.addMenu(_tr("&File")), "menuFile", file_menu())
        self._fill(bar.addMenu(_tr("&Session")), "menuSession", session_menu())
        view = bar.addMenu(_tr("&View"))
        self._fill(view, "menuView", view_menu())
        view.addSeparator()
        self._fill(view.addMenu(_tr("&Go to agent")), "menuAgents", agent_menu())
        themes = self._fill(view.addMenu(_tr("&Theme")), "menuTheme", theme_menu())
        self._fill(bar.addMenu(_tr("&Help")), "menuHelp", help_menu())
        only_one = QActionGroup(window)
        for action in themes:
            only_one.addAction(action)

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def connect(self, slots: dict[str, Callable[[], object]]) -> None:
        """Connects actions by name; checkable ones are connected to being chosen by the user."""
        for name, slot in slots.items():
            self.by_name[name].triggered.connect(lambda _=False, slot=slot: slot())

    def _fill(self, menu: QMenu, name: str, entries: list[Entry]) -> list[QAction]:
        menu.setObjectName(name)
        added: list[QAction] = []
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            else:
                added.append(self._add(menu, entry))
        return added

    def _add(self, menu: QMenu, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self._window)
        action.setObjectName(spec.name)
        action.setCheckable(spec.checkable)
        if spec.keys is not None:
            action.setShortcut(QKeySequence(spec.keys))
        if spec.icon:
            action.setIcon(icons.icon(spec.icon))
        menu.addAction(action)
        self.by_name[spec.name] = action
        return action
