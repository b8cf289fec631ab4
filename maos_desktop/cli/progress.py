"""Events as lines: for people, and as NDJSON."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Protocol

from maos_desktop.cli.console import Console, Style, shortened, wrapped
from maos_desktop.cli.plan_text import plan_lines
from maos_desktop.cli.report_text import REHEARSAL_LABEL, report_lines
from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, LoggedEvent, SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.message import Importance
from maos_desktop.model.session import Backend
from maos_desktop.model.untrusted_text import visible

LABEL = 14
"""Columns of the name in front of each line."""
_COLOURS = (Style.CYAN, Style.GREEN, Style.MAGENTA, Style.BLUE, Style.YELLOW)
_STATES = {
    AgentState.NEEDS_PERMISSION: "needs permission",
    AgentState.AWAITING_REPLY: "awaits a reply",
    AgentState.PAUSED: "paused",
    AgentState.CANCELLED: "cancelled",
}
_SAID_ELSEWHERE = "mcp__maos__"
"""The coordination tools: what they do shows as a message, a fact or a state of its own."""
_SHOWN_INPUTS = ("command", "file_path", "pattern", "path", "url", "query", "notebook_path")


class EventLines(Protocol):
    """Turns each event, in order, into the lines to write."""

    def lines(self, logged: LoggedEvent) -> Iterable[str]: ...


class NdjsonLines:
    """One line of JSON per event: the stored form."""

    def lines(self, logged: LoggedEvent) -> Iterable[str]:
        return [logged.model_dump_json()]


class ProgressLines:
    """What people follow: the plan, what each agent does and says, the messages, the report.

    Attributes:
        fold: the session so far.
    """

    def __init__(
        self, console: Console, before: Iterable[LoggedEvent] = (), *, plan_instructions: bool = False
    ) -> None:
        """``plan_instructions`` shows a proposed plan with all that its agents will be told."""
        self.fold = SessionFold(before)
        self._console = console
        self._plan_instructions = plan_instructions
        self._unsaid: dict[AgentId, dict[int, list[str]]] = {}
        """Text blocks that have not closed, in pieces."""

    def lines(self, logged: LoggedEvent) -> Iterable[str]:
        self.fold.apply(logged)
        event = logged.event
        if isinstance(event, ev.SessionCreated | ev.SessionContinued):
            return self._head(logged)
        for part in (self._output, self._agent, self._bus, self._session):
            lines = part(event)
            if lines is not None:
                return lines
        return []

    def _head(self, logged: LoggedEvent) -> list[str]:
        settings = self.fold.settings
        folder = f" in {visible(str(settings.project_folder))}" if settings is not None else ""
        lines = [f"Session {logged.session_id}{folder}"]
        if settings is not None and settings.backend is Backend.REHEARSAL:
            lines.append(self._console.styled(REHEARSAL_LABEL, Style.YELLOW))
        return [*lines, ""]

    # --- what agents say and do ---

    def _output(self, event: SessionEvent) -> list[str] | None:
        match event:
            case ev.OutputAppended(block_kind="thinking"):
                return []
            case ev.OutputAppended():
                self._unsaid.setdefault(event.agent_id, {}).setdefault(event.block, []).append(event.text)
                return self._say(event.agent_id) if event.closed else []
            case ev.ToolStarted():
                return self._say(event.agent_id) + self._tool(event)
            case ev.ToolFinished():
                return self._line(event.agent_id, f"failed: {event.output}", Style.RED) if event.is_error else []
            case ev.TurnFinished():
                return self._say(event.agent_id)
        return None

    def _say(self, agent_id: AgentId) -> list[str]:
        """Everything the agent has said and that was not written yet, closed or cut off."""
        blocks = self._unsaid.pop(agent_id, {})
        return [line for pieces in blocks.values() for line in self._paragraph(agent_id, "".join(pieces))]

    def _tool(self, event: ev.ToolStarted) -> list[str]:
        if event.tool.startswith(_SAID_ELSEWHERE) or event.tool == "StructuredOutput":
            return []
        what = _main_input(event.input)
        if self.fold.settings is not None:
            what = what.replace(f"{self.fold.settings.project_folder}{os.sep}", "")
        return self._line(event.agent_id, f"[{event.tool}] {what}", Style.DIM)

    # --- agents and their tasks ---

    def _agent(self, event: SessionEvent) -> list[str] | None:
        match event:
            case ev.AgentAssigned(task_id=None):
                return self._line(event.agent_id, event.title)
            case ev.TaskStarted():
                return self._line(event.agent_id, f"starts {event.task_id}: {self._title(event.task_id)}", Style.BOLD)
            case ev.TaskCompleted():
                return self._line(event.agent_id, f"done with {event.task_id}", Style.GREEN)
            case ev.TaskFailed():
                text = f"{event.task_id} failed: {event.failure.what} {event.failure.next_step}"
                return self._paragraph(event.agent_id, text, Style.RED)
            case ev.TaskSkipped():
                return self._paragraph("", f"{event.task_id} is not run. {event.reason}", Style.YELLOW)
            case ev.AgentStateChanged() if event.state in _STATES:
                return self._line(event.agent_id, event.reason or _STATES[event.state], Style.YELLOW)
            case ev.RetryNoticed():
                cause = f"answered {event.status} ({event.text})" if event.status else "could not be reached"
                wait = f"tries again in {event.delay_ms / 1000:.0f} s"
                return self._line(event.agent_id, f"the back end {cause}; {wait}", Style.YELLOW)
            case ev.PermissionDecided():
                word = "allowed" if event.allowed else "denied"
                return self._line(event.agent_id, f"{word}. {event.message}".rstrip(" ."), Style.YELLOW)
            case _:
                return None

    def _title(self, task_id: str) -> str:
        subtasks = self.fold.plan.subtasks if self.fold.plan is not None else ()
        return next((s.title for s in subtasks if s.id == task_id), "")

    # --- messages and what the team knows ---

    def _bus(self, event: SessionEvent) -> list[str] | None:
        match event:
            case ev.MessageSent():
                return self._message(event)
            case ev.MessageDelivered():
                return self._state_of(event, "delivered to")
            case ev.MessageRead():
                return self._state_of(event, "read by")
            case ev.MessageAcknowledged():
                return self._state_of(event, "acknowledged by")
            case ev.MessageRefused():
                to = ", ".join(event.receivers)
                return self._paragraph(event.sender, f"message to {to} not sent: {event.reason}", Style.YELLOW)
            case ev.RequestTimedOut():
                text = f"no reply to {event.message_id} from {event.receiver} in {event.timeout_seconds:g} s"
                return self._line(event.sender, text, Style.YELLOW)
            case ev.FactRecorded():
                return self._paragraph(event.agent_id, f"fact: {event.key}: {event.text}")
            case ev.DecisionRecorded():
                return self._paragraph(event.agent_id, f"decision: {event.text} (why: {event.why})")
            case ev.SubtaskProposed():
                return self._paragraph(event.agent_id, f"proposes a task for a {event.role}: {event.title}")
        return None

    def _message(self, event: ev.MessageSent) -> list[str]:
        message = event.message
        kind = message.type.value
        if message.importance is not Importance.NORMAL:
            kind += f", {message.importance}"
        if message.in_reply_to:
            kind += f" to {message.in_reply_to}"
        to = ", ".join(message.receivers) or "nobody"
        return [
            *self._paragraph(message.sender, f"→ {to} ({message.id}: {kind}; queued)", Style.CYAN),
            *self._paragraph("", message.text),
        ]

    def _state_of(self, event: ev.MessageDelivered | ev.MessageRead | ev.MessageAcknowledged, state: str) -> list[str]:
        return self._line("", f"{', '.join(event.message_ids)} {state} {event.receiver}", Style.DIM)

    # --- the session ---

    def _session(self, event: SessionEvent) -> list[str] | None:
        match event:
            case ev.PlanRefused():
                return self._paragraph("planner", f"Not a valid plan: {event.reason}", Style.YELLOW)
            case ev.PlanProposed():
                return ["", *plan_lines(event.plan, self._console, instructions=self._plan_instructions), ""]
            case ev.PlanDecided(edited=True, plan=plan) if plan is not None:
                return ["", *plan_lines(plan, self._console, instructions=False), ""]
            case ev.NoticeRaised():
                colour = {"info": Style.DIM, "warning": Style.YELLOW, "error": Style.RED}[event.level]
                return self._paragraph(event.agent_id or "", f"{event.text} {event.next_step}", colour)
            case ev.ReportProduced():
                return ["", *report_lines(event.report, self._console, self.fold.settings), ""]
            case ev.SessionInterrupted():
                return [line for agent_id in list(self._unsaid) for line in self._say(agent_id)]
        return None

    # --- lines ---

    def _line(self, who: str, text: str, *styles: Style) -> list[str]:
        room = self._console.width - LABEL - 1
        return [f"{self._label(who)} {self._console.styled(shortened(visible(text), room), *styles)}"]

    def _paragraph(self, who: str, text: str, *styles: Style) -> list[str]:
        parts = wrapped(visible(text).strip(), self._console.width - LABEL - 1)
        blank = " " * LABEL
        return [
            f"{self._label(who) if n == 0 else blank} {self._console.styled(part, *styles)}".rstrip()
            for n, part in enumerate(parts)
        ]

    def _label(self, who: str) -> str:
        colour = _COLOURS[sum(who.encode()) % len(_COLOURS)]
        return self._console.styled(who.ljust(LABEL), colour)


def _main_input(tool_input: dict[str, Any]) -> str:
    return " ".join(str(tool_input[name]) for name in _SHOWN_INPUTS if tool_input.get(name))
