"""Messages API requests as the CLI sends them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maos_desktop.rehearsal.conversation import Conversation, read_conversation

NONCE = "0123456789ab"
FOLDER = "/project"
CLI_TOOLS = ("Bash", "Glob", "Grep", "Read")
TEAM_TOOLS = ("announce_discovery", "request", "reply", "record_fact", "acknowledge")
AGENT_TOOLS = (*CLI_TOOLS, *(f"mcp__maos__{name}" for name in TEAM_TOOLS))

ENVIRONMENT = {
    "role": "system",
    "content": f"# Environment\n - Primary working directory: {FOLDER}\n - Platform: linux",
}
REMINDER = {"type": "text", "text": "<system-reminder>\nAbout commits.\n</system-reminder>\n"}


def task(role: str = "analyst", *, title: str = "Look", instructions: str = "Look at it.", **sections: str) -> str:
    """Returns an agent's first prompt; ``sections`` by heading with underscores, e.g. ``Team="- …"``."""
    parts = {"Goal of the team": "Know it", "The user's request": "Look at it", "Instructions": instructions}
    parts |= {name.replace("_", " "): text for name, text in sections.items()}
    head = f"# Your task\nAgent: {role}-1\nRole: {role}\nTask: t1 – {title}"
    return "\n\n".join([head, *(f"## {name}\n{text}" for name, text in parts.items())])


def frame(id: str, sender: str, text: str, *, type: str = "info", importance: str = "normal") -> str:
    """Returns a message as the bus frames it."""
    head = f'<message-{NONCE} id="{id}" from="{sender}" to="analyst-1" type="{type}" importance="{importance}" hop="0">'
    return f"{head}\n{text.replace('<', '&lt;')}\n</message-{NONCE}>"


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def hook(text: str, tool: str = "Grep") -> dict[str, Any]:
    """What a hand-over at a tool boundary looks like."""
    return system(f"PostToolUse:{tool} hook additional context: {text}")


def assistant(*blocks: Mapping[str, Any] | str) -> dict[str, Any]:
    texts = ({"type": "text", "text": block} if isinstance(block, str) else block for block in blocks)
    return {"role": "assistant", "content": list(texts)}


def tool_use(name: str, id: str = "toolu_1", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": name, "input": arguments}


def tool_result(text: str, id: str = "toolu_1", *, is_error: bool = False) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": id, "content": text, "is_error": is_error}
    return {"role": "user", "content": [block]}


def body(*messages: Mapping[str, Any], tools: Iterable[str] = AGENT_TOOLS) -> dict[str, Any]:
    """Returns a streamed request with these messages that offers these tools."""
    offered = [{"name": name, "input_schema": {"type": "object"}} for name in tools]
    return {"model": "rehearsal", "max_tokens": 1000, "stream": True, "messages": list(messages), "tools": offered}


def structured_body(prompt: str, *properties: str, messages: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Returns a request for structured output whose schema has these properties."""
    made = body(user(prompt), *messages, tools=())
    schema = {"type": "object", "properties": {name: {} for name in properties}}
    return made | {"tools": [{"name": "StructuredOutput", "input_schema": schema}]}


def conversation(*messages: Mapping[str, Any], tools: Iterable[str] = AGENT_TOOLS) -> Conversation:
    return read_conversation(body(*messages, tools=tools))
