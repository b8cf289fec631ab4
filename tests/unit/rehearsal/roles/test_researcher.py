from __future__ import annotations

import pytest

from maos_desktop.rehearsal.roles.researcher import dependencies
from maos_desktop.rehearsal.tool_output import Spot
from tests.unit.rehearsal.folder_cli import investigate

MANIFESTS = [
    (
        "pyproject.toml",
        '[project]\nname = "shop"\ndependencies = [\n    "requests>=2",\n    "flask[async]",\n]\n[tool.x]\ny = "x"\n',
        [("requests", ">=2"), ("flask", "")],
    ),
    (
        "pyproject.toml",
        '[tool.poetry.dependencies]\npython = "^3.11"\nrequests = "*"\n',
        [("python", "^3.11"), ("requests", "*")],
    ),
    ("requirements-dev.txt", "# comment\nrequests==2.0\nflask\n-r other.txt\n", [("requests", "==2.0"), ("flask", "")]),
    (
        "setup.cfg",
        "[options]\ninstall_requires =\n    requests>=2\n    flask\npython_requires = >=3.8\n",
        [("requests", ">=2"), ("flask", "")],
    ),
    (
        "package.json",
        '{\n  "name": "shop",\n  "dependencies": {\n    "@scope/a": "^1.0",\n    "b": "2"\n  },\n  "main": "x"\n}\n',
        [("@scope/a", "^1.0"), ("b", "2")],
    ),
    (
        "go.mod",
        "module example.org/shop\n\nrequire (\n\texample.org/a v1.2.3\n\texample.org/b/v2 v2.0.0 // indirect\n)\n",
        [("example.org/a", "v1.2.3"), ("example.org/b/v2", "v2.0.0")],
    ),
    (
        "Cargo.toml",
        '[package]\nname = "shop"\n\n[dependencies]\nserde = { version = "1" }\nlog = "0.4"\n\n[features]\nx = []\n',
        [("serde", '{ version = "1" }'), ("log", "0.4")],
    ),
    ("Gemfile", "source 'x'\ngem 'rails', '~> 7'\ngem \"puma\"\n", [("rails", "~> 7"), ("puma", "")]),
    (
        "composer.json",
        '{\n  "require": {\n    "php": ">=8",\n    "a/b": "^1"\n  }\n}\n',
        [("php", ">=8"), ("a/b", "^1")],
    ),
]


def named(path: str, text: str) -> list[Spot]:
    return list(dependencies(path, dict(enumerate(text.split("\n"), 1))))


@pytest.mark.parametrize(("path", "text", "expected"), MANIFESTS, ids=[path for path, _, _ in MANIFESTS])
def test_that_dependencies_are_read_with_their_versions(path: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(spot.text, spot.note) for spot in named(path, text)] == expected


def test_that_a_dependency_is_named_with_its_line() -> None:
    assert [spot.where for spot in named("sub/requirements.txt", "a\n\nb==1")] == [
        "sub/requirements.txt:1",
        "sub/requirements.txt:3",
    ]


FILES = {
    "requirements.txt": "requests>=2\nflask\nleft-pad==1\n",
    "uv.lock": "x\n",
    "app.py": "import requests\nfrom flask import Flask\n",
}


def test_that_dependencies_without_a_version_are_found() -> None:
    cli = investigate("researcher", FILES)

    assert "without a version (1)\n- `requirements.txt:2` `flask`" in cli.report
    assert (
        cli.calls_of("announce_discovery")[0]["text"] == "Dependency without a version: `requirements.txt:2` `flask`."
    )


def test_that_dependencies_that_no_import_names_are_found() -> None:
    report = investigate("researcher", FILES).report

    assert "no import names (1)\n- `requirements.txt:3`, `left-pad`; imports may use another name" in report
    assert "- Dependencies: 3\n- Dependencies that imports name: 2" in report


def test_that_lock_files_are_named() -> None:
    assert "Lock files: `uv.lock`." in investigate("researcher", FILES).report
    assert "There is no lock file." in investigate("researcher", {"go.mod": "module x\n"}).report


def test_that_a_folder_without_a_manifest_says_so() -> None:
    assert "no manifest that the rules can read" in investigate("researcher", {"a.py": "x\n"}).report
