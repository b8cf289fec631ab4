"""Listeners hear what they asked for, in order, until they end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.ids import SessionId
from maos_desktop.store.listeners import Listeners
from tests.unit.store.builders import OTHER, SESSION, START, output


def logged(seq: int, session_id: SessionId = SESSION) -> LoggedEvent:
    return LoggedEvent(session_id=session_id, seq=seq, at=START, event=output(seq))


@pytest.fixture
def listeners() -> Listeners:
    return Listeners()


def test_that_each_hears_of_its_session_and_one_of_all(listeners: Listeners) -> None:
    heard: dict[str, list[Sequence[LoggedEvent]]] = {"session": [], "other": [], "all": []}
    listeners.add(SESSION, heard["session"].append)
    listeners.add(OTHER, heard["other"].append)
    listeners.add(None, heard["all"].append)
    events = [logged(1), logged(1, OTHER), logged(2)]
    listeners.tell(events)
    assert heard == {"session": [[events[0], events[2]]], "other": [[events[1]]], "all": [events]}


def test_that_nobody_is_called_for_nothing(listeners: Listeners) -> None:
    heard: list[Sequence[LoggedEvent]] = []
    listeners.add(None, heard.append)
    listeners.add(SESSION, heard.append)
    listeners.tell([])
    listeners.tell([logged(1, OTHER)])
    assert [len(events) for events in heard] == [1]


def test_that_they_are_called_in_the_order_in_which_they_came(listeners: Listeners) -> None:
    order: list[int] = []
    for number in range(5):
        listeners.add(SESSION, partial(lambda number, events: order.append(number), number))
    listeners.tell([logged(1)])
    assert order == [0, 1, 2, 3, 4]


def test_that_what_was_ended_is_not_called_again(listeners: Listeners) -> None:
    heard: list[LoggedEvent] = []
    end = listeners.add(SESSION, heard.extend)
    listeners.tell([logged(1)])
    end()
    end()
    listeners.tell([logged(2)])
    assert [event.seq for event in heard] == [1]


def test_that_a_listener_may_end_itself_and_begin_another(listeners: Listeners) -> None:
    heard: list[int] = []
    ends: list[Callable[[], None]] = []

    def once(events: Sequence[LoggedEvent]) -> None:
        heard.append(events[0].seq)
        ends.pop()()
        listeners.add(SESSION, lambda more: heard.append(-more[0].seq))

    ends.append(listeners.add(SESSION, once))
    listeners.tell([logged(1)])
    listeners.tell([logged(2)])
    assert heard == [1, -2]


def test_that_the_same_listener_added_twice_ends_once_at_a_time(listeners: Listeners) -> None:
    heard: list[LoggedEvent] = []
    end_first = listeners.add(SESSION, heard.extend)
    listeners.add(SESSION, heard.extend)
    end_first()
    listeners.tell([logged(1)])
    assert len(heard) == 1


@pytest.mark.expected_errors("A listener failed on events 3 to 4")
def test_that_one_that_fails_is_logged_with_the_events_it_failed_on(listeners: Listeners) -> None:
    def fail(events: Sequence[LoggedEvent]) -> None:
        raise ZeroDivisionError

    heard: list[LoggedEvent] = []
    listeners.add(SESSION, fail)
    listeners.add(None, heard.extend)
    listeners.tell([logged(3), logged(4)])
    assert len(heard) == 2
