"""What the window shows of a session is what its log says, live and after reopening."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState
from maos_desktop.model.ids import AgentId, TaskId
from maos_desktop.model.plan import Plan, Role, Subtask
from maos_desktop.model.report import Report
from maos_desktop.ui import theme
from maos_desktop.ui.bridge import CHUNK, SessionBridge
from maos_desktop.ui.flush_clock import TICKS_PER_FRAME
from maos_desktop.ui.item_models.timeline_model import Column
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from tests.ui.event_writer import ANN, BOB, EventWriter, ScriptedSource

MakeBridge = Callable[[ScriptedSource], SessionBridge]


@pytest.fixture
def writer() -> EventWriter:
    writer = EventWriter()
    writer.begin()
    writer.agent()
    return writer


@pytest.fixture
def bridge_to(qapp: QApplication) -> Iterator[MakeBridge]:
    made: list[SessionBridge] = []

    def make(source: ScriptedSource) -> SessionBridge:
        made.append(SessionBridge(source))
        return made[-1]

    yield make
    for bridge in made:
        bridge.close()


def texts(model: TranscriptModel) -> list[str]:
    return [model.text_of(row) for row in range(model.rowCount())]


def settle(bridge: SessionBridge) -> None:
    """Lets as many ticks pass as every pane needs to have its turn."""
    for _ in range(40):
        bridge.clock.tick()


async def test_that_loading_shows_what_is_in_the_log(writer: EventWriter, bridge_to: MakeBridge) -> None:
    writer.text("Hello")
    writer.message(1)
    bridge = bridge_to(ScriptedSource(writer))
    await bridge.load()
    assert texts(bridge.transcript(ANN)) == ["Hello"]
    assert bridge.agents.rowCount() == 1
    assert bridge.timeline.rowCount() == len(bridge.fold.timeline) > 0


async def test_that_a_whole_tail_needs_no_second_reading(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    await bridge_to(source).load()
    assert source.reads == []


async def test_that_a_long_log_is_shown_from_its_end_and_then_whole(writer: EventWriter, bridge_to: MakeBridge) -> None:
    for block in range(CHUNK + 20):
        writer.text(f"Text {block}", block=block)
    source = ScriptedSource(writer, tail=[*writer.events[:4], *writer.events[-3:]])
    bridge = bridge_to(source)
    model = bridge.transcript(ANN)
    seen: list[list[str]] = []
    model.modelReset.connect(lambda: seen.append(texts(model)))
    await bridge.load()
    newest = [f"Text {block}" for block in range(CHUNK + 17, CHUNK + 20)]
    assert seen[0] == newest
    assert seen[-1] == [f"Text {block}" for block in range(CHUNK + 20)]
    assert source.reads == [0, CHUNK, len(writer.events)]


async def test_that_nothing_is_lost_or_doubled_that_comes_while_loading(
    writer: EventWriter, bridge_to: MakeBridge
) -> None:
    for block in range(CHUNK):
        writer.text(f"Text {block}", block=block)
    source = ScriptedSource(writer, tail=writer.events[-3:])
    bridge = bridge_to(source)
    source.publish(writer.text("During the tail", block=CHUNK))
    read_on = source.events

    async def reading(after_seq: int = 0, limit: int | None = None) -> object:
        events = await read_on(after_seq, limit)
        if after_seq == 0:
            source.publish(writer.text("During the rest", block=CHUNK + 1))
        return events

    source.events = reading  # type: ignore[method-assign, assignment]
    await bridge.load()
    settle(bridge)
    wanted = [f"Text {block}" for block in range(CHUNK)]
    assert texts(bridge.transcript(ANN)) == [*wanted, "During the tail", "During the rest"]


async def test_that_loading_says_when_all_is_there(
    writer: EventWriter, bridge_to: MakeBridge, qapp: QApplication
) -> None:
    bridge = bridge_to(ScriptedSource(writer))
    told: list[str] = []
    bridge.session_changed.connect(lambda: told.append("session"))
    bridge.loaded.connect(lambda: told.append("loaded"))
    await bridge.load()
    assert told == ["session", "loaded"]


async def test_that_live_and_reopened_show_the_same(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    live = bridge_to(source)
    await live.load()
    live.transcript(ANN)
    source.publish(writer.text("Hel", closed=False))
    settle(live)
    source.publish([*writer.text("lo"), *writer.tool("Bash", {"command": "ls"}, "a.py"), *writer.message(1)])
    source.publish([*writer.delivered(1), *writer.question({"command": "x"}), *writer.answer(allowed=True)])
    settle(live)
    reopened = bridge_to(ScriptedSource(writer))
    await reopened.load()
    assert texts(live.transcript(ANN)) == texts(reopened.transcript(ANN))
    assert live.timeline.rowCount() == reopened.timeline.rowCount()
    assert live.fold.agents == reopened.fold.agents


async def test_that_events_are_shown_a_frame_at_a_time(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    model = bridge.transcript(ANN)
    inserted: list[int] = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append(last - first + 1))
    for block in range(50):
        source.publish(writer.text("text", block=block))
    assert inserted == []
    settle(bridge)
    assert inserted == [50]


async def test_that_theclock_rests_when_nothing_comes(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    assert not bridge.clock.is_ticking
    source.publish(writer.text("Hello"))
    assert bridge.clock.is_ticking
    settle(bridge)
    assert not bridge.clock.is_ticking


async def test_that_a_message_that_is_read_changes_in_both_panes(writer: EventWriter, bridge_to: MakeBridge) -> None:
    writer.agent(BOB, role=Role.SECURITY)
    writer.message(1)
    writer.delivered(1)
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    changed: list[AgentId] = []
    for agent_id in (ANN, BOB):
        model = bridge.transcript(agent_id)
        model.dataChanged.connect(lambda *_, who=agent_id: changed.append(who))
    source.publish(writer.read(1))
    settle(bridge)
    assert sorted(changed) == sorted([ANN, BOB])
    row = bridge.timeline.index(bridge.timeline.rowCount() - 1, Column.STATE)
    assert row.data() == "Read"


async def test_that_each_part_is_told_when_it_changes(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    told: list[str] = []
    for name in ("session_changed", "plan_changed", "report_changed", "agents_changed"):
        getattr(bridge, name).connect(lambda name=name: told.append(name))
    source.publish(writer.text("Hello"))
    settle(bridge)
    assert told == []
    source.publish(writer.add(writer.state_event(ANN, AgentState.DONE)))
    settle(bridge)
    assert told == ["agents_changed"]
    told.clear()
    subtask = Subtask(id=TaskId("t1"), title="Look", instructions="Look.", role=Role.TESTER)
    source.publish(writer.add(ev.PlanProposed(plan=Plan(goal="Look", subtasks=(subtask,)))))
    source.publish(writer.add(ev.ReportProduced(report=Report(summary="Fine."))))
    settle(bridge)
    assert told == ["session_changed", "plan_changed", "report_changed"]


async def test_that_a_new_agent_is_told_once(writer: EventWriter, bridge_to: MakeBridge, qtbot: QtBot) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    told: list[int] = []
    bridge.agents_changed.connect(lambda: told.append(bridge.agents.rowCount()))
    source.publish(writer.agent(BOB, role=Role.SECURITY))
    settle(bridge)
    assert told == [2]


async def test_that_what_agents_do_is_told_now_and_then(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    changes: list[int] = []
    bridge.agents.dataChanged.connect(lambda first, last: changes.append(first.row()))
    for block in range(8):
        source.publish(writer.text("text", block=block))
        for _ in range(TICKS_PER_FRAME):
            bridge.clock.tick()
    assert changes == [0]


async def test_that_an_agents_pane_has_one_model(writer: EventWriter, bridge_to: MakeBridge) -> None:
    bridge = bridge_to(ScriptedSource(writer))
    assert bridge.transcript(ANN) is bridge.transcript(ANN)
    await bridge.load()
    assert bridge.transcript(ANN).fold is bridge.fold


async def test_that_colours_follow_the_order_of_agents(writer: EventWriter, bridge_to: MakeBridge) -> None:
    writer.agent(BOB)
    bridge = bridge_to(ScriptedSource(writer))
    await bridge.load()
    assert bridge.color_of(ANN) == theme.agent_color(0)
    assert bridge.color_of(BOB) == theme.agent_color(1)
    assert bridge.color_of(AgentId("user")) == theme.color("accent")


async def test_that_a_closed_bridge_hears_nothing(writer: EventWriter, bridge_to: MakeBridge) -> None:
    source = ScriptedSource(writer)
    bridge = bridge_to(source)
    await bridge.load()
    bridge.close()
    assert source.listeners == []
    assert not bridge.clock.is_ticking


async def test_that_a_bridge_that_is_closed_while_it_loads_shows_nothing_more(
    writer: EventWriter, bridge_to: MakeBridge
) -> None:
    for block in range(CHUNK * 2):
        writer.text("text", block=block)
    source = ScriptedSource(writer, tail=writer.events[-3:])
    bridge = bridge_to(source)
    told: list[str] = []
    bridge.loaded.connect(lambda: told.append("loaded"))
    bridge.session_changed.connect(lambda: told.append("tail"))
    bridge.session_changed.connect(bridge.close)
    await bridge.load()
    assert told == ["tail"]
    assert source.reads == []
