"""What the planner is told of the project folder: languages, layout, size, the head of its README."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from maos_desktop.errors import BadRequestError
from maos_desktop.model.untrusted_text import clean, clean_line, storable

MAX_FILES = 20_000
MAX_DEPTH = 50
README_CHARS = 1_500
LAYOUT_ENTRIES = 40
NAME_CHARS = 60

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", "dist", "build", "target", ".tox"}
)
_LANGUAGES = {
    ".py": "Python",
    ".js": "JavaScript",
    ".jsx": "JavaScript",
    ".ts": "TypeScript",
    ".tsx": "TypeScript",
    ".go": "Go",
    ".rs": "Rust",
    ".java": "Java",
    ".kt": "Kotlin",
    ".c": "C",
    ".h": "C",
    ".cc": "C++",
    ".cpp": "C++",
    ".hpp": "C++",
    ".cs": "C#",
    ".rb": "Ruby",
    ".php": "PHP",
    ".swift": "Swift",
    ".sh": "Shell",
    ".sql": "SQL",
    ".html": "HTML",
    ".css": "CSS",
    ".md": "Markdown",
    ".rst": "reStructuredText",
}


@dataclass(slots=True)
class _Survey:
    files: int = 0
    size: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    by_folder: Counter[str] = field(default_factory=Counter)
    cut: bool = False


def describe_project(folder: Path, max_files: int = MAX_FILES) -> str:
    """Returns a Markdown description of ``folder`` (at most some 5,000 characters). Reads names and sizes only,
    and the README; blocks on the disk, so call it in a thread. Names and words of files are data that an agent's
    model is shown: cleaned. Raises ``BadRequestError`` for a folder that cannot be read.
    """
    try:
        survey = _survey(folder, max_files)
    except OSError as error:
        raise BadRequestError(
            f"The project folder {folder} cannot be read: {error.strerror}.",
            next_step="Put it back, change its rights, or start a session with another folder.",
        ) from error
    languages = ", ".join(f"{name} ({_files(count)})" for name, count in survey.languages.most_common(8))
    more = f" (counted up to {max_files})" if survey.cut else ""
    lines = [
        f"Folder: {_shown(folder.name)}",
        f"Languages: {languages or 'none recognised'}",
        f"Size: {_files(survey.files)}{more}, {survey.size / 1024:.0f} KiB",
        "Layout:",
    ]
    lines += [f"- {_shown(name)}: {_files(count)}" for name, count in survey.by_folder.most_common(LAYOUT_ENTRIES)]
    readme = _readme_head(folder)
    return "\n".join(lines) + (f"\n\nREADME begins:\n\n> {readme}" if readme else "")


def _survey(folder: Path, max_files: int) -> _Survey:
    survey = _Survey()
    next(folder.iterdir(), None)  # an unreadable folder is an error; an unreadable part of it is left out
    for number, (where, folders, files) in enumerate(os.walk(folder)):
        inside = Path(where).relative_to(folder).parts
        deepest = len(inside) >= MAX_DEPTH
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not deepest)
        place = f"{inside[0]}/" if inside else "./"
        room = max_files - survey.files
        survey.cut = len(files) > room or number == max_files
        for path in map(Path(where).joinpath, files[:room]):
            survey.files += 1
            survey.by_folder[place] += 1
            language = _LANGUAGES.get(path.suffix.lower())
            if language:
                survey.languages[language] += 1
            survey.size += _size(path)
        if survey.cut:
            break
    return survey


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _shown(name: str) -> str:
    shown = clean_line(storable(name))
    return shown if len(shown) <= NAME_CHARS else shown[: NAME_CHARS - 1] + "…"


def _readme_head(folder: Path) -> str:
    try:
        path = next(p for p in sorted(folder.iterdir()) if p.name.lower().startswith("readme") and p.is_file())
        with path.open(encoding="utf-8", errors="replace") as file:
            return clean(file.read(README_CHARS)).strip().replace("\n", "\n> ")
    except (OSError, StopIteration):
        return ""
