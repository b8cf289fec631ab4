"""Messages as the CLI writes them, shortened to what is read of them."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]

SESSION = "776ec9d1-4707-497b-a654-dd8f3e9b60bd"


def init(session_id: str = SESSION) -> Message:
    return {"type": "system", "subtype": "init", "session_id": session_id, "model": "claude-opus"}


def status(value: str = "requesting") -> Message:
    return {"type": "system", "subtype": "status", "status": value}


def idle() -> Message:
    return {"type": "system", "subtype": "session_state_changed", "state": "idle"}


def api_retry(status: int | None = 529, **fields: Any) -> Message:
    retry = {"attempt": 1, "max_retries": 10, "retry_delay_ms": 531, "error_status": status, "error": "overloaded"}
    return {"type": "system", "subtype": "api_retry", **retry, **fields}


def stream(kind: str, *, parent: str | None = None, **fields: Any) -> Message:
    return {"type": "stream_event", "event": {"type": kind, **fields}, "parent_tool_use_id": parent}


def message_start(response_id: str = "msg_1", **fields: Any) -> Message:
    return stream("message_start", message={"id": response_id, "model": "claude-opus"}, **fields)


def block_start(index: int, kind: str = "text") -> Message:
    return stream("content_block_start", index=index, content_block={"type": kind})


def delta(index: int, text: str, kind: str = "text", **fields: Any) -> Message:
    return stream("content_block_delta", index=index, delta={"type": f"{kind}_delta", kind: text}, **fields)


def block_stop(index: int) -> Message:
    return stream("content_block_stop", index=index)


def streamed_text(text: str, response_id: str = "msg_1") -> list[Message]:
    """A whole response of one block of text."""
    return [
        message_start(response_id),
        block_start(0),
        delta(0, text),
        assistant({"type": "text", "text": text}, response_id=response_id),
        block_stop(0),
        stream("message_stop"),
    ]


def tool_use(tool_use_id: str = "toolu_1", name: str = "Read", **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": tool_use_id, "name": name, "input": given}


def assistant(*blocks: dict[str, Any], response_id: str = "msg_1", parent: str | None = None) -> Message:
    message = {"id": response_id, "model": "claude-opus", "content": list(blocks)}
    return {"type": "assistant", "message": message, "parent_tool_use_id": parent}


def api_error(text: str, kind: str) -> Message:
    message = {"id": "x", "model": "<synthetic>", "content": [{"type": "text", "text": text}]}
    return {"type": "assistant", "message": message, "error": kind, "parent_tool_use_id": None}


def tool_result(content: object, tool_use_id: str = "toolu_1", *, is_error: bool | None = None) -> Message:
    block = {"type": "tool_result", "tool_use_id": tool_use_id, "content": content, "is_error": is_error}
    return {"type": "user", "message": {"role": "user", "content": [block]}, "parent_tool_use_id": None}


def result(text: str | None = "done", **fields: Any) -> Message:
    success = {"is_error": False, "session_id": SESSION, "result": text, "terminal_reason": "completed"}
    return {"type": "result", "subtype": "success", "duration_ms": 31, **success, **fields}


def aborted(**fields: Any) -> Message:
    given = {"is_error": True, "terminal_reason": "aborted_streaming", "errors": ["[ede_diagnostic] …"], **fields}
    return result(None, **given)


def totals(*, tokens_in: int, tokens_out: int, cost: float, basis: str = "list") -> dict[str, Any]:
    """The running totals of a result."""
    model = {"inputTokens": tokens_in, "outputTokens": tokens_out, "costUSD": cost, "costBasis": basis}
    return {"modelUsage": {"claude-opus": model}, "total_cost_usd": cost}
