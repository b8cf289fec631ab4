"""Which Claude CLI is used, and whether it is new enough."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from maos_desktop.errors import CliNotFoundError, CliTooOldError
from maos_desktop.executor.base import RuntimeInfo, RuntimeOrigin
from maos_desktop.executor.environment import agent_environment
from maos_desktop.executor.guarded_process import GuardedProcess

MINIMUM_VERSION = (2, 1, 248)
"""The first one that takes a prompt as it is written, without expanding ``@path`` in another agent's words."""

_EXECUTABLE = "claude.exe" if sys.platform == "win32" else "claude"
_VERSION_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class FoundCli:
    """Where a CLI is and how it was found."""

    path: Path
    origin: RuntimeOrigin


def find_cli(settings_path: Path | None, environment: Mapping[str, str]) -> FoundCli:
    """Returns the first of: the path of the settings, ``MAOS_CLAUDE_CLI``, ``claude`` on PATH, the bundled one.

    Raises ``CliNotFoundError``, also when a path that was named is not a program.
    """
    if settings_path is not None:
        return _named(settings_path, "settings", "the settings name it")
    if named := environment.get("MAOS_CLAUDE_CLI"):
        return _named(Path(named).expanduser(), "environment", "MAOS_CLAUDE_CLI names it")
    if on_path := shutil.which(_EXECUTABLE, path=environment.get("PATH", "")):
        return FoundCli(Path(on_path), "path")
    if bundled := _bundled_cli():
        return FoundCli(bundled, "bundled")
    raise CliNotFoundError("The Claude CLI was not found on this computer.")


def _named(path: Path, origin: RuntimeOrigin, why: str) -> FoundCli:
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise CliNotFoundError(f"“{path}” is not a program that can be run, though {why} as the Claude CLI.")
    return FoundCli(path, origin)


def _bundled_cli() -> Path | None:
    # The package itself is not imported for this: that takes about a second.
    spec = importlib.util.find_spec("claude_agent_sdk")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "_bundled" / _EXECUTABLE
    return path if path.is_file() else None


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Returns the version in the answer to ``claude --version``, e.g. ``2.1.330 (Claude Code)``."""
    match = re.match(r"\s*(\d{1,9})\.(\d{1,9})\.(\d{1,9})", text)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3]))


class CliLocator:
    """Finds the CLI anew at each call, and asks each file for its version only once."""

    def __init__(self, settings_path: Path | None = None) -> None:
        self._settings_path = settings_path
        self._versions: dict[tuple[Path, int], str] = {}

    async def runtime(self) -> RuntimeInfo:
        """Returns the CLI to use. Raises ``CliNotFoundError`` and ``CliTooOldError``."""
        found = await asyncio.to_thread(find_cli, self._settings_path, os.environ)
        version = await self._version_of(found.path)
        parsed = parse_version(version)
        if parsed is None:
            raise CliNotFoundError(f"“{found.path}” does not answer as the Claude CLI does.", detail=version)
        if parsed < MINIMUM_VERSION:
            needed = ".".join(map(str, MINIMUM_VERSION))
            raise CliTooOldError(f"The Claude CLI at “{found.path}” is {version}; {needed} or newer is needed.")
        return RuntimeInfo(str(found.path), ".".join(map(str, parsed)), found.origin)

    async def _version_of(self, path: Path) -> str:
        key = (path, (await asyncio.to_thread(path.stat)).st_mtime_ns)
        if key not in self._versions:
            self._versions[key] = await _ask_version(path)
        return self._versions[key]


async def _ask_version(path: Path) -> str:
    environment = agent_environment(os.environ, {})
    process = await GuardedProcess.start([str(path), "--version"], Path.home(), environment)
    try:
        async with asyncio.timeout(_VERSION_SECONDS):
            answer = await process.read_all()
            code = await process.wait()
    except TimeoutError as error:
        raise CliNotFoundError(f"“{path}” did not say its version within {_VERSION_SECONDS:.0f} s.") from error
    finally:
        await process.aclose()
    if code != 0:
        raise CliNotFoundError(f"“{path}” cannot be run as the Claude CLI.", detail=process.error_tail())
    return answer.decode(errors="replace").strip()
