"""Answers what the CLI asks while a turn runs, on behalf of who owns the agent."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from maos_desktop.errors import KnownError
from maos_desktop.executor.base import AgentHooks, AgentTool, PermissionAnswer, PermissionQuestion
from maos_desktop.executor.turn_reader import STRUCTURED_OUTPUT, TurnReader

_UNANSWERED = "The app could not answer."


class HookDesk:
    """Calls ``AgentHooks`` with the ordinal of the response that they are about.

    An exception of the owner's own is given to ``fail``, which ends the event stream with it; the CLI goes on as if
    there had been no answer, and is told no to a permission.
    """

    def __init__(self, hooks: AgentHooks, reader: TurnReader, fail: Callable[[Exception], None]) -> None:
        self._hooks = hooks
        self._reader = reader
        self._fail = fail
        self._output_given_in = 0
        """The response that gave structured output. Its turn ends there: nobody would read what is handed over."""

    async def tool_returned(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Answers a ``PostToolUse`` or ``PostToolUseFailure`` hook: text goes into the very next model request."""
        event = call["hook_event_name"]
        if call.get("tool_name") == STRUCTURED_OUTPUT and event == "PostToolUse":
            self._output_given_in = self._reader.responses
        # What is handed over inside a sub-agent would reach the sub-agent.
        if call.get("agent_id") or self._turn_ends_anyway():
            return {}
        try:
            text = await self._hooks.at_tool_boundary(self._reader.responses)
        except Exception as error:
            self._fail(error)
            return {}
        return _with_context(event, text)

    async def wants_to_end(self) -> dict[str, Any]:
        """Answers a ``Stop`` hook: text keeps the turn going."""
        if self._turn_ends_anyway():
            return {}
        try:
            text = await self._hooks.before_end(self._reader.responses)
        except Exception as error:
            self._fail(error)
            return {}
        # A decision to block would put the text into the request twice.
        return _with_context("Stop", text)

    async def asks_permission(self, tool: str, tool_input: dict[str, Any]) -> PermissionAnswer:
        """Returns the user's answer."""
        description = tool_input.get("description")
        question = PermissionQuestion(
            uuid.uuid4().hex, tool, tool_input, description if isinstance(description, str) else ""
        )
        try:
            return await self._hooks.decide_permission(question)
        except Exception as error:
            self._fail(error)
            return PermissionAnswer(False, _UNANSWERED)

    async def uses_tool(self, tool: AgentTool, arguments: dict[str, Any]) -> tuple[str, bool]:
        """Runs one of the app's own tools; returns what the model sees, and whether it is an error."""
        try:
            return await tool.handler(arguments), False
        except KnownError as error:
            return f"{error} {error.next_step}".strip(), True
        except Exception as error:
            self._fail(error)
            return _UNANSWERED, True

    def _turn_ends_anyway(self) -> bool:
        return self._output_given_in == self._reader.responses != 0


def _with_context(event: str, text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    return {"hookSpecificOutput": {"hookEventName": event, "additionalContext": text}}
