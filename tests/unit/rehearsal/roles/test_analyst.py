from __future__ import annotations

from tests.unit.rehearsal.folder_cli import Files, investigate

FILES: Files = {
    "pyproject.toml": "[project]\n",
    "shop/__main__.py": "from shop import orders\n\nif __name__ == '__main__':\n    orders.run()\n",
    "shop/orders.py": "x = 1\n" * 450,
    "web/app.js": "import x from './x'\n",
    "web/node_modules/lib/index.js": "eval(1)\n" * 900,
    "tests/test_orders.py": "from shop import orders\nif __name__ == '__main__':\n    pass\n",
}


def test_that_files_and_lines_are_counted_without_those_of_others() -> None:
    report = investigate("analyst", FILES).report

    for row in ("Python files: 3", "JavaScript files: 1", "Source files: 4", "Lines of source: 458", "Test files: 1"):
        assert f"- {row}\n" in report
    assert "node_modules" not in report


def test_that_the_counts_are_recorded_for_the_team() -> None:
    (fact,) = investigate("analyst", FILES).calls_of("record_fact")

    assert fact["key"] == "sizes"
    assert "Lines of source: 458" in fact["text"]


def test_that_entry_points_are_named_but_not_those_of_tests() -> None:
    report = investigate("analyst", FILES).report

    assert "### Entry points (1)\n- `shop/__main__.py:3` `if __name__ == '__main__':`" in report


def test_that_build_files_and_history_are_named() -> None:
    report = investigate("analyst", FILES).report

    assert "Build files and manifests at the top: `pyproject.toml`." in report
    assert "The last commits: `abc1234 First commit`." in report


def test_that_a_folder_without_a_build_file_or_history_says_so() -> None:
    report = investigate("analyst", {"a.py": "x\n"}, replies={"Bash": ""}).report

    assert "No build file or manifest" in report
    assert "last commits" not in report


def test_that_a_large_file_is_announced_and_its_users_are_named() -> None:
    cli = investigate("analyst", FILES)

    (told,) = cli.calls_of("announce_discovery")
    assert told["text"] == "Oversized file: `shop/orders.py`, 450 lines."
    assert (
        "`shop/orders.py`, is named in 2 other source files: `shop/__main__.py`, `tests/test_orders.py`." in cli.report
    )


def test_that_a_large_folder_is_counted_by_language_and_says_what_was_not_listed() -> None:
    files = {f"src/a{n:03}.py": "x\n" for n in range(300)} | {"src/b.go": "package b\n", "a.go": "package a\n"}
    report = investigate("analyst", files).report

    assert "- Python files: 300\n" in report
    assert "- Go files: 2\n" in report
    assert "- Source files: 302\n" in report
    assert "250 of 302 source files were listed" in report
    assert "Test files" not in report
