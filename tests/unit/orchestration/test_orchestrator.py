"""Whole sessions: from the request to the report, and every other way in which one can end."""

from __future__ import annotations

from pathlib import Path

import pytest

from maos_desktop.errors import (
    AgentError,
    CliNotSetUpError,
    ConversationLostError,
    OverloadedError,
)
from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, PlanDecided, PlanProposed, PlanRefused, PlanRequested, SessionFinished
from maos_desktop.model.ids import AgentId, MessageId, TaskId
from maos_desktop.model.message import DeliveryState, Message, MessageType
from maos_desktop.model.plan import Plan
from maos_desktop.model.session import SessionState
from maos_desktop.rehearsal.prompts import read_task_prompt
from tests.memory_journal import logged
from tests.scripted_executor import Ending, ScriptedProcess, answering
from tests.scripted_sessions import always, hang
from tests.unit.loop_turns import turns
from tests.unit.orchestration.run_stage import RunStage, plan_of

CHAIN = plan_of(("t1", "analyst", []), ("t2", "tester", ["t1"]), ("t3", "reviewer", []))
TWO = plan_of(("t1", "analyst", []), ("t2", "tester", []))
ONE = plan_of(("t1", "analyst", []))
ANALYST, TESTER = AgentId("analyst-1"), AgentId("tester-1")


async def crash(agent: ScriptedProcess) -> Ending:
    """Says something and dies."""
    await agent.say("I begin.")
    return OverloadedError("The model is overloaded.")


# --- to the report ---


async def test_that_a_request_ends_in_a_report(folder: Path) -> None:
    stage = RunStage(folder, CHAIN)
    fold = await stage.run()
    assert fold.state is SessionState.DONE
    assert stage.finish.outcome == "done"
    assert stage.tasks() == {"t1": "done", "t2": "done", "t3": "done"}
    assert fold.report is not None
    assert fold.report.summary == "It is done."
    assert fold.tasks[TaskId("t2")].report == "tester-1 has nothing to report."
    assert {agent.state for agent in fold.agents.values()} == {AgentState.DONE}
    assert stage.journal.of(PlanDecided)[0].automatic


async def test_that_a_task_is_given_the_reports_it_depends_on(folder: Path) -> None:
    stage = RunStage(folder, CHAIN, {"analyst-1": always("There are 4 files.")})
    await stage.run()
    (prompt,) = stage.executor.prompts("tester-1")
    (report,) = read_task_prompt([prompt]).reports
    assert (report.agent, report.task, report.text) == ("analyst-1", "t1", "There are 4 files.")
    assert "There are 4 files." not in stage.executor.prompts("reviewer-1")[0]


async def test_that_what_the_team_knows_is_in_the_prompts_of_later_tasks(folder: Path) -> None:
    async def analyst(agent: ScriptedProcess) -> Ending:
        await agent.call("record_fact", key="port", text="8080")
        return "Done."

    stage = RunStage(folder, CHAIN, {"analyst-1": analyst})
    await stage.run()
    assert "8080" in stage.executor.prompts("tester-1")[0].split("## What the team knows")[1]


async def test_that_tasks_never_run_before_those_they_depend_on(folder: Path) -> None:
    stage = RunStage(folder, CHAIN)
    await stage.run()
    events = stage.journal.events
    done = next(n for n, e in enumerate(events) if isinstance(e, ev.TaskCompleted) and e.task_id == "t1")
    started = next(n for n, e in enumerate(events) if isinstance(e, ev.TaskStarted) and e.task_id == "t2")
    assert done < started


async def test_that_as_many_agents_work_at_once_as_the_user_allows(folder: Path) -> None:
    plan = plan_of(*((f"t{n}", "tester", []) for n in range(6)))
    stage = RunStage(folder, plan, max_agents=2)
    await stage.run()
    assert stage.executor.most_alive == 2


async def test_that_no_agent_ends_with_unread_messages(folder: Path) -> None:
    async def analyst(agent: ScriptedProcess) -> Ending:
        await agent.call("announce_discovery", text="a.py:1 is wrong")
        return "Found it."

    async def tester(agent: ScriptedProcess) -> Ending:
        await stage.journal.until(lambda: stage.journal.of(ev.MessageSent))
        return "Tested."

    stage = RunStage(folder, TWO, {"analyst-1": analyst, "tester-1": tester})
    fold = await stage.run()
    (message,) = fold.messages.values()
    assert message.states == {TESTER: DeliveryState.READ}


# --- tasks that fail ---


