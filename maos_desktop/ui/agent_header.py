"""The head of an agent's pane: who it is, what it does, what it has cost, and what can be done about it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.event import AgentState
from maos_desktop.model.fold import AgentFold
from maos_desktop.ui import icons, theme, words
from maos_desktop.ui.elided_label import ElidedLabel
from maos_desktop.ui.item_models.agent_list_model import elapsed_seconds
from maos_desktop.ui.states import agent_state_word, state_icon_name

_INTERRUPTIBLE = frozenset({AgentState.WORKING, AgentState.AWAITING_REPLY, AgentState.NEEDS_PERMISSION})
_ICON = 16


class StateLabel(QWidget):
    """A state by icon and word, in the state's colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("agentState")
        self._state: AgentState | None = None
        self._word = ""

    def show_state(self, state: AgentState) -> None:
        """Shows this state from now on."""
        if state is not self._state:
            self._state, self._word = state, agent_state_word(state)
            self.setAccessibleName(self._word)
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(_ICON + theme.XS + metrics.horizontalAdvance(self._word) + 2, max(metrics.height(), _ICON))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(_ICON, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._state is None:
            return
        painter = QPainter(self)
        sign = icons.pixmap(state_icon_name(self._state), _ICON, f"state:{self._state}", self.devicePixelRatioF())
        painter.drawPixmap(0, (self.height() - _ICON) // 2, sign)
        painter.setPen(theme.state_color(self._state))
        place = self.rect().adjusted(_ICON + theme.XS, 0, 0, 0)
        word = painter.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, word)
        painter.end()


class ColorDot(QWidget):
    """A dot in the agent's colour."""

    def __init__(self) -> None:
        super().__init__()
        self._color = QColor()
        self.setFixedSize(10, 10)

    def show_color(self, color: QColor) -> None:
        """Shows this colour from now on."""
        self._color = color
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color if self._color.isValid() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self.rect())
        painter.end()


class AgentHeader(QFrame):
    """Shows an agent's fold.

    Signals:
        interrupt_requested, resume_requested: the running turn is to end, or the agent is to go on.
        message_requested: the user wants to write to the agent.
        focus_toggled: the pane is to fill the view (the flag), or to be one of several again.
    """

    interrupt_requested = Signal()
    resume_requested = Signal()
    message_requested = Signal()
    focus_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("agentHeader")
        self._dot = ColorDot()
        self._name = self._label("agentName", "strong")
        self._title = ElidedLabel("agentTitle", "muted")
        self._state = StateLabel()
        self._figures = self._label("agentFigures", "small")
        self._interrupt = self._button("circle-pause", self.tr("Interrupt"), "agentInterrupt")
        self._interrupt.clicked.connect(self.interrupt_requested)
        self._resume = self._button("play", self.tr("Continue"), "agentContinue")
        self._resume.clicked.connect(self.resume_requested)
        self._message = self._button("send", self.tr("Message this agent"), "agentMessage")
        self._message.clicked.connect(self.message_requested)
        self._focus = self._button("maximize-2", self.tr("Show only this agent"), "agentFocus")
        self._focus.setCheckable(True)
        self._focus.clicked.connect(self.focus_toggled)
        self._lay_out()

    def show_agent(self, agent: AgentFold, color: QColor, now: datetime) -> None:
        """Shows the agent as it is now."""
        self._dot.show_color(color)
        self._name.setText(agent.id)
        self._title.show_text(agent.title or agent.role)
        self._state.show_state(agent.state)
        self._state.setToolTip(agent.state_reason)
        self._interrupt.setVisible(agent.state in _INTERRUPTIBLE)
        self._resume.setVisible(agent.state is AgentState.PAUSED)
        self.show_time(agent, now)

    def show_time(self, agent: AgentFold, now: datetime) -> None:
        """Shows how long it has worked, and what it has cost, until ``now``."""
        parts = [words.duration(elapsed_seconds(agent, now))] if agent.started_at else []
        if agent.turns:
            turns = self.tr("1 turn") if agent.turns == 1 else self.tr("{n} turns").format(n=agent.turns)
            parts.append(turns)
        if agent.cost_usd is not None:
            parts.append(words.cost(agent.cost_usd))
        text = " · ".join(parts)
        if text != self._figures.text():
            self._figures.setText(text)

    def show_focus(self, *, possible: bool, focused: bool) -> None:
        """Shows whether the pane can fill the view, and whether it does."""
        self._focus.setVisible(possible or focused)
        self._focus.setChecked(focused)
        self._focus.setIcon(icons.icon("minimize-2" if focused else "maximize-2", "muted"))
        text = self.tr("Show all agents") if focused else self.tr("Show only this agent")
        self._focus.setToolTip(text)
        self._focus.setAccessibleName(text)

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(theme.S)
        upper.addWidget(self._dot)
        upper.addWidget(self._name)
        upper.addWidget(self._state)
        upper.addStretch(1)
        for button in (self._interrupt, self._resume, self._message, self._focus):
            upper.addWidget(button)
        lower = QHBoxLayout()
        lower.setSpacing(theme.S)
        lower.addWidget(self._title, 1)
        lower.addWidget(self._figures)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.S, theme.S, theme.S)
        layout.setSpacing(2)
        layout.addLayout(upper)
        layout.addLayout(lower)

    def _label(self, name: str, tone: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("tone", tone)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _button(self, sign: str, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icons.icon(sign, "muted"))
        button.setIconSize(QSize(_ICON, _ICON))
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button
