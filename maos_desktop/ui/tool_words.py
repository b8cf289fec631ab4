"""Tool calls in a few words: what was called, on what, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QCoreApplication

from maos_desktop.ui.transcript.display_text import LONGEST_RUN, first_line, revealed

_OWN_PREFIX = "mcp__maos__"
_ICONS = {
    "Bash": "terminal",
    "Read": "file-text",
    "Grep": "search",
    "Glob": "folder",
    "Edit": "pencil",
    "MultiEdit": "pencil",
    "Write": "pencil",
    "NotebookEdit": "pencil",
    "WebFetch": "external-link",
    "WebSearch": "search",
    "StructuredOutput": "table-2",
    "TodoWrite": "list-tree",
    "Task": "bot",
}
_OWN_ICONS = {
    "send_message": "send",
    "broadcast": "megaphone",
    "request": "message-square",
    "reply": "reply",
    "announce_discovery": "lightbulb",
    "record_fact": "bookmark",
    "record_decision": "gavel",
    "declare_dependency": "link",
    "propose_subtask": "plus",
    "acknowledge": "check-check",
    "check_messages": "messages-square",
    "read_shared_context": "eye",
}
_FILE_KEYS = ("file_path", "notebook_path", "path")


@dataclass(frozen=True, slots=True)
class ToolWords:
    """A tool call for one line: an icon, the tool's name, what it was called with, and whether that is code."""

    icon: str
    label: str
    argument: str
    mono: bool


def tool_words(tool: str, arguments: Mapping[str, Any], project_folder: str = "") -> ToolWords:
    """Returns a tool call in a few words; paths inside ``project_folder`` are shown relative to it."""
    if tool.startswith(_OWN_PREFIX):
        name = tool.removeprefix(_OWN_PREFIX)
        return ToolWords(_OWN_ICONS.get(name, "message-square"), _own_label(name), _own_argument(arguments), mono=False)
    describe = _ARGUMENTS.get(tool, _any_argument)
    argument = first_line(revealed(describe(arguments, project_folder)[:LONGEST_RUN]))
    return ToolWords(_ICONS.get(tool, "wrench"), tool, argument, mono=True)


def result_words(output: str, *, is_error: bool) -> str:
    """Returns what came of a call: how many lines, or why it failed."""
    tr = QCoreApplication.translate
    if is_error:
        return first_line(output, 60) or tr("ToolWords", "failed")
    lines = len(output.strip().splitlines()) if output else 0
    if lines == 0:
        return tr("ToolWords", "no output")
    return tr("ToolWords", "1 line") if lines == 1 else tr("ToolWords", "{n} lines").format(n=lines)


def pretty_input(tool: str, arguments: Mapping[str, Any]) -> str:
    """Returns the whole input of a call as people read it: a command as it is, anything else by name."""
    if tool == "Bash" and isinstance(arguments.get("command"), str):
        rest = {key: value for key, value in arguments.items() if key != "command"}
        return str(arguments["command"]) + ("\n\n" + _by_name(rest) if rest else "")
    return _by_name(arguments)


def _by_name(arguments: Mapping[str, Any]) -> str:
    lines = []
    for key, value in arguments.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        lines.append(f"{key}:\n{shown}" if "\n" in shown else f"{key}: {shown}")
    return "\n".join(lines)


def _own_label(name: str) -> str:
    tr = QCoreApplication.translate
    labels = {
        "send_message": tr("ToolWords", "Send message"),
        "broadcast": tr("ToolWords", "Tell everyone"),
        "request": tr("ToolWords", "Ask"),
        "reply": tr("ToolWords", "Reply"),
        "announce_discovery": tr("ToolWords", "Announce discovery"),
        "record_fact": tr("ToolWords", "Record fact"),
        "record_decision": tr("ToolWords", "Record decision"),
        "declare_dependency": tr("ToolWords", "Declare dependency"),
        "propose_subtask": tr("ToolWords", "Propose task"),
        "acknowledge": tr("ToolWords", "Acknowledge"),
        "check_messages": tr("ToolWords", "Check messages"),
        "read_shared_context": tr("ToolWords", "Read shared context"),
    }
    return labels.get(name, name.replace("_", " ").capitalize())


def _own_argument(arguments: Mapping[str, Any]) -> str:
    receiver = arguments.get("to") or arguments.get("on") or arguments.get("key") or arguments.get("request_id")
    text = next((arguments[key] for key in ("text", "need", "title") if arguments.get(key)), "")
    parts = (str(part) for part in (receiver, text) if part)
    return first_line(": ".join(parts))


def _path(value: object, folder: str) -> str:
    path = str(value)
    if folder and PurePath(path).is_relative_to(folder):
        return str(PurePath(path).relative_to(folder))
    return path


def _file_argument(arguments: Mapping[str, Any], folder: str) -> str:
    path = next((_path(arguments[key], folder) for key in _FILE_KEYS if arguments.get(key)), "")
    offset, limit = arguments.get("offset"), arguments.get("limit")
    if isinstance(offset, int) and isinstance(limit, int):
        return f"{path}:{offset}-{offset + limit - 1}"
    return f"{path}:{offset}" if isinstance(offset, int) else path


def _pattern_argument(arguments: Mapping[str, Any], folder: str) -> str:
    place = arguments.get("path")
    words = f'"{arguments.get("pattern", "")}"'
    if arguments.get("glob"):
        words += f" {arguments['glob']}"
    return f"{words} in {_path(place, folder)}" if place else words


def _any_argument(arguments: Mapping[str, Any], folder: str) -> str:
    return next((str(value) for value in arguments.values() if isinstance(value, str) and value.strip()), "")


def _command_argument(arguments: Mapping[str, Any], folder: str) -> str:
    command = str(arguments.get("command", ""))
    return command.replace(f"{folder}/", "") if folder else command


_ARGUMENTS: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "Bash": _command_argument,
    "Grep": _pattern_argument,
    "Glob": _pattern_argument,
    **dict.fromkeys(("Read", "Edit", "MultiEdit", "Write", "NotebookEdit"), _file_argument),
}
