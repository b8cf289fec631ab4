from __future__ import annotations

from maos_desktop.rehearsal.answer import Answer, Call, Delivery, Say


def test_that_calls_with_the_same_tool_and_input_are_equal_and_share_a_key() -> None:
    one, other = Call("Grep", {"pattern": "a", "-n": True}), Call("Grep", {"-n": True, "pattern": "a"})

    assert one == other
    assert one.key == other.key
    assert one.id != other.id


def test_that_another_input_makes_another_key() -> None:
    assert Call("Grep", {"pattern": "a"}).key != Call("Grep", {"pattern": "b"}).key
    assert Call("Grep", {"pattern": "a"}).key != Call("Glob", {"pattern": "a"}).key


def test_that_an_answer_with_a_call_waits_for_the_tool() -> None:
    assert Answer((Say("I look."), Call("Read", {}))).stop_reason == "tool_use"
    assert Answer((Say("Done."),)).stop_reason == "end_turn"
    assert Answer().stop_reason == "end_turn"


def test_that_the_size_of_an_answer_is_a_quarter_of_its_characters() -> None:
    assert Answer((Say("x" * 400),)).output_tokens == 100
    assert Answer().output_tokens == 1
    assert Answer((Call("Read", {"file_path": "x" * 400}),)).output_tokens > 100


def test_that_an_answer_is_delivered_undisturbed_by_default() -> None:
    assert Answer().delivery == Delivery(delay_seconds=0, hold=None, status=None, cut_after=None, hang=False)
