"""What the CLI's messages mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.errors import CliNotSetUpError, OverloadedError, RefusedError
from maos_desktop.executor.base import (
    AssistantAnswered,
    BlockClosed,
    RetryScheduled,
    RuntimeEvent,
    SessionOpened,
    TextStreamed,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)
from maos_desktop.executor.ndjson import decode_line
from maos_desktop.executor.spending import Spending
from maos_desktop.executor.turn_reader import TurnReader
from tests.unit.executor import wire
from tests.unit.model.strategies import JSON


def _reader() -> TurnReader:
    return TurnReader(Spending(resumed=False))


def _read(messages: Iterable[wire.Message], reader: TurnReader | None = None) -> list[RuntimeEvent]:
    reader = reader or _reader()
    return [event for message in messages for event in reader.take(message)]


def _ending(messages: Iterable[wire.Message], reader: TurnReader | None = None) -> TurnEnded:
    (ended,) = [event for event in _read(messages, reader) if isinstance(event, TurnEnded)]
    return ended


def test_that_a_streamed_response_is_answered_first_and_its_text_comes_once() -> None:
    assert _read([wire.init(), *wire.streamed_text("hello")]) == [
        SessionOpened(wire.SESSION, "claude-opus"),
        AssistantAnswered(1),
        TextStreamed(0, "text", "hello"),
        BlockClosed(0),
    ]


def test_that_blocks_are_counted_over_responses_and_thinking_is_told_apart() -> None:
    thinking = [
        wire.message_start("msg_2"),
        wire.block_start(0, "thinking"),
        wire.delta(0, "hm", "thinking"),
        wire.block_stop(0),
        wire.block_start(1),
        wire.delta(1, "so"),
        wire.block_stop(1),
    ]
    assert _read([*wire.streamed_text("a"), *thinking])[3:] == [
        AssistantAnswered(2),
        TextStreamed(1, "thinking", "hm"),
        BlockClosed(1),
        TextStreamed(2, "text", "so"),
        BlockClosed(2),
    ]


def test_that_a_response_which_was_not_streamed_is_answered_and_comes_whole() -> None:
    text, call = {"type": "text", "text": "hello"}, wire.tool_use(file_path="a.py")
    assert _read([wire.assistant(text), wire.assistant(call)]) == [
        AssistantAnswered(1),
        TextStreamed(0, "text", "hello"),
        BlockClosed(0),
        ToolCalled("toolu_1", "Read", {"file_path": "a.py"}),
    ]


def test_that_a_stream_which_was_cut_leaves_no_open_block_when_the_next_one_begins() -> None:
    cut = [wire.message_start(), wire.block_start(0), wire.delta(0, "half")]
    assert _read([*cut, wire.api_retry(None), wire.message_start("msg_2")])[-2:] == [
        BlockClosed(0),
        AssistantAnswered(2),
    ]


def test_that_an_open_block_is_closed_before_its_turn_ends() -> None:
    events = _read([wire.message_start(), wire.block_start(0), wire.delta(0, "half"), wire.aborted()])
    assert events[-2] == BlockClosed(0)
    assert isinstance(events[-1], TurnEnded)


def test_that_a_sub_agent_s_text_is_not_the_agent_s_but_its_tools_are_shown() -> None:
    messages = [
        wire.message_start(parent="toolu_9"),
        wire.delta(0, "inner", parent="toolu_9"),
        wire.assistant({"type": "text", "text": "inner"}, wire.tool_use(), response_id="msg_7", parent="toolu_9"),
    ]
    assert _read(messages) == [ToolCalled("toolu_1", "Read", {})]


def test_that_structured_output_is_a_result_and_no_tool_call() -> None:
    call = wire.tool_use("toolu_7", "StructuredOutput", answer="yes")
    messages = [
        wire.message_start(),
        wire.assistant(call),
        wire.tool_result("Structured output provided successfully", "toolu_7"),
        wire.result('{"answer":"yes"}', structured_output={"answer": "yes"}),
    ]
    answered, ended = _read(messages)
    assert answered == AssistantAnswered(1)
    assert isinstance(ended, TurnEnded)
    assert ended.structured_output == {"answer": "yes"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("1\thello", "1\thello"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ([{"type": "image", "source": {"data": "AAAA"}}], "[image]"),
        (None, ""),
    ],
)
def test_that_a_tool_s_result_is_told_as_text(content: object, text: str) -> None:
    assert _read([wire.tool_result(content)]) == [ToolReturned("toolu_1", text, False)]


def test_that_a_failed_tool_is_an_error() -> None:
    assert _read([wire.tool_result("Exit code 1", is_error=True)]) == [ToolReturned("toolu_1", "Exit code 1", True)]


def test_that_what_the_runtime_says_in_the_user_s_name_is_no_event() -> None:
    interrupted = {"role": "user", "content": [{"type": "text", "text": "[Request interrupted by user]"}]}
    assert _read([{"type": "user", "message": interrupted}, {"type": "user", "message": {"content": "text"}}]) == []


def test_that_the_session_is_opened_again_only_under_another_id() -> None:
    events = _read([wire.init(), wire.init(), wire.init("other")])
    assert [event.claude_session_id for event in events if isinstance(event, SessionOpened)] == [wire.SESSION, "other"]


# --- ends ---


def test_that_turns_are_the_responses_of_this_turn() -> None:
    reader = _reader()
    first = [*wire.streamed_text("a", "1"), *wire.streamed_text("b", "2"), wire.result(num_turns=8)]
    assert _ending(first, reader).turns == 2
    assert _ending([*wire.streamed_text("c", "3"), wire.result("c")], reader) == TurnEnded(
        "c", 1, _ending([wire.result()]).usage, None, 31
    )


def test_that_an_interrupted_turn_is_no_failure() -> None:
    ended = _ending([wire.init(), wire.message_start(), wire.aborted()])
    assert ended.interrupted
    assert ended.error is None
    assert ended.text == ""


def test_that_an_interrupt_between_two_retries_ends_the_turn_when_the_cli_is_idle() -> None:
    reader = _reader()
    reader.begin_turn()
    _read([wire.init(), wire.api_retry()], reader)
    reader.interrupting = True
    assert _ending([wire.idle()], reader).interrupted
    assert not reader.in_turn


def test_that_idleness_after_a_result_ends_nothing() -> None:
    reader = _reader()
    reader.begin_turn()
    reader.interrupting = True
    assert len(_read([wire.init(), wire.aborted(), wire.idle(), wire.idle()], reader)) == 2


def test_that_an_error_is_judged_by_is_error_and_never_by_the_subtype() -> None:
    text = "API Error: 529 Overloaded."
    ended = _ending([wire.api_error(text, "server_error"), wire.result(text, is_error=True, api_error_status=529)])
    assert isinstance(ended.error, OverloadedError)
    assert ended.error.detail == text
    assert ended.text == ""


def test_that_an_error_message_is_neither_a_response_nor_text() -> None:
    assert _read([wire.api_error("Not logged in", "authentication_failed")]) == []


def test_that_an_error_of_one_turn_does_not_mark_the_next() -> None:
    reader = _reader()
    _read([wire.api_error("x", "authentication_failed"), wire.result("x", is_error=True)], reader)
    assert _ending([*wire.streamed_text("fine"), wire.result("fine")], reader).error is None


def test_that_a_refusal_is_a_failure_even_when_the_result_is_none() -> None:
    assert isinstance(_ending([wire.result("I cannot", stop_reason="refusal")]).error, RefusedError)


@pytest.mark.parametrize("status", [401, 403])
def test_that_a_key_which_is_not_accepted_stops_the_turn_at_the_first_retry(status: int) -> None:
    reader = _reader()
    reader.begin_turn()
    (retry,) = _read([wire.api_retry(status, error="authentication_failed")], reader)
    assert retry == RetryScheduled(1, 531, status, "authentication_failed")
    assert reader.must_stop
    reader.interrupting = True
    ended = _ending([wire.idle()], reader)
    assert isinstance(ended.error, CliNotSetUpError)
    assert not ended.interrupted
    assert not reader.must_stop


def test_that_other_retries_are_told_and_go_on() -> None:
    reader = _reader()
    assert _read([wire.api_retry(None, error="unknown")], reader) == [RetryScheduled(1, 531, None, "unknown")]
    assert not reader.must_stop


def test_that_a_turn_which_the_cli_begins_by_itself_is_a_turn() -> None:
    reader = _reader()
    _read([wire.init(), wire.result(), wire.init()], reader)
    assert reader.in_turn


# --- hostile streams ---

EVERY_KIND: list[wire.Message] = [
    wire.init(),
    wire.idle(),
    wire.api_retry(),
    *wire.streamed_text("x"),
    wire.delta(0, "hm", "thinking"),
    wire.assistant(wire.tool_use(a=1)),
    wire.tool_result([{"type": "text", "text": "x"}]),
    wire.result(**wire.totals(tokens_in=1, tokens_out=1, cost=0.1), usage={"input_tokens": 1}),
]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in items for deeper in _paths(item, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


@given(st.data())
def test_that_no_value_in_no_place_breaks_the_reader(data: st.DataObject) -> None:
    import json

    reader = _reader()
    for message in data.draw(st.lists(st.sampled_from(EVERY_KIND), max_size=5)):
        path = data.draw(st.sampled_from(_paths(message)))
        changed = decode_line(json.dumps(_with(message, path, data.draw(JSON))).encode())
        if isinstance(changed, dict):
            _read([changed], reader)
