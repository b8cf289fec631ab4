"""Writes a session to a file: Markdown for people, JSON with every event for programs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maos_desktop.errors import BadRequestError
from maos_desktop.log import redact
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.session import SessionSummary
from maos_desktop.sessions.markdown import session_markdown

FORMAT = "maos-session"
VERSION = 1


def check_export_path(path: Path) -> None:
    """Raises ``BadRequestError`` when a session cannot be exported to a file of this name."""
    if path.suffix.lower() not in {".md", ".json"}:
        raise BadRequestError(f"“{path.name}” ends neither in .md nor in .json.", next_step="Name it so.")


def export_session(path: Path, summary: SessionSummary, events: Sequence[LoggedEvent]) -> None:
    """Writes the session to ``path`` (.md or .json), readable for its owner only, in one step.

    What has the shape of a known kind of secret is replaced. Blocks on the disk. Raises ``BadRequestError`` when
    the file cannot be written; one that was there before is then as it was.
    """
    check_export_path(path)
    if path.suffix.lower() == ".md":
        text = session_markdown(summary, events)
    else:
        text = json.dumps(_redacted(session_document(summary, events)), ensure_ascii=False, indent=1) + "\n"
    try:
        _write(path, text)
    except OSError as error:
        raise BadRequestError(
            f"The session could not be written to {path}: {error.strerror or error}.", next_step="Choose another file."
        ) from error


def session_document(summary: SessionSummary, events: Sequence[LoggedEvent]) -> dict[str, Any]:
    """Returns the whole session as plain data for JSON: ``format``, ``version``, ``summary`` and ``events``."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "summary": summary.model_dump(mode="json"),
        "events": [logged.model_dump(mode="json") for logged in events],
    }


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return redact(value)
        case dict():
            return {key: _redacted(item) for key, item in value.items()}
        case list():
            return [_redacted(item) for item in value]
    return value


def _write(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
