from __future__ import annotations

import json
from typing import Any

from maos_desktop.rehearsal.answer import Say
from maos_desktop.rehearsal.conversation import read_conversation
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.side_requests import answer_side_request
from tests.unit.rehearsal.bodies import body, user


def answered(**fields: Any) -> str:
    (block,) = answer_side_request(read_conversation(body(user("quota"), tools=()) | fields)).blocks
    assert isinstance(block, Say)
    return block.text


def test_that_a_probe_is_answered_honestly() -> None:
    assert answered() == NOTICE


def test_that_a_wish_for_json_is_met() -> None:
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "sure": {"type": "boolean"},
            "kind": {"enum": ["a", "b"]},
            "tags": {"type": "array"},
            "size": {"type": "object", "properties": {"n": {"type": "integer"}}},
        },
    }
    expected = {"title": "Rehearsal", "sure": False, "kind": "a", "tags": [], "size": {"n": 0}}

    assert json.loads(answered(output_config={"format": {"type": "json_schema", "schema": schema}})) == expected
    assert json.loads(answered(output_format={"type": "json_schema", "schema": schema})) == expected


def test_that_odd_wishes_are_borne() -> None:
    assert answered(output_config={"effort": "low"}) == NOTICE
    assert answered(output_config="x") == NOTICE
    assert answered(output_format={"schema": 3}) == NOTICE
