"""What the product exists for, with the real CLI: agents that hear each other while they work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from maos_desktop.model.event import (
    AgentStarted,
    MessageDelivered,
    MessageRead,
    MessageSent,
    PromptSent,
    RequestTimedOut,
    SessionEvent,
    TaskCompleted,
    TaskStarted,
    ToolFinished,
)
from maos_desktop.model.message import DeliveryState, MessageType
from maos_desktop.model.session import SessionState
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import call, call_team, held, say
from maos_desktop.sessions.reader import SessionReader
from tests.e2e.conftest import Stage, events_of, fold_of, plan_of, position, report_of

pytestmark = pytest.mark.e2e

THREE = plan_of(
    {"id": "a", "role": "analyst"}, {"id": "b", "role": "tester"}, {"id": "c", "role": "reviewer"}, mode="parallel"
)
DONE = say("Done.")


def sent(type: MessageType) -> Callable[[SessionEvent], bool]:
    return lambda event: isinstance(event, MessageSent) and event.message.type is type


def prompted(*agents: str) -> Callable[[SessionEvent], bool]:
    """Fits once all of these have been given their task."""
    waiting = set(agents)

    def fits(event: SessionEvent) -> bool:
        if isinstance(event, PromptSent):
            waiting.discard(event.agent_id)
        return not waiting

    return fits


def told(text: str) -> Callable[[Conversation], Answer]:
    """A report of whether ``text`` is in what came after the agent's last answer."""
    return lambda conversation: say(f"Told: {text in conversation.news}")


async def test_that_a_discovery_is_in_the_very_next_model_request_of_every_other_agent(stage: Stage) -> None:
    announced = stage.when(sent(MessageType.DISCOVERY))
    look = say("I look.", call("Read", file_path=str(stage.project / "file1.py")))
    session = await stage.run(
        {
            "planner": [THREE],
            "analyst-1": [
                held(
                    stage.when(prompted("tester-1", "reviewer-1")),
                    call_team("announce_discovery", text="file3.py:1 is wrong", importance="high"),
                ),
                DONE,
            ],
            "tester-1": [held(announced, look), told("file3.py:1 is wrong")],
            "reviewer-1": [held(announced, look), told("file3.py:1 is wrong")],
        }
    )

    assert session.state is SessionState.DONE
    for agent in ("tester-1", "reviewer-1"):
        first, second = stage.log.of(agent)
        assert "file3.py:1 is wrong" not in str(first.body["messages"])
        assert "file3.py:1 is wrong" in second.conversation.news
        assert 'type="discovery"' in second.conversation.news
    fold = await fold_of(session)
    (message,) = [m for m in fold.messages.values() if m.message.type is MessageType.DISCOVERY]
    assert message.states == {"tester-1": DeliveryState.READ, "reviewer-1": DeliveryState.READ}
    assert {e.via for e in await events_of(session, MessageDelivered)} == {"tool_boundary"}


async def test_that_a_request_waits_for_its_reply(stage: Stage) -> None:
    def replies(conversation: Conversation) -> Answer:
        (frame,) = [f for f in conversation.frames if f.type == "request"]
        return call_team("reply", request_id=frame.id, text="There are 4 files.")

    session = await stage.run(
        {
            "planner": [THREE],
            "analyst-1": [
                call_team("request", to="tester-1", need="How many files are there?", timeout_seconds=60),
                told("There are 4 files."),
            ],
            "tester-1": [
                held(stage.when(sent(MessageType.REQUEST)), call("Read", file_path=str(stage.project / "file1.py"))),
                replies,
                DONE,
            ],
            "reviewer-1": [DONE],
        }
    )

    fold = await fold_of(session)
    assert await report_of(session, "a") == "Told: True"
    states = {m.message.type: m.least_state for m in fold.messages.values()}
    assert states == {
        MessageType.REQUEST: DeliveryState.ACKNOWLEDGED,
        MessageType.RESPONSE: DeliveryState.READ,
    }
    assert await events_of(session, RequestTimedOut) == []


async def test_that_a_request_ends_with_its_time_out(stage: Stage) -> None:
    timed_out = stage.when(lambda event: isinstance(event, RequestTimedOut))
    session = await stage.run(
        {
            "planner": [THREE],
            "analyst-1": [
                call_team("request", to="tester-1", need="How many?", timeout_seconds=1),
                lambda conversation: say(conversation.news),
            ],
            "tester-1": [held(timed_out, DONE), say("Too late to answer.")],
            "reviewer-1": [DONE],
        }
    )

    (event,) = await events_of(session, RequestTimedOut)
    assert (event.sender, event.receiver, event.timeout_seconds) == ("analyst-1", "tester-1", 1)
    assert "tester-1" in await report_of(session, "a")
    assert session.state is SessionState.DONE


