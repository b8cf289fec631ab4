"""A session that ended at any moment goes on with what is left: nothing is done twice, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from maos_desktop.model import event as ev
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.message import DeliveryState
from maos_desktop.model.session import SessionState
from tests.memory_journal import logged
from tests.scripted_executor import Ending, Script, ScriptedProcess
from tests.unit.orchestration.run_stage import RunStage, plan_of

PLAN = plan_of(("t1", "analyst", []), ("t2", "tester", []), ("t3", "reviewer", ["t1", "t2"]))
ANALYST, TESTER, REVIEWER = (AgentId(f"{role}-1") for role in ("analyst", "tester", "reviewer"))


async def look(agent: ScriptedProcess) -> Ending:
    """Finds something, tells all, and writes to the tester, who may have ended."""
    await agent.say("I look.")
    await agent.use("Read", "its text", file_path="a.py")
    await agent.call("announce_discovery", text="a.py:1 is wrong", importance="high")
    await agent.call("send_message", to="tester-1", text="Look at a.py")
    await agent.use("Grep", "a match")
    return "a.py:1 is wrong."


async def look_again(agent: ScriptedProcess) -> Ending:
    """Looks again and again, so that messages reach it between its steps."""
    for _ in range(4):
        await agent.use("Read", "a test")
        await asyncio.sleep(0)
    await agent.call("send_message", to="analyst-1", text="The tests are fine")
    return "Tested."


async def judge(agent: ScriptedProcess) -> Ending:
    await agent.use("Read", "its text")
    return "Reviewed."


SCRIPTS: dict[str, Script] = {"analyst-1": look, "tester-1": look_again, "reviewer-1": judge}


async def recorded(folder: Path) -> list[LoggedEvent]:
    """Returns the log of a whole session."""
    stage = RunStage(folder, PLAN, SCRIPTS)
    await stage.run()
    assert stage.fold.state is SessionState.DONE
    assert len(stage.journal.of(ev.MessageSent)) == 3
    return stage.journal.log


def cut(log: Sequence[LoggedEvent], length: int) -> list[LoggedEvent]:
    """Returns the log of a session whose app ended after that many events and which goes on."""
    return [*log[:length], *logged(ev.SessionInterrupted(reason="closed"), ev.SessionContinued(), after=length)]


def handed_over(log: Sequence[LoggedEvent]) -> Counter[tuple[str, str]]:
    """Returns how often each message was handed over to each receiver."""
    events = [one.event for one in log]
    return Counter((m, e.receiver) for e in events if isinstance(e, ev.MessageDelivered) for m in e.message_ids)


def check(stage: RunStage, length: int) -> None:
    """Looks at a session that has gone on after its first ``length`` events."""
    before, after = SessionFold(stage.journal.log[:length]), stage.fold
    new = stage.journal.log[length:]
    finished = {task_id for task_id, task in before.tasks.items() if task.state == "done"}

    assert after.state is SessionState.DONE
    assert set(stage.tasks().values()) == {"done"}
    started = [one.event.task_id for one in new if isinstance(one.event, ev.TaskStarted)]
    assert not finished & set(started)
    assert len(started) == len(set(started))
    assert all(after.tasks[task_id].report == before.tasks[task_id].report for task_id in finished)

    again = handed_over(new)
    assert all(count == 1 for count in again.values())
    for message_id, tracked in before.messages.items():
        for receiver, state in tracked.states.items():
            at_work = before.agents[receiver].task_id not in finished
            unread = state in (DeliveryState.QUEUED, DeliveryState.DELIVERED)
            assert again[message_id, receiver] == (at_work and unread), (message_id, receiver, state)
    for tracked in after.messages.values():
        for receiver, state in tracked.states.items():
            if after.agents[receiver].task_id not in finished:
                assert state is DeliveryState.READ, (tracked.message, receiver)


async def test_that_a_session_goes_on_from_every_event_of_its_log(folder: Path) -> None:
    log = await recorded(folder)
    first = next(n for n, one in enumerate(log) if isinstance(one.event, ev.PlanRequested))
    last = next(n for n, one in enumerate(log) if isinstance(one.event, ev.SessionFinished))
    for length in range(first + 1, last + 1):
        stage = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
        await stage.run()
        if stage.fold.approved and any(isinstance(one.event, ev.PlanDecided) for one in log[:length]):
            check(stage, length)
        assert stage.fold.state is SessionState.DONE, length


async def ended_within(stage: RunStage, events: int) -> bool:
    """Runs the session until so many more events are in the log, and stops it; returns whether it has ended."""
    enough = len(stage.journal.log) + events
    run = stage.started(auto_approve=True)
    watch = asyncio.create_task(stage.journal.until(lambda: len(stage.journal.log) >= enough))
    await asyncio.wait([run, watch], return_when=asyncio.FIRST_COMPLETED)
    for task in (run, watch):
        task.cancel()
    await asyncio.wait([run, watch])
    return stage.fold.state is SessionState.DONE


async def test_that_a_session_that_is_interrupted_again_and_again_comes_to_its_end(folder: Path) -> None:
    stage = RunStage(folder, PLAN, SCRIPTS)
    patience = 3
    while not await ended_within(stage, patience):
        log = stage.journal.log
        stage = RunStage(folder, PLAN, SCRIPTS, cut(log, len(log)))
        patience += 3
    assert stage.fold.state is SessionState.DONE
    assert len(stage.journal.of(ev.SessionInterrupted)) > 5
    completed = Counter(event.task_id for event in stage.journal.of(ev.TaskCompleted))
    assert completed == {"t1": 1, "t2": 1, "t3": 1}


async def test_that_an_interrupted_agent_resumes_its_conversation_and_a_finished_one_is_left_alone(
    folder: Path,
) -> None:
    log = await recorded(folder)
    length = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.TaskCompleted))
    completed = log[length - 1].event
    assert isinstance(completed, ev.TaskCompleted)
    stage = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
    other = ({ANALYST, TESTER} - {completed.agent_id}).pop()
    await stage.run()
    assert stage.executor.of(completed.agent_id) == []
    (process,) = stage.executor.of(other)
    assert process.launch.resume == f"session-{other}-1"
    assert process.prompts[0].startswith(f"# Continue your task\nAgent: {other}\n")
    (fresh,) = stage.executor.of(REVIEWER)
    assert fresh.launch.resume is None
    assert completed.report in fresh.prompts[0]


async def test_that_the_output_of_a_resumed_agent_goes_on_in_new_blocks(folder: Path) -> None:
    log = await recorded(folder)
    length = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.ToolStarted))
    stage = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
    await stage.run()
    for agent_id in (ANALYST, TESTER):
        closed = [e.block for e in stage.journal.of(ev.OutputAppended) if e.agent_id == agent_id and e.closed]
        assert len(closed) == len(set(closed))


async def test_that_a_request_to_an_agent_that_finished_before_gets_its_report(folder: Path) -> None:
    async def asks(agent: ScriptedProcess) -> Ending:
        return await agent.call("request", to="analyst-1", need="What did you find?")

    log = await recorded(folder)
    done = {"t1", "t2"}
    length = 0
    while done:
        event = log[length].event
        done -= {event.task_id} if isinstance(event, ev.TaskCompleted) else set()
        length += 1
    stage = RunStage(folder, PLAN, SCRIPTS | {"reviewer-1": asks}, cut(log, length))
    await stage.run()
    assert "a.py:1 is wrong." in stage.fold.tasks[next(t for t in stage.fold.tasks if t == "t3")].report


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
async def test_that_failed_and_skipped_tasks_are_run_when_a_session_goes_on(folder: Path, outcome: str) -> None:
    failure = ev.Failure(code="overloaded", what="Too busy.")
    log = await recorded(folder)
    decided = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.PlanDecided))
    end = (
        ev.SessionFinished(outcome="failed", failure=failure)
        if outcome == "failed"
        else ev.SessionInterrupted(reason="closed")
    )
    tasks = list(SessionFold(log).tasks)
    past = logged(
        ev.TaskCompleted(task_id=tasks[1], agent_id=TESTER, report="Tested before."),
        ev.TaskFailed(task_id=tasks[0], agent_id=ANALYST, failure=failure),
        ev.TaskSkipped(task_id=tasks[2], reason="It depends on t1, which failed."),
        end,
        ev.SessionContinued(),
        after=decided,
    )
    stage = RunStage(folder, PLAN, SCRIPTS, [*log[:decided], *past])
    await stage.run()
    assert set(stage.tasks().values()) == {"done"}
    assert stage.fold.tasks[tasks[1]].report == "Tested before."
    assert stage.fold.report is not None
    assert stage.fold.report.missing == ()


async def test_that_only_the_report_is_written_when_everything_else_is_done(folder: Path) -> None:
    log = await recorded(folder)
    length = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.SynthesisStarted))
    stage = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
    await stage.run()
    assert {process.agent_id for process in stage.executor.processes} == {"synthesis"}


async def test_that_a_plan_that_waited_for_approval_waits_again(folder: Path) -> None:
    log = await recorded(folder)
    length = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.PlanProposed))
    stage = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
    run = stage.started()
    await stage.until_open()
    assert stage.executor.prompts("planner") == []
    stage.orchestrator.gate.approve()
    await run
    assert stage.fold.state is SessionState.DONE


async def test_that_what_the_user_said_to_a_stopped_agent_is_in_its_next_prompt(folder: Path) -> None:
    stage = RunStage(folder, PLAN, SCRIPTS | {"tester-1": look})
    run = stage.started(auto_approve=True)
    await stage.journal.until(lambda: TESTER in stage.bus.agents())
    await stage.bus.send_message(USER, TESTER, "Only the unit tests.")
    run.cancel()
    await asyncio.wait([run])
    log = stage.journal.log
    length = next(n for n, one in enumerate(log, 1) if isinstance(one.event, ev.MessageSent))
    second = RunStage(folder, PLAN, SCRIPTS, cut(log, length))
    await second.run()
    assert "Only the unit tests." in second.executor.prompts("tester-1")[0]
