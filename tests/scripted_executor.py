"""An executor whose agents follow scripts: the world outside the engine, with the runtime's own order of events.

A script is a coroutine function that plays the model of one turn. It is given the process, whose methods are what
a model can do, and returns how the turn ends: a text, structured output, an ``AgentError``, or ``ended(text)`` for an
end without asking whether it may::

    async def tester(agent: ScriptedProcess) -> str:
        await agent.say("I look.")
        await agent.use("Read", "the file's text", file_path="a.py")
        await agent.call("announce_discovery", text="a.py:1 is wrong")
        return "My report"
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from maos_desktop.errors import AgentError, KnownError
from maos_desktop.executor.base import (
    AgentHooks,
    AgentLaunch,
    AssistantAnswered,
    BlockClosed,
    PermissionAnswer,
    PermissionQuestion,
    RuntimeEvent,
    RuntimeInfo,
    SessionOpened,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.model.event import Usage
from maos_desktop.model.ids import PLANNER, SYNTHESIS, AgentId

Ending = str | Mapping[str, Any] | AgentError | TurnEnded
Script = Callable[["ScriptedProcess"], Awaitable[Ending]]

USAGE = Usage(input_tokens=10, output_tokens=5)
COST_USD = 0.01


async def report_at_once(agent: ScriptedProcess) -> Ending:
    """The script of every agent that has none: one sentence that names the agent."""
    return f"{agent.agent_id} has nothing to report."


def ended(text: str = "", **fields: Any) -> TurnEnded:
    """Returns a turn's result with the costs that every scripted turn has."""
    return TurnEnded(text=text, turns=1, usage=USAGE, cost_usd=COST_USD, duration_ms=1, **fields)


def answering(*endings: Ending) -> Script:
    """Returns a script for an agent that is asked more than once: one ending per turn, in order."""

    async def script(agent: ScriptedProcess) -> Ending:
        return endings[len(agent.prompts) - 1]

    return script


