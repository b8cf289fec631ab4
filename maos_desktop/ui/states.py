"""Words and icons for states: every state is shown by both, never by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from maos_desktop.model.event import AgentState
from maos_desktop.model.message import DeliveryState
from maos_desktop.model.session import Backend, SessionState

_ICONS = {
    "warming": "loader-circle",
    "waiting": "clock",
    "working": "play",
    "needs_permission": "shield-alert",
    "awaiting_reply": "message-square",
    "paused": "circle-pause",
    "done": "circle-check",
    "failed": "circle-x",
    "cancelled": "circle-slash",
    "planning": "list-tree",
    "awaiting_approval": "bell",
    "running": "play",
    "synthesising": "file-text",
    "rejected": "circle-slash",
    "interrupted": "circle-pause",
    "pending": "circle-dashed",
    "skipped": "circle-slash",
    "queued": "circle-dashed",
    "delivered": "check",
    "read": "check-check",
    "acknowledged": "circle-check",
}


def state_icon_name(state: str) -> str:
    """Returns the icon of an agent's, a task's, a session's or a message's state."""
    return _ICONS.get(state, "circle")


def agent_state_word(state: AgentState) -> str:
    """Returns what an agent is doing, in the user's words."""
    tr = QCoreApplication.translate
    return {
        AgentState.WARMING: tr("States", "Starting"),
        AgentState.WAITING: tr("States", "Waiting"),
        AgentState.WORKING: tr("States", "Working"),
        AgentState.NEEDS_PERMISSION: tr("States", "Needs you"),
        AgentState.AWAITING_REPLY: tr("States", "Awaits a reply"),
        AgentState.PAUSED: tr("States", "Paused"),
        AgentState.DONE: tr("States", "Done"),
        AgentState.FAILED: tr("States", "Failed"),
        AgentState.CANCELLED: tr("States", "Stopped"),
    }[state]


def session_state_word(state: SessionState) -> str:
    """Returns where a session is, in the user's words."""
    tr = QCoreApplication.translate
    return {
        SessionState.PLANNING: tr("States", "Planning"),
        SessionState.AWAITING_APPROVAL: tr("States", "Plan needs you"),
        SessionState.RUNNING: tr("States", "Running"),
        SessionState.SYNTHESISING: tr("States", "Writing the report"),
        SessionState.DONE: tr("States", "Done"),
        SessionState.FAILED: tr("States", "Failed"),
        SessionState.REJECTED: tr("States", "Rejected"),
        SessionState.INTERRUPTED: tr("States", "Interrupted"),
    }[state]


def task_state_word(state: str) -> str:
    """Returns what has become of a subtask, in the user's words."""
    tr = QCoreApplication.translate
    return {
        "pending": tr("States", "To do"),
        "running": tr("States", "Running"),
        "done": tr("States", "Done"),
        "failed": tr("States", "Failed"),
        "skipped": tr("States", "Not run"),
    }[state]


def delivery_state_word(state: DeliveryState) -> str:
    """Returns how far a message has come, in the user's words."""
    tr = QCoreApplication.translate
    return {
        DeliveryState.QUEUED: tr("States", "Queued"),
        DeliveryState.DELIVERED: tr("States", "Delivered"),
        DeliveryState.READ: tr("States", "Read"),
        DeliveryState.ACKNOWLEDGED: tr("States", "Acknowledged"),
    }[state]


def backend_words(backend: Backend) -> str:
    """Returns which back end a session runs on; of the rehearsal, that no language model is involved."""
    tr = QCoreApplication.translate
    return {
        Backend.CLAUDE: tr("States", "Claude"),
        Backend.REHEARSAL: tr("States", "Rehearsal: no language model is involved"),
    }[backend]
