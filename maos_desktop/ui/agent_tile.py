"""An agent in a few lines, for when there are too many to watch each one's transcript."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout
from typing_extensions import override

from maos_desktop.model.fold import AgentFold
from maos_desktop.ui import theme, words
from maos_desktop.ui.agent_header import ColorDot, StateLabel
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.elided_label import ElidedLabel
from maos_desktop.ui.item_models.agent_list_model import AgentGroup, elapsed_seconds, group_of
from maos_desktop.ui.states import agent_state_word


class AgentTile(QFrame):
    """A button that shows an agent's state, what it does now, and its figures.

    Signals:
        chosen: the user wants to see this agent's transcript (its id).
    """

    chosen = Signal(str)

    def __init__(self, agent: AgentFold) -> None:
        super().__init__()
        self.setObjectName("agentTile")
        self.setProperty("variant", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.agent_id = agent.id
        self._selected = False
        self._dot = ColorDot()
        self._name = ElidedLabel("agentTileName", "strong")
        self._name.show_text(agent.id)
        self._state = StateLabel()
        self._activity = ElidedLabel("agentTileActivity", "muted")
        self._figures = ElidedLabel("agentTileFigures", "small")
        self._review = push_button(self, "agentTileReview", self.tr("Review"), self._choose, variant="link")
        self._review.setAccessibleName(self.tr("Review {agent}").format(agent=agent.id))
        keep_room = self._review.sizePolicy()
        keep_room.setRetainSizeWhenHidden(True)
        self._review.setSizePolicy(keep_room)
        self._lay_out()

    def show_agent(self, agent: AgentFold, activity: str, color: QColor, now: datetime) -> None:
        """Shows the agent as it is now."""
        self._dot.show_color(color)
        self._state.show_state(agent.state)
        self._activity.show_text(activity)
        self._review.setVisible(group_of(agent.state) is AgentGroup.NEEDS_YOU)
        self.setToolTip(agent.title)
        self.setAccessibleName(f"{agent.id}, {agent_state_word(agent.state)}, {activity}")
        self.show_time(agent, now)

    def show_time(self, agent: AgentFold, now: datetime) -> None:
        """Shows how long it has worked, and what it has cost, until ``now``."""
        time = words.duration(elapsed_seconds(agent, now)) if agent.started_at else ""
        self._figures.show_text(" · ".join(part for part in (time, words.cost(agent.cost_usd)) if part))

    def show_selected(self, selected: bool) -> None:
        """Shows whether this is the agent in the focus pane."""
        self._selected = selected
        self.update()

    def _choose(self) -> None:
        self.chosen.emit(self.agent_id)

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(theme.S)
        upper.addWidget(self._dot)
        upper.addWidget(self._name, 1)
        upper.addWidget(self._state)
        lower = QHBoxLayout()
        lower.setSpacing(theme.S)
        lower.addWidget(self._figures, 1)
        lower.addWidget(self._review)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.S, theme.M, theme.XS)
        layout.setSpacing(0)
        layout.addLayout(upper)
        layout.addWidget(self._activity)
        layout.addLayout(lower)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._choose()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._selected or self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 7, 7)
            painter.end()
