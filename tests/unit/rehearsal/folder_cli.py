"""A stand-in of the CLI: its tools over a folder in memory, with output worded as the real one words it.

It runs an agent of the rules from its first request to its report, as the CLI does.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from maos_desktop.rehearsal.answer import Answer, Call, Say
from maos_desktop.rehearsal.conversation import TEAM_TOOLS, Conversation, read_conversation
from maos_desktop.rehearsal.rule_brain import answer_by_rules
from tests.unit.rehearsal.bodies import AGENT_TOOLS, ENVIRONMENT, FOLDER, body, hook, task, user

MAX_REQUESTS = 80
Files = Mapping[str, str]


class FolderCli:
    """Runs one agent over ``files``.

    Attributes:
        messages: the conversation so far.
        calls: every tool call the agent made.
        said: every text of the agent.
    """

    def __init__(
        self,
        files: Files,
        prompt: str,
        *,
        tools: Iterable[str] = AGENT_TOOLS,
        denied: Iterable[str] = (),
        replies: Mapping[str, str] | None = None,
        after_call: Callable[[Call], str | None] = lambda _: None,
    ) -> None:
        self.files = dict(files)
        self.messages: list[dict[str, Any]] = [user(prompt), ENVIRONMENT]
        self.calls: list[Call] = []
        self.said: list[str] = []
        self._tools = tuple(tools)
        self._denied = frozenset(denied)
        self._replies = {"Bash": "abc1234 First commit", **(replies or {})}
        self._after_call = after_call

    @property
    def report(self) -> str:
        """The last text of the agent."""
        return self.said[-1]

    def conversation(self) -> Conversation:
        """Returns the next request, parsed."""
        return read_conversation(body(*self.messages, tools=self._tools))

    def step(self) -> Answer:
        """Sends one request and carries out the calls of the answer."""
        answer = answer_by_rules(self.conversation())
        blocks: list[dict[str, Any]] = []
        results: list[dict[str, Any]] = []
        handovers: list[str] = []
        for block in answer.blocks:
            if isinstance(block, Say):
                self.said.append(block.text)
                blocks.append({"type": "text", "text": block.text})
                continue
            self.calls.append(block)
            blocks.append({"type": "tool_use", "id": block.id, "name": block.tool, "input": dict(block.input)})
            text, is_error = self._run(block)
            results.append({"type": "tool_result", "tool_use_id": block.id, "content": text, "is_error": is_error})
            if handover := self._after_call(block):
                handovers.append(handover)
        self.messages.append({"role": "assistant", "content": blocks})
        if results:
            self.messages.append({"role": "user", "content": results})
        self.messages += [hook(handover) for handover in handovers]
        return answer

    def run(self) -> FolderCli:
        """Runs to the end of the turn."""
        for _ in range(MAX_REQUESTS):
            if self.step().stop_reason == "end_turn":
                return self
        raise AssertionError(f"The agent did not end: {self.calls[-5:]}")

    def tell(self, text: str) -> FolderCli:
        """Begins another turn with ``text``."""
        self.messages.append(user(text))
        return self.run()

    def calls_of(self, tool: str) -> list[Mapping[str, Any]]:
        """Returns the inputs of the calls of this tool (a tool of the app by its short name)."""
        return [call.input for call in self.calls if call.tool.removeprefix(TEAM_TOOLS) == tool]

    def _run(self, call: Call) -> tuple[str, bool]:
        name = call.tool.removeprefix(TEAM_TOOLS)
        if name in self._denied:
            return "The user said no.", True
        match name:
            case "Grep":
                return self._grep(call.input)
            case "Glob":
                return self._glob(str(call.input["pattern"])), False
            case "Read":
                return self._read(call.input)
            case _:
                return self._replies.get(name, "Done."), False

    def _grep(self, options: Mapping[str, Any]) -> tuple[str, bool]:
        pattern = str(options["pattern"])
        # ripgrep takes flags anywhere in a pattern, Python only at its beginning.
        wanted = re.compile(pattern.replace("(?i)", ""), re.I if "(?i)" in pattern else 0)
        one_file = options.get("path")
        if one_file is not None and one_file not in self.files:
            return f"Path does not exist: {one_file}", True
        chosen = [one_file] if one_file else [f for f in sorted(self.files) if _globbed(f, options.get("glob", ""))]
        found = [(f, n, t) for f in chosen for n, t in enumerate(self.files[f].splitlines(), 1) if wanted.search(t)]
        limit = int(options["head_limit"]) if "head_limit" in options else 250
        match options["output_mode"]:
            case "count":
                return _counts([f for f, _, _ in found], limit), False
            case "files_with_matches":
                files = list(dict.fromkeys(f for f, _, _ in found))
                return "\n".join([f"Found {len(files)} files", *files]) if files else "No files found", False
            case _:
                rows = [f"{n}:{t}" if one_file else f"{f}:{n}:{t}" for f, n, t in found[:limit]]
                cut = ["", f"[Showing results with pagination = limit: {limit}]"] if len(found) > limit else []
                return "\n".join([*rows, *cut]) or "No matches found", False

    def _glob(self, pattern: str) -> str:
        found = [f for f in sorted(self.files) if any(_matches(f, p, anywhere=False) for p in _expanded(pattern))]
        return "\n".join(found) or "No files found"

    def _read(self, options: Mapping[str, Any]) -> tuple[str, bool]:
        path = str(options["file_path"]).removeprefix(f"{FOLDER}/")
        if path not in self.files:
            return f"File does not exist. Note: your current working directory is {FOLDER}.", True
        lines = self.files[path].split("\n")
        first = int(options.get("offset", 1))
        shown = lines[first - 1 : first - 1 + int(options.get("limit", 2000))]
        return "\n".join(f"{n}\t{text}" for n, text in enumerate(shown, first)), False


def investigate(
    role: str, files: Files, *, request: str = "Look at it", title: str = "Look", **options: Any
) -> FolderCli:
    """Runs an agent of this role over ``files`` to its report."""
    sections = {name: options.pop(name) for name in list(options) if name[0].isupper()}
    prompt = task(role, title=title, **{"The_user's_request": request}, **sections)
    return FolderCli(files, prompt, **options).run()


def _counts(hits: list[str], limit: int) -> str:
    by_file = {f: hits.count(f) for f in dict.fromkeys(hits)}
    rows = [f"{f}:{n}" for f, n in list(by_file.items())[:limit]]
    cut = f" with pagination = limit: {limit}" if len(by_file) > limit else ""
    return "\n".join([*rows, "", f"Found {len(hits)} total occurrences across {len(by_file)} files.{cut}"])


def _globbed(path: str, globs: str) -> bool:
    wanted = [glob for glob in globs.split() if not glob.startswith("!")]
    unwanted = [glob[1:] for glob in globs.split() if glob.startswith("!")]
    if any(_matches(path, p, anywhere=True) for glob in unwanted for p in _expanded(glob)):
        return False
    return not wanted or any(_matches(path, p, anywhere=True) for glob in wanted for p in _expanded(glob))


def _expanded(glob: str) -> list[str]:
    found = re.search(r"\{([^}]*)\}", glob)
    if not found:
        return [glob]
    return [p for part in found[1].split(",") for p in _expanded(glob[: found.start()] + part + glob[found.end() :])]


def _matches(path: str, pattern: str, *, anywhere: bool) -> bool:
    if pattern.startswith("**/"):
        rest = pattern[3:]
        return any(_matches(path[i:], rest, anywhere=False) for i in _starts(path))
    if anywhere and "/" not in pattern:
        return fnmatch.fnmatchcase(path.rsplit("/", 1)[-1], pattern)
    return fnmatch.fnmatchcase(path, pattern) and ("/" not in path or "/" in pattern)


def _starts(path: str) -> list[int]:
    return [0, *(i + 1 for i, letter in enumerate(path) if letter == "/")]
