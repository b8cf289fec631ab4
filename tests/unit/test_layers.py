"""The layers of the design hold: by contract, import by import, and at run time."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "maos_desktop"

# Which parts may import a library; parts are paths in the package, folders end with a slash.
ALLOWED = {
    "PySide6": ("app.py", "ui/"),
    "qasync": ("app.py", "ui/"),
    "aiosqlite": ("store/",),
    "sqlite3": ("store/",),
    "claude_agent_sdk": ("executor/claude.py",),
}
WINDOW = {"__init__", "__main__", "app", "ui"}
CORE = sorted({path.stem for path in PACKAGE.iterdir() if path.suffix in {"", ".py"}} - WINDOW - {"__pycache__"})


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported_libraries(source: Path) -> Iterator[tuple[str, int]]:
    """Yields the top-level name and line of every absolute import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0], node.lineno


def loaded_by(module: str) -> set[str]:
    """Returns the top-level names of all modules that importing ``module`` loads in a fresh interpreter."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_that_every_import_contract_is_kept() -> None:
    # In a process of its own: the linter sets up logging as if it were alone.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("library", ALLOWED)
def test_that_libraries_stay_in_their_part(library: str) -> None:
    strays = [
        f"{source.relative_to(ROOT)}:{line}"
        for source in sources()
        for name, line in imported_libraries(source)
        if name == library and not source.relative_to(PACKAGE).as_posix().startswith(ALLOWED[library])
    ]
    assert not strays


@pytest.mark.parametrize("part", CORE)
def test_that_the_core_never_loads_qt(part: str) -> None:
    assert not loaded_by(f"maos_desktop.{part}") & {"PySide6", "shiboken6", "qasync"}


@pytest.mark.parametrize("part", ["app", "cli"])
def test_that_starting_does_not_load_the_agent_sdk(part: str) -> None:
    assert find_spec(f"maos_desktop.{part}")
    assert "claude_agent_sdk" not in loaded_by(f"maos_desktop.{part}")
