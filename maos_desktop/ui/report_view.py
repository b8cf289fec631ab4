"""The answer of a session, each finding with links to the agents it came from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget
from typing_extensions import override

from maos_desktop.errors import BadRequestError, KnownError
from maos_desktop.model.report import Report
from maos_desktop.model.session import Backend
from maos_desktop.ui import theme
from maos_desktop.ui.buttons import push_button, set_label
from maos_desktop.ui.link_card import LinkDialog
from maos_desktop.ui.report_text import AGENT_SCHEME, report_file, report_markdown
from maos_desktop.ui.states import backend_words
from maos_desktop.ui.theme import set_look
from maos_desktop.ui.transcript.block_document import blocks_of, show_markdown, text_document

_TEXT_WIDTH = 820
"""Widest line of text, in pixels."""
_HEADING_STEP = 1
"""Of Qt's scale of type sizes: 1.2 times the text."""


class ReportView(QWidget):
    """Empty until there is a report.

    Signals:
        agent_chosen: a finding's source was followed (an ``AgentId``).
        failed: the report could not be saved (a ``KnownError``).
    """

    agent_chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reportView")
        self._title = ""
        self._backend = Backend.CLAUDE
        self._report: Report | None = None
        self._origin = QLabel(self)
        self._origin.setObjectName("reportOrigin")
        set_look(self._origin, tone="muted")
        self._text = _Reader(self)
        self._text.anchorClicked.connect(self._follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.L, theme.S, theme.L, 0)
        column.setSpacing(theme.S)
        column.addLayout(self._top_row())
        column.addWidget(self._text, 1)

    def show_report(self, title: str, backend: Backend, report: Report | None) -> None:
        """Shows the report of the session with that title."""
        self._title, self._backend, self._report = title, backend, report
        if backend is Backend.REHEARSAL:
            origin = backend_words(backend)
        else:
            origin = self.tr("Written by Claude from what the agents reported. Check what you rely on.")
        self._origin.setText(origin)
        self._render()

    @property
    def text(self) -> QTextBrowser:
        """The widget that shows the report's text."""
        return self._text

    def save(self, path: Path) -> None:
        """Writes the report to a Markdown file; ``failed`` says when that did not work."""
        if self._report is None:
            return
        try:
            path.write_text(report_file(self._title, self._report, self._backend), encoding="utf-8")
        except OSError as error:
            what = self.tr("The report could not be saved to {path}.").format(path=path)
            problem: KnownError = BadRequestError(what, next_step=self.tr("Choose another place."), detail=str(error))
            self.failed.emit(problem)

    def _top_row(self) -> QHBoxLayout:
        self._copy = push_button(self, "copyReport", self.tr("Copy"), self._copy_report, icon="copy", variant="quiet")
        save = push_button(
            self, "saveReport", self.tr("Save as Markdown…"), self._open_save_dialog, icon="save", variant="quiet"
        )
        row = QHBoxLayout()
        row.addWidget(self._origin, 1)
        row.addWidget(self._copy)
        row.addWidget(save)
        return row

    def _render(self) -> None:
        set_label(self._copy, self.tr("Copy"))
        document = text_document()
        document.setParent(self._text)
        if self._report is not None:
            show_markdown(document, report_markdown(self._report, linked=True))
            _set_off_parts(document)
        self._text.setDocument(document)

    def _copy_report(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(report_markdown(self._report))
            set_label(self._copy, self.tr("Copied"))

    def _open_save_dialog(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Save the report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("md")
        dialog.setNameFilter(self.tr("Markdown (*.md)"))
        dialog.selectFile("report.md")
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == AGENT_SCHEME:
            self.agent_chosen.emit(url.path())
        else:
            LinkDialog(url.toString(), self.window()).open()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._render()


class _Reader(QTextBrowser):
    """Shows a document that loads nothing, in a column of a readable width; follows no link by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("reportText")
        self.setAccessibleName(self.tr("Report"))
        self.setOpenLinks(False)
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        set_look(self, variant="quiet")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setLineWrapColumnOrWidth(min(self.viewport().width(), _TEXT_WIDTH))


def _set_off_parts(document: QTextDocument) -> None:
    """Gives the findings room and weight, so that the report can be read by its headings alone."""
    for block in blocks_of(document):
        style = block.blockFormat()
        if style.hasProperty(QTextFormat.Property.BlockCodeFence):
            style.setBackground(theme.color("hover"))
            QTextCursor(block).setBlockFormat(style)
        elif style.headingLevel():
            style.setTopMargin(theme.XL)
            QTextCursor(block).setBlockFormat(style)
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, _HEADING_STEP)
            letters.setFontWeight(QFont.Weight.DemiBold)
            _merge(block, block.position(), block.length() - 1, letters)
        else:
            _quieten_sources(block)


def _quieten_sources(block: QTextBlock) -> None:
    """Makes the line that names a finding's sources recede; the links in it stay as they are."""
    fragments = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragments.append(iterator.fragment())
        iterator += 1
    if not any(f.charFormat().anchorHref().startswith(f"{AGENT_SCHEME}:") for f in fragments):
        return
    quiet = QTextCharFormat()
    quiet.setForeground(theme.color("muted"))
    for position, length in [(f.position(), f.length()) for f in fragments if not f.charFormat().isAnchor()]:
        _merge(block, position, length, quiet)


def _merge(block: QTextBlock, position: int, length: int, letters: QTextCharFormat) -> None:
    cursor = QTextCursor(block)
    cursor.setPosition(position)
    cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(letters)
