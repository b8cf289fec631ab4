"""Lets the user change a text in the editor of their choice."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from pathlib import Path

from maos_desktop.errors import BadRequestError


async def edit(text: str, suffix: str) -> str:
    """Returns ``text`` as changed in ``$VISUAL`` or ``$EDITOR``. Raises ``BadRequestError`` when none starts."""
    handle, name = tempfile.mkstemp(prefix="maos-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        await _open(path)
        return await asyncio.to_thread(path.read_text, encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestError("The edited file is not UTF-8 text.", next_step="Save it as UTF-8.") from error
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _open(path: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    try:
        process = await asyncio.create_subprocess_exec(*shlex.split(command, posix=os.name == "posix"), str(path))
        code = await process.wait()
    except (OSError, ValueError) as error:
        raise BadRequestError(
            f"The editor “{command}” could not be started: {error}.",
            next_step="Set EDITOR to one that works in this terminal.",
        ) from error
    if code != 0:
        raise BadRequestError(f"The editor “{command}” ended with code {code}; the plan is unchanged.")
