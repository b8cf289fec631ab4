"""What is stored always reads back as the event that is shown, whatever a tool was called with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.errors import StoreError
from maos_desktop.model.event import (
    SESSION_EVENT,
    NoticeRaised,
    PermissionRequested,
    RequestTimedOut,
    SessionEvent,
    ToolStarted,
)
from maos_desktop.model.ids import MessageId
from maos_desktop.store import EventLog
from maos_desktop.store.payload import encode
from tests.unit.model.strategies import EVENTS
from tests.unit.store.builders import ANALYST, SESSION, TESTER, created, output, tool_call

HOSTILE_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
HOSTILE_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | HOSTILE_TEXT
    | st.integers(0, 20_000).map(lambda n: 1 << n),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE_TEXT, inner, max_size=3),
    max_leaves=10,
)


def nested(levels: int, leaf: object = "leaf") -> dict[str, Any]:
    value: Any = leaf
    for _ in range(levels):
        value = {"in": value}
    return {"in": value}


def stored_input(tool_input: dict[str, Any]) -> dict[str, Any]:
    """Returns what a tool's input is after it has been stored and read."""
    event, json = encode(tool_call(tool_input))
    assert SESSION_EVENT.validate_json(json) == event
    assert isinstance(event, ToolStarted)
    return event.input


@given(EVENTS)
def test_that_any_event_reads_back_as_it_was(event: SessionEvent) -> None:
    kept, json = encode(event)
    assert kept == event
    assert SESSION_EVENT.validate_json(json) == event


@given(st.dictionaries(HOSTILE_TEXT, HOSTILE_JSON, max_size=3))
def test_that_any_tool_input_reads_back_as_it_is_shown(tool_input: dict[str, Any]) -> None:
    stored_input(tool_input)


@given(HOSTILE_TEXT)
def test_that_any_text_reads_back_as_it_is_shown(text: str) -> None:
    event, json = encode(output(text))
    assert SESSION_EVENT.validate_json(json) == event


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("the other half \ude00", "the other half \ufffd"),
        ("both halves \ud83d\ude00", "both halves 😀"),
        ("undecodable byte \udcff", "undecodable byte \ufffd"),
        ("whole 😀, ünïcode, NUL \x00", "whole 😀, ünïcode, NUL \x00"),
    ],
)
def test_that_lone_surrogates_are_replaced(text: str, kept: str) -> None:
    assert encode(output(text)).event == output(kept)
    assert stored_input({text: [text]}) == {kept: [kept]}


def test_that_an_event_that_needs_nothing_is_kept_as_the_same_object() -> None:
    for event in (output("text"), tool_call({"path": "a.py", "lines": [1, 2], "deep": {"er": None}})):
        assert encode(event).event is event


def test_that_deep_nesting_is_cut_and_says_so() -> None:
    kept: Any = stored_input(nested(50_000))
    while isinstance(kept, dict):
        kept = kept["in"]
    assert kept == "(nested too deeply to be kept)"


def test_that_ordinary_nesting_is_kept() -> None:
    assert stored_input(nested(90)) == nested(90)
    assert stored_input({"in": [[[{"a": []}]]]}) == {"in": [[[{"a": []}]]]}


def test_that_a_circle_is_cut() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    stored_input(circle)


def test_that_long_integers_are_named_and_others_kept() -> None:
    kept = stored_input({"huge": -(10**5_000), "large": 10**3_900, "small": 2**64, "flag": True})
    assert kept == {"huge": "(an integer of 16,610 bits)", "large": 10**3_900, "small": 2**64, "flag": True}


def test_that_infinite_numbers_are_kept_as_text() -> None:
    assert stored_input({"n": [float("nan"), float("inf")], "x": 1.5}) == {"n": ["nan", "inf"], "x": 1.5}


def test_that_an_infinite_time_out_reads_back() -> None:
    event = RequestTimedOut(message_id=MessageId("m1"), sender=TESTER, receiver=ANALYST, timeout_seconds=float("inf"))
    assert SESSION_EVENT.validate_json(encode(event).json) == event


def test_that_permission_requests_are_treated_alike() -> None:
    event = PermissionRequested(
        agent_id=TESTER, request_id="q1", tool="Bash", input={"command": "\ud800"}, input_sha256="0" * 64
    )
    kept, json = encode(event)
    assert SESSION_EVENT.validate_json(json) == kept == event.model_copy(update={"input": {"command": "\ufffd"}})


def test_that_what_has_no_json_form_is_our_own_clear_error() -> None:
    with pytest.raises(StoreError, match="tool_started") as raised:
        encode(tool_call({"object": object()}))
    assert raised.value.detail and raised.value.next_step


async def test_that_hostile_events_go_through_the_log(session_log: EventLog) -> None:
    hostile = tool_call({**nested(5_000), "n": 10**5_000, "text": "\ud800"})
    appended = await session_log.append(SESSION, hostile, NoticeRaised(level="info", text="\udfff"))
    assert tuple(await session_log.read(SESSION, after_seq=1)) == appended
    assert await session_log.verify(SESSION) is None


async def test_that_an_event_without_json_form_harms_no_other(session_log: EventLog) -> None:
    with pytest.raises(StoreError):
        await session_log.append(SESSION, output("before"), tool_call({"object": object()}))
    assert [logged.seq for logged in await session_log.append(SESSION, output("after"))] == [2]


async def test_that_a_line_of_many_megabytes_is_stored(session_log: EventLog) -> None:
    (appended,) = await session_log.append(SESSION, output("x" * 20_000_000))
    assert await session_log.read(SESSION, after_seq=1) == [appended]


async def test_that_a_title_with_half_a_character_is_stored(log: EventLog) -> None:
    (appended,) = await log.append(SESSION, created(title="Tit\ud800le"))
    assert appended.event == created(title="Tit\ufffdle")
    assert await log.read(SESSION) == [appended]


async def test_that_a_folder_whose_name_is_no_text_is_told(log: EventLog) -> None:
    settings = created().settings.model_copy(update={"project_folder": Path("/undecodable \udcff")})
    with pytest.raises(StoreError, match="session_created"):
        await log.append(SESSION, created().model_copy(update={"settings": settings}))
