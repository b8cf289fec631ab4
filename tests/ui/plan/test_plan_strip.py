"""The strip shows every task with its state, and leads to its agent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.event import Failure
from maos_desktop.model.fold import TaskFold
from maos_desktop.model.ids import TaskId
from maos_desktop.ui.plan_strip import PlanStrip
from tests.ui.plan.drafts import diamond

pytestmark = pytest.mark.usefixtures("light_theme")


@pytest.fixture
def strip(qtbot: QtBot) -> PlanStrip:
    made = PlanStrip()
    qtbot.addWidget(made)
    made.resize(900, 60)
    return made


def chip(strip: PlanStrip, number: int) -> QToolButton:
    found = strip.findChild(QToolButton, f"task_t{number}")
    assert found is not None
    return found


def label(strip: PlanStrip, name: str) -> str:
    found = strip.findChild(QLabel, name)
    assert found is not None
    return found.text()


def test_that_it_is_hidden_without_a_plan(strip: PlanStrip) -> None:
    strip.show_plan(None, {})
    assert not strip.isVisible()
    strip.show_plan(diamond(), {})
    assert strip.isVisible()
    strip.show_plan(None, {})
    assert not strip.isVisible()


def test_that_each_task_says_its_state_in_words(strip: PlanStrip) -> None:
    failure = Failure(code="x", what="It broke.")
    tasks = {
        TaskId("t1"): TaskFold("done"),
        TaskId("t2"): TaskFold("running"),
        TaskId("t3"): TaskFold("failed", failure=failure),
        TaskId("t4"): TaskFold("skipped", reason="t3 failed"),
    }
    strip.show_plan(diamond(), tasks)
    names = [chip(strip, number).accessibleName() for number in (1, 2, 3, 4)]
    assert names == [
        "Map the code: Done",
        "Look for secrets: Running",
        "Look at the tests: Failed",
        "Weigh it: Not run",
    ]
    assert "It broke." in chip(strip, 3).toolTip()
    assert "t3 failed" in chip(strip, 4).toolTip()
    assert label(strip, "planCount") == "3 of 4 tasks"
    bar = strip.findChild(QProgressBar, "planProgress")
    assert bar is not None
    assert (bar.value(), bar.maximum()) == (3, 4)


def test_that_a_change_of_state_keeps_the_chips(strip: PlanStrip) -> None:
    strip.show_plan(diamond(), {})
    before = chip(strip, 2)
    strip.show_plan(diamond(), {TaskId("t2"): TaskFold("done")})
    assert chip(strip, 2) is before
    assert before.accessibleName() == "Look for secrets: Done"


def test_that_another_plan_replaces_the_tasks(strip: PlanStrip) -> None:
    strip.show_plan(diamond(), {})
    plan = diamond()
    strip.show_plan(plan.model_copy(update={"subtasks": plan.subtasks[:1]}), {})
    assert label(strip, "planCount") == "0 of 1 task"
    assert strip.findChild(QToolButton, "task_t4") is None or not chip(strip, 4).isVisible()


def test_that_a_task_leads_to_its_agent(strip: PlanStrip, qtbot: QtBot) -> None:
    strip.show_plan(diamond(), {})
    with qtbot.waitSignal(strip.agent_chosen) as chosen:
        QTest.mouseClick(chip(strip, 2), Qt.MouseButton.LeftButton)
    assert chosen.args == ["security-1"]


def test_that_titles_share_the_room_there_is(strip: PlanStrip, qtbot: QtBot) -> None:
    strip.show_plan(diamond(), {})
    assert chip(strip, 1).text().strip() == "Map the code"
    strip.resize(420, 60)
    assert chip(strip, 1).text().endswith("…")
    assert chip(strip, 1).accessibleName() == "Map the code: To do"
