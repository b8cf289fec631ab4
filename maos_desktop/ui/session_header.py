"""The top of a session: what it is about, where it stands, and which view of it is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.icon_label import IconLabel
from maos_desktop.ui.states import session_state_word, state_icon_name
from maos_desktop.ui.theme import set_look, state_tone
from maos_desktop.ui.transcript.display_text import plain

_ICON = 15


class SessionHeader(QFrame):
    """Signals:
    stop_requested: the session is to end now.
    agents_requested, report_requested: another view is wanted.
    timeline_toggled: whether the timeline is to be shown.
    """

    stop_requested = Signal()
    agents_requested = Signal()
    report_requested = Signal()
    timeline_toggled = Signal(bool)

    def __init__(self, title: str, settings: SessionSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionHeader")
        set_look(self, variant="bar")
        self._title = _ElidedLabel(plain(title), self)
        self._title.setObjectName("sessionTitle")
        self._title.setToolTip(plain(settings.request[:2_000]))
        set_look(self._title, tone="heading")
        self._icon = IconLabel("circle", _ICON, "muted", self)
        self._state = QLabel(self)
        self._state.setObjectName("sessionState")
        self._folder = _ElidedLabel(str(settings.project_folder), self)
        self._folder.setObjectName("sessionFolder")
        self._folder.setToolTip(str(settings.project_folder))
        set_look(self._folder, tone="muted")
        self._stop = push_button(self, "stopSession", self.tr("Stop"), self.stop_requested.emit, icon="circle-stop")
        self._stop.setToolTip(self.tr("Ends all agents now. What was done is kept and can be continued."))
        self._agents = self._tab("showAgents", self.tr("Agents"), self.agents_requested.emit)
        self._report = self._tab("showReport", self.tr("Report"), self.report_requested.emit)
        self._timeline = push_button(
            self, "showTimeline", self.tr("Timeline"), lambda: None, icon="panel-bottom", variant="quiet"
        )
        self._timeline.setCheckable(True)
        self._timeline.toggled.connect(self.timeline_toggled)
        self._lay_out()

    def show_state(self, state: SessionState, *, running: bool) -> None:
        """Shows where the session is, and offers to stop it while it runs."""
        self._icon.set_icon(state_icon_name(state.value), f"state:{state.value}")
        self._state.setText(session_state_word(state))
        set_look(self._state, tone=state_tone(state.value))
        self._stop.setVisible(running)

    def show_view(self, view: str, *, has_report: bool) -> None:
        """Marks the view that is shown, ``agents`` or ``report``."""
        self._report.setEnabled(has_report)
        (self._report if view == "report" else self._agents).setChecked(True)
        self._timeline.setEnabled(view == "agents")

    def show_timeline(self, shown: bool) -> None:
        """Marks whether the timeline is shown."""
        self._timeline.setChecked(shown)

    def _tab(self, name: str, text: str, clicked: Callable[[], object]) -> QPushButton:
        button = push_button(self, name, text, clicked, variant="tab")
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        tabs = QButtonGroup(self)
        tabs.addButton(self._agents)
        tabs.addButton(self._report)
        top = QHBoxLayout()
        top.setSpacing(theme.S)
        top.addWidget(self._title, 1)
        top.addWidget(self._stop)
        self._title.setMinimumHeight(self._stop.sizeHint().height())
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, theme.XS)
        below.setSpacing(theme.S)
        below.addWidget(self._icon)
        below.addWidget(self._state)
        below.addWidget(QLabel("·", self))
        below.addWidget(self._folder, 1)
        below.addWidget(self._agents)
        below.addSpacing(theme.S)
        below.addWidget(self._report)
        below.addSpacing(theme.S)
        below.addWidget(self._timeline)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.L, theme.M, theme.L, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(below)


class _ElidedLabel(QLabel):
    """One line that gives way when there is no room for all of it."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._full = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(text)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setText(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideMiddle, self.width()))
