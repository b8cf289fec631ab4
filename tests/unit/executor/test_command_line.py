"""The options with which the CLI is started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from maos_desktop.executor.base import AgentLaunch, AgentTool
from maos_desktop.executor.command_line import cli_arguments
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import PermissionMode


async def _never(_: dict[str, Any]) -> str:
    raise AssertionError


def _arguments(**fields: Any) -> list[str]:
    fields = {"tools": ("Read", "Bash"), **fields}
    return cli_arguments(AgentLaunch(AgentId("tester-1"), Path("/project"), "Be kind.", **fields))


def _after(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def test_that_only_the_named_tools_are_offered_and_none_is_allowed_beforehand() -> None:
    arguments = _arguments()
    assert _after(arguments, "--tools") == "Read,Bash"
    assert "--allowedTools" not in arguments


def test_that_an_agent_without_tools_is_offered_none() -> None:
    assert _after(_arguments(tools=()), "--tools") == ""


def test_that_the_tools_of_the_app_are_allowed_and_offered_by_an_in_process_server() -> None:
    arguments = _arguments(
        agent_tools=(AgentTool("reply", "Reply", {}, _never), AgentTool("request", "Ask", {}, _never))
    )
    assert _after(arguments, "--allowedTools") == "mcp__maos__reply,mcp__maos__request"
    assert json.loads(_after(arguments, "--mcp-config")) == {"mcpServers": {"maos": {"type": "sdk", "name": "maos"}}}


def test_that_no_settings_are_loaded_before_the_folder_is_trusted() -> None:
    arguments = _arguments()
    assert "--setting-sources=" in arguments
    assert "--strict-mcp-config" in arguments


def test_that_all_settings_are_loaded_once_the_folder_is_trusted() -> None:
    arguments = _arguments(trust_project_settings=True)
    assert "--setting-sources=user,project,local" in arguments
    assert "--strict-mcp-config" not in arguments


def test_that_the_permission_mode_is_the_one_chosen_and_questions_come_to_the_app() -> None:
    assert _after(_arguments(), "--permission-mode") == "default"
    accepting = _arguments(permission_mode=PermissionMode.ACCEPT_EDITS)
    assert _after(accepting, "--permission-mode") == "acceptEdits"
    assert _after(accepting, "--permission-prompt-tool") == "stdio"


def test_that_values_which_begin_with_a_dash_cannot_become_options() -> None:
    arguments = _arguments(resume="--dangerously-skip-permissions", model="--model")
    assert "--resume=--dangerously-skip-permissions" in arguments
    assert "--model=--model" in arguments
    assert "--dangerously-skip-permissions" not in arguments


def test_that_the_limits_and_the_output_schema_are_passed_on() -> None:
    arguments = _arguments(max_turns=7, output_schema={"type": "object"})
    assert _after(arguments, "--max-turns") == "7"
    assert json.loads(_after(arguments, "--json-schema")) == {"type": "object"}