class ScriptedProcess:
    """One scripted agent: for the engine an ``AgentProcess``, for its script what a model can do.

    Attributes:
        prompts: the text of every turn so far; the last one is of the turn that runs.
        heard: what the hooks handed over, in order.
        interrupt_error: when set, what ``interrupt`` raises instead of ending the turn.
        interruptible: while it is clear, an interrupt waits.
    """

    def __init__(self, launch: AgentLaunch, hooks: AgentHooks, script: Script, number: int) -> None:
        self.launch = launch
        self.agent_id = launch.agent_id
        self.claude_session_id = launch.resume or f"session-{launch.agent_id}-{number}"
        self.prompts: list[str] = []
        self.heard: list[str] = []
        self.responses = 0
        self.closed = False
        self.interrupt_error: AgentError | None = None
        self.interruptible = asyncio.Event()
        self.interruptible.set()
        self._hooks = hooks
        self._script = script
        self._events: asyncio.Queue[RuntimeEvent | Exception | None] = asyncio.Queue()
        self._turn: asyncio.Task[None] | None = None
        self._blocks = 0
        self._tools = 0

    # --- what a model can do ---

    @property
    def prompt(self) -> str:
        """The text of the turn that runs."""
        return self.prompts[-1]

    async def say(self, *pieces: str, thinking: bool = False) -> None:
        """Streams a block, a delta per piece, in a response of its own."""
        self.begin_response()
        block, self._blocks = self._blocks, self._blocks + 1
        for piece in pieces:
            self.emit(TextStreamed(block, "thinking" if thinking else "text", piece))
        self.emit(BlockClosed(block))
        await asyncio.sleep(0)

    async def use(self, tool: str, output: str = "", /, *, is_error: bool = False, **tool_input: Any) -> str | None:
        """Uses one of the runtime's tools, and returns what was handed over when it had returned."""
        tool_use_id = self._call(tool, tool_input)
        return await self._return(tool_use_id, output, is_error)

    async def call(self, name: str, /, **arguments: Any) -> str:
        """Calls one of the app's tools and returns its result, as the model sees it."""
        tool = next(tool for tool in self.launch.agent_tools if tool.name == name)
        tool_use_id = self._call(f"mcp__maos__{name}", arguments)
        try:
            output, is_error = await tool.handler(arguments), False
        except KnownError as error:
            output, is_error = f"{error} {error.next_step}", True
        await self._return(tool_use_id, output, is_error)
        return output

    async def ask_permission(self, tool: str, **tool_input: Any) -> PermissionAnswer:
        """Wants to use a tool that the permission mode does not settle."""
        self.begin_response()
        self._tools += 1
        request_id = f"{self.agent_id}-question-{self._tools}"
        return await self._hooks.decide_permission(PermissionQuestion(request_id, tool, tool_input, "harmless"))

    async def finish(self, text: str) -> str | None:
        """Says the last words and wants to end; returns what keeps the agent from it, or ``None``."""
        await self.say(text)
        held = await self._hooks.before_end(self.responses)
        if held is not None:
            self.heard.append(held)
        return held

    # --- what a runtime can do ---

    def begin_response(self) -> None:
        """The model begins its next response: it has read all that was handed over before."""
        self.responses += 1
        self.emit(AssistantAnswered(self.responses))

    def emit(self, event: RuntimeEvent) -> None:
        """Puts an event into the stream."""
        self._events.put_nowait(event)

    def end_turn(self, text: str = "", **fields: Any) -> None:
        """Puts a result into the stream, whatever the script does."""
        self.emit(ended(text, **fields))

    def die(self, error: AgentError | None = None) -> None:
        """The process ends by itself: its stream breaks with the error, or just ends."""
        if self._turn is not None:
            self._turn.cancel()
        self._events.put_nowait(error)

    async def at_boundary(self) -> str | None:
        """A tool call has returned: asks what to hand over."""
        handed_over = await self._hooks.at_tool_boundary(self.responses)
        if handed_over is not None:
            self.heard.append(handed_over)
        return handed_over

    # --- AgentProcess ---

    async def query(self, text: str) -> None:
        """Starts a turn; a second one while it runs is a mistake of the test or of the engine."""
        assert not self.closed, f"{self.agent_id} was asked after its end"
        assert self._turn is None or self._turn.done(), f"{self.agent_id} was asked in the middle of a turn"
        self.prompts.append(text)
        self._turn = asyncio.create_task(self._play(), name=f"script of {self.agent_id}")

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        """Yields until the process ends."""
        while (event := await self._events.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    async def interrupt(self) -> None:
        """Ends the running turn."""
        if self.interrupt_error is not None:
            raise self.interrupt_error
        await self.interruptible.wait()
        if self._turn is not None and not self._turn.done():
            self._turn.cancel()
            await asyncio.wait([self._turn])
            self.end_turn(interrupted=True)

    async def aclose(self) -> None:
        """Ends the script and the stream."""
        self.closed = True
        if self._turn is not None:
            self._turn.cancel()
            await asyncio.wait([self._turn])
        self._events.put_nowait(None)

    # --- inside ---

    async def _play(self) -> None:
        self.emit(SessionOpened(self.claude_session_id, "scripted"))
        try:
            ending = await self._script(self)
            if isinstance(ending, str):
                while await self.finish(ending) is not None:
                    pass
        except Exception as error:
            self._events.put_nowait(error)
            return
        match ending:
            case str():
                self.end_turn(ending)
            case AgentError():
                self.end_turn(error=ending)
            case TurnEnded():
                self.emit(ending)
            case _:
                self.end_turn(structured_output=ending)

    def _call(self, tool: str, tool_input: dict[str, Any]) -> str:
        self.begin_response()
        self._tools += 1
        tool_use_id = f"{self.agent_id}-tool-{self._tools}"
        self.emit(ToolCalled(tool_use_id, tool, tool_input))
        return tool_use_id

    async def _return(self, tool_use_id: str, output: str, is_error: bool) -> str | None:
        handed_over = await self.at_boundary()
        self.emit(ToolReturned(tool_use_id, output, is_error))
        return handed_over


class ScriptedExecutor:
    """An ``Executor`` that starts scripted agents.

    Attributes:
        scripts: by agent id; what is put in is followed by the agents that start later.
        processes: all that were started, in order.
        most_starting, most_alive: how many there were at one time, at most.
        start_errors: what a start of that agent raises.
        may_start: while it is clear, starts wait.
    """

    def __init__(self, scripts: Mapping[str, Script] | None = None, *, default: Script = report_at_once) -> None:
        self.processes: list[ScriptedProcess] = []
        self.start_errors: dict[str, Exception] = {}
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.most_starting = 0
        self.most_alive = 0
        self.scripts: dict[str, Script] = dict(scripts or {})
        self._default = default
        self._starting = 0
        self._count: defaultdict[AgentId, int] = defaultdict(int)

    async def start(self, launch: AgentLaunch, hooks: AgentHooks) -> ScriptedProcess:
        """Starts an agent that follows the script of its id."""
        self._starting += 1
        self.most_starting = max(self.most_starting, self._starting)
        try:
            await asyncio.sleep(0)
            await self.may_start.wait()
        finally:
            self._starting -= 1
        if launch.agent_id in self.start_errors:
            raise self.start_errors[launch.agent_id]
        self._count[launch.agent_id] += 1
        script = self.scripts.get(launch.agent_id, self._default)
        process = ScriptedProcess(launch, hooks, script, self._count[launch.agent_id])
        self.processes.append(process)
        self.most_alive = max(self.most_alive, len(self.alive))
        return process

    async def runtime(self) -> RuntimeInfo:
        """Returns that it is a script."""
        return RuntimeInfo(path="scripted", version="1.0", origin="bundled")

    async def aclose(self) -> None:
        """Ends all agents."""
        for process in self.alive:
            await process.aclose()

    # --- for assertions ---

    @property
    def alive(self) -> list[ScriptedProcess]:
        """The processes that nobody has closed."""
        return [process for process in self.processes if not process.closed]

    def of(self, agent_id: str) -> list[ScriptedProcess]:
        """Returns the processes of this agent, in order."""
        return [process for process in self.processes if process.agent_id == agent_id]

    def prompts(self, agent_id: str) -> list[str]:
        """Returns all that this agent was asked, over all its processes."""
        return [prompt for process in self.of(agent_id) for prompt in process.prompts]

    def team_launches(self) -> Sequence[AgentLaunch]:
        """Returns how each agent of the plan was started, in order."""
        return [p.launch for p in self.processes if p.agent_id not in (PLANNER, SYNTHESIS)]


def tasks_at_work() -> set[asyncio.Task[Any]]:
    """Returns the loop's tasks but the one that asks: none is left of what was closed."""
    return asyncio.all_tasks() - {asyncio.current_task()}
