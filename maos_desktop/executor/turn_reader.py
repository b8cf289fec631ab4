"""Turns the CLI's messages into events: what is streamed, what is called, how each turn ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from maos_desktop.errors import AgentError
from maos_desktop.executor.base import (
    AssistantAnswered,
    BlockClosed,
    RetryScheduled,
    RuntimeEvent,
    SessionOpened,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.executor.failures import NOT_ACCEPTED, Outcome, failure_of, not_set_up
from maos_desktop.executor.spending import Spending

STRUCTURED_OUTPUT = "StructuredOutput"
"""The tool by which the model gives structured output; it is a result, not a step of the agent."""

_SYNTHETIC = "<synthetic>"
_ABORTED = frozenset({"aborted_streaming", "aborted_tools"})
_BLOCK_KINDS: dict[str, Literal["text", "thinking"]] = {"text": "text", "thinking": "thinking"}

Message = Mapping[str, Any]


class TurnReader:
    """Reads one process's messages in their order.

    Attributes:
        responses: how many responses the model has begun, over all turns.
        in_turn: whether a turn is under way.
        interrupting: whether the running turn was asked to end.
    """

    def __init__(self, spending: Spending) -> None:
        self.responses = 0
        self.in_turn = False
        self.interrupting = False
        self._spending = spending
        self._session_id = ""
        self._blocks = 0
        self._open: dict[int, int] = {}
        """Block number by index in the response that streams."""
        self._response_id: object = None
        self._hidden: set[str] = set()
        self._turn_began_at = 0
        self._error_kind: str | None = None
        self._stopped_by: AgentError | None = None

    @property
    def must_stop(self) -> bool:
        """Whether the running turn cannot succeed any more and is to be interrupted."""
        return self._stopped_by is not None and not self.interrupting

    def begin_turn(self) -> None:
        """A query is sent."""
        if not self.in_turn:
            self.in_turn, self.interrupting = True, False

    def take(self, message: Message) -> Iterator[RuntimeEvent]:
        """Yields what this message means, often nothing."""
        of_subagent = message.get("parent_tool_use_id") is not None
        match message["type"]:
            case "stream_event" if not of_subagent:
                yield from self._take_stream(message["event"])
            case "assistant":
                yield from self._take_assistant(message["message"], message.get("error"), of_subagent)
            case "user":
                yield from self._take_tool_results(message["message"])
            case "system":
                yield from self._take_system(message)
            case "result":
                yield from self._end_turn(message)

    # --- what the model writes ---

    def _take_stream(self, event: Message) -> Iterator[RuntimeEvent]:
        index = event.get("index")
        index = index if isinstance(index, int) else -1
        match event.get("type"):
            case "message_start":
                yield from self._begin_response(_part(event, "message").get("id"))
            case "content_block_start":
                if _part(event, "content_block").get("type") in ("text", "thinking"):
                    self._open[index] = self._next_block()
            case "content_block_delta" if index in self._open:
                delta = _part(event, "delta")
                kind = _BLOCK_KINDS.get(str(delta.get("type")).removesuffix("_delta"))
                if kind is not None and delta.get(kind):
                    yield TextStreamed(self._open[index], kind, str(delta[kind]))
            case "content_block_stop" if index in self._open:
                yield BlockClosed(self._open.pop(index))

    def _begin_response(self, response_id: object) -> Iterator[RuntimeEvent]:
        yield from self._close_blocks()
        self._response_id = response_id
        self.responses += 1
        yield AssistantAnswered(self.responses)

    def _take_assistant(self, response: Message, error: object, of_subagent: bool) -> Iterator[RuntimeEvent]:
        if response.get("model") == _SYNTHETIC:
            self._error_kind = error if isinstance(error, str) else None
            return
        # A response that was not streamed comes as a whole.
        whole = not of_subagent and response.get("id") != self._response_id
        if whole:
            yield from self._begin_response(response.get("id"))
        for block in _blocks(response):
            kind = _BLOCK_KINDS.get(str(block.get("type")))
            if block.get("type") == "tool_use":
                yield from self._call_tool(block)
            elif whole and kind is not None:
                number = self._next_block()
                yield TextStreamed(number, kind, str(block.get(kind, "")))
                yield BlockClosed(number)

    def _close_blocks(self) -> Iterator[RuntimeEvent]:
        for number in self._open.values():
            yield BlockClosed(number)
        self._open.clear()

    def _next_block(self) -> int:
        self._blocks += 1
        return self._blocks - 1

    # --- what it does ---

    def _call_tool(self, block: Message) -> Iterator[RuntimeEvent]:
        tool_use_id, name, given = block.get("id"), block.get("name"), block.get("input")
        if name == STRUCTURED_OUTPUT:
            self._hidden.add(str(tool_use_id))
        elif isinstance(tool_use_id, str) and isinstance(name, str) and isinstance(given, dict):
            yield ToolCalled(tool_use_id, name, given)

    def _take_tool_results(self, message: Message) -> Iterator[RuntimeEvent]:
        for block in _blocks(message):
            tool_use_id = block.get("tool_use_id")
            if block.get("type") == "tool_result" and isinstance(tool_use_id, str) and tool_use_id not in self._hidden:
                yield ToolReturned(tool_use_id, _text_of(block.get("content")), block.get("is_error") is True)

    # --- how it goes on and ends ---

    def _take_system(self, message: Message) -> Iterator[RuntimeEvent]:
        match message["subtype"]:
            case "init":
                self.in_turn = True
                if message.get("session_id") != self._session_id:
                    self._session_id = str(message.get("session_id"))
                    yield SessionOpened(self._session_id, str(message.get("model", "")))
            case "api_retry":
                yield self._retry(message)
            case "session_state_changed" if message.get("state") == "idle":
                # An interrupt between two retries ends the turn without a result.
                if self.in_turn and self.interrupting:
                    yield from self._end_turn(
                        {"type": "result", "is_error": True, "terminal_reason": "aborted_streaming"}
                    )

    def _retry(self, message: Message) -> RetryScheduled:
        status = message.get("error_status")
        status = status if isinstance(status, int) else None
        text = str(message.get("error") or "")
        if status in NOT_ACCEPTED:
            self._stopped_by = not_set_up(status, text)
        attempt, delay = message.get("attempt"), message.get("retry_delay_ms")
        return RetryScheduled(
            attempt if isinstance(attempt, int) else 0,
            int(delay) if isinstance(delay, int | float) else 0,
            status,
            text,
        )

    def _end_turn(self, result: Message) -> Iterator[RuntimeEvent]:
        yield from self._close_blocks()
        usage, cost = self._spending.of_turn(result)
        outcome = _outcome(result, self._error_kind)
        interrupted = outcome.terminal_reason in _ABORTED
        duration = result.get("duration_ms")
        yield TurnEnded(
            text=outcome.text if not outcome.is_error else "",
            turns=self.responses - self._turn_began_at,
            usage=usage,
            cost_usd=cost,
            duration_ms=duration if isinstance(duration, int) else 0,
            interrupted=interrupted and self._stopped_by is None,
            structured_output=result.get("structured_output"),
            error=self._stopped_by or (None if interrupted else failure_of(outcome)),
        )
        self.in_turn = self.interrupting = False
        self._turn_began_at = self.responses
        self._error_kind = self._stopped_by = None
        self._hidden.clear()


def _outcome(result: Message, error_kind: str | None) -> Outcome:
    status, errors, text = result.get("api_error_status"), result.get("errors"), result.get("result")
    if not isinstance(text, str) and isinstance(errors, list):
        text = "; ".join(str(error) for error in errors)
    return Outcome(
        is_error=result["is_error"],
        terminal_reason=str(result.get("terminal_reason")),
        stop_reason=str(result.get("stop_reason")),
        status=status if isinstance(status, int) else None,
        kind=error_kind,
        text=text if isinstance(text, str) else "",
    )


def _part(event: Message, name: str) -> Message:
    part = event.get(name)
    return part if isinstance(part, dict) else {}


def _blocks(message: Message) -> list[Message]:
    content = message.get("content")
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _text_of(content: object) -> str:
    """Returns a tool's result as text; what is no text is named by its type."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part if isinstance(part, dict) else {"type": "text", "text": part} for part in content)
    return "\n".join(
        str(part.get("text", "")) if part.get("type") == "text" else f"[{part.get('type')}]" for part in parts
    )
