"""Writes a message to one agent or to all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPlainTextEdit
from typing_extensions import override

from maos_desktop.model.ids import AgentId
from maos_desktop.model.message import Importance
from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.message_words import importance_word

LONGEST = 100_000
"""Characters of one message."""
_LINES = 5


class MessageComposer(QFrame):
    """A line that grows with its text. Enter sends, Shift and Enter begins a new line.

    Signals:
        submitted: to whom (``None`` for all), the text, and an ``Importance``.
    """

    submitted = Signal(object, str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messageComposer")
        self._receiver = QComboBox()
        self._receiver.setObjectName("messageReceiver")
        self._receiver.setAccessibleName(self.tr("Who gets the message"))
        self._receiver.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._receiver.addItem(self.tr("All agents"), None)
        self._text = self._text_field()
        self._importance = QComboBox()
        self._importance.setObjectName("messageImportance")
        self._importance.setAccessibleName(self.tr("How important the message is"))
        self._importance.setToolTip(self.tr("A critical message interrupts what the agent is doing"))
        for importance in Importance:
            self._importance.addItem(importance_word(importance), importance)
        self._importance.setCurrentIndex(Importance.NORMAL.rank)
        self._send = push_button(self, "messageSend", self.tr("Send"), self.submit, icon="send")
        self._lay_out()
        self._on_text()
        self._grow()
        self._text.document().documentLayout().documentSizeChanged.connect(self._grow)

    def set_agents(self, agent_ids: Sequence[AgentId]) -> None:
        """Offers these agents as receivers; the one chosen stays chosen while it is among them."""
        known = [self._receiver.itemData(row) for row in range(1, self._receiver.count())]
        if known == list(agent_ids):
            return
        chosen = self._receiver.currentData()
        while self._receiver.count() > 1:
            self._receiver.removeItem(1)
        for agent_id in agent_ids:
            self._receiver.addItem(agent_id, agent_id)
        self._receiver.setCurrentIndex(max(self._receiver.findData(chosen), 0))

    def write_to(self, agent_id: AgentId | None) -> None:
        """Chooses the receiver and waits for the text."""
        self._receiver.setCurrentIndex(max(self._receiver.findData(agent_id), 0))
        self._text.setFocus()

    def submit(self) -> None:
        """Sends what is written, if anything is, and empties the field."""
        text = self._text.toPlainText().strip()
        if text and len(text) <= LONGEST and self.isEnabled():
            receiver = self._receiver.currentData()
            importance = Importance(self._importance.currentData())
            self._text.clear()
            self._importance.setCurrentIndex(Importance.NORMAL.rank)
            self.submitted.emit(receiver, text, importance)

    def _text_field(self) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setObjectName("messageText")
        field.setAccessibleName(self.tr("Message"))
        field.setPlaceholderText(self.tr("Write to the agents while they work"))
        field.setTabChangesFocus(True)
        field.installEventFilter(self)
        field.document().setDocumentMargin(2)
        field.textChanged.connect(self._on_text)
        return field

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.S)
        for part in (self._receiver, self._text, self._importance, self._send):
            layout.addWidget(part, 1 if part is self._text else 0, Qt.AlignmentFlag.AlignBottom)

    def _on_text(self) -> None:
        text = self._text.toPlainText().strip()
        self._send.setEnabled(0 < len(text) <= LONGEST)

    def _grow(self) -> None:
        """Gives the field as many lines as its text has, up to ``_LINES``."""
        field, policy = self._text, Qt.ScrollBarPolicy
        # A plain text's layout counts its height in lines.
        lines = max(round(field.document().size().height()), 1)
        field.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if lines > _LINES else policy.ScrollBarAlwaysOff)
        room = (min(lines, _LINES) - 1) * field.fontMetrics().lineSpacing()
        field.setFixedHeight(self._receiver.sizeHint().height() + room)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._text and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.submit()
                return True
        return super().eventFilter(watched, event)
