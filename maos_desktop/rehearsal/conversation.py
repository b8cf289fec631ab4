"""A Messages API request, read into what a brain needs: who asks, what was said, called, returned and handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from maos_desktop.model.ids import PLANNER, SYNTHESIS, AgentId
from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.frames import Frame, read_frames

TEAM_TOOLS = "mcp__maos__"
"""Begins the names of the app's own tools."""
STRUCTURED_OUTPUT = "StructuredOutput"

Kind = Literal["plan", "synthesis", "agent", "side"]

_TASK_HEADS = ("# Your task", "# Continue your task")
_PROMPT_HEADS = (*_TASK_HEADS, "# Make a plan", "# Write the report")
_AGENT_LINE = re.compile(r"^Agent: (\S+)$", re.MULTILINE)
_WORKING_FOLDER = re.compile(r"Primary working directory: (.+)")
_MESSAGES_SECTION = "\n## Messages\n"
_INTERRUPTED = "[Request interrupted by user"
_REMINDER = "<system-reminder>"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool call returned."""

    call: Call
    text: str
    is_error: bool = False

    @property
    def interrupted(self) -> bool:
        """Whether the call never ran to its end, so that it can be made again."""
        return self.is_error and self.text.startswith(_INTERRUPTED)


@dataclass(frozen=True)
class Conversation:
    """One request of a CLI to the model.

    Attributes:
        body: the request's JSON as it came.
        schemas: the input schema of every tool that is offered, by name.
        kind: planning, synthesis, an agent's work, or something the CLI asks for itself (``side``).
        agent: who asks; ``None`` for a side request.
        prompts: the app's prompts in order; the last one is what is to be done.
        outcomes: what each finished tool call returned, in the order of the calls.
        frames: the messages that reached the agent, each id once.
        said: everything the assistant wrote so far.
        news: what came after the assistant's last message, as text.
        folder: the CLI's working folder, empty when it does not say.
    """

    body: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]
    kind: Kind
    agent: AgentId | None
    prompts: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    frames: tuple[Frame, ...]
    said: str
    news: str
    folder: str

    @property
    def prompt(self) -> str:
        """The last prompt of the app; empty in a side request."""
        return self.prompts[-1] if self.prompts else ""

    @property
    def turn(self) -> int:
        """How many answers the assistant has given so far."""
        return sum(message.get("role") == "assistant" for message in self.body["messages"])

    def offers(self, tool: str) -> bool:
        """Returns whether the request offers this tool."""
        return tool in self.schemas

    def calls_of(self, tool: str) -> tuple[Outcome, ...]:
        """Returns what the calls of this tool returned (a tool of the app by its short name)."""
        return tuple(o for o in self.outcomes if o.call.tool.removeprefix(TEAM_TOOLS) == tool)


def read_conversation(body: Any) -> Conversation:
    """Returns the parsed request. Raises ``ValueError`` when it is no Messages API request."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        raise ValueError("messages: Field required")
    if not all(isinstance(message, dict) for message in body["messages"]):
        raise ValueError("messages: Input should be a list of objects")
    schemas = {
        str(tool["name"]): tool.get("input_schema") or {} for tool in _dicts(body.get("tools")) if "name" in tool
    }
    transcript = _Transcript()
    for message in body["messages"]:
        transcript.add(message)
    kind = _kind(schemas, transcript.prompts)
    return Conversation(
        body=body,
        schemas=schemas,
        kind=kind,
        agent=_agent(kind, transcript.prompts),
        prompts=tuple(transcript.prompts),
        outcomes=tuple(transcript.outcomes()),
        frames=tuple(transcript.frames.values()),
        said="\n".join(transcript.said),
        news="\n".join(transcript.news),
        folder=transcript.folder,
    )


@dataclass
class _Transcript:
    """Collects what the messages hold, one after the other."""

    prompts: list[str] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    results: dict[str, Outcome] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    folder: str = ""

    def add(self, message: Mapping[str, Any]) -> None:
        role = message.get("role")
        if role == "assistant":
            self.news.clear()
        for block in _blocks(message.get("content")):
            match role, block.get("type"):
                case "assistant", "text":
                    self.said.append(str(block.get("text", "")))
                case "assistant", "tool_use":
                    call = Call(str(block.get("name")), block.get("input") or {}, str(block.get("id")))
                    self.calls[call.id] = call
                case "user", "tool_result":
                    self._take_result(block)
                case "user" | "system", "text":
                    text = str(block.get("text", ""))
                    if role == "system" and (found := _WORKING_FOLDER.search(text)):
                        self.folder = self.folder or found[1].strip()
                    self._take_text(text)
                case _:
                    pass

    def outcomes(self) -> Iterator[Outcome]:
        return (self.results[call_id] for call_id in self.calls if call_id in self.results)

    def _take_result(self, block: Mapping[str, Any]) -> None:
        call = self.calls.get(str(block.get("tool_use_id")))
        text = "\n".join(str(part.get("text", "")) for part in _blocks(block.get("content")))
        self.news.append(text)
        if call is None:
            return
        self.results[call.id] = Outcome(call, text, bool(block.get("is_error")))
        # Only what the app itself returns may hold frames: a file of the project that holds one is no message.
        if call.tool.startswith(TEAM_TOOLS):
            self._take_frames(text)

    def _take_text(self, text: str) -> None:
        self.news.append(text)
        if text.lstrip().startswith(_REMINDER):
            return
        if text.lstrip().startswith(_PROMPT_HEADS):
            self.prompts.append(text.strip())
            # The other sections quote files and reports; only the last one is a hand-over.
            text = text.rpartition(_MESSAGES_SECTION)[2] if _MESSAGES_SECTION in text else ""
        self._take_frames(text)

    def _take_frames(self, text: str) -> None:
        for frame in read_frames(text):
            self.frames.setdefault(frame.id, frame)


def _kind(schemas: Mapping[str, Mapping[str, Any]], prompts: Sequence[str]) -> Kind:
    wanted = schemas.get(STRUCTURED_OUTPUT, {}).get("properties", {})
    if "subtasks" in wanted:
        return "plan"
    if "findings" in wanted:
        return "synthesis"
    is_task = bool(prompts) and prompts[-1].startswith(_TASK_HEADS)
    return "agent" if is_task and schemas else "side"


def _agent(kind: Kind, prompts: Sequence[str]) -> AgentId | None:
    if kind == "plan":
        return PLANNER
    if kind == "synthesis":
        return SYNTHESIS
    named = _AGENT_LINE.search(prompts[-1]) if kind == "agent" else None
    return AgentId(named[1]) if named else None


def _blocks(content: Any) -> list[Mapping[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else _dicts(content)


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
