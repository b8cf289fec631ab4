"""Rows of the log as they lie, read when they are needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.errors import StoreCorruptError
from maos_desktop.model.event import LoggedEvent, OutputAppended, PlanRequested, SessionEvent
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.stored_row import StoredRow, from_microseconds, to_microseconds
from tests.unit.model.strategies import EVENTS

SESSION = SessionId("a0b1c2d3e4f5")
EVENT = OutputAppended(agent_id=AgentId("tester-1"), block=0, block_kind="text", text="Hello")


def row(payload: str = EVENT.model_dump_json(), at: int = 0) -> StoredRow:
    return StoredRow(7, at, "output_appended", AgentId("tester-1"), payload)


@given(st.datetimes(timezones=st.just(UTC)))
def test_that_a_time_survives_to_the_microsecond(at: datetime) -> None:
    assert from_microseconds(to_microseconds(at)) == at


def test_that_a_time_of_any_zone_is_the_same_instant() -> None:
    at = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert from_microseconds(to_microseconds(at)) == at
    assert from_microseconds(to_microseconds(at)).tzinfo is UTC


def test_that_time_begins_in_1970() -> None:
    assert from_microseconds(1_000_001) == datetime(1970, 1, 1, 0, 0, 1, 1, tzinfo=UTC)


@given(EVENTS)
def test_that_any_event_is_read_from_its_payload(event: SessionEvent) -> None:
    assert row(event.model_dump_json()).event() == event


def test_that_a_row_becomes_the_event_as_it_was_logged() -> None:
    at = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
    expected = LoggedEvent(session_id=SESSION, seq=7, at=at, event=EVENT)
    assert row(at=to_microseconds(at)).logged(SESSION) == expected


@pytest.mark.parametrize(
    "payload",
    ["", "{", "[]", "null", '{"kind": "never_heard_of"}', EVENT.model_dump_json()[:-1], '{"kind": "output_appended"}'],
)
def test_that_a_damaged_payload_is_told_with_its_number(payload: str) -> None:
    with pytest.raises(StoreCorruptError, match="Event 7") as raised:
        row(payload).event()
    assert raised.value.next_step and raised.value.detail


@pytest.mark.parametrize("at", [2**62, -(2**62)])
def test_that_an_impossible_time_is_told_with_its_number(at: int) -> None:
    with pytest.raises(StoreCorruptError, match="Event 7"):
        row(at=at).logged(SESSION)


def test_that_an_unknown_field_is_damage() -> None:
    payload = PlanRequested().model_dump_json()[:-1] + ',"more":1}'
    with pytest.raises(StoreCorruptError):
        row(payload).event()
