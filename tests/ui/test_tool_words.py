"""Tool calls in a few words."""

from __future__ import annotations

import pytest

from maos_desktop.paths import resources_folder
from maos_desktop.ui.tool_words import pretty_input, result_words, tool_words

SHOP = "/home/ann/shop"


@pytest.mark.parametrize(
    ("tool", "arguments", "wanted"),
    [
        ("Bash", {"command": "pytest -q"}, "Bash pytest -q"),
        ("Bash", {"command": f"ls {SHOP}/src"}, "Bash ls src"),
        ("Bash", {"command": "cat <<E\nline\nE"}, "Bash cat <<E"),
        ("Read", {"file_path": f"{SHOP}/src/a.py"}, "Read src/a.py"),
        ("Read", {"file_path": "/etc/hosts"}, "Read /etc/hosts"),
        ("Read", {"file_path": f"{SHOP}/a.py", "offset": 10, "limit": 5}, "Read a.py:10-14"),
        ("Read", {"file_path": f"{SHOP}/a.py", "offset": 10}, "Read a.py:10"),
        ("Edit", {"file_path": f"{SHOP}/a.py", "old_string": "a", "new_string": "b"}, "Edit a.py"),
        ("Grep", {"pattern": "TODO", "path": f"{SHOP}/src"}, 'Grep "TODO" in src'),
        ("Grep", {"pattern": "TODO", "glob": "*.py"}, 'Grep "TODO" *.py'),
        ("Glob", {"pattern": "**/*.py"}, 'Glob "**/*.py"'),
        ("WebFetch", {"url": "https://example.com"}, "WebFetch https://example.com"),
        ("Unheard", {"number": 3}, "Unheard "),
        ("Bash", {}, "Bash "),
        ("Read", {}, "Read "),
    ],
)
def test_that_a_call_is_named_with_what_it_is_about(tool: str, arguments: dict[str, object], wanted: str) -> None:
    words = tool_words(tool, arguments, SHOP)
    assert f"{words.label} {words.argument}" == wanted
    assert words.mono


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("send_message", {"to": "tester-1", "text": "Hello"}, "Send message tester-1: Hello"),
        ("request", {"to": "tester-1", "need": "a list"}, "Ask tester-1: a list"),
        ("reply", {"request_id": "m3", "text": "Yes"}, "Reply m3: Yes"),
        ("announce_discovery", {"text": "A leak"}, "Announce discovery A leak"),
        ("record_fact", {"key": "db", "text": "SQLite"}, "Record fact db: SQLite"),
        ("declare_dependency", {"on": "tester-1", "need": "x"}, "Declare dependency tester-1: x"),
        ("propose_subtask", {"title": "More"}, "Propose task More"),
        ("check_messages", {}, "Check messages "),
        ("brand_new", {}, "Brand new "),
    ],
)
def test_that_a_coordination_tool_is_named_in_the_users_words(
    name: str, arguments: dict[str, object], wanted: str
) -> None:
    words = tool_words(f"mcp__maos__{name}", arguments)
    assert f"{words.label} {words.argument}" == wanted
    assert not words.mono


def test_that_an_argument_cannot_hide_what_it_is() -> None:
    assert tool_words("Bash", {"command": "ls \u202eexe.pdf"}).argument == "ls ⟨U+202E⟩exe.pdf"


def test_that_a_huge_argument_is_short() -> None:
    assert len(tool_words("Bash", {"command": "x" * 1_000_000}).argument) <= 200


@pytest.mark.parametrize("tool", ["Bash", "Read", "Grep", "Unheard", "mcp__maos__reply", "mcp__maos__brand_new"])
def test_that_every_tool_has_an_icon(tool: str) -> None:
    assert (resources_folder() / "icons" / f"{tool_words(tool, {}).icon}.svg").is_file()


@pytest.mark.parametrize(
    ("output", "is_error", "wanted"),
    [
        ("", False, "no output"),
        ("\n\n", False, "no output"),
        ("one", False, "1 line"),
        ("one\ntwo\n", False, "2 lines"),
        ("not found\ndetails", True, "not found"),
        ("", True, "failed"),
    ],
)
def test_that_a_result_is_counted_or_quoted(output: str, is_error: bool, wanted: str) -> None:
    assert result_words(output, is_error=is_error) == wanted


def test_that_a_command_is_shown_as_it_is_typed() -> None:
    assert pretty_input("Bash", {"command": "ls\npwd", "timeout": 3}) == "ls\npwd\n\ntimeout: 3"
    assert pretty_input("Bash", {"command": "ls"}) == "ls"


def test_that_other_input_is_shown_by_name() -> None:
    shown = pretty_input("Edit", {"file_path": "a.py", "old_string": "a\nb", "all": True})
    assert shown == "file_path: a.py\nold_string:\na\nb\nall: true"
