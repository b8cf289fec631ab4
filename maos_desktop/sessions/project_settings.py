"""What a project folder brings along that runs on this computer once its settings are trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS_FILES = (".claude/settings.json", ".claude/settings.local.json")
SERVERS_FILE = ".mcp.json"
_LONGEST_FILE = 1_000_000
_HELPERS = ("apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper")


@dataclass(frozen=True, slots=True)
class ProjectCommand:
    """A command that a settings file would have run. ``occasion`` says when, e.g. ``hook SessionStart``."""

    file: str
    occasion: str
    command: str


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The folder's own settings.

    Attributes:
        files: the settings files there are, relative to the folder.
        commands: what they would run, exactly as written.
        variables: the names of environment variables they set.
        unreadable: the files of ``files`` that could not be understood.
    """

    files: tuple[str, ...] = ()
    commands: tuple[ProjectCommand, ...] = ()
    variables: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def read_project_settings(folder: Path) -> ProjectSettings:
    """Returns what the folder's own settings files would do. Runs nothing and raises nothing."""
    files: list[str] = []
    commands: list[ProjectCommand] = []
    variables: list[str] = []
    unreadable: list[str] = []
    for name in (*SETTINGS_FILES, SERVERS_FILE):
        if not _exists(folder / name):
            continue
        files.append(name)
        try:
            content = _read(folder / name)
        except (OSError, ValueError, RecursionError):
            unreadable.append(name)
            continue
        commands += _server_commands(name, content)
        if name != SERVERS_FILE:
            commands += [*_hook_commands(name, content), *_helper_commands(name, content)]
            variables += _mapping(content.get("env"))
    return ProjectSettings(tuple(files), tuple(commands), tuple(variables), tuple(unreadable))


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        text = file.read(_LONGEST_FILE + 1)
    if len(text) > _LONGEST_FILE:
        raise ValueError("too long")
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def _hook_commands(file: str, content: dict[str, Any]) -> Iterator[ProjectCommand]:
    for event, matchers in _mapping(content.get("hooks")).items():
        for matcher in _list(matchers):
            for hook in _list(_mapping(matcher).get("hooks")):
                what = _mapping(hook)
                command = what.get("command") or what.get("prompt") or what.get("url")
                if command:
                    yield ProjectCommand(file, f"hook {event}", str(command))


def _helper_commands(file: str, content: dict[str, Any]) -> Iterator[ProjectCommand]:
    for name in _HELPERS:
        if content.get(name):
            yield ProjectCommand(file, name, str(content[name]))
    status_line = _mapping(content.get("statusLine")).get("command")
    if status_line:
        yield ProjectCommand(file, "statusLine", str(status_line))


def _server_commands(file: str, content: dict[str, Any]) -> Iterator[ProjectCommand]:
    for name, server in _mapping(content.get("mcpServers")).items():
        settings = _mapping(server)
        command = settings.get("command")
        if command:
            arguments = [str(argument) for argument in _list(settings.get("args"))]
            yield ProjectCommand(file, f"server {name}", " ".join([str(command), *arguments]))
        elif settings.get("url"):
            yield ProjectCommand(file, f"server {name}", str(settings["url"]))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
