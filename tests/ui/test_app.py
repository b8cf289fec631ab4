"""The app as a process: it starts, shows a window, and ends cleanly when it is asked to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from maos_desktop.errors import BadRequestError
from maos_desktop.log import FILE_NAME

READY = """
import sys
from maos_desktop import __main__
from maos_desktop.ui.main_window import MainWindow

attach = MainWindow.attach

async def attach_and_say(window, manager):
    await attach(window, manager)
    print("ready", flush=True)

MainWindow.attach = attach_and_say
sys.exit(__main__.main())
"""
"""Starts the app as a user does, and says when its sessions are there."""


@pytest.fixture
def app(private_environment: Path) -> Iterator[subprocess.Popen[str]]:
    process = start()
    yield process
    process.kill()
    process.communicate()


def start(**variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", READY],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONFAULTHANDLER": "1"} | variables,
    )


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "ready\n", process.communicate()


def log_lines(data_folder: Path) -> list[dict[str, str]]:
    text = (data_folder / "logs" / FILE_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_that_it_ends_cleanly_when_the_system_asks(
    app: subprocess.Popen[str], number: signal.Signals, private_environment: Path
) -> None:
    wait_ready(app)
    app.send_signal(number)
    output, errors = app.communicate(timeout=60)
    assert (app.returncode, output, errors) == (0, "", "")
    assert log_lines(private_environment) == []
    assert (private_environment / "window.ini").is_file()


@pytest.mark.window
@pytest.mark.skipif(sys.platform != "linux", reason="an X server of its own")
def test_that_it_ends_when_the_display_is_gone(private_environment: Path) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing)], pass_fds=[writing], stderr=subprocess.DEVNULL
    ) as server:
        number = os.read(reading, 16).decode().strip()
        process = start(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb")
        wait_ready(process)
        server.kill()
        process.communicate(timeout=60)
        assert process.returncode == 1
    with start(QT_QPA_PLATFORM="offscreen") as again:  # the data are free for the next one
        wait_ready(again)
        again.terminate()
        again.communicate(timeout=60)


def test_that_a_second_app_says_what_to_do(app: subprocess.Popen[str], private_environment: Path) -> None:
    wait_ready(app)
    second = start()
    try:
        until = time.monotonic() + 60
        while not log_lines(private_environment):
            assert time.monotonic() < until
            time.sleep(0.1)
        (line,) = log_lines(private_environment)
        assert "The sessions could not be opened" in line["text"]
        assert second.poll() is None
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=60) == 0
    finally:
        second.kill()
        second.communicate()


def test_that_an_unusable_data_folder_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from maos_desktop import app

    (tmp_path / "file").touch()
    monkeypatch.setenv("MAOS_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(BadRequestError, match="The data folder cannot be used"):
        app.main()


def test_that_the_frozen_app_runs_its_warden(tmp_path: Path) -> None:
    lifeline, held = os.pipe()
    os.set_inheritable(lifeline, True)
    command = [sys.executable, "-m", "maos_desktop", "--warden", str(lifeline), sys.executable, "-c", "print('run')"]
    result = subprocess.run(command, capture_output=True, text=True, close_fds=False, timeout=60, check=False)
    os.close(held)
    assert (result.returncode, result.stdout) == (0, "run\n")
