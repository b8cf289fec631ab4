"""The terminal twin in a pipe: exit codes, standard output and what is kept."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from maos_desktop.model.event import LoggedEvent, ReportProduced
from maos_desktop.paths import database_file
from tests.e2e.twin import LONGEST, ROOT, SAMPLE, Twin

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.name != "posix", reason="POSIX signals")]


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    return Twin(tmp_path)


@pytest.mark.slow
def test_that_a_rehearsal_of_the_sample_project_ends_in_a_report_about_it(twin: Twin) -> None:
    ended = twin.run("run", "Find security problems", "--project", str(SAMPLE), "--yes", "--rehearsal")
    assert (ended.returncode, ended.stderr) == (0, "")
    progress, report = ended.stdout.split("\nReport\n")
    assert "Rehearsal: no language model is involved" in progress
    assert "→" in progress and "(m1: discovery" in progress
    assert "Rehearsal: no language model is involved" in report
    assert "shop/config.py" in report
    assert "from security-1" in report
    assert "\nDone in " in report
    twin.wait_for_no_process()

    [summary] = twin.sessions()
    assert summary["state"] == "done"
    shown = twin.run("sessions", "show", summary["id"])
    assert shown.returncode == 0
    assert "shop/config.py" in shown.stdout

    for name in ("session.md", "session.json"):
        path = Path(twin.environment["HOME"]) / name
        assert twin.run("sessions", "export", summary["id"], "-o", str(path)).returncode == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "shop/config.py" in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_that_json_output_is_every_event_as_stored_and_nothing_else(twin: Twin) -> None:
    ended = twin.run("run", "Map the code", "--project", str(SAMPLE), "--yes", "--rehearsal", "--json")
    assert ended.returncode == 0
    events = [LoggedEvent.model_validate_json(line) for line in ended.stdout.splitlines()]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert any(isinstance(logged.event, ReportProduced) for logged in events)
    shown = json.loads(twin.run("sessions", "show", events[0].session_id, "--json").stdout)
    assert [LoggedEvent.model_validate(event) for event in shown["events"]] == events


@pytest.mark.slow
def test_that_saved_sessions_can_be_read_while_one_runs_and_a_second_run_is_told(twin: Twin) -> None:
    run = twin.start("run", "Map the code", "--project", str(SAMPLE), "--yes", "--rehearsal", "--json")
    assert run.stdout is not None
    session_id = json.loads(run.stdout.readline())["session_id"]
    try:
        assert [summary["id"] for summary in twin.sessions()] == [session_id]
        assert session_id in twin.run("sessions", "show", session_id).stdout
        second = twin.run("run", "Again", "--project", str(SAMPLE), "--yes", "--rehearsal")
        assert second.returncode == 2
        assert second.stderr.count("\n") == 1
        assert "Another MAOS Desktop" in second.stderr
    finally:
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=LONGEST)
    assert run.returncode == 130
    twin.wait_for_no_process()


@pytest.mark.slow
def test_that_a_reader_who_leaves_ends_the_run_quietly(twin: Twin) -> None:
    run = twin.start("run", "Map the code", "--project", str(SAMPLE), "--yes", "--rehearsal", "--json")
    assert run.stdout is not None and run.stderr is not None
    run.stdout.readline()
    run.stdout.close()
    errors = run.stderr.read()
    run.stderr.close()
    assert run.wait(LONGEST) == 130
    assert "Traceback" not in errors
    assert "sessions resume" in errors
    [summary] = twin.sessions()
    assert summary["state"] == "interrupted"
    twin.wait_for_no_process()


def test_that_a_list_may_be_read_in_part(twin: Twin) -> None:
    run = twin.start("sessions", "list")
    assert run.stdout is not None and run.stderr is not None
    run.stdout.close()
    assert run.stderr.read() == ""
    run.stderr.close()
    assert run.wait(LONGEST) == 0


def test_that_a_closed_standard_output_is_no_mistake(twin: Twin) -> None:
    command = f"'{sys.executable}' -m maos_desktop sessions list >&-"
    ended = subprocess.run(["sh", "-c", command], env=twin.environment, cwd=ROOT, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["sessions list", "run x --project . --yes --rehearsal"])
def test_that_output_that_cannot_be_written_is_said(twin: Twin, command: str) -> None:
    line = f"'{sys.executable}' -m maos_desktop {command} >/dev/full"
    ended = subprocess.run(["sh", "-c", line], env=twin.environment, cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"The output could not be written" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr
    twin.wait_for_no_process()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "", "--project", str(SAMPLE), "--yes"], "The request is empty."),
        (
            ["run", "Fix it", "--project", "/no/such/folder", "--yes"],
            "folder /no/such/folder does not exist.",
        ),
        (["run", "Fix it", "--project", __file__, "--yes"], "is not a folder"),
        (["run", "Fix it", "--project", str(SAMPLE)], "Add --yes"),
        (["run", "Fix it", "--project", str(SAMPLE), "--json"], "Add --yes"),
        (["sessions", "show", "nope"], "There is no session “nope”. Run “maos-desktop sessions list”"),
        (["sessions", "resume", "nope"], "There is no session “nope”."),
        (["sessions", "export", "nope", "-o", "x.md"], "There is no session “nope”."),
        (["sessions", "export", "nope", "-o", "x.pdf"], "ends neither in .md nor in .json"),
    ],
)
def test_that_bad_input_is_one_sentence_with_the_next_step(twin: Twin, arguments: list[str], said: str) -> None:
    ended = twin.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["sessions", "list"], ["run", "Fix it", "--project", str(SAMPLE), "--yes"]])
def test_that_a_corrupt_database_is_said_and_left_as_it_is(twin: Twin, arguments: list[str]) -> None:
    twin.data_folder.mkdir()
    path = database_file(twin.data_folder)
    path.write_bytes(b"\x00\xff" * 10_000)
    ended = twin.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert str(path) in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert path.read_bytes() == b"\x00\xff" * 10_000


def test_that_a_data_folder_that_cannot_be_made_is_said(twin: Twin) -> None:
    twin.environment["MAOS_DATA_DIR"] = f"{__file__}/data"
    ended = twin.run("sessions", "list")
    assert ended.returncode == 2
    assert "MAOS_DATA_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_that_a_missing_cli_fails_the_run_with_the_next_step(twin: Twin) -> None:
    twin.environment["MAOS_CLAUDE_CLI"] = "/no/such/claude"
    ended = twin.run("run", "Fix it", "--project", str(SAMPLE), "--yes", "--rehearsal")
    assert ended.returncode == 1
    assert "/no/such/claude" in ended.stdout
    assert "MAOS_CLAUDE_CLI" in ended.stdout
    assert "sessions resume" in ended.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_that_no_display_names_the_run_command(twin: Twin) -> None:
    ended = twin.run()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "maos-desktop run" in ended.stderr


@pytest.mark.slow
def test_that_the_doctor_finds_the_rehearsal_working_and_tells_no_secret(twin: Twin) -> None:
    twin.environment["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9"
    twin.environment["ANTHROPIC_API_KEY"] = "sk-top-secret"
    ended = twin.run("doctor", "--json")
    assert ended.returncode == 0, ended.stdout
    document = json.loads(ended.stdout)
    checks = {check["name"]: check for check in document["checks"]}
    assert checks["rehearsal"]["ok"] and checks["cli"]["ok"] and checks["data"]["ok"]
    assert not checks["claude"]["ok"] and checks["claude"]["next_step"]
    assert "ANTHROPIC_API_KEY" in checks["settings"]["text"]
    assert str(twin.data_folder) in checks["data"]["text"]
    assert "sk-top-secret" not in ended.stdout + ended.stderr
    twin.wait_for_no_process()
