"""Words and icons for messages: what kind they are, who wrote them, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.message import Importance

ColorOf = Callable[[AgentId], QColor]
"""Returns the colour of an agent."""

_ICONS = {
    "info": "info",
    "request": "message-square",
    "response": "reply",
    "broadcast": "megaphone",
    "coordination": "network",
    "error": "circle-alert",
    "discovery": "lightbulb",
    "dependency": "link",
    "plan": "list-tree",
    "task": "circle-dot",
    "agent": "bot",
    "permission": "shield-alert",
    "notice": "bell",
    "session": "history",
    "fact": "bookmark",
    "decision": "gavel",
    "report": "file-text",
}


def type_icon_name(kind: str) -> str:
    """Returns the icon of a message type or of another kind of timeline row."""
    return _ICONS.get(kind, "circle")


def type_word(kind: str) -> str:
    """Returns what a message type or another kind of timeline row is called."""
    tr = QCoreApplication.translate
    words = {
        "info": tr("MessageWords", "Info"),
        "request": tr("MessageWords", "Request"),
        "response": tr("MessageWords", "Reply"),
        "broadcast": tr("MessageWords", "To all"),
        "coordination": tr("MessageWords", "Coordination"),
        "error": tr("MessageWords", "Error"),
        "discovery": tr("MessageWords", "Discovery"),
        "dependency": tr("MessageWords", "Dependency"),
        "plan": tr("MessageWords", "Plan"),
        "task": tr("MessageWords", "Task"),
        "agent": tr("MessageWords", "Agent"),
        "permission": tr("MessageWords", "Permission"),
        "notice": tr("MessageWords", "Notice"),
        "session": tr("MessageWords", "Session"),
        "fact": tr("MessageWords", "Fact"),
        "decision": tr("MessageWords", "Decision"),
        "report": tr("MessageWords", "Report"),
    }
    return words.get(kind, kind)


def importance_word(importance: Importance) -> str:
    """Returns how much a message matters, in the user's words."""
    tr = QCoreApplication.translate
    return {
        Importance.LOW: tr("MessageWords", "Low"),
        Importance.NORMAL: tr("MessageWords", "Normal"),
        Importance.HIGH: tr("MessageWords", "High"),
        Importance.CRITICAL: tr("MessageWords", "Critical"),
    }[importance]


def sender_words(sender: str) -> str:
    """Returns who wrote it, as people are named in the window."""
    return QCoreApplication.translate("MessageWords", "You") if sender == USER else sender


def receivers_words(receivers: Sequence[str]) -> str:
    """Returns to whom: up to two names, else the first and how many others."""
    names = [QCoreApplication.translate("MessageWords", "you") if who == USER else who for who in receivers]
    if len(names) <= 2:
        return ", ".join(names)
    others = QCoreApplication.translate("MessageWords", "{name} and {n} others")
    return others.format(name=names[0], n=len(names) - 1)
