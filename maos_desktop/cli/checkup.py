"""``doctor``: what works here, and what to do about the rest."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import maos_desktop
from maos_desktop import paths
from maos_desktop.cli.console import Console, Style
from maos_desktop.sessions.doctor import Check, Doctor, open_doctor

OpenDoctor = Callable[[Path], AbstractAsyncContextManager[Doctor]]

_TITLES = {
    "cli": "Claude CLI",
    "settings": "Settings",
    "claude": "Claude",
    "rehearsal": "Rehearsal",
    "data": "Data",
    "git": "git",
}


async def doctor(arguments: argparse.Namespace, open_with: OpenDoctor = open_doctor) -> int:
    """Prints each check as it is made; returns 1 when not even a rehearsal could be run."""
    console = Console(sys.stdout, for_programs=arguments.json)
    checks: list[Check] = []
    async with open_with(paths.data_folder()) as examiner:
        async for check in examiner.examine():
            checks.append(check)
            if not arguments.json:
                console.write(_lines(check, console))
    able = all(check.ok for check in checks if check.name in {"cli", "rehearsal", "data"})
    if arguments.json:
        found = [check.model_dump(mode="json") for check in checks]
        document = {"version": maos_desktop.__version__, "ok": able, "checks": found}
        console.line(json.dumps(document, ensure_ascii=False))
    return 0 if able else 1


def _lines(check: Check, console: Console) -> list[str]:
    mark = console.styled("ok", Style.GREEN) if check.ok else console.styled("no", Style.RED)
    lines = [f"{mark}  {_TITLES[check.name]:<10}  {check.text}"]
    return lines if check.ok or not check.next_step else [*lines, f"    {'':<10}  {check.next_step}"]
