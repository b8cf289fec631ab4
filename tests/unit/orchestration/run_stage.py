"""An orchestrator over scripted agents, with the real bus and shared context, that can be stopped and gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from maos_desktop.bus import AgentMessageBus
from maos_desktop.context import SharedContext
from maos_desktop.model.event import AgentState, AgentStateChanged, LoggedEvent, SessionFinished
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import TaskId
from maos_desktop.model.session import SessionSettings
from maos_desktop.orchestration.orchestrator import Orchestrator
from maos_desktop.orchestration.workplace import Workplace
from tests.memory_journal import MemoryJournal
from tests.scripted_executor import Script, ScriptedExecutor, tasks_at_work
from tests.scripted_sessions import always

REPORT = {"summary": "It is done."}


def plan_of(*tasks: tuple[str, str, Sequence[str]], mode: str = "dynamic") -> dict[str, Any]:
    """Returns a plan as a planner answers it, of tasks ``(id, role, depends_on)``."""
    return {
        "goal": "Find what is wrong",
        "mode": mode,
        "subtasks": [
            {"id": one, "title": f"Title {one}", "instructions": f"Do {one}", "role": role, "depends_on": list(needs)}
            for one, role, needs in tasks
        ],
    }


class RunStage:
    """One session, from a log that may hold its past.

    The planner proposes ``plan`` and the synthesis writes ``REPORT`` unless they have scripts of their own.
    """

    def __init__(
        self,
        folder: Path,
        plan: Mapping[str, Any],
        scripts: Mapping[str, Script] | None = None,
        log: Iterable[LoggedEvent] = (),
        **settings: Any,
    ) -> None:
        self.settings = SessionSettings(request="What is wrong?", project_folder=folder, **settings)
        self.journal = MemoryJournal(log)
        self.executor = ScriptedExecutor(
            {"planner": always(plan), "synthesis": always(REPORT), **(scripts or {})},
        )
        self.bus = AgentMessageBus(self.journal)
        context = SharedContext(self.journal)
        self.bus.restore(self.journal.events)
        for event in self.journal.events:
            context.apply(event)
        self.place = Workplace(self.settings, self.journal, self.journal.fold, self.executor, {"KEY": "value"})
        self.orchestrator = Orchestrator(self.place, self.bus, context)

    @property
    def fold(self) -> SessionFold:
        return self.journal.fold

    async def run(self) -> SessionFold:
        """Runs the session with the plan approved at once; nothing of it is left afterwards."""
        await self.orchestrator.orchestrate(self.settings.request, auto_approve=True)
        assert tasks_at_work() == set()
        assert self.executor.alive == []
        return self.fold

    def started(self, *, auto_approve: bool = False) -> asyncio.Task[None]:
        """Returns the session's run as a task."""
        return asyncio.create_task(self.orchestrator.orchestrate(self.settings.request, auto_approve))

    async def until_open(self) -> None:
        """Returns as soon as the plan waits for its decision."""
        await self.journal.until(lambda: self.orchestrator.gate.is_open)

    async def until_state(self, agent_id: str, state: AgentState) -> None:
        """Returns as soon as the agent is in that state."""
        await self.journal.until(lambda: self.states(agent_id)[-1:] == [state])

    # --- for assertions ---

    def states(self, agent_id: str) -> list[AgentState]:
        return [e.state for e in self.journal.of(AgentStateChanged) if e.agent_id == agent_id]

    def tasks(self) -> dict[TaskId, str]:
        return {task_id: task.state for task_id, task in self.fold.tasks.items()}

    @property
    def finish(self) -> SessionFinished:
        (finished,) = self.journal.of(SessionFinished)
        assert self.journal.events[-1] == finished
        return finished
