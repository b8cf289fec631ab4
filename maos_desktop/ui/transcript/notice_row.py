"""What the user should know about an agent, and the questions it asked, as rows of its transcript."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.transcript import NoticeEntry, PermissionEntry
from maos_desktop.paths import log_folder
from maos_desktop.ui import icons, theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.permission_card import ExactInput, PermissionCard
from maos_desktop.ui.tool_words import tool_words
from maos_desktop.ui.transcript.line_button import Line
from maos_desktop.ui.transcript.rows import FoldRow, PagedText, TranscriptRow

FIRST_PAGE = 2_000
_ICON = 16
_LOOKS = {
    "info": ("info", "info_quiet", "accent"),
    "warning": ("triangle-alert", "warning_quiet", "warning"),
    "error": ("circle-alert", "danger_quiet", "danger"),
}


class NoticeRow(TranscriptRow):
    """A notice or a failure: what happened, what was kept, what to do next, and the details to copy."""

    def __init__(self, entry: NoticeEntry) -> None:
        super().__init__()
        self.setObjectName("noticeRow")
        self._entry = entry
        self.setAccessibleName(entry.text)
        kept = entry.failure.kept if entry.failure else ""
        more = " ".join(part for part in (kept, entry.next_step) if part)
        self._add_text(entry.text, "text")
        if more:
            self._add_text(more, "muted")
        if entry.failure is not None:
            self.add(self._buttons())

    @override
    def fit(self, width: int) -> int:
        left = theme.S + _ICON + theme.S
        height = super().fit(width - left - theme.S) + 2 * theme.S
        for part in self._parts:
            part.move(part.x() + left, part.y() + theme.S)
        return height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        sign, ground, tone = _LOOKS[self._entry.level]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(ground))
        painter.drawRoundedRect(self.rect(), 6, 6)
        picture = icons.pixmap(sign, _ICON, tone, self.devicePixelRatioF())
        painter.drawPixmap(QRect(theme.S, theme.S + 1, _ICON, _ICON), picture)
        painter.end()

    def _add_text(self, text: str, tone: str) -> None:
        part = PagedText(text, tone=tone, first=FIRST_PAGE)
        self.add(part)

    def _buttons(self) -> QWidget:
        buttons = QWidget()
        layout = QHBoxLayout(buttons)
        layout.setContentsMargins(0, 0, 0, 0)
        for name, words, do in (
            ("noticeCopy", self.tr("Copy details"), self._copy),
            ("noticeLogs", self.tr("Open log folder"), _open_log_folder),
        ):
            layout.addWidget(push_button(buttons, name, words, do, variant="link"))
        layout.addStretch()
        return buttons

    def _copy(self) -> None:
        failure = self._entry.failure
        if failure is not None:
            lines = (f"{failure.code}: {failure.what}", failure.kept, failure.next_step, failure.detail)
            QGuiApplication.clipboard().setText("\n".join(line for line in lines if line))


class PermissionRow(TranscriptRow):
    """A question to the user: a card while it waits, one line once it is answered.

    Signals:
        decided: as of the card.
    """

    decided = Signal(str, str, bool, str)

    def __init__(self, entry: PermissionEntry, project_folder: str) -> None:
        super().__init__()
        self._entry = entry
        self._folder = project_folder
        self._card: PermissionCard | None = None
        self.refresh()

    def refresh(self) -> None:
        """Shows the entry as it is now."""
        if self._entry.allowed is None:
            if self._card is None:
                self._card = PermissionCard(self._entry)
                self._card.decided.connect(self.decided)
                self.add(self._card)
        elif self._card is not None or not self._parts:
            for part in list(self._parts):
                self.remove(part)
            self._card = None
            answered = AnsweredRow(self._entry, self._folder)
            self.add(answered)

    @property
    @override
    def holds_state(self) -> bool:
        return self._card is not None or super().holds_state

    @override
    def _fit_part(self, part: QWidget, width: int) -> int:
        return part.fit(width) if isinstance(part, PermissionCard) else super()._fit_part(part, width)


class AnsweredRow(FoldRow):
    """What was asked and how it was answered; unfolds to the exact input."""

    def __init__(self, entry: PermissionEntry, project_folder: str) -> None:
        super().__init__(Line("shield-check", ""), "permissionLine")
        self._entry = entry
        words = tool_words(entry.tool, entry.input, project_folder)
        allowed = bool(entry.allowed)
        line = Line(
            "shield-check" if allowed else "shield-alert",
            (self.tr("Allowed {tool}") if allowed else self.tr("Denied {tool}")).format(tool=words.label),
            tone="success" if allowed else "warning",
            argument=words.argument,
            mono=words.mono,
            result=entry.message,
        )
        self.header.show_line(line)

    @override
    def make_body(self) -> Iterator[QWidget]:
        yield ExactInput(self._entry.input)


def _open_log_folder() -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))
