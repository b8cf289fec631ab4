"""The log is readable line by line, private, bounded and free of secrets."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import pytest

from maos_desktop import log
from maos_desktop.log import LogFile, redact


@pytest.fixture
def file(tmp_path: Path) -> Iterator[LogFile]:
    log_file = LogFile(tmp_path)
    yield log_file
    log_file.close()


def lines(file: LogFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.path.read_text(encoding="utf-8").splitlines()]


def test_that_a_record_is_one_line_of_json(file: LogFile) -> None:
    logging.getLogger("maos_desktop.store").info("Opened %s\nwith “%d” rows", "a.db", 3)
    (line,) = lines(file)
    assert line["text"] == "Opened a.db\nwith “3” rows"
    assert line["logger"] == "maos_desktop.store"
    assert line["level"] == "INFO"
    assert line["at"].endswith("+00:00")


def test_that_an_exception_is_logged_with_its_traceback(file: LogFile) -> None:
    try:
        raise ValueError("sk-ant-api03-abcdefghijklmnop is not a number")
    except ValueError:
        logging.getLogger("maos_desktop").warning("It failed", exc_info=True)
    (line,) = lines(file)
    assert "test_log.py" in line["exception"]
    assert "ValueError: [secret removed] is not a number" in line["exception"]


def test_that_other_libraries_are_heard_from_warnings_on(file: LogFile) -> None:
    logging.getLogger("aiosqlite").info("executing")
    logging.getLogger("aiosqlite").warning("slow")
    assert [line["text"] for line in lines(file)] == ["slow"]


def test_that_a_lone_surrogate_does_not_lose_the_record(file: LogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only the file is to hear of it: the text would go into the test's own report, which cannot be sent on.
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [h for h in root.handlers if isinstance(h, RotatingFileHandler)])
    logging.getLogger("maos_desktop").info("odd \ud800 text")
    assert "odd" in lines(file)[0]["text"]


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_that_only_the_owner_can_read_any_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_MEGABYTE", 100)
    file = LogFile(tmp_path)
    for number in range(20):
        logging.getLogger("maos_desktop").info("line %d", number)
    file.close()
    written = sorted(tmp_path.iterdir())
    assert len(written) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}


def test_that_nothing_is_written_after_close(tmp_path: Path) -> None:
    file = LogFile(tmp_path)
    file.close()
    logging.getLogger("maos_desktop").warning("too late")
    assert file.path.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    "secret",
    [
        "sk-ant-api03-Zm9vYmFyYmF6cXV4",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "github_pat_11ABCDEFG0123456789_abcdefghijklm",
        "glpat-abcdefghij0123456789",
        "xoxb-1234567890-abcdef",
        "AIzaSyA-1234567890abcdefghijklmnopqrstu",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\ncut off",
    ],
)
def test_that_the_shape_of_a_secret_is_removed(secret: str) -> None:
    text = redact(f"before {secret} after" if "cut off" not in secret else f"before {secret}")
    assert "[secret removed]" in text
    assert text.startswith("before ")
    assert secret[:24] not in text


def test_that_a_bearer_token_is_removed_and_its_word_kept() -> None:
    assert redact("Authorization: Bearer abc.def-0123456789") == "Authorization: Bearer [secret removed]"


@pytest.mark.parametrize("text", ["task-1 is done", "risk-assessment-of-the-module", "AKIA", "Bearer of news"])
def test_that_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text
