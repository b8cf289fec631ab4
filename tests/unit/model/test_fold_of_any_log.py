"""What holds for the fold of any events at all, in any order and with any of them left out."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.model import event as ev
from maos_desktop.model.event import SessionEvent
from maos_desktop.model.fold import SessionFold
from tests.memory_journal import logged
from tests.unit.model.strategies import EVENTS


def state_of(fold: SessionFold) -> dict[str, Any]:
    """Returns all that a view reads from a fold."""
    return {name: value for name, value in vars(fold).items() if not name.startswith("_")}


@given(st.lists(EVENTS, max_size=25))
def test_that_no_order_of_events_is_too_much(events: list[SessionEvent]) -> None:
    SessionFold(logged(*events))


@given(st.lists(EVENTS, max_size=25))
def test_that_the_same_log_gives_the_same_state(events: list[SessionEvent]) -> None:
    log = logged(*events)
    at_once, one_by_one = SessionFold(log), SessionFold()
    for one in log:
        one_by_one.apply(one)
    assert state_of(at_once) == state_of(one_by_one)


@given(st.lists(EVENTS, max_size=25), st.data())
def test_that_a_tail_of_the_log_can_be_folded(events: list[SessionEvent], data: st.DataObject) -> None:
    log = logged(*events)
    kept = data.draw(st.lists(st.booleans(), min_size=len(log), max_size=len(log)))
    tail = SessionFold(one for one, keep in zip(log, kept, strict=True) if keep)
    assert tail.last_seq <= len(log)


@given(st.lists(EVENTS, max_size=25))
def test_that_every_change_points_at_what_changed(events: list[SessionEvent]) -> None:
    fold = SessionFold()
    for one in logged(*events):
        entries = {agent_id: len(agent.transcript) for agent_id, agent in fold.agents.items()}
        rows = len(fold.timeline)
        for change in fold.apply(one):
            match change.part:
                case "entry":
                    assert change.agent_id is not None
                    length = entries.get(change.agent_id, 0)
                    assert change.index == length if change.added else 0 <= change.index < length
                    entries[change.agent_id] = length + change.added
                case "row":
                    assert change.index == rows if change.added else 0 <= change.index < rows
                    rows += change.added
                case "agent":
                    assert change.agent_id in fold.agents
        assert rows == len(fold.timeline)
        assert all(len(agent.transcript) == entries.get(agent_id, 0) for agent_id, agent in fold.agents.items())


@given(st.lists(EVENTS, max_size=25))
def test_that_no_message_goes_back(events: list[SessionEvent]) -> None:
    fold = SessionFold()
    for one in logged(*events):
        before = {known: dict(tracked.states) for known, tracked in fold.messages.items()}
        fold.apply(one)
        if not isinstance(one.event, ev.MessageSent):
            for known, states in before.items():
                now = fold.messages[known].states
                assert all(now[receiver].rank >= state.rank for receiver, state in states.items())
