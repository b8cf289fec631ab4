"""Which task may start when: the ready set of the plan's dependency graph, with a limit."""

from __future__ import annotations

import asyncio
import graphlib
from collections.abc import Awaitable, Callable, Collection

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Mode, Plan, Subtask

RunTask = Callable[[Subtask], Awaitable[bool]]
"""Runs one task to its end and returns whether it succeeded."""


class Scheduler:
    """Runs a plan's tasks, each as soon as all it depends on have succeeded and a place is free."""

    def __init__(self, plan: Plan, max_agents: int, run: RunTask, skip: Callable[[Subtask, TaskId], Awaitable[None]]):
        self._plan = plan
        self._limit = 1 if plan.mode is Mode.SEQUENTIAL else max_agents
        self._run = run
        self._skip = skip
        self._graph: graphlib.TopologicalSorter[TaskId] = graphlib.TopologicalSorter(
            {s.id: s.depends_on for s in plan.subtasks}
        )
        self._order = {s.id: n for n, s in enumerate(plan.subtasks)}
        self._unmet: dict[TaskId, TaskId] = {}
        """Tasks that did not succeed, with the one whose failure is the cause."""

    async def run(self, finished: Collection[TaskId] = ()) -> None:
        """Runs all tasks but the ``finished`` ones; returns when every task has ended or was skipped."""
        self._graph.prepare()
        ready: list[TaskId] = []
        running: dict[asyncio.Task[bool], TaskId] = {}
        try:
            while self._graph.is_active():
                ready += await self._settle_ready(finished)
                ready.sort(key=self._order.__getitem__)
                while ready and len(running) < self._limit:
                    subtask = self._plan.subtask(ready.pop(0))
                    running[asyncio.create_task(self._start(subtask), name=f"task {subtask.id}")] = subtask.id
                if running:
                    await self._wait(running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _start(self, subtask: Subtask) -> bool:
        return await self._run(subtask)

    async def _settle_ready(self, finished: Collection[TaskId]) -> list[TaskId]:
        """Returns the tasks that can start; those already finished or to be skipped are settled at once."""
        startable: list[TaskId] = []
        while batch := self._graph.get_ready():
            for task_id in batch:
                subtask = self._plan.subtask(task_id)
                cause = next((self._unmet[d] for d in subtask.depends_on if d in self._unmet), None)
                if task_id in finished:
                    self._graph.done(task_id)
                elif cause is None:
                    startable.append(task_id)
                else:
                    self._unmet[task_id] = cause
                    await self._skip(subtask, cause)
                    self._graph.done(task_id)
        return startable

    async def _wait(self, running: dict[asyncio.Task[bool], TaskId]) -> None:
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task_id = running.pop(task)
            if not task.result():
                self._unmet[task_id] = task_id
            self._graph.done(task_id)
