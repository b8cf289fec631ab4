"""Everything that passed between the agents, in order: a table with a filter, and the whole of one row below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.transcript import TimelineRow
from maos_desktop.ui import icons, theme
from maos_desktop.ui.buttons import push_button
from maos_desktop.ui.item_models.agent_list_model import AgentListModel, AgentRole
from maos_desktop.ui.item_models.timeline_model import Column, RowRole, TimelineFilter, TimelineModel
from maos_desktop.ui.message_words import receivers_words, sender_words, type_word
from maos_desktop.ui.scrolled_row import ScrolledRow
from maos_desktop.ui.states import delivery_state_word
from maos_desktop.ui.transcript.rows import PagedText

KINDS = (
    "discovery",
    "request",
    "response",
    "broadcast",
    "info",
    "dependency",
    "coordination",
    "error",
    "task",
    "plan",
    "agent",
    "permission",
    "fact",
    "decision",
    "notice",
    "session",
    "report",
)
_WIDTHS = {
    Column.TIME: 76,
    Column.SENDER: 110,
    Column.RECEIVERS: 150,
    Column.KIND: 118,
    Column.STATE: 144,
}
_TYPING_MS = 150


class TimelineView(QWidget):
    """Shows a ``TimelineModel``.

    Signals:
        open_agent: the user wants to see the transcript of this agent.
    """

    open_agent = Signal(str)

    def __init__(self, model: TimelineModel, agents: AgentListModel) -> None:
        super().__init__()
        self.setObjectName("timelineView")
        self._model = model
        self._agents = agents
        self._filtered = TimelineFilter(model, self)
        self._agent = self._combo("timelineAgent", self.tr("Agent"), self.tr("All agents"))
        self._kind = self._combo("timelineKind", self.tr("Type"), self.tr("All types"))
        for kind in KINDS:
            self._kind.addItem(type_word(kind), kind)
        self._words = self._search_field()
        self._count = QLabel()
        self._count.setObjectName("timelineCount")
        self._count.setProperty("tone", "small")
        self._table = self._make_table()
        self._detail = RowDetail()
        self._detail.open_agent.connect(self.open_agent)
        self._was_at_end = True
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._lay_out()
        self._connect()
        self._offer_agents()
        self._show_count()

    def filter_by(self, agent: str = "", kind: str = "", words: str = "") -> None:
        """Shows only rows of that agent, of that type, with these words; empty texts stand for all."""
        self._agent.setCurrentIndex(max(self._agent.findData(agent), 0))
        self._kind.setCurrentIndex(max(self._kind.findData(kind), 0))
        self._words.setText(words)
        self._apply()

    def _connect(self) -> None:
        self._agent.currentIndexChanged.connect(self._apply)
        self._kind.currentIndexChanged.connect(self._apply)
        self._words.textChanged.connect(lambda: self._typing.start())
        self._typing.timeout.connect(self._apply)
        self._table.selectionModel().currentRowChanged.connect(self._show_row)
        self._table.activated.connect(self._open)
        self._model.dataChanged.connect(self._renew_detail)
        for changed in (self._filtered.rowsInserted, self._filtered.rowsRemoved, self._filtered.modelReset):
            changed.connect(self._show_count)
        self._filtered.rowsAboutToBeInserted.connect(self._note_end)
        self._filtered.rowsInserted.connect(self._follow_end)
        self._filtered.modelReset.connect(self._table.scrollToBottom)
        for changed in (self._agents.rowsInserted, self._agents.modelReset):
            changed.connect(self._offer_agents)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._words.setFocus)

    def _combo(self, name: str, words: str, everything: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(words)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.addItem(everything, "")
        return combo

    def _search_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName("timelineSearch")
        field.setAccessibleName(self.tr("Search the timeline"))
        field.setPlaceholderText(self.tr("Search"))
        field.setClearButtonEnabled(True)
        field.addAction(icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        return field

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("timelineTable")
        table.setAccessibleName(self.tr("Timeline"))
        table.setProperty("variant", "quiet")
        table.setModel(self._filtered)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + theme.M)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(Column.TEXT, QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.M, theme.S, theme.M, theme.S)
        bar.setSpacing(theme.S)
        for part in (self._agent, self._kind):
            bar.addWidget(part)
        bar.addWidget(self._words, 1)
        bar.addWidget(self._count)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setObjectName("timelineDetailSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._table)
        splitter.addWidget(self._detail)
        splitter.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(splitter, 1)

    def _apply(self) -> None:
        self._typing.stop()
        self._filtered.set_filter(self._agent.currentData(), self._kind.currentData(), self._words.text())
        self._show_count()

    def _offer_agents(self) -> None:
        chosen = self._agent.currentData()
        self._agent.blockSignals(True)
        while self._agent.count() > 1:
            self._agent.removeItem(1)
        self._agent.addItem(self.tr("You"), USER)
        for row in range(self._agents.rowCount()):
            agent_id = self._agents.index(row).data(AgentRole.ID)
            self._agent.addItem(agent_id, agent_id)
        self._agent.setCurrentIndex(max(self._agent.findData(chosen), 0))
        self._agent.blockSignals(False)

    def _show_count(self) -> None:
        shown, there = self._filtered.rowCount(), self._model.rowCount()
        words = self.tr("{shown} of {all}").format(shown=shown, all=there) if shown != there else str(there)
        self._count.setText(words)

    def _note_end(self) -> None:
        bar = self._table.verticalScrollBar()
        self._was_at_end = bar.value() >= bar.maximum() - 4

    def _follow_end(self) -> None:
        """The newest row stays in sight for a user who looks at the end."""
        if self._was_at_end and not self._table.selectionModel().hasSelection():
            self._table.scrollToBottom()

    def _row_at(self, index: QModelIndex | QPersistentModelIndex) -> TimelineRow | None:
        row: TimelineRow | None = index.data(RowRole) if index.isValid() else None
        return row

    def _show_row(self, current: QModelIndex) -> None:
        row = self._row_at(current)
        self._detail.show_row(row, self._states_words(row) if row is not None else "")

    def _renew_detail(self) -> None:
        row = self._row_at(self._table.currentIndex())
        if row is not None:
            self._detail.show_states(self._states_words(row))

    def _states_words(self, row: TimelineRow) -> str:
        tracked = self._model.tracked(row)
        states = tracked.states if tracked is not None else {}
        return " · ".join(f"{who}: {delivery_state_word(state)}" for who, state in states.items())

    def _open(self, index: QModelIndex) -> None:
        row = self._row_at(index)
        if row is not None and self._agents.row_of(AgentId(row.sender)) >= 0:
            self.open_agent.emit(row.sender)


class RowDetail(QFrame):
    """All of one timeline row.

    Signals:
        open_agent: the user wants to see the transcript of the row's sender or receiver.
    """

    open_agent = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("timelineDetail")
        self._sender = ""
        self._heading = QLabel()
        self._heading.setObjectName("timelineDetailHeading")
        self._heading.setProperty("tone", "strong")
        self._states = QLabel()
        self._states.setObjectName("timelineDetailStates")
        self._states.setProperty("tone", "small")
        self._states.setWordWrap(True)
        self._open = push_button(
            self, "timelineOpenAgent", self.tr("Show the agent"), self._open_agent, icon="arrow-right", variant="quiet"
        )
        self._text: ScrolledRow | None = None
        upper = QHBoxLayout()
        upper.addWidget(self._heading, 1)
        upper.addWidget(self._open)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.M, theme.S, theme.M, theme.S)
        self._column.setSpacing(theme.XS)
        self._column.addLayout(upper)
        self._column.addWidget(self._states)
        self._column.addStretch(1)
        self.hide()

    def _open_agent(self) -> None:
        self.open_agent.emit(self._sender)

    def show_row(self, row: TimelineRow | None, states: str) -> None:
        """Shows this row; nothing without one."""
        self.setVisible(row is not None)
        if self._text is not None:
            self._column.removeWidget(self._text)
            self._text.deleteLater()
            self._text = None
        if row is None:
            return
        self._sender = row.sender if row.sender != USER else next(iter(row.receivers), "")
        self._open.setVisible(bool(self._sender) and self._sender != USER)
        self._heading.setText(_heading(row))
        self.show_states(states)
        text = PagedText(row.text, markdown=True, first=4_000)
        self._text = ScrolledRow(text, 160, "timelineDetailText", self.tr("Text of the message"))
        self._column.insertWidget(2, self._text)
        self._text.fit(self.width() - 2 * theme.M)

    def show_states(self, states: str) -> None:
        """Shows how far the message has come at each receiver."""
        self._states.setText(states)
        self._states.setVisible(bool(states))


def _heading(row: TimelineRow) -> str:
    names = " → ".join(part for part in (sender_words(row.sender), receivers_words(row.receivers)) if part)
    return f"{type_word(row.kind)} · {names}" if names else type_word(row.kind)
