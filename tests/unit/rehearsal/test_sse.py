from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.rehearsal.answer import Answer, Call, Say
from maos_desktop.rehearsal.sse import MAX_TEXT_DELTAS, encode, error_body, stream_events, whole_message


def events_of(answer: Answer) -> list[dict[str, Any]]:
    return list(stream_events(answer, "some-model", input_tokens=7))


def joined(events: list[dict[str, Any]], index: int, key: str) -> str:
    deltas = (e["delta"] for e in events if e["type"] == "content_block_delta" and e["index"] == index)
    return "".join(delta[key] for delta in deltas)


def test_that_a_stream_has_the_events_of_the_messages_api_in_their_order() -> None:
    kinds = [event["type"] for event in events_of(Answer((Say("One two"), Call("Read", {"file_path": "a"}))))]

    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_that_the_first_event_holds_the_model_and_the_size_of_the_request() -> None:
    message = events_of(Answer((Say("Hi"),)))[0]["message"]

    assert message["model"] == "some-model"
    assert message["usage"]["input_tokens"] == 7
    assert message["content"] == []
    assert message["stop_reason"] is None


def test_that_the_last_delta_holds_the_stop_reason_and_the_size_of_the_answer() -> None:
    answer = Answer((Say("x" * 40), Call("Read", {})))
    delta = events_of(answer)[-2]

    assert delta["delta"]["stop_reason"] == "tool_use"
    assert delta["usage"] == {"output_tokens": answer.output_tokens}


def test_that_every_message_has_an_id_of_its_own() -> None:
    answer = Answer((Say("Hi"),))

    assert events_of(answer)[0]["message"]["id"] != events_of(answer)[0]["message"]["id"]


@given(st.text(min_size=1))
def test_that_the_pieces_of_a_text_join_to_the_text(text: str) -> None:
    assert joined(events_of(Answer((Say(text),))), 0, "text") == text


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans()))
def test_that_the_pieces_of_an_input_join_to_its_json(arguments: dict[str, Any]) -> None:
    assert json.loads(joined(events_of(Answer((Call("Read", arguments),))), 0, "partial_json")) == arguments


def test_that_a_text_comes_word_by_word() -> None:
    pieces = [
        e["delta"]["text"] for e in events_of(Answer((Say("One two  three"),))) if "delta" in e and "text" in e["delta"]
    ]

    assert pieces == ["One", " two", "  three"]


def test_that_a_long_text_comes_in_a_bounded_number_of_pieces() -> None:
    events = events_of(Answer((Say("word " * 5_000),)))

    assert sum(event["type"] == "content_block_delta" for event in events) <= MAX_TEXT_DELTAS


def test_that_an_event_on_the_wire_names_its_type_and_ends_with_an_empty_line() -> None:
    wire = encode({"type": "message_stop"})

    assert wire == b'event: message_stop\ndata: {"type": "message_stop"}\n\n'


def test_that_no_text_can_break_out_of_its_event() -> None:
    wire = encode({"type": "x", "text": "a\n\nevent: forged\ndata: {}\n\n"})

    assert wire.count(b"\n\n") == 1
    assert b"\nevent: forged" not in wire


def test_that_an_answer_without_a_stream_holds_whole_blocks() -> None:
    call = Call("Read", {"file_path": "a"})
    message = whole_message(Answer((Say("I look."), call)), "some-model", 7)

    assert message["content"] == [
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": call.id, "name": "Read", "input": {"file_path": "a"}},
    ]
    assert message["stop_reason"] == "tool_use"
    assert message["usage"]["output_tokens"] > 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (401, "authentication_error"), (429, "rate_limit_error"), (503, "api_error")],
)
def test_that_an_error_has_the_type_of_its_status(status: int, kind: str) -> None:
    assert error_body(status, "What") == {"type": "error", "error": {"type": kind, "message": "What"}}
