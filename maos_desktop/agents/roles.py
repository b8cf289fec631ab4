"""What each role is told and which of the runtime's tools it has."""

from __future__ import annotations

from importlib import resources

from maos_desktop.model.plan import Role, Subtask

_READ = ("Read", "Glob", "Grep")
_WRITE = ("Edit", "Write")
_WRITING = frozenset({*_WRITE, "MultiEdit", "NotebookEdit"})

_TOOLS: dict[Role, tuple[str, ...]] = {
    Role.ANALYST: (*_READ, "Bash"),
    Role.ARCHITECT: (*_READ, "Bash", *_WRITE),
    Role.DEVELOPER: (*_READ, "Bash", *_WRITE),
    Role.TESTER: (*_READ, "Bash", *_WRITE),
    Role.REVIEWER: (*_READ, "Bash"),
    Role.SECURITY: (*_READ, "WebSearch"),
    Role.PERFORMANCE: (*_READ, "Bash", *_WRITE),
    Role.RESEARCHER: (*_READ, "WebSearch", "WebFetch"),
    Role.DOCUMENTER: (*_READ, "Bash", *_WRITE),
}


def tools_for(subtask: Subtask) -> tuple[str, ...]:
    """Returns the tools of the subtask's agent: its own list, else its role's, without writing unless it writes."""
    tools = subtask.tools if subtask.tools is not None else _TOOLS[subtask.role]
    return tuple(tool for tool in tools if subtask.writes or tool not in _WRITING)


def role_prompt(role: Role) -> str:
    """Returns the system prompt of an agent of this role."""
    return f"{prompt_text(role)}\n\n{prompt_text('team')}"


def prompt_text(name: str) -> str:
    """Returns ``prompts/<name>.md``."""
    return (resources.files(__package__) / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()
