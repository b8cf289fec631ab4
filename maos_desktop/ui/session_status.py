"""What a session is doing, in a few words and figures: at the bottom of the window."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStatusBar, QWidget

from maos_desktop.model.fold import SessionFold
from maos_desktop.model.session import Backend, SessionState
from maos_desktop.ui import theme, words
from maos_desktop.ui.icon_label import IconLabel
from maos_desktop.ui.item_models.agent_list_model import AgentGroup, group_of
from maos_desktop.ui.states import backend_words, session_state_word
from maos_desktop.ui.theme import set_look

_SECOND_MS = 1_000
_ICON = 14


def activity_words(fold: SessionFold) -> str:
    """Returns e.g. ``4 running, 1 needs you, 2 waiting``; the session's state where no agent says more."""
    if fold.state is not SessionState.RUNNING:
        return session_state_word(fold.state)
    groups = Counter(group_of(agent.state) for agent in fold.agents.values())
    tr = QCoreApplication.translate
    needs_you = tr("Status", "1 needs you") if groups[AgentGroup.NEEDS_YOU] == 1 else tr("Status", "{n} need you")
    texts = {
        AgentGroup.WORKING: tr("Status", "{n} running"),
        AgentGroup.NEEDS_YOU: needs_you,
        AgentGroup.WAITING: tr("Status", "{n} waiting"),
        AgentGroup.DONE: tr("Status", "{n} done"),
    }
    parts = [text.format(n=groups[group]) for group, text in texts.items() if groups[group]]
    return ", ".join(parts) or session_state_word(fold.state)


def elapsed_seconds(fold: SessionFold, now: datetime) -> float:
    """Returns how long work has been under way in all, pauses left out."""
    running = (now - fold.active_since).total_seconds() if fold.active_since is not None else 0.0
    return fold.active_seconds + max(0.0, running)


class SessionStatusBar(QStatusBar):
    """Activity on the left; tokens, cost, time and back end on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(theme.S, 0, theme.S, 0)
        self._fold: SessionFold | None = None
        self._activity = self._label("statusActivity")
        self._rehearsal = self._make_rehearsal_label()
        self._tokens = self._label("statusTokens")
        self._cost = self._label("statusCost")
        self._elapsed = self._label("statusElapsed")
        self._elapsed.setToolTip(self.tr("Time that work has been under way"))
        self._backend = self._label("statusBackend")
        self.addWidget(self._activity)
        for widget in (self._rehearsal, self._tokens, self._cost, self._elapsed, self._backend):
            self.addPermanentWidget(widget)
        self._seconds = QTimer(self)
        self._seconds.setInterval(_SECOND_MS)
        self._seconds.timeout.connect(self._show_elapsed)
        self.show_session(None)

    def show_session(self, fold: SessionFold | None) -> None:
        """Shows this session, or that none is open."""
        self._fold = fold
        if fold is None or fold.settings is None:
            self._show_nothing()
            return
        backend = fold.settings.backend
        self._activity.setText(activity_words(fold))
        self._rehearsal.setVisible(backend is Backend.REHEARSAL)
        self._show_text(self._tokens, words.tokens(fold.tokens))
        self._show_text(self._cost, words.cost(fold.cost_usd, backend))
        self._show_text(self._backend, "" if backend is Backend.REHEARSAL else backend_words(backend))
        self._show_elapsed()
        if fold.active_since is not None:
            self._seconds.start()
        else:
            self._seconds.stop()

    def _show_nothing(self) -> None:
        self._seconds.stop()
        self._activity.setText(self.tr("Ready"))
        for widget in (self._rehearsal, self._tokens, self._cost, self._elapsed, self._backend):
            widget.hide()

    def _show_elapsed(self) -> None:
        if self._fold is not None:
            seconds = elapsed_seconds(self._fold, datetime.now(UTC))
            self._show_text(self._elapsed, words.duration(seconds) if seconds >= 1 else "")

    def _show_text(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setContentsMargins(theme.S, theme.XS, theme.S, theme.XS)
        set_look(label, tone="muted")
        return label

    def _make_rehearsal_label(self) -> QWidget:
        whole = QWidget(self)
        whole.setObjectName("rehearsalLabel")
        row = QHBoxLayout(whole)
        row.setContentsMargins(theme.S, 0, theme.S, 0)
        row.setSpacing(theme.XS)
        text = QLabel(backend_words(Backend.REHEARSAL), whole)
        set_look(text, tone="warning")
        row.addWidget(IconLabel("flask-conical", _ICON, "warning", whole))
        row.addWidget(text)
        whole.setAccessibleName(text.text())
        return whole