async def test_that_a_failed_task_skips_what_depends_on_it_and_the_report_says_so(folder: Path) -> None:
    stage = RunStage(folder, CHAIN, {"analyst-1": crash})
    fold = await stage.run()
    assert stage.tasks() == {"t1": "failed", "t2": "skipped", "t3": "done"}
    assert stage.finish.outcome == "done"
    assert fold.report is not None
    assert fold.report.missing == (
        "Title t1 (analyst-1): The model is overloaded.",
        "Title t2 (tester-1): It depends on t1, which failed.",
    )
    failure = fold.tasks[TaskId("t1")].failure
    assert failure is not None
    assert (failure.code, failure.what) == ("overloaded", "The model is overloaded.")
    assert failure.kept
    assert failure.next_step
    assert fold.agents[ANALYST].state is AgentState.FAILED
    assert fold.agents[TESTER].state is AgentState.CANCELLED
    assert stage.executor.of("tester-1") == []


async def test_that_a_session_without_any_result_failed(folder: Path) -> None:
    stage = RunStage(folder, TWO, {"analyst-1": crash, "tester-1": crash})
    fold = await stage.run()
    failure = stage.finish.failure
    assert failure is not None
    assert failure.what == "No task could be finished. The model is overloaded."
    assert fold.state is SessionState.FAILED
    assert fold.report is None
    assert stage.executor.of("synthesis") == []


async def test_that_an_agent_that_cannot_start_fails_its_task_alone(folder: Path) -> None:
    stage = RunStage(folder, TWO)
    stage.executor.start_errors["tester-1"] = AgentError("It does not start.")
    await stage.run()
    assert stage.tasks() == {"t1": "done", "t2": "failed"}


async def test_that_a_failed_agent_answers_nobody_and_says_so(folder: Path) -> None:
    async def tester(agent: ScriptedProcess) -> Ending:
        return await agent.call("request", to="analyst-1", need="What is it?", timeout_seconds=60)

    async def analyst(agent: ScriptedProcess) -> Ending:
        await stage.journal.until(lambda: stage.journal.of(ev.MessageSent))
        return await crash(agent)

    stage = RunStage(folder, TWO, {"analyst-1": analyst, "tester-1": tester})
    fold = await stage.run()
    assert "analyst-1 has ended its work without a report" in fold.tasks[TaskId("t2")].report


async def test_that_a_synthesis_that_fails_keeps_what_the_tasks_found(folder: Path) -> None:
    stage = RunStage(folder, ONE, {"synthesis": always(OverloadedError("Too busy."))})
    fold = await stage.run()
    assert stage.finish.outcome == "failed"
    assert fold.failure is not None
    assert (fold.failure.what, fold.failure.kept) == ("Too busy.", "Everything up to here was kept.")
    assert stage.tasks() == {"t1": "done"}


# --- the plan ---


async def test_that_a_planner_that_fails_ends_the_session_with_the_reason(folder: Path) -> None:
    stage = RunStage(folder, ONE, {"planner": always(CliNotSetUpError("There is no key."))})
    await stage.run()
    assert stage.finish.failure is not None
    assert stage.finish.failure.code == "cli_not_set_up"


async def test_that_two_invalid_plans_end_a_session_in_which_nobody_is_asked(folder: Path) -> None:
    stage = RunStage(folder, plan_of())
    await stage.run()
    assert [refused.final for refused in stage.journal.of(PlanRefused)] == [False, True]
    assert stage.finish.failure is not None
    assert stage.finish.failure.code == "plan"


async def test_that_a_user_can_write_the_plan_when_none_was_valid(folder: Path) -> None:
    stage = RunStage(folder, plan_of())
    run = stage.started()
    await stage.until_open()
    assert stage.fold.state is SessionState.AWAITING_APPROVAL
    assert "at least one subtask" in stage.fold.plan_refusal
    stage.orchestrator.gate.approve(Plan.model_validate(ONE))
    await run
    assert stage.finish.outcome == "done"
    assert stage.journal.of(PlanDecided)[0].edited


async def test_that_a_rejected_plan_runs_nothing(folder: Path) -> None:
    stage = RunStage(folder, TWO)
    run = stage.started()
    await stage.until_open()
    await turns(100)
    assert len(stage.executor.alive) == 2
    stage.orchestrator.gate.reject()
    await stage.journal.until(lambda: stage.journal.of(SessionFinished))
    assert stage.executor.alive == []
    await run
    assert stage.finish.outcome == "rejected"
    assert stage.journal.of(ev.TaskStarted) == []
    assert [process.prompts for process in stage.executor.processes[1:]] == [[], []]


