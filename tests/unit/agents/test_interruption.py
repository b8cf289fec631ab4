"""What ends an agent's turn before its time: critical messages, the user, questions, failures."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.agents.orchestrated_agent import GO_ON, OrchestratedAgent
from maos_desktop.errors import CliCrashedError, OverloadedError
from maos_desktop.executor.base import PermissionAnswer
from maos_desktop.model.event import AgentState, AgentStateChanged, MessageRead, PromptSent
from maos_desktop.model.ids import USER
from maos_desktop.model.message import DeliveryState, Importance
from tests.scripted_executor import Ending, ScriptedProcess, answering
from tests.scripted_sessions import hang
from tests.unit.agents.team_stage import ANALYST, SECURITY, TESTER, TeamStage
from tests.unit.loop_turns import turns

READ, QUEUED = DeliveryState.READ, DeliveryState.QUEUED
WORKING, PAUSED = AgentState.WORKING, AgentState.PAUSED


# --- critical messages ---


async def test_that_a_critical_message_interrupts_and_starts_a_turn_of_its_own(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        if len(agent.prompts) == 1:
            return await hang(agent)
        assert "Stop, it deletes files!" in agent.prompt
        return "Stopped."

    run = team.started(await team.open(ANALYST, script))
    await team.answered(ANALYST)
    await team.bus.send_message(TESTER, ANALYST, "Stop, it deletes files!", Importance.CRITICAL)
    assert await run == "Stopped."
    assert team.vias(ANALYST) == [("interrupt", ("m1",))]
    assert team.state_of("m1", ANALYST) is READ
    assert PAUSED not in team.states(ANALYST)


async def test_that_nothing_is_handed_over_to_a_turn_that_is_being_ended(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        if len(agent.prompts) > 1:
            assert "Stop!" in agent.prompt
            return "Stopped."
        agent.interruptible.clear()
        await team.bus.send_message(TESTER, ANALYST, "Stop!", Importance.CRITICAL)
        await turns()
        assert await agent.at_boundary() is None
        assert await agent.finish("I do not stop.") is None
        agent.interruptible.set()
        return await hang(agent)

    assert await team.run(ANALYST, script) == "Stopped."
    assert team.vias(ANALYST) == [("interrupt", ("m1",))]


async def test_that_an_agent_that_cannot_be_interrupted_hears_at_its_next_boundary(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        agent.interrupt_error = CliCrashedError("It does not answer.")
        await team.bus.send_message(TESTER, ANALYST, "Stop!", Importance.CRITICAL)
        await turns()
        assert "Stop!" in (await agent.use("Read", "its text") or "")
        return "Heard."

    assert await team.run(ANALYST, script) == "Heard."
    assert team.vias(ANALYST) == [("tool_boundary", ("m1",))]


@pytest.mark.expected_errors("interruption of analyst-1 broke off")
async def test_that_an_interruption_that_breaks_off_is_looked_at(
    team: TeamStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> None:
        raise RuntimeError("A bug.")

    async def script(agent: ScriptedProcess) -> Ending:
        monkeypatch.setattr(agent, "interrupt", broken)
        await team.bus.send_message(TESTER, ANALYST, "Stop!", Importance.CRITICAL)
        await turns()
        assert "Stop!" in (await agent.use("Read", "its text") or "")
        return "Heard."

    assert await team.run(ANALYST, script) == "Heard."
    assert "The interruption of analyst-1 broke off" in caplog.text


# --- the user's interrupt ---


async def interrupted(team: TeamStage) -> tuple[OrchestratedAgent, asyncio.Task[str]]:
    """Returns an analyst that the user has interrupted, and its run; it answers its second turn."""

    async def script(agent: ScriptedProcess) -> Ending:
        return await hang(agent) if len(agent.prompts) == 1 else f"Went on: {agent.prompt}"

    agent = await team.open(ANALYST, script)
    run = team.started(agent)
    await team.answered(ANALYST)
    await agent.interrupt()
    await team.journal.until(lambda: team.states(ANALYST)[-1:] == [PAUSED])
    return agent, run


async def test_that_an_interrupted_agent_is_paused_until_it_may_go_on(team: TeamStage) -> None:
    agent, run = await interrupted(team)
    assert not run.done()
    agent.go_on()
    assert await run == f"Went on: {GO_ON}"
    assert team.states(ANALYST) == [WORKING, PAUSED, WORKING]


async def test_that_an_interrupted_agent_goes_on_with_what_it_was_told_meanwhile(team: TeamStage) -> None:
    agent, run = await interrupted(team)
    await team.bus.send_message(USER, ANALYST, "Leave the tests alone.")
    agent.go_on()
    report = await run
    assert "Leave the tests alone." in report
    assert 'from="user"' in report
    assert team.vias(ANALYST) == [("interrupt", ("m1",))]


async def test_that_a_critical_message_does_not_end_a_pause(team: TeamStage) -> None:
    agent, run = await interrupted(team)
    await team.bus.send_message(TESTER, ANALYST, "Hurry!", Importance.CRITICAL)
    await turns()
    assert not run.done()
    assert team.state_of("m1", ANALYST) is QUEUED
    agent.go_on()
    assert "Hurry!" in await run


async def test_that_an_agent_interrupted_before_its_first_turn_waits_before_it(team: TeamStage) -> None:
    agent = await team.open(ANALYST, answering("Done."))
    await agent.interrupt()
    run = team.started(agent)
    await team.journal.until(lambda: team.states(ANALYST)[-1:] == [PAUSED])
    assert team.journal.of(PromptSent) == []
    agent.go_on()
    assert await run == "Done."


async def test_that_a_pause_that_ends_before_the_turn_does_is_none(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        return await hang(agent) if len(agent.prompts) == 1 else "Went on."

    agent = await team.open(ANALYST, script)
    run = team.started(agent)
    await team.answered(ANALYST)
    interrupting = asyncio.create_task(agent.interrupt())
    await asyncio.sleep(0)
    agent.go_on()
    await interrupting
    assert await run == "Went on."
    assert PAUSED not in team.states(ANALYST)


# --- permissions ---


async def test_that_an_agent_is_shown_as_waiting_while_the_user_decides(team: TeamStage) -> None:
    team.answers = {"Bash": PermissionAnswer(False, "Not here.")}

    async def script(agent: ScriptedProcess) -> Ending:
        answer = await agent.ask_permission("Bash", command="rm -r /")
        assert answer == PermissionAnswer(False, "Not here.")
        return "I did not."

    assert await team.run(ANALYST, script) == "I did not."
    assert team.states(ANALYST) == [WORKING, AgentState.NEEDS_PERMISSION, WORKING]
    assert team.journal.fold.agents[ANALYST].state_reason == ""


async def test_that_a_question_ends_with_the_turn_that_asked_it(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        if len(agent.prompts) == 1:
            await agent.ask_permission("Bash", command="make")
        return "Went on."

    run = team.started(await team.open(ANALYST, script))
    await team.journal.until(lambda: AgentState.NEEDS_PERMISSION in team.states(ANALYST))
    await team.bus.send_message(TESTER, ANALYST, "Never mind.", Importance.CRITICAL)
    assert await run == "Went on."
    assert team.states(ANALYST) == [WORKING, AgentState.NEEDS_PERMISSION, WORKING]


async def test_that_a_question_that_ends_after_the_pause_began_changes_nothing(team: TeamStage) -> None:
    asked: list[asyncio.Task[PermissionAnswer]] = []

    async def script(agent: ScriptedProcess) -> Ending:
        if len(agent.prompts) > 1:
            return "Went on."
        asked.append(asyncio.create_task(agent.ask_permission("Bash", command="make")))
        return await hang(agent)

    agent = await team.open(ANALYST, script)
    run = team.started(agent)
    await team.journal.until(lambda: AgentState.NEEDS_PERMISSION in team.states(ANALYST))
    await agent.interrupt()
    await team.journal.until(lambda: team.states(ANALYST)[-1:] == [PAUSED])
    asked[0].cancel()
    await asyncio.wait(asked)
    await turns()
    assert team.states(ANALYST) == [WORKING, AgentState.NEEDS_PERMISSION, PAUSED]
    agent.go_on()
    assert await run == "Went on."
    assert team.states(ANALYST)[-1] is WORKING


async def test_that_an_agent_waits_until_the_last_of_what_it_asked_is_answered(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        asking = [asyncio.create_task(agent.call("request", to=to, need="A word")) for to in ("t2", "t3")]
        asked = team.bus.get_messages_for_agent
        await team.journal.until(lambda: asked(TESTER) and asked(SECURITY))
        for mate, answer in zip((TESTER, SECURITY), asking, strict=True):
            await team.bus.respond_to_request(mate, asked(mate)[0].id, "Here")
            await answer
        return "Done."

    assert await team.run(ANALYST, script) == "Done."
    changes = [(e.state, e.reason) for e in team.journal.of(AgentStateChanged) if e.agent_id == ANALYST]
    assert changes == [
        (WORKING, ""),
        (AgentState.AWAITING_REPLY, "Waits for a reply from tester-1"),
        (AgentState.AWAITING_REPLY, "Waits for a reply from security-1"),
        (WORKING, ""),
    ]


# --- its end ---


async def test_that_a_failed_turn_comes_out_with_its_own_error(team: TeamStage) -> None:
    with pytest.raises(OverloadedError, match="Too busy"):
        await team.run(ANALYST, answering(OverloadedError("Too busy.")))


async def test_that_a_cancelled_agent_leaves_nothing_behind(team: TeamStage) -> None:
    agent = await team.open(ANALYST, hang)
    run = team.started(agent)
    await team.answered(ANALYST)
    team.process(ANALYST).interruptible.clear()
    await team.bus.send_message(TESTER, ANALYST, "Stop!", Importance.CRITICAL)
    await turns()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await agent.aclose()
    assert team.process(ANALYST).closed
    assert team.journal.of(MessageRead) == []
