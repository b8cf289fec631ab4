"""Who is on the bus."""

from __future__ import annotations

import pytest

from maos_desktop.bus.discoveries import normalised
from maos_desktop.bus.roster import Roster
from maos_desktop.errors import BugError
from maos_desktop.model.ids import USER, AgentId
from tests.unit.bus.builders import A, S, T


def test_that_agents_come_and_go_with_their_reports() -> None:
    roster = Roster()
    roster.register(A, "Map")
    roster.register(T, "Test")
    assert roster.titles() == {A: "Map", T: "Test"}
    assert roster.others(A) == (T,)
    roster.end(T, "All green.")
    assert not roster.is_active(T)
    assert roster.has_ended(T)
    assert roster.report(T) == "All green."
    roster.register(T, "Test again")
    assert not roster.has_ended(T)
    assert roster.report(T) == ""


def test_that_an_agent_that_never_was_cannot_end() -> None:
    roster = Roster()
    roster.end(S, "report")
    assert not roster.has_ended(S)
    assert not roster.knows(S)


def test_that_the_end_of_an_ended_agent_keeps_its_report() -> None:
    roster = Roster()
    roster.register(A, "")
    roster.end(A, "first")
    roster.end(A, "")
    assert roster.report(A) == "first"


def test_that_the_user_is_known_but_no_receiver() -> None:
    roster = Roster()
    assert roster.knows(USER)
    assert not roster.is_active(USER)
    with pytest.raises(BugError):
        roster.register(USER, "")


@pytest.mark.parametrize("name", ["", "a b", 'x"', "a\n", "<b>", "é", "x" * 65])
def test_that_a_name_must_fit_into_a_frame(name: str) -> None:
    with pytest.raises(BugError):
        Roster().register(AgentId(name), "")


@pytest.mark.parametrize(
    "same", ["Secret in a.py:3.", "secret  in\na.py:3", " SECRET IN a.py:3!", "Ｓecret in a.py:3\u200b"]
)
def test_that_discoveries_are_the_same_but_for_their_form(same: str) -> None:
    assert normalised(same) == normalised("Secret in a.py:3")


@pytest.mark.parametrize("other", ["Secret in a.py:4", "No secret in a.py:3", "Secret in a-py:3"])
def test_that_discoveries_differ_by_what_they_say(other: str) -> None:
    assert normalised(other) != normalised("Secret in a.py:3")
