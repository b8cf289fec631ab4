"""What stands in an agent's pane."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.model import event as ev
from maos_desktop.model.agent_fold import AgentFold
from maos_desktop.model.event import AgentState
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId
from maos_desktop.model.transcript import NoticeEntry, PromptEntry, TextEntry, ToolEntry
from tests.memory_journal import BEGINNING, logged

A = AgentId("analyst-1")


def piece(block: int, text: str, *, closed: bool = False) -> ev.OutputAppended:
    return ev.OutputAppended(agent_id=A, block=block, block_kind="text", text=text, closed=closed)


def agent_after(*events: ev.SessionEvent) -> AgentFold:
    return SessionFold(logged(*events)).agents[A]


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=5)), min_size=1))
def test_that_each_block_is_one_entry_with_its_pieces_joined_in_order(pieces: list[tuple[int, str]]) -> None:
    agent = agent_after(*(piece(block, text) for block, text in pieces))
    blocks = list(dict.fromkeys(block for block, _ in pieces))
    expected = ["".join(text for block, text in pieces if block == wanted) for wanted in blocks]
    assert [entry.text for entry in agent.transcript if isinstance(entry, TextEntry)] == expected
    assert agent.next_block == max(blocks) + 1


def test_that_a_block_is_open_until_its_last_piece() -> None:
    fold = SessionFold(logged(piece(0, "a")))
    (entry,) = fold.agents[A].transcript
    assert isinstance(entry, TextEntry)
    assert not entry.closed
    fold.apply(logged(piece(0, "", closed=True), after=1)[0])
    assert entry.closed
    assert entry.text == "a"


def test_that_the_text_of_a_block_can_be_read_while_it_grows() -> None:
    entry = TextEntry(1, BEGINNING, "text")
    assert entry.text == ""
    entry.pieces += ["a", "b"]
    assert entry.text == "ab"
    entry.pieces.append("c")
    assert entry.text == "abc"
    assert entry.pieces == ["abc"]


def test_that_entries_stand_in_the_order_of_their_beginning() -> None:
    agent = agent_after(
        ev.PromptSent(agent_id=A, text="Do it"),
        piece(0, "I "),
        ev.ToolStarted(agent_id=A, tool_use_id="c1", tool="Read", input={"file_path": "a.py"}),
        piece(0, "do"),
        ev.RetryNoticed(agent_id=A, attempt=2, delay_ms=10),
        ev.ToolFinished(agent_id=A, tool_use_id="c1", output="text"),
    )
    prompt, text, tool, retry = agent.transcript
    assert isinstance(prompt, PromptEntry)
    assert prompt.text == "Do it"
    assert isinstance(text, TextEntry)
    assert text.text == "I do"
    assert isinstance(tool, ToolEntry)
    assert (tool.tool, tool.input, tool.output, tool.is_error) == ("Read", {"file_path": "a.py"}, "text", False)
    assert isinstance(retry, NoticeEntry)
    assert retry.text == "The model did not answer; attempt 2, next try in 1 s"


@pytest.mark.parametrize(
    ("status", "attempt", "delay_ms", "words", "text"),
    [
        (529, 2, 3_600, "overloaded", "The model is overloaded (529); attempt 2, next try in 4 s"),
        (429, 1, 500, "rate_limit", "The model's rate limit is reached (429); attempt 1, next try in 1 s"),
        (500, 1, 0, "server_error", "The model answered with an error (500 server_error); attempt 1, next try now"),
        (502, 3, 1_000, "", "The model answered with an error (502); attempt 3, next try in 1 s"),
        (None, 0, 8_000, "unknown", "The model did not answer (unknown); next try in 8 s"),
    ],
)
def test_that_a_retry_says_why_which_and_when(
    status: int | None, attempt: int, delay_ms: int, words: str, text: str
) -> None:
    retried = ev.RetryNoticed(agent_id=A, attempt=attempt, delay_ms=delay_ms, status=status, text=words)
    (entry,) = agent_after(retried).transcript
    assert isinstance(entry, NoticeEntry)
    assert entry.text == text


def test_that_the_end_of_a_call_from_before_the_tail_is_left_out() -> None:
    assert agent_after(ev.ToolFinished(agent_id=A, tool_use_id="c1", output="late")).transcript == []


def test_that_a_tool_has_no_output_until_it_has_returned() -> None:
    (entry,) = agent_after(ev.ToolStarted(agent_id=A, tool_use_id="c1", tool="Read", input={})).transcript
    assert isinstance(entry, ToolEntry)
    assert entry.output is None


def test_that_an_agents_time_runs_from_its_first_work_to_its_end() -> None:
    states = [AgentState.WAITING, AgentState.WORKING, AgentState.PAUSED, AgentState.WORKING, AgentState.DONE]
    agent = agent_after(*(ev.AgentStateChanged(agent_id=A, state=state) for state in states))
    assert agent.started_at is not None
    assert agent.ended_at is not None
    assert (agent.started_at - BEGINNING).seconds == 2
    assert (agent.ended_at - BEGINNING).seconds == 5


def test_that_an_agent_that_works_again_has_not_ended() -> None:
    states = [AgentState.WORKING, AgentState.FAILED, AgentState.WORKING]
    agent = agent_after(*(ev.AgentStateChanged(agent_id=A, state=state) for state in states))
    assert agent.ended_at is None


def test_that_the_cost_of_a_conversation_begins_anew_with_a_new_one() -> None:
    cost = ev.TurnFinished(agent_id=A, turns=1, cost_usd=0.25)
    first = ev.AgentStarted(agent_id=A, claude_session_id="first")
    again = first.model_copy(update={"resumed": True})
    assert agent_after(first, cost, again, cost).conversation_cost_usd == 0.5
    other = ev.AgentStarted(agent_id=A, claude_session_id="other")
    assert agent_after(first, cost, other).conversation_cost_usd is None
    assert agent_after(first, cost, other, cost).conversation_cost_usd == 0.25
    assert agent_after(first, cost, other, cost).cost_usd == 0.5


def test_that_an_agent_has_answered_once_its_model_said_or_did_something() -> None:
    asked = ev.PromptSent(agent_id=A, text="Do it")
    retried = ev.RetryNoticed(agent_id=A, attempt=1, delay_ms=1)
    assert not agent_after(asked, retried).has_answered
    assert agent_after(asked, piece(0, "I do")).has_answered
    assert agent_after(asked, ev.ToolStarted(agent_id=A, tool_use_id="c1", tool="Read", input={})).has_answered


def test_that_the_session_to_resume_is_the_one_opened_last() -> None:
    agent = agent_after(
        ev.AgentStarted(agent_id=A, claude_session_id="first", model="m"),
        ev.AgentStarted(agent_id=A, claude_session_id="second", model="n", resumed=True),
    )
    assert (agent.claude_session_id, agent.model) == ("second", "n")
