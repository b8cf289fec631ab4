"""Delivery: what reaches an agent, when, how often, and that nobody ends without having read it."""

from __future__ import annotations

import asyncio

import pytest

from maos_desktop.bus import Limits
from maos_desktop.errors import OverloadedError
from maos_desktop.executor.base import AssistantAnswered
from maos_desktop.model.event import AgentState, MessageSent, ToolFinished
from maos_desktop.model.message import DeliveryState
from tests.scripted_executor import Ending, ScriptedProcess, answering, ended
from tests.unit.agents.team_stage import ANALYST, SECURITY, TESTER, TeamStage
from tests.unit.loop_turns import turns

DELIVERED, READ = DeliveryState.DELIVERED, DeliveryState.READ
WORKING = AgentState.WORKING


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
