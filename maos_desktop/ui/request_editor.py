"""Where a session begins: the request, the folder, the back end and how to run it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from maos_desktop.config import Config
from maos_desktop.model.session import LONGEST_REQUEST, Backend, SessionSettings
from maos_desktop.paths import resources_folder
from maos_desktop.ui import theme
from maos_desktop.ui.backend_choice import BackendChoice
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.folder_field import FolderField
from maos_desktop.ui.recent_requests import RecentRequests
from maos_desktop.ui.run_options import RunOptions
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.welcome import Welcome

COLUMN = 760
"""Width of the form, in pixels: about 90 characters of text."""
_FEWEST_LINES, _MOST_LINES = 4, 12
_ENDLESS_WORD = re.compile(r"\S{20000}")


class RequestEditor(QScrollArea):
    """Signals:
    submitted: the user wants this to be worked on (a ``SessionSettings``).
    """

    submitted = Signal(object)

    def __init__(self, config: Config, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("requestEditor")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._welcome = Welcome()
        self._request = self._make_request()
        self._request_problem = QLabel()
        self._folder = FolderField()
        self._backend = BackendChoice()
        self._options = RunOptions(config)
        self._start = push_button(
            self, "makePlan", self.tr("Make a plan"), self._submit, icon="list-tree", variant="primary"
        )
        self._recent = RecentRequests()
        self._lay_out()
        self._connect()
        self._backend.choose(Backend(config.backend))
        self._options.set_backend(self._backend.choice())

    # --- what the window does with it ---

    def set_first_run(self, first: bool) -> None:
        """Shows or hides the welcome."""
        self._welcome.setVisible(first)

    def set_recent(self, requests: Sequence[str]) -> None:
        """Offers these requests, newest first."""
        self._recent.show_requests(requests)

    def set_ready(self, ready: bool) -> None:
        """Lets the request be submitted, once there is something behind the window to take it."""
        self._start.setEnabled(ready)

    def fill(self, request: str, folder: Path | None = None, backend: Backend | None = None) -> None:
        """Fills the form in; nothing is submitted."""
        self._request.show_text(request)
        if folder is not None:
            self._folder.set_folder(folder)
        if backend is not None:
            self._backend.choose(backend)

    def set_folder(self, folder: Path) -> None:
        """Takes this folder for the request."""
        self._folder.set_folder(folder)

    def fill_with_sample(self) -> None:
        """Fills in the bundled sample project, to be run without any account."""
        request = self.tr(
            "Review this project: find bugs, security problems and missing tests, and say what to fix first"
        )
        self.fill(request, resources_folder() / "sample_project", Backend.REHEARSAL)
        self._start.setFocus()

    def clear_request(self) -> None:
        """Empties the request and keeps all the rest for the next one."""
        self._request.clear()

    def focus_request(self) -> None:
        """Moves the keyboard to the request."""
        self._request.setFocus()

    # --- inside ---

    def _make_request(self) -> _RequestText:
        edit = _RequestText()
        edit.setObjectName("request")
        edit.setAccessibleName(self.tr("Request"))
        edit.setPlaceholderText(
            self.tr("For example: find out why the import is slow, fix it, and add a test that would notice")
        )
        edit.setTabChangesFocus(True)
        edit.setAcceptDrops(False)
        return edit

    def _connect(self) -> None:
        self._welcome.sample_requested.connect(self.fill_with_sample)
        self._recent.chosen.connect(self._take_recent)
        self._backend.changed.connect(self._options.set_backend)
        self._request.textChanged.connect(self._recheck_request)
        self._start.setShortcut(QKeySequence("Ctrl+Return"))

    def _lay_out(self) -> None:
        self._request_problem.setObjectName("requestProblem")
        self._request_problem.hide()
        set_look(self._request_problem, tone="error")
        self._start.setToolTip(self.tr("Ctrl+Enter"))
        form = QWidget()
        form.setMaximumWidth(COLUMN)
        column = QVBoxLayout(form)
        column.setContentsMargins(theme.XL, theme.L, theme.XL, theme.L)
        column.setSpacing(theme.XS)
        column.addWidget(self._welcome)
        column.addSpacing(theme.M)
        self._add_title(column)
        column.addWidget(self._request, 3)
        column.addWidget(self._request_problem)
        self._add_section(column, self.tr("Project folder"), self._folder)
        self._add_section(column, self.tr("Back end"), self._backend)
        column.addSpacing(theme.L)
        column.addWidget(self._options)
        column.addSpacing(theme.M)
        column.addLayout(self._button_row())
        column.addSpacing(theme.L)
        column.addWidget(self._recent)
        column.addStretch(1)
        page = QWidget()
        page.setProperty("variant", "page")
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(form, 1000)
        row.addStretch(1)
        self.setWidget(page)

    def _add_title(self, column: QVBoxLayout) -> None:
        title = QLabel(self.tr("What should the agents do?"))
        set_look(title, tone="title")
        lead = QLabel(self.tr("They propose a plan, you change and approve it, and they work on it together."))
        lead.setWordWrap(True)
        set_look(lead, tone="muted")
        column.addWidget(title)
        column.addWidget(lead)
        column.addSpacing(theme.M)

    def _add_section(self, column: QVBoxLayout, title: str, field: QWidget) -> None:
        label = QLabel(title)
        set_look(label, tone="strong")
        column.addSpacing(theme.L)
        column.addWidget(label)
        column.addWidget(field)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._start)
        row.addStretch(1)
        return row

    def _take_recent(self, request: str) -> None:
        self.fill(request)
        self.focus_request()

    def _request_text_problem(self) -> str:
        text = self._request.toPlainText()
        if not text.strip():
            return self.tr("The request is empty. Write what the agents should do.")
        if len(text) > LONGEST_REQUEST:
            return self.tr("The request is longer than 200,000 characters. Put the long part into a file.")
        return ""

    def _recheck_request(self) -> None:
        """Takes the mark away as soon as the text is right; a new one is set only on submitting."""
        if self._request_problem.isVisibleTo(self):
            self._show_request_problem()

    def _show_request_problem(self) -> bool:
        problem = self._request_text_problem()
        self._request_problem.setText(problem)
        self._request_problem.setVisible(bool(problem))
        set_look(self._request, invalid="true" if problem else "false")
        return not problem

    def _submit(self) -> None:
        folder_is_usable = self._folder.show_problem()
        if not self._show_request_problem():
            self.focus_request()
        elif not folder_is_usable:
            self._folder.focus()
        else:
            self.submitted.emit(self._settings())

    def _settings(self) -> SessionSettings:
        return SessionSettings(
            request=self._request.toPlainText().strip(),
            project_folder=self._folder.folder(),
            backend=self._backend.choice(),
            trust_project_settings=self._folder.trusts_settings(),
            **self._options.values(),
        )


class _RequestText(QPlainTextEdit):
    """Content with few lines, but takes more where there is room."""

    def show_text(self, text: str) -> None:
        """Replaces the text."""
        self._choose_wrapping(text)
        self.setPlainText(text)

    def _choose_wrapping(self, text: str) -> None:
        """Looking for the end of a word that has none would keep the window waiting for seconds."""
        if _ENDLESS_WORD.search(text):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        self._choose_wrapping(source.text())
        super().insertFromMimeData(source)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height_of(_FEWEST_LINES))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height_of(_FEWEST_LINES))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMaximumHeight(self._height_of(_MOST_LINES))

    def _height_of(self, lines: int) -> int:
        return self.fontMetrics().lineSpacing() * lines + 2 * theme.M
