"""An answer as the Anthropic Messages API sends it: a stream of events, or one JSON object."""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Iterator
from typing import Any

from maos_desktop.rehearsal.answer import Answer, Call, Say

MAX_TEXT_DELTAS = 120
"""A longer text comes in larger pieces, so that no answer takes for ever at a reader's pace."""
JSON_DELTA_CHARACTERS = 80

Event = dict[str, Any]


def stream_events(answer: Answer, model: str, input_tokens: int) -> Iterator[Event]:
    """Yields the events of a streamed answer in order; each holds its own name as ``type``."""
    yield {"type": "message_start", "message": _message(answer, model, input_tokens, begun=True)}
    for index, block in enumerate(answer.blocks):
        yield {"type": "content_block_start", "index": index, "content_block": _empty(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": answer.stop_reason, "stop_sequence": None},
        "usage": {"output_tokens": answer.output_tokens},
    }
    yield {"type": "message_stop"}


def encode(event: Event) -> bytes:
    """Returns the event as it stands on the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def whole_message(answer: Answer, model: str, input_tokens: int) -> dict[str, Any]:
    """Returns the answer to a request that does not ask for a stream."""
    return _message(answer, model, input_tokens, begun=False)


def error_body(status: int, message: str) -> dict[str, Any]:
    """Returns the JSON of an error of this HTTP status."""
    kinds = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error"}
    kinds |= {404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}
    return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}


def _message(answer: Answer, model: str, input_tokens: int, *, begun: bool) -> dict[str, Any]:
    return {
        # The CLI takes messages of the same id for parts of one message, so every answer has its own.
        "id": f"msg_{secrets.token_hex(12)}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [] if begun else [_whole(block) for block in answer.blocks],
        "stop_reason": None if begun else answer.stop_reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": input_tokens,
            "output_tokens": 1 if begun else answer.output_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def _empty(block: Say | Call) -> dict[str, Any]:
    if isinstance(block, Say):
        return {"type": "text", "text": ""}
    return {"type": "tool_use", "id": block.id, "name": block.tool, "input": {}}


def _whole(block: Say | Call) -> dict[str, Any]:
    if isinstance(block, Say):
        return {"type": "text", "text": block.text}
    return {"type": "tool_use", "id": block.id, "name": block.tool, "input": dict(block.input)}


def _deltas(block: Say | Call) -> Iterator[dict[str, str]]:
    if isinstance(block, Say):
        words = re.findall(r"\s*\S+|\s+$", block.text) or [block.text]
        size = math.ceil(len(words) / MAX_TEXT_DELTAS)
        for start in range(0, len(words), size):
            yield {"type": "text_delta", "text": "".join(words[start : start + size])}
    else:
        text = json.dumps(block.input)
        for start in range(0, len(text), JSON_DELTA_CHARACTERS):
            yield {"type": "input_json_delta", "partial_json": text[start : start + JSON_DELTA_CHARACTERS]}