async def test_that_no_task_starts_before_what_it_depends_on(stage: Stage) -> None:
    session = await stage.run(
        {
            "planner": [
                plan_of(
                    {"id": "last", "role": "reviewer", "depends_on": ["left", "right"]},
                    {"id": "left", "role": "analyst"},
                    {"id": "right", "role": "tester", "depends_on": ["left"]},
                )
            ],
            "analyst-1": [say("Left is 1.")],
            "tester-1": [say("Right is 2.")],
            "reviewer-1": [lambda c: say(f"Both: {'Left is 1.' in c.prompt and 'Right is 2.' in c.prompt}")],
        }
    )

    async def started(task: str) -> int:
        return await position(session, lambda e: isinstance(e, TaskStarted) and e.task_id == task)

    async def completed(task: str) -> int:
        return await position(session, lambda e: isinstance(e, TaskCompleted) and e.task_id == task)

    assert await completed("left") < await started("right")
    assert await completed("right") < await started("last")
    assert await report_of(session, "last") == "Both: True"


async def test_that_an_agent_with_unread_messages_does_not_end(stage: Stage) -> None:
    session = await stage.run(
        {
            "planner": [THREE],
            "analyst-1": [
                held(
                    stage.when(prompted("tester-1")),
                    call_team("send_message", to="tester-1", text="Wait, file2.py too"),
                ),
                DONE,
            ],
            "tester-1": [held(stage.when(sent(MessageType.INFO)), say("I am done.")), told("Wait, file2.py too")],
            "reviewer-1": [DONE],
        }
    )

    assert await report_of(session, "b") == "Told: True"
    (delivered,) = [e for e in await events_of(session, MessageDelivered) if e.receiver == "tester-1"]
    assert delivered.via == "stop_hook"


async def test_that_a_critical_message_interrupts_the_running_turn(stage: Stage) -> None:
    model_was_asked = asyncio.Event()

    def never_answers(conversation: Conversation) -> Answer:
        model_was_asked.set()
        return held(asyncio.Event(), say("This never comes."))

    session = await stage.run(
        {
            "planner": [THREE],
            "analyst-1": [
                held(
                    model_was_asked,
                    call_team("send_message", to="tester-1", text="Stop that", importance="critical"),
                ),
                DONE,
            ],
            "tester-1": [never_answers, told("Stop that")],
            "reviewer-1": [DONE],
        }
    )

    assert await report_of(session, "b") == "Told: True"
    (delivered,) = [e for e in await events_of(session, MessageDelivered) if e.receiver == "tester-1"]
    assert delivered.via == "interrupt"


async def test_that_a_session_left_in_the_middle_goes_on_without_losing_or_doubling_anything(stage: Stage) -> None:
    tester_looked = stage.when(lambda e: isinstance(e, ToolFinished) and e.agent_id == "tester-1")
    others_done = [
        stage.when(lambda e, task=task: isinstance(e, TaskCompleted) and e.task_id == task)  # type: ignore[misc]
        for task in ("a", "c")
    ]
    manager = await stage.open(
        {
            "planner": [THREE],
            "analyst-1": [
                held(tester_looked, call_team("send_message", to="tester-1", text="Mind file2.py")),
                say("The analyst's answer."),
            ],
            "tester-1": [
                call("Read", file_path=str(stage.project / "file0.py")),
                held(asyncio.Event(), say("This never comes.")),
            ],
            "reviewer-1": [DONE],
        }
    )
    session = await stage.start(manager)
    await asyncio.gather(*(done.wait() for done in others_done))
    await manager.aclose()
    reader = await SessionReader.open(stage.data_folder)
    before = [logged.model_dump_json() for logged in await reader.events(session.id)]
    await reader.aclose()

    manager = await stage.open({"tester-1": [lambda conversation: say(conversation.news)]})
    session = await manager.reopen(session.id)
    assert session.state is SessionState.INTERRUPTED
    await session.continue_()
    assert await session.wait_finished() is SessionState.DONE

    after = [logged.model_dump_json() for logged in await session.events()]
    assert after[: len(before)] == before
    assert await report_of(session, "a") == "The analyst's answer."
    assert (await report_of(session, "b")).count("Mind file2.py") == 1
    assert Counter(str(e.task_id) for e in await events_of(session, TaskStarted)) == {"a": 1, "b": 2, "c": 1}
    assert [e.resumed for e in await events_of(session, AgentStarted) if e.agent_id == "tester-1"] == [False, True]
    assert "value = 0" in str(stage.log.of("tester-1")[-1].body["messages"])
    read = Counter(m for e in await events_of(session, MessageRead) for m in e.message_ids)
    assert read == {"m1": 1}
