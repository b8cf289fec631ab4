"""A message that stands where it belongs: what happened, what was kept, what to do next."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from maos_desktop.errors import KnownError
from maos_desktop.model.event import Failure
from maos_desktop.ui import icons, theme
from maos_desktop.ui.buttons import push_button, set_label
from maos_desktop.ui.icon_label import IconLabel
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.transcript.display_text import plain

Level = Literal["info", "success", "warning", "error"]

_ICONS: dict[Level, tuple[str, str]] = {
    "info": ("info", "accent"),
    "success": ("circle-check", "success"),
    "warning": ("triangle-alert", "warning"),
    "error": ("circle-alert", "danger"),
}
_ICON_SIZE = 18


class Banner(QFrame):
    """Hidden until there is something to say.

    Signals:
        action_requested: the button that was named by ``action`` was pressed.
        dismissed: the user has put the message away.
    """

    action_requested = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._detail = ""
        self._icon = IconLabel("info", _ICON_SIZE, parent=self)
        self._text = self._label("bannerText")
        self._more = self._label("bannerNextStep")
        set_look(self._text, tone="strong")
        self._action = push_button(self, "bannerAction", "", self.action_requested.emit)
        self._copy = push_button(self, "bannerCopyDetails", self.tr("Copy details"), self._copy_details)
        self._close = QToolButton(self)
        self._close.setObjectName("bannerDismiss")
        self._close.setIcon(icons.icon("x", "muted"))
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.setAccessibleName(self.tr("Dismiss this message"))
        self._close.clicked.connect(self.dismiss)
        self._lay_out()
        self.hide()

    def show_message(
        self, level: Level, text: str, more: str = "", *, detail: str = "", action: str = "", closable: bool = True
    ) -> None:
        """Shows one message in place of the one before.

        ``more`` says what was kept and what to do next; ``detail`` is the technical text behind Copy details;
        ``action`` names a button.
        """
        self._detail = detail
        self._text.setText(plain(text))
        self._more.setText(plain(more))
        self._more.setVisible(bool(more))
        set_label(self._action, action)
        self._action.setVisible(bool(action))
        set_label(self._copy, self.tr("Copy details"))
        self._copy.setVisible(bool(detail))
        self._close.setVisible(closable)
        self._icon.set_icon(*_ICONS[level])
        set_look(self, variant=level)
        self.setAccessibleName(f"{text} {more}".strip())
        self.show()

    def show_error(self, error: KnownError) -> None:
        """Shows an error that the user can act on."""
        detail = f"{error.code}: {error}\n{error.detail}".strip()
        self.show_message("error", str(error), error.next_step, detail=detail)

    def show_failure(self, failure: Failure, *, action: str = "") -> None:
        """Shows why a run ended."""
        more = " ".join(part for part in (failure.kept, failure.next_step) if part)
        detail = f"{failure.code}: {failure.what}\n{failure.detail}".strip()
        self.show_message("error", failure.what, more, detail=detail, action=action, closable=False)

    def dismiss(self) -> None:
        """Hides the message."""
        self.hide()
        self.dismissed.emit()

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return label

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.XS)
        words.addWidget(self._text)
        words.addWidget(self._more)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.M, theme.S, theme.S, theme.S)
        row.setSpacing(theme.M)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        for button in (self._action, self._copy, self._close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._detail)
        set_label(self._copy, self.tr("Copied"))
