"""A message inside a transcript: who wrote it to whom, what it says, and how far it has come."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from maos_desktop.model.ids import USER
from maos_desktop.model.message import Importance
from maos_desktop.model.transcript import MessageEntry, TrackedMessage
from maos_desktop.ui import icons, theme
from maos_desktop.ui.message_words import ColorOf, receivers_words, sender_words, type_icon_name, type_word
from maos_desktop.ui.states import delivery_state_word, state_icon_name
from maos_desktop.ui.transcript.line_button import line_height
from maos_desktop.ui.transcript.rows import PagedText, TranscriptRow

FIRST_PAGE = 2_000
_ICON = 14
_BAR = 3


class MessageRow(TranscriptRow):
    """One message, with a bar in its sender's colour."""

    spacing = 2

    def __init__(self, entry: MessageEntry, tracked: TrackedMessage | None, color_of: ColorOf) -> None:
        super().__init__()
        self.setObjectName("messageRow")
        self._entry = entry
        self._tracked = tracked
        self._color_of = color_of
        self._head = _MessageHead()
        self.add(self._head)
        text = tracked.message.text if tracked else self.tr("A message from earlier ({id})").format(id=entry.message_id)
        self._body = PagedText(text, markdown=True, first=FIRST_PAGE)
        self.add(self._body)
        self.refresh()

    def refresh(self) -> None:
        """Shows the message's state as it is now."""
        if self._tracked is not None:
            self._head.show_message(self._tracked, self._color_of(self._tracked.message.sender))
            self.setAccessibleName(self._head.accessibleName())

    @override
    def fit(self, width: int) -> int:
        inner = width - theme.M - _BAR - theme.S
        height = super().fit(inner) + 2 * theme.S
        for part in (self._head, self._body):
            part.move(part.x() + _BAR + theme.M, part.y() + theme.S)
        return height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("window"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        if self._tracked is not None:
            painter.setBrush(self._color_of(self._tracked.message.sender))
        painter.drawRoundedRect(QRect(0, 0, _BAR, self.height()), 1, 1)
        painter.end()


class _MessageHead(QWidget):
    """Who to whom and of what kind on the left, the state on the right."""

    def __init__(self) -> None:
        super().__init__()
        self._tracked: TrackedMessage | None = None
        self._color = QColor()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, line_height() + theme.XS)

    def show_message(self, tracked: TrackedMessage, color: QColor) -> None:
        self._tracked, self._color = tracked, color
        message = tracked.message
        states = "\n".join(f"{who}: {delivery_state_word(state)}" for who, state in tracked.states.items())
        self.setToolTip(states)
        self.setAccessibleName(
            self.tr("{type} from {sender} to {receivers}, {state}").format(
                type=type_word(message.type),
                sender=sender_words(message.sender),
                receivers=receivers_words(message.receivers),
                state=delivery_state_word(tracked.least_state),
            )
        )
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._tracked is None:
            return
        message = self._tracked.message
        painter = QPainter(self)
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        right = self._paint_state(painter, self._tracked)
        tone = "accent" if message.sender == USER else "muted"
        painter.drawPixmap(0, self._icon_top(), icons.pixmap(type_icon_name(message.type), _ICON, tone, self._ratio()))
        left = _ICON + theme.XS + 2
        left = self._paint_words(painter, left, right, sender_words(message.sender), strong, self._color)
        receivers = self.tr("to {receivers}").format(receivers=receivers_words(message.receivers))
        left = self._paint_words(painter, left, right, receivers, self.font(), theme.color("muted"))
        kind = type_word(message.type).lower()
        if message.importance in (Importance.HIGH, Importance.CRITICAL):
            kind = f"{kind} · {message.importance.value}"
        color = theme.state_color(message.importance.value)
        self._paint_words(painter, left, right, f"· {kind}", self.font(), color)
        painter.end()

    def _paint_state(self, painter: QPainter, tracked: TrackedMessage) -> int:
        """Paints icon and word of the state at the right end; returns where they begin."""
        state = tracked.least_state
        word = delivery_state_word(state)
        width = self.fontMetrics().horizontalAdvance(word)
        right = self.width() - width
        color = theme.state_color(state.value)
        self._paint_words(painter, right, self.width() + 1, word, self.font(), color)
        left = right - _ICON - theme.XS
        picture = icons.pixmap(state_icon_name(state.value), _ICON, f"state:{state.value}", self._ratio())
        painter.drawPixmap(left, self._icon_top(), picture)
        return left - theme.S

    def _paint_words(self, painter: QPainter, left: int, right: int, words: str, font: QFont, color: QColor) -> int:
        painter.setFont(font)
        painter.setPen(color)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(right - left, 0))
        width = metrics.horizontalAdvance(shown)
        painter.drawText(QRect(left, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        return left + width + theme.XS + 2

    def _icon_top(self) -> int:
        return (self.height() - _ICON) // 2

    def _ratio(self) -> float:
        return self.devicePixelRatioF()
