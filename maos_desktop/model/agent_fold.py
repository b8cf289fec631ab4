"""What is known of one agent and what stands in its pane, folded from the events that name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, LoggedEvent
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.transcript import (
    NoticeEntry,
    PermissionEntry,
    PromptEntry,
    TextEntry,
    ToolEntry,
    TranscriptEntry,
)

ENDED = frozenset({AgentState.DONE, AgentState.FAILED, AgentState.CANCELLED})
"""An agent in one of these does nothing any more."""


_CAUSES = {429: "The model's rate limit is reached", 529: "The model is overloaded"}
"""By HTTP status."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed. ``index`` is of the agent's transcript (``entry``) or the timeline (``row``)."""

    part: Literal["session", "plan", "agent", "entry", "row", "report"]
    agent_id: AgentId | None = None
    index: int = -1
    added: bool = False


@dataclass(slots=True)
class AgentFold:
    """One agent: its place in the plan, its state, its cost, and its transcript in order of ``seq``."""

    id: AgentId
    role: str = ""
    task_id: TaskId | None = None
    title: str = ""
    state: AgentState = AgentState.WAITING
    state_reason: str = ""
    claude_session_id: str | None = None
    model: str = ""
    turns: int = 0
    tokens: int = 0
    cost_usd: float | None = None
    conversation_cost_usd: float | None = None
    """What of the cost is of the Claude session opened last."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    transcript: list[TranscriptEntry] = field(default_factory=list)
    next_block: int = 0
    _texts: dict[int, tuple[int, TextEntry]] = field(default_factory=dict)
    _tools: dict[str, tuple[int, ToolEntry]] = field(default_factory=dict)
    _questions: dict[str, tuple[int, PermissionEntry]] = field(default_factory=dict)

    def enter(self, entry: TranscriptEntry) -> Change:
        """Puts an entry at the end of the transcript."""
        self.transcript.append(entry)
        return Change("entry", self.id, len(self.transcript) - 1, added=True)

    # --- what it says and does ---

    def append_output(self, logged: LoggedEvent, event: ev.OutputAppended) -> Change:
        """Joins a piece to its block, or begins the block."""
        known = self._texts.get(event.block)
        if known is None:
            entry = TextEntry(logged.seq, logged.at, event.block_kind, [event.text], event.closed)
            self._texts[event.block] = len(self.transcript), entry
            self.next_block = max(self.next_block, event.block + 1)
            return self.enter(entry)
        index, entry = known
        entry.pieces.append(event.text)
        entry.closed = event.closed
        return Change("entry", self.id, index)

    def enter_prompt(self, logged: LoggedEvent, event: ev.PromptSent) -> Change:
        return self.enter(PromptEntry(logged.seq, logged.at, event.text))

    def start_tool(self, logged: LoggedEvent, event: ev.ToolStarted) -> Change:
        entry = ToolEntry(logged.seq, logged.at, event.tool_use_id, event.tool, event.input)
        self._tools[event.tool_use_id] = len(self.transcript), entry
        return self.enter(entry)

    def finish_tool(self, event: ev.ToolFinished) -> list[Change]:
        """Gives a call its output; a call from before the tail is left out."""
        known = self._tools.pop(event.tool_use_id, None)
        if known is None:
            return []
        index, entry = known
        entry.output, entry.is_error = event.output, event.is_error
        return [Change("entry", self.id, index)]

    def enter_retry(self, logged: LoggedEvent, event: ev.RetryNoticed) -> Change:
        return self.enter(NoticeEntry(logged.seq, logged.at, "warning", retry_text(event)))

    def count_turn(self, event: ev.TurnFinished) -> Change:
        """Adds up turns, tokens and cost; the cost stays ``None`` while the back end reports none."""
        self.turns += event.turns
        self.tokens += event.usage.input_tokens + event.usage.output_tokens
        if event.cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + event.cost_usd
            self.conversation_cost_usd = (self.conversation_cost_usd or 0.0) + event.cost_usd
        return Change("agent", self.id)

    # --- its conversation ---

    def open_conversation(self, event: ev.AgentStarted) -> Change:
        if event.claude_session_id != self.claude_session_id:
            self.conversation_cost_usd = None
        self.claude_session_id, self.model = event.claude_session_id, event.model
        return Change("agent", self.id)

    @property
    def has_answered(self) -> bool:
        """Whether the model has ever said or done anything."""
        return any(isinstance(entry, TextEntry | ToolEntry) for entry in self.transcript)

    # --- what it asks ---

    def ask_permission(self, logged: LoggedEvent, event: ev.PermissionRequested) -> tuple[PermissionEntry, Change]:
        entry = PermissionEntry(
            logged.seq,
            logged.at,
            self.id,
            event.request_id,
            event.tool,
            event.input,
            event.input_sha256,
            event.description,
        )
        self._questions[event.request_id] = len(self.transcript), entry
        return entry, self.enter(entry)

    def answer_permission(self, request_id: str, allowed: bool, message: str) -> list[Change]:
        """Settles an open question; any other is left out."""
        known = self._questions.pop(request_id, None)
        if known is None:
            return []
        index, entry = known
        entry.allowed, entry.message = allowed, message
        return [Change("entry", self.id, index)]

    # --- how it is ---

    def set_state(self, state: AgentState, reason: str, at: datetime) -> Change:
        self.state, self.state_reason = state, reason
        if state is AgentState.WORKING and self.started_at is None:
            self.started_at = at
        self.ended_at = at if state in ENDED else None
        return Change("agent", self.id)

    def cut_off(self, state: AgentState, reason: str, at: datetime) -> list[Change]:
        """Its process is gone: unless it had ended it is in ``state`` now, and nothing of it stays open."""
        changes = [self.set_state(state, reason, at)] if self.state not in ENDED else []
        changes += self._close_texts()
        for index, tool in self._tools.values():
            tool.output, tool.is_error = f"{reason} before it returned.", True
            changes.append(Change("entry", self.id, index))
        self._tools.clear()
        for request_id in list(self._questions):
            changes += self.answer_permission(request_id, False, f"{reason} before an answer.")
        return changes

    def _close_texts(self) -> list[Change]:
        still_open = [(index, text) for index, text in self._texts.values() if not text.closed]
        for _, text in still_open:
            text.closed = True
        return [Change("entry", self.id, index) for index, _ in still_open]


def retry_text(event: ev.RetryNoticed) -> str:
    """Returns what happened, which attempt it was, and when the next one is."""
    if event.status is None:
        cause = f"The model did not answer ({event.text})" if event.text else "The model did not answer"
    elif event.status in _CAUSES:
        cause = f"{_CAUSES[event.status]} ({event.status})"
    else:
        cause = f"The model answered with an error ({' '.join([str(event.status), event.text]).strip()})"
    seconds = -(-event.delay_ms // 1000)
    attempt = f"attempt {event.attempt}, " if event.attempt else ""
    return f"{cause}; {attempt}next try {f'in {seconds} s' if seconds else 'now'}"
