"""Agents on the local Claude CLI through ``claude_agent_sdk``: the only module that imports it, and not at once.

Importing the SDK takes about a second, so it is loaded in a thread when the first agent is started, or by
``ClaudeExecutor.preload``.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from maos_desktop.executor.base import AgentHooks, AgentLaunch, AgentTool, RuntimeInfo
from maos_desktop.executor.claude_process import ClaudeProcess
from maos_desktop.executor.cli_locator import CliLocator
from maos_desktop.executor.command_line import SERVER, cli_arguments
from maos_desktop.executor.environment import agent_environment
from maos_desktop.executor.guarded_process import GuardedProcess
from maos_desktop.executor.hook_desk import HookDesk

if TYPE_CHECKING:
    from claude_agent_sdk import (
        ClaudeSDKClient,
        HookContext,
        HookMatcher,
        PermissionResult,
        SdkMcpTool,
        ToolPermissionContext,
        Transport,
    )
    from claude_agent_sdk.types import HookEvent, HookInput, HookJSONOutput

STARTS_AT_A_TIME = 2
"""Starting is work for the processor: more at once make the first one late."""

_HOOK_SECONDS = 600.0


class ClaudeExecutor:
    """An ``Executor`` whose agents are CLI processes on this computer. ``cli`` is the path of the settings, if any."""

    def __init__(self, cli: Path | None = None) -> None:
        self._locator = CliLocator(cli)
        self._starting = asyncio.Semaphore(STARTS_AT_A_TIME)
        self._agents: set[ClaudeProcess] = set()

    async def preload(self) -> None:
        """Loads the SDK in a thread, so that the first start does not wait for it."""
        await asyncio.to_thread(importlib.import_module, "claude_agent_sdk")

    async def runtime(self) -> RuntimeInfo:
        """Returns which CLI is used. Raises ``CliNotFoundError`` and ``CliTooOldError``."""
        return await self._locator.runtime()

    async def start(self, launch: AgentLaunch, hooks: AgentHooks) -> ClaudeProcess:
        """Starts an agent and returns when it is ready for its first query. Raises ``AgentError``."""
        async with self._starting:
            runtime = await self.runtime()
            await self.preload()
            environment = agent_environment(
                os.environ, launch.environment, trust_project_settings=launch.trust_project_settings
            )
            command = [runtime.path, *cli_arguments(launch)]
            process = await GuardedProcess.start(command, launch.project_folder, environment)
            agent = ClaudeProcess(launch, hooks, process, self._agents.discard)
            self._agents.add(agent)
            try:
                await agent.connect(_client(launch, agent))
            except BaseException:
                agent.end()
                raise
            return agent

    async def aclose(self) -> None:
        """Ends every agent that still runs, all at the same time."""
        agents = list(self._agents)
        for agent in agents:
            agent.end()
        await asyncio.gather(*(agent.aclose() for agent in agents))


def _client(launch: AgentLaunch, agent: ClaudeProcess) -> ClaudeSDKClient:
    # The CLI is started by us, so options that are command-line arguments are not repeated here.
    from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient, create_sdk_mcp_server

    desk = agent.desk
    options = ClaudeAgentOptions(hooks=_hooks(desk), can_use_tool=_permission_callback(desk), verbatim_prompts=True)
    if launch.agent_tools:
        tools = [_tool(tool, desk) for tool in launch.agent_tools]
        options.mcp_servers = {SERVER: create_sdk_mcp_server(SERVER, tools=tools)}
    return ClaudeSDKClient(options, cast("Transport", agent.transport))


def _hooks(desk: HookDesk) -> dict[HookEvent, list[HookMatcher]]:
    from claude_agent_sdk import HookMatcher

    async def tool_returned(call: HookInput, _: str | None, __: HookContext) -> HookJSONOutput:
        return cast("HookJSONOutput", await desk.tool_returned(cast("dict[str, Any]", call)))

    async def wants_to_end(_: HookInput, __: str | None, ___: HookContext) -> HookJSONOutput:
        return cast("HookJSONOutput", await desk.wants_to_end())

    boundary = [HookMatcher(hooks=[tool_returned], timeout=_HOOK_SECONDS)]
    return {
        "PostToolUse": boundary,
        "PostToolUseFailure": boundary,
        "Stop": [HookMatcher(hooks=[wants_to_end], timeout=_HOOK_SECONDS)],
    }


def _permission_callback(
    desk: HookDesk,
) -> Callable[[str, dict[str, Any], ToolPermissionContext], Awaitable[PermissionResult]]:
    from claude_agent_sdk import PermissionResultAllow, PermissionResultDeny

    async def ask(tool: str, tool_input: dict[str, Any], _: ToolPermissionContext) -> PermissionResult:
        answer = await desk.asks_permission(tool, tool_input)
        if not answer.allowed:
            return PermissionResultDeny(message=answer.message)
        # Exactly what was shown is executed, and no suggested rule is ever applied.
        return PermissionResultAllow(updated_input=tool_input)

    return ask


def _tool(tool: AgentTool, desk: HookDesk) -> SdkMcpTool[dict[str, Any]]:
    from claude_agent_sdk import SdkMcpTool, ToolAnnotations

    async def handle(arguments: dict[str, Any]) -> dict[str, Any]:
        text, is_error = await desk.uses_tool(tool, arguments)
        return {"content": [{"type": "text", "text": text}], "is_error": is_error}

    # The CLI runs the calls of one response one after the other unless they are said to change nothing of its own:
    # a request that waits for a reply would hold up the reply beside it that the other agent waits for.
    hint = ToolAnnotations(readOnlyHint=True)
    return SdkMcpTool(tool.name, tool.description, dict(tool.input_schema), handle, hint)
