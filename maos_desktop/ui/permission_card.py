"""Asks the user whether an agent may do one thing, and shows that thing exactly as it will be done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout
from typing_extensions import override

from maos_desktop.model.transcript import PermissionEntry
from maos_desktop.ui import icons, theme
from maos_desktop.ui.scrolled_row import ScrolledRow
from maos_desktop.ui.transcript.display_text import PAGE, revealed
from maos_desktop.ui.transcript.rows import PagedText, TranscriptRow

ARMING_MS = 500
"""A click within this time after the card has appeared was meant for what stood there before."""
TALLEST = 200
"""Pixels of the exact input that are shown at once; the rest is reached by scrolling."""
_FIRST_KEYS = ("command", "file_path", "notebook_path", "path", "url", "pattern")
_SHORT = 60
"""Characters up to which a value stands beside its name."""
_ICON = 18


def ordered_input(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields each argument's name and exact value: what is run or touched first, then the rest in order."""
    first = [key for key in _FIRST_KEYS if key in arguments]
    for key in [*first, *(key for key in arguments if key not in first)]:
        value = arguments[key]
        exact = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        yield key, revealed(exact)


class PermissionCard(QFrame):
    """One question. It is answered once; then it waits for the log to say so.

    Signals:
        decided: request id, hash of the input that was shown, whether it is allowed, a message for the agent.
    """

    decided = Signal(str, str, bool, str)

    def __init__(self, entry: PermissionEntry) -> None:
        super().__init__()
        self._entry = entry
        self.setObjectName("permissionCard")
        self.setProperty("variant", "warning")
        self.setAccessibleName(self.tr("{agent} asks for permission").format(agent=entry.agent_id))
        self._exact = ExactInput(entry.input)
        self._exact.resized.connect(self._renew_buttons)
        self._scrolled = [ScrolledRow(self._exact, TALLEST, "permissionInput", self.tr("Exactly what would be done"))]
        self._message = self._message_field()
        self._allow = self._button(self.tr("Allow once"), "permissionAllow")
        self._deny = self._button(self.tr("Deny"), "permissionDeny")
        self._allow.clicked.connect(lambda: self._decide(True))
        self._deny.clicked.connect(lambda: self._decide(False))
        self._hint = self._label(self.tr("Show the rest first to allow it."), "small", "permissionHint")
        self._armed = self._answered = False
        self._arming = QTimer(self)
        self._arming.setSingleShot(True)
        self._arming.setInterval(ARMING_MS)
        self._arming.timeout.connect(self._arm)
        self._lay_out()
        self._renew_buttons()

    @property
    def request_id(self) -> str:
        """The question this card asks."""
        return self._entry.request_id

    def fit(self, width: int) -> int:
        """Lays the card out in ``width`` pixels and returns the height it takes."""
        margins = self._column.contentsMargins()
        inner = width - margins.left() - margins.right()
        self._scrolled[0].fit(inner - 2 * theme.S - 2)
        for scrolled in self._scrolled[1:]:
            scrolled.fit(inner)
        return self._column.totalHeightForWidth(width)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._armed = False
        self._renew_buttons()
        self._arming.start()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self.width())

    def _lay_out(self) -> None:
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(theme.M, theme.S, theme.M, theme.M)
        layout.setSpacing(theme.S)
        layout.addLayout(self._header())
        layout.addWidget(self._framed(self._scrolled[0]))
        decision = QHBoxLayout()
        decision.setSpacing(theme.S)
        decision.addWidget(self._allow)
        decision.addWidget(self._deny)
        decision.addWidget(self._message, 1)
        layout.addLayout(decision)
        layout.addWidget(self._hint)
        if self._entry.description:
            self._describe(layout)

    def _describe(self, layout: QVBoxLayout) -> None:
        """Puts the agent's description last, marked as what it is: it may say anything."""
        layout.addWidget(self._label(self.tr("In the agent’s own words, not checked:"), "small", "permissionBy"))
        words = PagedText(revealed(self._entry.description), tone="muted", first=1_000)
        name = self.tr("The agent’s description")
        self._scrolled.append(ScrolledRow(words, TALLEST // 3, "permissionDescription", name))
        layout.addWidget(self._scrolled[1])

    def _framed(self, exact: ScrolledRow) -> QFrame:
        frame = QFrame()
        frame.setProperty("variant", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(theme.S, theme.S, theme.S, theme.S)
        inside.addWidget(exact)
        return frame

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setSpacing(theme.S)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("shield-alert", _ICON, "warning", self.devicePixelRatioF()))
        header.addWidget(sign)
        asks = self.tr("{agent} wants to use {tool}")
        words = asks.format(agent=self._entry.agent_id, tool=revealed(self._entry.tool))
        header.addWidget(self._label(words, "strong", "permissionQuestion"), 1)
        return header

    def _message_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName("permissionMessage")
        field.setAccessibleName(self.tr("Message to the agent"))
        field.setPlaceholderText(self.tr("Why, or what to do instead (optional)"))
        field.setMaxLength(4_000)
        return field

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setAccessibleName(words)
        # Enter in another field must never decide.
        button.setAutoDefault(False)
        button.setDefault(False)
        return button

    def _label(self, words: str, tone: str, name: str) -> QLabel:
        label = QLabel(words)
        label.setObjectName(name)
        label.setProperty("tone", tone)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _arm(self) -> None:
        self._armed = True
        self._renew_buttons()

    def _renew_buttons(self) -> None:
        ready = self._armed and not self._answered
        self._deny.setEnabled(ready)
        self._allow.setEnabled(ready and self._exact.is_complete)
        self._hint.setVisible(not self._exact.is_complete)
        self._message.setEnabled(not self._answered)

    def _decide(self, allowed: bool) -> None:
        self._answered = True
        self._renew_buttons()
        entry = self._entry
        self.decided.emit(entry.request_id, entry.input_sha256, allowed, self._message.text().strip())


class ExactInput(TranscriptRow):
    """Everything the tool is given, exactly, in the fixed-pitch font with nothing invisible left in it."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        self._values: list[PagedText] = []
        for number, (name, exact) in enumerate(ordered_input(arguments)):
            first = number == 0 and name in _FIRST_KEYS
            short = not first and len(exact) <= _SHORT and "\n" not in exact
            if not first and not short:
                self.add(_caption(name))
            shown = f"{revealed(name)}: {exact}" if short else exact
            value = PagedText(shown, mono=True, tone="muted" if short else "text", first=PAGE)
            self._values.append(value)
            self.add(value)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is shown."""
        return all(value.is_complete for value in self._values)


def _caption(name: str) -> QLabel:
    caption = QLabel(revealed(name))
    caption.setTextFormat(Qt.TextFormat.PlainText)
    caption.setProperty("tone", "small")
    return caption
