from __future__ import annotations

from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.inquiry import MAX_CALLS, MAX_INTERRUPTIONS, Concluded, Evidence, Inquiry, Step, advance
from tests.unit.rehearsal.bodies import assistant, conversation, task, tool_result, tool_use, user

GREP = Call("Grep", {"pattern": "a"})
READ = Call("Read", {"file_path": "b"})
INTERRUPTED = "[Request interrupted by user for tool use]"


def two_steps() -> Inquiry[str]:
    (found,) = yield Step("First", (GREP,))
    again, read = yield Step("Then", (GREP, READ))
    return f"{found.text}, {again.text}, {read.text}"


def after(*results: tuple[Call, str], is_error: bool = False) -> Conversation:
    messages = [user(task())]
    for n, (call, text) in enumerate(results):
        messages.append(assistant(tool_use(call.tool, f"toolu_{n}", **call.input)))
        messages.append(tool_result(text, f"toolu_{n}", is_error=is_error))
    return conversation(*messages)


def test_that_an_inquiry_begins_with_its_first_step() -> None:
    assert advance(two_steps(), Evidence(after())) == Step("First", (GREP,))


def test_that_only_the_calls_that_are_missing_are_made() -> None:
    assert advance(two_steps(), Evidence(after((GREP, "found")))) == Step("Then", (READ,))


def test_that_an_inquiry_concludes_from_what_the_calls_returned() -> None:
    assert advance(two_steps(), Evidence(after((READ, "text"), (GREP, "found")))) == Concluded("found, found, text")


def test_that_equal_calls_of_one_step_are_made_once() -> None:
    def twice() -> Inquiry[None]:
        yield Step("", (GREP, Call("Grep", {"pattern": "a"})))

    assert advance(twice(), Evidence(after())) == Step("", (GREP,))


def test_that_a_step_without_calls_is_no_step() -> None:
    def empty() -> Inquiry[int]:
        outcomes = yield Step("Nothing to do", ())
        return len(outcomes)

    assert advance(empty(), Evidence(after())) == Concluded(0)


def test_that_a_tool_that_is_not_offered_has_failed() -> None:
    outcome = Evidence(after()).of(Call("WebSearch", {}))

    assert outcome is not None
    assert outcome.is_error
    assert "not offered" in outcome.text


def test_that_an_interrupted_call_is_made_again_but_not_for_ever() -> None:
    once = after((GREP, INTERRUPTED), is_error=True)
    often = after(*[(GREP, INTERRUPTED)] * MAX_INTERRUPTIONS, is_error=True)

    assert Evidence(once).of(GREP) is None
    assert Evidence(often).of(GREP) is not None


def test_that_a_failed_call_is_not_made_again() -> None:
    outcome = Evidence(after((GREP, "The user said no."), is_error=True)).of(GREP)

    assert outcome is not None
    assert outcome.is_error


def test_that_closed_evidence_answers_for_every_call_that_is_missing() -> None:
    evidence = Evidence(after((GREP, "found")))
    evidence.close("Enough.")

    assert advance(two_steps(), evidence) == Concluded("found, found, Enough.")


def test_that_no_conversation_has_more_than_so_many_calls() -> None:
    many = after(*((Call("Grep", {"pattern": str(n)}), "found") for n in range(MAX_CALLS)))

    result = advance(two_steps(), Evidence(many))
    assert isinstance(result, Concluded)
    assert "enough" in result.value
