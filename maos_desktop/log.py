"""The log: JSON lines in a rotating file that only its owner can read, without secrets."""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from typing_extensions import override

FILE_NAME = "maos-desktop.log"

_MEGABYTE = 1_000_000
_SECRETS = re.compile(
    r"""
    \bsk-[A-Za-z0-9_-]{16,}                   # Anthropic and others
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b           # AWS key ids
    | \bgh[pousr]_[A-Za-z0-9]{20,}            # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bglpat-[A-Za-z0-9_-]{16,}              # GitLab
    | \bxox[abposr]-[A-Za-z0-9-]{10,}         # Slack
    | \bAIza[A-Za-z0-9_-]{30,}                # Google
    | (?<=Bearer\ )[A-Za-z0-9._~+/=-]{12,}
    | -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)


def redact(text: str) -> str:
    """Returns ``text`` with everything that has the shape of a known kind of secret replaced."""
    return _SECRETS.sub("[secret removed]", text)


class _JsonLine(logging.Formatter):
    """One record as one line of JSON."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "text": redact(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


class _OwnerOnlyFile(RotatingFileHandler):
    """Opens its file with mode 0600 from the first byte."""

    @override
    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")


class LogFile:
    """Writes what is logged to ``folder`` until ``close``: the app from INFO on, everything else from WARNING.

    Attributes:
        path: the file that is written now; older ones beside it end in ``.1`` to ``.4``.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._handler = _OwnerOnlyFile(self.path, maxBytes=2 * _MEGABYTE, backupCount=4, encoding="utf-8")
        self._handler.setFormatter(_JsonLine())
        self._app = logging.getLogger("maos_desktop")
        self._app.setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)

    def close(self) -> None:
        """Stops writing and closes the file."""
        logging.getLogger().removeHandler(self._handler)
        self._app.setLevel(logging.NOTSET)
        self._handler.close()
