"""Events are stored as JSON and come back as they were."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from maos_desktop.model.event import SESSION_EVENT, LoggedEvent, SessionEvent
from tests.memory_journal import BEGINNING, SESSION
from tests.unit.model.strategies import BY_KIND

KINDS: tuple[type[Any], ...] = get_args(get_args(SessionEvent)[0])


def test_that_every_kind_of_event_is_tried_here() -> None:
    assert set(BY_KIND) == set(KINDS)


def test_that_no_two_kinds_have_the_same_name() -> None:
    names = [kind.model_fields["kind"].default for kind in KINDS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
@given(data=st.data())
def test_that_an_event_comes_back_from_json_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    event = data.draw(BY_KIND[kind])
    again = SESSION_EVENT.validate_json(SESSION_EVENT.dump_json(event))
    assert again == event
    assert type(again) is kind


@given(event=BY_KIND[KINDS[0]], seq=st.integers(1, 2**53))
def test_that_a_logged_event_is_one_line_of_json(event: SessionEvent, seq: int) -> None:
    one = LoggedEvent(session_id=SESSION, seq=seq, at=BEGINNING, event=event)
    line = one.model_dump_json()
    assert "\n" not in line
    assert LoggedEvent.model_validate_json(line) == one


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "session_continued", "surprise": 1}',
        '{"kind": "never_heard_of"}',
        '{"reason": "no kind"}',
        '{"kind": "task_started", "task_id": "t1"}',
        "[]",
    ],
)
def test_that_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        SESSION_EVENT.validate_json(line)


def test_that_an_event_cannot_be_changed() -> None:
    event = SESSION_EVENT.validate_python({"kind": "session_interrupted", "reason": "closed"})
    with pytest.raises(ValidationError, match="frozen"):
        event.reason = "other"  # type: ignore[union-attr, misc]