async def test_that_another_plan_is_made_with_the_users_comment(folder: Path) -> None:
    stage = RunStage(folder, TWO, {"planner": lambda agent: always(TWO if len(planners()) == 1 else ONE)(agent)})

    def planners() -> list[ScriptedProcess]:
        return stage.executor.of("planner")

    run = stage.started()
    await stage.until_open()
    stage.orchestrator.gate.ask_again("One is enough")
    await stage.journal.until(lambda: len(stage.journal.of(PlanProposed)) == 2)
    stage.orchestrator.gate.approve()
    await run
    assert [requested.comment for requested in stage.journal.of(PlanRequested)] == ["", "One is enough"]
    second = stage.executor.prompts("planner")[1]
    assert "## Comment on the plan before\nOne is enough" in second
    assert '"t2"' in second.split("## Plan before")[1]
    assert stage.tasks() == {"t1": "done"}
    assert stage.executor.prompts("tester-1") == []


@pytest.mark.parametrize("second", ["valid", "refused"])
async def test_that_asking_again_leaves_no_more_warm_than_the_last_plan_starts_with(folder: Path, second: str) -> None:
    other = plan_of(("t1", "security", []), ("t2", "reviewer", [])) if second == "valid" else plan_of()
    plans = iter([TWO, other, other])
    stage = RunStage(folder, TWO, {"planner": lambda agent: always(next(plans))(agent)})
    run = stage.started()
    await stage.until_open()
    await turns(100)
    stage.orchestrator.gate.ask_again("Otherwise")
    await stage.journal.until(lambda: len(stage.journal.of(PlanRequested)) == 2)
    await stage.until_open()
    await turns(100)
    warm = [process.agent_id for process in stage.executor.alive]
    assert warm == (["security-1", "reviewer-1"] if second == "valid" else [])
    stage.orchestrator.gate.reject()
    await run
    assert stage.executor.alive == []


async def test_that_agents_are_warm_when_the_plan_is_approved_and_those_not_needed_are_ended(folder: Path) -> None:
    stage = RunStage(folder, TWO)
    run = stage.started()
    await stage.until_open()
    await turns(100)
    assert [process.agent_id for process in stage.executor.alive] == ["analyst-1", "tester-1"]
    stage.orchestrator.gate.approve(Plan.model_validate(ONE))
    await run
    assert len(stage.executor.of("analyst-1")) == 1
    assert stage.executor.prompts("tester-1") == []


async def test_that_only_the_first_agent_of_a_sequence_is_made_warm(folder: Path) -> None:
    stage = RunStage(folder, plan_of(("t1", "analyst", []), ("t2", "tester", []), mode="sequential"))
    run = stage.started()
    await stage.until_open()
    await turns(100)
    assert [process.agent_id for process in stage.executor.alive] == ["analyst-1"]
    stage.orchestrator.gate.reject()
    await run


# --- a lost conversation ---


def past(*events: ev.SessionEvent) -> list[ev.LoggedEvent]:
    """Returns the log of a session in which the analyst was interrupted at work."""
    plan = Plan.model_validate(ONE)
    return logged(
        ev.PlanDecided(decision="approved", plan=plan),
        ev.TaskStarted(task_id=TaskId("t1"), agent_id=ANALYST),
        ev.AgentStarted(agent_id=ANALYST, claude_session_id="earlier"),
        ev.OutputAppended(agent_id=ANALYST, block=0, block_kind="text", text="a.py holds a key."),
        *events,
        ev.SessionInterrupted(reason="closed"),
        ev.SessionContinued(),
    )


async def test_that_an_agent_whose_conversation_is_lost_begins_anew_with_what_it_had_written(folder: Path) -> None:
    async def analyst(agent: ScriptedProcess) -> Ending:
        if agent.launch.resume is not None:
            agent.die(ConversationLostError("It is gone."))
            return await hang(agent)
        return "Found it again."

    told = Message(
        id=MessageId("m1"), sender=TESTER, receivers=(ANALYST,), type=MessageType.INFO, text="Mind the port."
    )
    stage = RunStage(folder, ONE, {"analyst-1": analyst}, past(ev.MessageSent(message=told)))
    fold = await stage.run()
    first, second = stage.executor.of("analyst-1")
    assert (first.launch.resume, second.launch.resume) == ("earlier", None)
    assert first.prompt.startswith("# Continue your task")
    assert second.prompt.startswith("# Your task")
    assert "a.py holds a key." in second.prompt
    assert "Mind the port." in first.prompt
    assert "Mind the port." in second.prompt
    assert fold.messages[MessageId("m1")].states == {ANALYST: DeliveryState.READ}
    assert fold.tasks[TaskId("t1")].report == "Found it again."
    (notice,) = stage.journal.of(ev.NoticeRaised)
    assert notice.text == "The conversation of analyst-1 is lost; it begins anew with what it had written."


async def test_that_a_conversation_that_was_never_there_cannot_be_lost(folder: Path) -> None:
    stage = RunStage(folder, ONE, {"analyst-1": answering(ConversationLostError("It is gone."))})
    await stage.run()
    assert stage.tasks() == {"t1": "failed"}
    assert len(stage.executor.of("analyst-1")) == 1
