"""Delivery: what reaches an agent, when, how often, and that nobody ends without having read it."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.agents.orchestrated_agent import GO_ON, OrchestratedAgent
from maos_desktop.bus import Limits
from maos_desktop.errors import CliCrashedError, OverloadedError
from maos_desktop.executor.base import AssistantAnswered, PermissionAnswer
from maos_desktop.model.event import AgentState, MessageRead, MessageSent, PromptSent, ToolFinished
from maos_desktop.model.ids import USER
from maos_desktop.model.message import DeliveryState, Importance
from tests.scripted_executor import Ending, ScriptedProcess, answering, ended
from tests.scripted_sessions import hang
from tests.unit.agents.team_stage import ANALYST, SECURITY, TESTER, TeamStage
from tests.unit.loop_turns import turns

DELIVERED, READ, QUEUED = DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.QUEUED
WORKING, PAUSED = AgentState.WORKING, AgentState.PAUSED


# --- the moments of delivery ---


async def test_that_what_waited_before_the_start_is_in_the_first_prompt(team: TeamStage) -> None:
    await team.bus.send_message(TESTER, ANALYST, "Mind the port.")
    report = await team.run(ANALYST, answering("Done."))
    assert report == "Done."
    assert "Mind the port." in team.process(ANALYST).prompts[0]
    assert team.vias(ANALYST) == [("prompt", ("m1",))]
    assert team.state_of("m1", ANALYST) is READ


async def test_that_a_discovery_reaches_everybody_at_their_very_next_tool_boundary(team: TeamStage) -> None:
    announced = asyncio.Event()

    async def finder(agent: ScriptedProcess) -> Ending:
        await agent.call("announce_discovery", text="a.py:3 holds a key", importance="high")
        announced.set()
        return "Found one."

    async def worker(agent: ScriptedProcess) -> Ending:
        await announced.wait()
        handed_over = await agent.use("Read", "its text")
        assert handed_over is not None
        assert "a.py:3 holds a key" in handed_over
        assert 'from="security-1"' in handed_over
        assert 'type="discovery" importance="high"' in handed_over
        return "Read it."

    reports = await asyncio.gather(team.run(ANALYST, worker), team.run(SECURITY, finder), team.run(TESTER, worker))
    assert list(reports) == ["Read it.", "Found one.", "Read it."]
    assert team.vias(ANALYST) == team.vias(TESTER) == [("tool_boundary", ("m1",))]
    assert team.vias(SECURITY) == []


async def test_that_the_inbox_is_handed_over_once_for_parallel_tool_calls(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await team.bus.send_message(TESTER, ANALYST, "Once.")
        agent.begin_response()
        both = await asyncio.gather(agent.at_boundary(), agent.at_boundary())
        assert sorted(text is None for text in both) == [False, True]
        return "Done."

    await team.run(ANALYST, script)
    assert team.vias(ANALYST) == [("tool_boundary", ("m1",))]


async def test_that_an_agent_with_unread_messages_is_kept_from_ending(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await team.bus.send_message(TESTER, ANALYST, "Wait for me.")
        held = await agent.finish("Too early.")
        assert held is not None
        assert "Wait for me." in held
        return "With what the tester said."

    assert await team.run(ANALYST, script) == "With what the tester said."
    assert team.vias(ANALYST) == [("stop_hook", ("m1",))]
    assert team.state_of("m1", ANALYST) is READ


async def test_that_a_message_between_the_stop_hook_and_the_end_is_a_turn_of_its_own(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        if len(agent.prompts) > 1:
            assert "Just in time." in agent.prompt
            return "Brought up to date."
        assert await agent.finish("My report.") is None
        await team.bus.send_message(TESTER, ANALYST, "Just in time.")
        return ended("My report.")

    assert await team.run(ANALYST, script) == "Brought up to date."
    assert team.vias(ANALYST) == [("prompt", ("m1",))]
    assert team.state_of("m1", ANALYST) is READ


async def test_that_an_agent_can_look_for_messages_by_itself(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        assert await agent.call("check_messages") == "No new messages."
        await team.bus.send_message(TESTER, ANALYST, "Here I am.")
        assert "Here I am." in await agent.call("check_messages")
        assert team.state_of("m1", ANALYST) is DELIVERED
        return "Done."

    await team.run(ANALYST, script)
    assert team.vias(ANALYST) == [("check", ("m1",))]
    assert team.read_by(ANALYST) == ["m1"]


# --- read, and when ---


async def test_that_a_message_is_read_when_a_later_response_begins_and_not_before(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await team.bus.send_message(TESTER, ANALYST, "Mind the port.")
        await agent.use("Read", "its text")
        await team.journal.until(lambda: team.journal.of(ToolFinished))
        assert team.state_of("m1", ANALYST) is DELIVERED
        agent.begin_response()
        await team.journal.until(lambda: team.state_of("m1", ANALYST) is READ)
        return "Done."

    await team.run(ANALYST, script)
    assert team.read_by(ANALYST) == ["m1"]


async def test_that_a_stream_that_is_behind_proves_no_reading(team: TeamStage) -> None:
    """The hook of a response may come before the stream has told of that response itself."""

    async def script(agent: ScriptedProcess) -> Ending:
        await team.bus.send_message(TESTER, ANALYST, "Mind the port.")
        agent.responses += 1
        await agent.at_boundary()
        agent.emit(AssistantAnswered(agent.responses))
        await turns()
        assert team.state_of("m1", ANALYST) is DELIVERED
        return "Done."

    await team.run(ANALYST, script)
    assert team.state_of("m1", ANALYST) is READ


async def test_that_what_the_last_response_never_saw_is_not_read(team: TeamStage) -> None:
    async def script(agent: ScriptedProcess) -> Ending:
        await team.bus.send_message(TESTER, ANALYST, "Nobody reads this.")
        await agent.use("Read", "its text")
        return OverloadedError("The model is overloaded.")

    with pytest.raises(OverloadedError):
        await team.run(ANALYST, script)
    assert team.state_of("m1", ANALYST) is DELIVERED


# --- requests ---


async def test_that_a_reply_comes_as_the_result_of_the_request_and_not_again(team: TeamStage) -> None:
    async def asker(agent: ScriptedProcess) -> Ending:
        result = await agent.call("request", to="tester-1", need="How many tests?", timeout_seconds=60)
        assert "There are 12." in result
        assert agent.heard == []
        return "12 tests."

    async def answerer(agent: ScriptedProcess) -> Ending:
        await team.journal.until(lambda: team.journal.of(MessageSent))
        assert "How many tests?" in (await agent.use("Read", "a test") or "")
        assert await agent.call("reply", request_id="m1", text="There are 12.") == "Reply sent as m2."
        return "Answered."

    await asyncio.gather(team.run(ANALYST, asker), team.run(TESTER, answerer))
    assert team.vias(ANALYST) == [("reply", ("m2",))]
    assert team.read_by(ANALYST) == ["m2"]
    assert team.state_of("m1", TESTER) is DeliveryState.ACKNOWLEDGED
    assert team.states(ANALYST) == [WORKING, AgentState.AWAITING_REPLY, WORKING]


async def test_that_a_request_that_nobody_answers_says_so(team: TeamStage) -> None:
    team.bus.unregister_agent(TESTER, "I have ended.")

    async def asker(agent: ScriptedProcess) -> Ending:
        return await agent.call("request", to="tester-1", need="Are you there?")

    assert "I have ended." in await team.run(ANALYST, asker)
    assert team.states(ANALYST)[-1] is WORKING


# --- the bus is told of work ---


@pytest.mark.parametrize(("tool", "is_work"), [("Read", True), ("mcp__maos__check_messages", False)])
async def test_that_only_a_tool_of_the_runtime_counts_as_work_between_messages(tool: str, is_work: bool) -> None:
    team = TeamStage(Limits(ping_pong=2))
    await team.start()

    async def script(agent: ScriptedProcess) -> Ending:
        await agent.call("send_message", to="tester-1", text="Ping")
        await team.bus.send_message(TESTER, ANALYST, "Pong")
        await agent.use(tool, "its result")
        await team.journal.until(lambda: len(team.journal.of(ToolFinished)) == 2)
        return await agent.call("send_message", to="tester-1", text="Ping")

    try:
        answer = await team.run(ANALYST, script)
        assert ("Sent as m3" in answer) is is_work
        assert ("without any other work" in answer) is not is_work
    finally:
        await team.close()


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
