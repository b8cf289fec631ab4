"""What all agents of a session have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from maos_desktop.model import event as ev
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import Backend, PermissionMode
from tests.memory_journal import logged
from tests.unit.orchestration.run_stage import RunStage, plan_of

A = AgentId("analyst-1")
PLAN = plan_of(("t1", "analyst", []))


@pytest.mark.parametrize(
    ("backend", "of_session", "of_task", "model"),
    [
        (Backend.CLAUDE, None, None, None),
        (Backend.CLAUDE, "sonnet", None, "sonnet"),
        (Backend.CLAUDE, "sonnet", "opus", "opus"),
        (Backend.CLAUDE, None, "opus", "opus"),
        (Backend.REHEARSAL, "sonnet", "opus", None),
    ],
)
def test_that_a_tasks_own_model_goes_before_the_sessions(
    folder: Path, backend: Backend, of_session: str | None, of_task: str | None, model: str | None
) -> None:
    place = RunStage(folder, PLAN, backend=backend, model=of_session).place
    assert place.model(of_task) == model


def test_that_every_launch_has_the_sessions_settings(folder: Path) -> None:
    place = RunStage(folder, PLAN, permission_mode=PermissionMode.ACCEPT_EDITS, trust_project_settings=True).place
    assert place.launch_settings() == {
        "project_folder": folder,
        "permission_mode": PermissionMode.ACCEPT_EDITS,
        "trust_project_settings": True,
        "environment": {"KEY": "value"},
        "model": None,
    }


def test_that_output_goes_on_after_the_last_block_there_is(folder: Path) -> None:
    said = [ev.OutputAppended(agent_id=A, block=block, block_kind="text", text="x", closed=True) for block in (0, 1, 4)]
    place = RunStage(folder, PLAN, log=logged(*said)).place
    assert place.next_block(A) == 5
    assert place.next_block(AgentId("tester-1")) == 0
