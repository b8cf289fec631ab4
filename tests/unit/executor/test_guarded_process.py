"""A process that leaves nothing behind, however it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from maos_desktop.errors import AgentError
from maos_desktop.executor import warden
from tests.unit.executor.processes import (
    IGNORES_THE_END,
    STAYS,
    bearing,
    family,
    left_after_patience,
    start,
    until_it_says,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")

SIGN = "MAOS_TEST_SIGN"


@pytest.fixture
def sign() -> str:
    return uuid.uuid4().hex


async def test_that_what_is_written_is_read_and_the_exit_code_is_the_command_s(tmp_path: Path) -> None:
    process = await start(["/bin/sh", "-c", "read line; echo got $line; echo oops >&2; exit 7"], tmp_path)
    await process.write(b"this\n")
    assert await process.read_all() == b"got this\n"
    assert await process.wait() == 7
    assert process.error_tail() == "oops"
    await process.aclose()


async def test_that_it_runs_in_the_folder_with_the_given_environment_and_its_arguments(tmp_path: Path) -> None:
    process = await start(["/bin/sh", "-c", 'pwd; echo "$1|$NAME"', "-", "a b"], tmp_path, NAME="v")
    assert (await process.read_all()).decode() == f"{tmp_path}\na b|v\n"
    await process.aclose()


async def test_that_a_signal_which_ended_it_can_be_told(tmp_path: Path) -> None:
    process = await start(["/bin/sh", "-c", "kill -KILL $$"], tmp_path)
    assert await process.wait() == 128 + signal.SIGKILL
    await process.aclose()


async def test_that_a_program_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    text = tmp_path / "program"
    text.write_text("no program")
    process = await start([str(text)], tmp_path)
    assert await process.wait() == 126
    assert "cannot be run" in process.error_tail()
    await process.aclose()


async def test_that_a_folder_that_is_gone_is_the_reason_given(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="cannot be opened any more"):
        await start(["/bin/true"], tmp_path / "gone")


async def test_that_only_the_last_lines_of_the_error_output_are_kept(tmp_path: Path) -> None:
    script = "import sys; sys.stderr.write('\\n'.join(f'line {n}' for n in range(9_999)) + '\\nlast')"
    process = await start([sys.executable, "-c", script], tmp_path)
    await process.wait()
    lines = process.error_tail().splitlines()
    assert lines[-2:] == ["line 9998", "last"]
    assert len(lines) == 40
    await process.aclose()


async def test_that_writing_to_a_process_that_has_gone_does_nothing(tmp_path: Path) -> None:
    process = await start(["/bin/true"], tmp_path)
    await process.wait()
    for _ in range(3):
        await process.write(b"x" * 100_000)
    await process.aclose()


# --- ends ---


@pytest.mark.parametrize("ending", [STAYS, IGNORES_THE_END])
async def test_that_closing_leaves_nothing_behind(tmp_path: Path, sign: str, ending: str) -> None:
    process = await start(family(ending), tmp_path, **{SIGN: sign})
    await until_it_says(process, b"ready")
    assert len(bearing(SIGN, sign)) >= 6
    await process.aclose()
    assert bearing(SIGN, sign) == []


async def test_that_a_command_that_ends_by_itself_leaves_nothing_behind(tmp_path: Path, sign: str) -> None:
    process = await start(family("sys.exit(3)"), tmp_path, **{SIGN: sign})
    assert await process.wait() == 3
    assert bearing(SIGN, sign) == []
    await process.aclose()


async def test_that_a_pipe_full_of_output_does_not_hold_the_end_up(tmp_path: Path, sign: str) -> None:
    process = await start([sys.executable, "-c", "while True: print('x' * 10_000)"], tmp_path, **{SIGN: sign})
    await until_it_says(process, b"x")
    await process.aclose()
    assert bearing(SIGN, sign) == []


async def test_that_closing_twice_and_at_the_same_time_is_one_end(tmp_path: Path) -> None:
    process = await start(["/bin/sleep", "4242"], tmp_path)
    await asyncio.gather(process.aclose(), process.aclose())
    await process.aclose()
    assert process.ending
    assert process.exit_code is not None


async def test_that_a_close_that_is_cancelled_goes_on(tmp_path: Path, sign: str) -> None:
    process = await start(family(), tmp_path, **{SIGN: sign})
    await until_it_says(process, b"ready")
    closing = asyncio.create_task(process.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await process.aclose()
    assert bearing(SIGN, sign) == []


@pytest.mark.parametrize("steps", range(8))
async def test_that_a_start_that_is_cancelled_at_any_point_leaves_nothing_behind(
    tmp_path: Path, sign: str, steps: int
) -> None:
    starting = asyncio.create_task(start(["/bin/sleep", "4242"], tmp_path, **{SIGN: sign}))
    for _ in range(steps):
        await asyncio.sleep(0.002)
    starting.cancel()
    results = await asyncio.gather(starting, return_exceptions=True)
    if not isinstance(results[0], BaseException):
        await results[0].aclose()
    assert left_after_patience(SIGN, sign) == []


async def test_that_a_process_that_is_dropped_is_ended_without_waiting(tmp_path: Path, sign: str) -> None:
    process = await start(family(), tmp_path, **{SIGN: sign})
    await until_it_says(process, b"ready")
    process.end()
    process.end()
    assert await asyncio.to_thread(left_after_patience, SIGN, sign) == []
    await process.aclose()


async def test_that_nothing_is_left_even_when_the_warden_is_killed(tmp_path: Path, sign: str) -> None:
    process = await start(family(), tmp_path, **{SIGN: sign})
    await until_it_says(process, b"ready")
    os.kill(process._process.pid, signal.SIGKILL)
    assert await process.wait() == 128 + signal.SIGKILL
    await process.aclose()
    assert bearing(SIGN, sign) == []


APP = """
import asyncio, os, sys
from pathlib import Path
from tests.unit.executor.processes import family, start, until_it_says
{loop}
async def main():
    process = await start(family(), Path.cwd())
    await until_it_says(process, b"ready")
    print("running", flush=True)
    {ending}
run(main())
"""
PLAIN_LOOP = "run = asyncio.run"
QT_LOOP = """
import qasync
from PySide6.QtWidgets import QApplication
def run(main):
    app = QApplication([])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(main)
"""


@pytest.mark.parametrize("loop", [PLAIN_LOOP, QT_LOOP], ids=["plain loop", "Qt's loop"])
@pytest.mark.parametrize("ending", ["await asyncio.sleep(4242)", "os._exit(0)", "sys.exit(1)"])
def test_that_nothing_outlives_the_app(sign: str, loop: str, ending: str) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", APP.format(loop=loop, ending=ending)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env={**os.environ, SIGN: sign, "PYTHONPATH": str(root)},
    ) as app:
        assert app.stdout is not None
        said = app.stdout.readline()
        assert said == b"running\n", said + (app.stderr.read() if app.stderr else b"")
        app.kill()
    assert left_after_patience(SIGN, sign) == []


def test_that_a_warden_that_is_asked_to_end_does_so_and_leaves_nothing_behind(sign: str) -> None:
    lifeline, held = os.pipe()
    command = [sys.executable, "-I", "-S", warden.__file__, str(lifeline), *family()]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, pass_fds=(lifeline,), env={**os.environ, SIGN: sign}
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM
    os.close(lifeline)
    os.close(held)
    assert bearing(SIGN, sign) == []


def test_that_the_warden_needs_nothing_but_the_standard_library() -> None:
    lines = Path(warden.__file__).read_text().splitlines()
    imported = {line.split()[1].partition(".")[0] for line in lines if line.strip().startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
