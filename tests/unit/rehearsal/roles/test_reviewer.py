from __future__ import annotations

from tests.unit.rehearsal.bodies import task
from tests.unit.rehearsal.folder_cli import Files, FolderCli, investigate

LONG = "def long():\n" + "    x = 1\n" * 60 + "\n\ndef short():\n    return 2\n"
FILES: Files = {
    "shop/orders.py": LONG,
    "shop/app.py": "# TODO: log in\ntry:\n    run()\nexcept Exception:\n    pass\n",
    "web/app.js": "try { run(); } catch (error) {}\n// FIXME later\n",
}


def test_that_open_notes_are_found_in_every_language() -> None:
    report = investigate("reviewer", FILES).report

    assert "(TODO, FIXME, HACK) (2)\n- `shop/app.py:1` `# TODO: log in`\n- `web/app.js:2` `// FIXME later`" in report


def test_that_errors_caught_too_broadly_are_found_in_every_language() -> None:
    report = investigate("reviewer", FILES).report

    assert "too broadly (2)\n- `shop/app.py:4` `except Exception:`\n- `web/app.js:1`" in report


def test_that_oversized_functions_are_measured() -> None:
    cli = investigate("reviewer", FILES)

    assert "### Oversized functions (1)\n- `shop/orders.py:1`, `long`, 61 lines" in cli.report
    assert "- Functions measured: 2\n" in cli.report
    assert "Oversized function: `shop/orders.py:1`, `long`, 61 lines." in [
        call["text"] for call in cli.calls_of("announce_discovery")
    ]


def test_that_the_longest_of_short_functions_is_named() -> None:
    report = investigate("reviewer", {"a.py": "def one():\n    return 1\n"}).report

    assert "The longest function that was measured is `one` at `a.py:1`: 2 lines." in report


def test_that_places_of_other_reports_are_read_again() -> None:
    others = (
        "### security-1 (t1): Look for secrets\n#### Security\n##### Findings\n"
        "###### Calls that run code or commands (2)\n- `shop/app.py:3` `run()`\n- `shop/app.py:1` `x`\n"
        "###### Entry points (1)\n- `shop/app.py:2` `try:`\n\n"
        "### tester-1 (t2): Test\n###### Tests that are skipped (1)\n- `gone.py:7` `skip`\n"
        "###### Source files without a test of a matching name (1)\n- `shop/app.py`, 5 lines"
    )
    prompt = task("reviewer", Reports_of_the_tasks_you_depend_on=others)
    cli = FolderCli(FILES, prompt).run()

    assert "read again (1)\n- `shop/app.py:3` `run()` (reported by security-1)\n" in cli.report
    assert "`gone.py:7`, reported by tester-1, could not be read again." in cli.report


def test_that_the_same_place_is_read_again_once() -> None:
    others = "\n\n".join(
        f"### {agent} (t{n}): Look\n###### Open notes (TODO, FIXME, HACK) (1)\n- `shop/app.py:1` `x`"
        for n, agent in enumerate(("analyst-1", "tester-1"))
    )
    cli = FolderCli(FILES, task("reviewer", Reports_of_the_tasks_you_depend_on=others)).run()

    assert "read again (1)\n- `shop/app.py:1` `# TODO: log in` (reported by analyst-1)" in cli.report


def test_that_the_number_of_notes_is_recorded() -> None:
    assert investigate("reviewer", FILES).calls_of("record_fact") == [
        {"key": "open notes", "text": "2 TODO, FIXME or HACK"}
    ]
