"""Settings and states of a session, and the order of importance and of delivery."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from maos_desktop.model.ids import new_session_id
from maos_desktop.model.message import DeliveryState, Importance
from maos_desktop.model.report import Finding, Report
from maos_desktop.model.session import SessionSettings, SessionState


def test_that_work_is_under_way_in_exactly_four_states() -> None:
    assert {state for state in SessionState if state.is_active} == {
        SessionState.PLANNING,
        SessionState.AWAITING_APPROVAL,
        SessionState.RUNNING,
        SessionState.SYNTHESISING,
    }


def test_that_importance_grows_from_low_to_critical() -> None:
    names = ["low", "normal", "high", "critical"]
    assert [importance.rank for importance in map(Importance, names)] == [0, 1, 2, 3]


def test_that_delivery_goes_from_queued_to_acknowledged() -> None:
    names = ["queued", "delivered", "read", "acknowledged"]
    assert [state.rank for state in map(DeliveryState, names)] == [0, 1, 2, 3]


@pytest.mark.parametrize("change", [{"request": ""}, {"max_agents": 0}, {"max_agents": 17}, {"surprise": 1}])
def test_that_settings_out_of_range_are_refused(change: dict[str, object]) -> None:
    good: dict[str, object] = {"request": "r", "project_folder": Path("/p")}
    SessionSettings.model_validate(good)
    with pytest.raises(ValidationError):
        SessionSettings.model_validate(good | change)


def test_that_a_finding_needs_a_source() -> None:
    with pytest.raises(ValidationError):
        Finding(title="t", sources=())


def test_that_a_report_needs_a_summary() -> None:
    with pytest.raises(ValidationError):
        Report(summary="")


def test_that_session_ids_are_short_and_differ() -> None:
    ids = {new_session_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 12 and int(one, 16) >= 0 for one in ids)
