"""The CLI's options for one agent."""

from __future__ import annotations

import json

from maos_desktop.executor.base import AgentLaunch
from maos_desktop.model.session import PermissionMode

SERVER = "maos"
"""Name of the in-process MCP server with the app's own tools."""

_PERMISSION_MODES = {PermissionMode.ASK: "default", PermissionMode.ACCEPT_EDITS: "acceptEdits"}


def cli_arguments(launch: AgentLaunch) -> list[str]:
    """Returns the arguments after the program's path.

    Reading inside the project folder needs no permission in any mode, so no tool of the runtime is allowed
    beforehand: one that reads elsewhere asks.
    """
    arguments = [
        *("--output-format", "stream-json", "--input-format", "stream-json"),
        *("--verbose", "--include-partial-messages"),
        *("--permission-prompt-tool", "stdio", "--permission-mode", _PERMISSION_MODES[launch.permission_mode]),
        *("--append-system-prompt", launch.system_prompt),
        *("--tools", ",".join(launch.tools)),
    ]
    if launch.trust_project_settings:
        arguments.append("--setting-sources=user,project,local")
    else:
        arguments += ["--setting-sources=", "--strict-mcp-config"]
    if launch.agent_tools:
        servers = {"mcpServers": {SERVER: {"type": "sdk", "name": SERVER}}}
        names = ",".join(f"mcp__{SERVER}__{tool.name}" for tool in launch.agent_tools)
        arguments += ["--mcp-config", json.dumps(servers), "--allowedTools", names]
    if launch.model is not None:
        arguments += [f"--model={launch.model}"]
    if launch.max_turns is not None:
        arguments += ["--max-turns", str(launch.max_turns)]
    if launch.resume is not None:
        arguments.append(f"--resume={launch.resume}")
    if launch.output_schema is not None:
        arguments += ["--json-schema", json.dumps(launch.output_schema)]
    return arguments
