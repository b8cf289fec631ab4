"""Which task runs when: over random graphs, failures and durations, on a clock of the test's own."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.errors import StoreError
from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Mode, Plan, Subtask
from maos_desktop.orchestration.scheduler import Scheduler
from tests.unit.model.strategies import plans, subtask, task_id


class VirtualClock:
    """Time that passes when every task sleeps."""

    def __init__(self) -> None:
        self.now = 0
        self._sleepers: list[tuple[int, int, asyncio.Event]] = []
        self._count = 0

    async def sleep(self, duration: int) -> None:
        woken = asyncio.Event()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now + duration, self._count, woken))
        await woken.wait()

    async def run(self, work: asyncio.Task[None]) -> None:
        """Lets the time pass until ``work`` is done."""
        while not work.done():
            for _ in range(10):  # all that can go on now does
                await asyncio.sleep(0)
            if self._sleepers:
                self.now, _, woken = heapq.heappop(self._sleepers)
                woken.set()
        work.result()


@dataclass
class Run:
    """What a scheduler did: when each task began and ended, and which were skipped for whose sake."""

    durations: Mapping[TaskId, int]
    failing: Collection[TaskId] = ()
    clock: VirtualClock = field(default_factory=VirtualClock)
    began: dict[TaskId, int] = field(default_factory=dict)
    ended: dict[TaskId, int] = field(default_factory=dict)
    order: list[tuple[str, TaskId]] = field(default_factory=list)
    skipped: dict[TaskId, TaskId] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0

    async def run_task(self, one: Subtask) -> bool:
        assert one.id not in self.began, "a task runs once"
        self.began[one.id] = self.clock.now
        self.order.append(("began", one.id))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.clock.sleep(self.durations[one.id])
        finally:
            self.at_once -= 1
        self.ended[one.id] = self.clock.now
        self.order.append(("ended", one.id))
        return one.id not in self.failing

    async def skip_task(self, one: Subtask, cause: TaskId) -> None:
        assert one.id not in self.skipped, "a task is skipped once"
        self.skipped[one.id] = cause
        await asyncio.sleep(0)


async def schedule(plan: Plan, limit: int, run: Run, finished: Collection[TaskId] = ()) -> Run:
    work = asyncio.create_task(Scheduler(plan, limit, run.run_task, run.skip_task).run(finished))
    await run.clock.run(work)
    return run


def descendants(plan: Plan, roots: Iterable[TaskId]) -> set[TaskId]:
    """Returns all tasks that depend on one of these, by whatever way."""
    found: set[TaskId] = set()
    while more := {s.id for s in plan.subtasks if {*roots, *found} & set(s.depends_on)} - found:
        found |= more
    return found


@st.composite
def runs(draw: st.DrawFn) -> tuple[Plan, int, Run]:
    """A plan, a limit, how long each task takes, and which of them fail."""
    plan = draw(plans())
    ids = [s.id for s in plan.subtasks]
    durations = draw(st.fixed_dictionaries({one: st.integers(0, 5) for one in ids}))
    failing = draw(st.sets(st.sampled_from(ids), max_size=2))
    return plan, draw(st.integers(1, 5)), Run(durations, failing)


@given(runs())
async def test_that_a_task_starts_only_after_all_it_depends_on_is_done(case: tuple[Plan, int, Run]) -> None:
    plan, limit, run = case
    await schedule(plan, limit, run)
    place = {entry: n for n, entry in enumerate(run.order)}
    for one in plan.subtasks:
        for needed in one.depends_on:
            if one.id in run.began:
                assert place["ended", needed] < place["began", one.id]
                assert needed not in run.failing


@given(runs())
async def test_that_a_failure_skips_exactly_what_depends_on_it(case: tuple[Plan, int, Run]) -> None:
    plan, limit, run = case
    await schedule(plan, limit, run)
    failed = [one for one in run.failing if one in run.began]
    assert set(run.skipped) == descendants(plan, failed)
    assert set(run.began) | set(run.skipped) == {s.id for s in plan.subtasks}
    assert not set(run.began) & set(run.skipped)
    assert all(one in descendants(plan, [cause]) for one, cause in run.skipped.items())
    assert set(run.skipped.values()) <= set(failed)


@given(runs())
async def test_that_the_limit_is_never_exceeded(case: tuple[Plan, int, Run]) -> None:
    plan, limit, run = case
    await schedule(plan, limit, run)
    assert run.most_at_once <= (1 if plan.mode is Mode.SEQUENTIAL else limit)


@given(runs())
async def test_that_no_place_stays_free_while_a_task_could_run(case: tuple[Plan, int, Run]) -> None:
    plan, limit, run = case
    await schedule(plan, limit, run)
    limit = 1 if plan.mode is Mode.SEQUENTIAL else limit
    for one, began in run.began.items():
        ready = max((run.ended[needed] for needed in plan.subtask(one).depends_on), default=0)
        for moment in range(ready, began):
            at_work = [other for other in run.began if run.began[other] <= moment < run.ended[other]]
            assert len(at_work) >= limit


@given(plans(), st.data())
async def test_that_finished_tasks_neither_run_again_nor_are_skipped(plan: Plan, data: st.DataObject) -> None:
    ids = [s.id for s in plan.subtasks]
    finished = data.draw(st.sets(st.sampled_from(ids)))
    failing = data.draw(st.sets(st.sampled_from(ids), max_size=1)) - finished
    run = await schedule(plan, 3, Run(dict.fromkeys(ids, 1), failing), finished)
    assert not finished & (set(run.began) | set(run.skipped))
    assert set(run.began) | set(run.skipped) | finished == set(ids)


async def test_that_a_sequential_plan_runs_in_its_own_order() -> None:
    plan = Plan(goal="g", mode=Mode.SEQUENTIAL, subtasks=(subtask(3), subtask(1, [2]), subtask(2)))
    run = await schedule(plan, 4, Run({task_id(n): 2 for n in (1, 2, 3)}))
    assert [one for what, one in run.order if what == "began"] == ["t3", "t2", "t1"]
    assert run.most_at_once == 1


async def test_that_a_task_starts_as_soon_as_its_own_dependencies_are_done() -> None:
    """Not in batches: t3 does not wait for the slow t1."""
    plan = Plan(goal="g", subtasks=(subtask(1), subtask(2), subtask(3, [2])))
    run = await schedule(plan, 4, Run({task_id(1): 9, task_id(2): 1, task_id(3): 1}))
    assert run.began == {"t1": 0, "t2": 0, "t3": 1}


async def test_that_nothing_is_left_when_a_run_is_cancelled() -> None:
    plan = Plan(goal="g", subtasks=(subtask(1), subtask(2), subtask(3, [1])))
    run = Run({task_id(n): 5 for n in (1, 2, 3)})
    before = asyncio.all_tasks()
    work = asyncio.create_task(Scheduler(plan, 4, run.run_task, run.skip_task).run())
    for _ in range(5):
        await asyncio.sleep(0)
    assert set(run.began) == {"t1", "t2"}
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert asyncio.all_tasks() == before
    assert run.at_once == 0
    assert run.ended == {}


async def test_that_an_error_ends_the_other_tasks_and_comes_out() -> None:
    plan = Plan(goal="g", subtasks=(subtask(1), subtask(2)))
    run = Run({task_id(n): 5 for n in (1, 2)})

    async def run_task(one: Subtask) -> bool:
        if one.id == "t2":
            raise StoreError("The disk is full.")
        return await run.run_task(one)

    before = asyncio.all_tasks()
    with pytest.raises(StoreError, match="The disk is full"):
        await Scheduler(plan, 4, run_task, run.skip_task).run()
    assert asyncio.all_tasks() == before
    assert run.at_once == 0


async def test_that_tasks_are_named_for_whoever_looks_at_the_loop() -> None:
    plan = Plan(goal="g", subtasks=(subtask(1),))
    names: list[str] = []

    async def run_task(_: Subtask) -> bool:
        current = asyncio.current_task()
        assert current is not None
        names.append(current.get_name())
        return True

    await Scheduler(plan, 1, run_task, Run({}).skip_task).run()
    assert names == ["task t1"]
