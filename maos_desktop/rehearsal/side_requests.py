"""What the CLI asks for itself: titles, summaries, a probe whether anybody answers."""

from __future__ import annotations

import json
from typing import Any

from maos_desktop.rehearsal.answer import Answer, Say
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.reports import NOTICE

_BY_TYPE: dict[str, Any] = {
    "string": "Rehearsal",
    "boolean": False,
    "integer": 0,
    "number": 0,
    "array": [],
    "object": {},
}


def answer_side_request(conversation: Conversation) -> Answer:
    """Returns a short honest answer; JSON that fits where the request wants JSON."""
    wanted = _schema(conversation.body)
    return Answer((Say(json.dumps(_fitting(wanted)) if wanted else NOTICE),))


def _schema(body: Any) -> dict[str, Any] | None:
    config = body.get("output_config") or {}
    form = (config.get("format") if isinstance(config, dict) else None) or body.get("output_format") or {}
    schema = form.get("schema") if isinstance(form, dict) else None
    return schema if isinstance(schema, dict) else None


def _fitting(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") != "object":
        return _BY_TYPE.get(str(schema.get("type")))
    return {name: _fitting(part) for name, part in (schema.get("properties") or {}).items()}
