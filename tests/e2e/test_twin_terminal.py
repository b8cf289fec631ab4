"""The terminal twin with a person at the terminal: approval, Ctrl+C, continuing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.twin import SAMPLE, Terminal, Twin

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="POSIX terminals"),
]
QUESTION = "[r]eject: "
RUN = ("run", "Find security problems", "--project", str(SAMPLE), "--rehearsal")

StartAt = Callable[..., Terminal]


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    made = Twin(tmp_path)
    yield made
    made.wait_for_no_process()


@pytest.fixture
def at_terminal(twin: Twin) -> Iterator[StartAt]:
    """Starts a command on a terminal of its own."""
    opened: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        opened.append(Terminal(twin, *arguments))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


def test_that_an_edited_plan_is_shown_approved_and_run(twin: Twin, at_terminal: StartAt, tmp_path: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import json, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "plan = json.loads(path.read_text())\n"
        "plan['subtasks'] = [s for s in plan['subtasks'] if s['role'] == 'security']\n"
        "path.write_text(json.dumps(plan))\n"
    )
    twin.environment["EDITOR"] = f"{sys.executable} {editor}"
    terminal = at_terminal(*RUN)
    assert "analyst-1" in terminal.wait_for(QUESTION)
    terminal.type("e")
    edited = terminal.wait_for(QUESTION)
    assert "security-1" in edited
    assert "analyst-1" not in edited
    terminal.type("a")
    assert terminal.exit_code() == 0
    assert "\nReport\n" in terminal.text
    assert "analyst-1      starts" not in terminal.text


def test_that_another_plan_can_be_asked_for_and_be_rejected(twin: Twin, at_terminal: StartAt) -> None:
    terminal = at_terminal(*RUN)
    terminal.wait_for(QUESTION)
    terminal.type("what?")
    terminal.wait_for(QUESTION)
    terminal.type("c")
    terminal.wait_for("What should be different? ")
    terminal.type("Look at the tests too")
    terminal.wait_for(QUESTION)
    terminal.type("r")
    assert terminal.exit_code() == 1
    assert "The plan was rejected" in terminal.text
    assert [summary["state"] for summary in twin.sessions()] == ["rejected"]


def test_that_ctrl_c_stops_the_agents_and_the_session_can_be_continued(twin: Twin, at_terminal: StartAt) -> None:
    terminal = at_terminal(*RUN, "--yes")
    terminal.wait_for("done with t1")
    terminal.press_ctrl_c()
    assert terminal.exit_code() == 130
    [summary] = twin.sessions()
    assert summary["state"] == "interrupted"
    assert f"maos-desktop sessions resume {summary['id']}" in terminal.text
    assert "everything up to here was kept" in terminal.text
    twin.wait_for_no_process()

    resumed = at_terminal("sessions", "resume", summary["id"])
    assert resumed.exit_code() == 0
    assert "starts t1:" not in resumed.text
    assert "done with t3" in resumed.text
    assert "\nReport\n" in resumed.text


def test_that_a_second_ctrl_c_ends_at_once_and_leaves_no_process(twin: Twin, at_terminal: StartAt) -> None:
    terminal = at_terminal(*RUN, "--yes")
    terminal.wait_for("[Grep]")
    terminal.press_ctrl_c()
    terminal.press_ctrl_c()
    assert terminal.exit_code() == 130
    twin.wait_for_no_process()
    resumed = at_terminal("sessions", "resume", twin.sessions()[0]["id"])
    resumed.wait_for("starts t1")
    resumed.press_ctrl_c()
    assert resumed.exit_code() == 130


@pytest.mark.parametrize("end", [Terminal.press_ctrl_c, Terminal.press_ctrl_d])
def test_that_leaving_the_question_keeps_the_plan(
    twin: Twin, at_terminal: StartAt, end: Callable[[Terminal], None]
) -> None:
    terminal = at_terminal(*RUN)
    terminal.wait_for(QUESTION)
    end(terminal)
    assert terminal.exit_code() == 130
    session_id = twin.sessions()[0]["id"]
    resumed = at_terminal("sessions", "resume", session_id)
    assert "planner        Makes the plan" not in resumed.wait_for(QUESTION)
    resumed.type("r")
    assert resumed.exit_code() == 1
