"""Events and clocks for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from maos_desktop.model.event import OutputAppended, SessionCreated, ToolStarted, TurnFinished
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.session import SessionSettings

SESSION = SessionId("a0b1c2d3e4f5")
OTHER = SessionId("00112233aabb")
TESTER = AgentId("tester-1")
ANALYST = AgentId("analyst-1")
START = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


class Clock:
    """Goes on by one second each time it is read.

    Attributes:
        now: what it shows next.
    """

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        shown, self.now = self.now, self.now + timedelta(seconds=1)
        return shown


def created(title: str = "A title", request: str = "Look at this") -> SessionCreated:
    return SessionCreated(settings=SessionSettings(request=request, project_folder=Path("/project")), title=title)


def output(text: str | int = "text", agent: AgentId = TESTER) -> OutputAppended:
    return OutputAppended(agent_id=agent, block=0, block_kind="text", text=str(text))


def tool_call(tool_input: dict[str, Any]) -> ToolStarted:
    return ToolStarted(agent_id=TESTER, tool_use_id="toolu_1", tool="Read", input=tool_input)


def turn(cost_usd: float | None) -> TurnFinished:
    return TurnFinished(agent_id=TESTER, turns=1, cost_usd=cost_usd)
