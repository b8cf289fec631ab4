"""One agent as the user watches it: its head, its transcript, and a way to search it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.ids import AgentId
from maos_desktop.ui import theme
from maos_desktop.ui.agent_header import AgentHeader
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.item_models.agent_list_model import session_now
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.link_card import LinkDialog
from maos_desktop.ui.message_words import ColorOf
from maos_desktop.ui.transcript.find_bar import FindBar
from maos_desktop.ui.transcript.view import TranscriptView


class AgentPane(QFrame):
    """Shows one ``TranscriptModel``.

    Attributes:
        agent_id: whose pane it is.

    Signals:
        interrupt_requested, resume_requested, message_requested: with the agent's id.
        focus_toggled: the agent's id, and whether it is to fill the view.
        permission_decided: request id, hash of the input that was shown, whether it is allowed, a message.
    """

    interrupt_requested = Signal(str)
    resume_requested = Signal(str)
    message_requested = Signal(str)
    focus_toggled = Signal(str, bool)
    permission_decided = Signal(str, str, bool, str)

    def __init__(self, model: TranscriptModel, color_of: ColorOf) -> None:
        super().__init__()
        self.agent_id: AgentId = model.agent_id
        self._model = model
        self._color_of = color_of
        self._current = False
        self.setObjectName("agentPane")
        self.setProperty("variant", "card")
        self.setAccessibleName(self.tr("Agent {agent}").format(agent=model.agent_id))
        self.header = AgentHeader()
        self.transcript = TranscriptView(model, color_of)
        self.find_bar = FindBar(self.transcript)
        self._latest = self._latest_button()
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Shows the agent's state as it is now."""
        agent = self._model.agent
        if agent is not None:
            self.header.show_agent(agent, self._color_of(self.agent_id), session_now(self._model.fold))

    def refresh_time(self) -> None:
        """Shows how long the agent has worked until now."""
        agent = self._model.agent
        if agent is not None:
            self.header.show_time(agent, session_now(self._model.fold))

    def show_current(self, current: bool) -> None:
        """Shows whether this is the pane the user is at, among several."""
        if current is not self._current:
            self._current = current
            self.update()

    def show_entry(self, entry: int) -> None:
        """Goes to an entry of the transcript."""
        self.transcript.reveal(entry)

    def _lay_out(self) -> None:
        line = QFrame()
        line.setProperty("variant", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for part in (self.header, line, self.find_bar):
            layout.addWidget(part)
        layout.addWidget(self.transcript, 1)

    def _connect(self) -> None:
        self.header.interrupt_requested.connect(lambda: self.interrupt_requested.emit(self.agent_id))
        self.header.resume_requested.connect(lambda: self.resume_requested.emit(self.agent_id))
        self.header.message_requested.connect(lambda: self.message_requested.emit(self.agent_id))
        self.header.focus_toggled.connect(lambda focus: self.focus_toggled.emit(self.agent_id, focus))
        self.transcript.permission_decided.connect(self.permission_decided)
        self.transcript.link_clicked.connect(self._ask_about_link)
        self.transcript.left_end.connect(self._on_left_end)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.find_bar.open)

    def _latest_button(self) -> QPushButton:
        view = self.transcript
        button = push_button(view, "scrollToEnd", self.tr("Latest"), view.scroll_to_end, icon="chevron-down")
        button.hide()
        view.installEventFilter(self)
        return button

    def _on_left_end(self, left: bool) -> None:
        self._latest.setVisible(left)
        self._place_latest()

    def _place_latest(self) -> None:
        size = self._latest.sizeHint()
        view: QWidget = self.transcript
        bar = self.transcript.verticalScrollBar().width()
        self._latest.setGeometry(
            view.width() - size.width() - bar - theme.M,
            view.height() - size.height() - theme.M,
            size.width(),
            size.height(),
        )

    def _ask_about_link(self, address: str) -> None:
        LinkDialog(address, self).open()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._current:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), theme.S, theme.S)
            painter.end()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and watched is self.transcript:
            self._place_latest()
        return super().eventFilter(watched, event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.refresh()
