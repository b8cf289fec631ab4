from __future__ import annotations

from tests.unit.rehearsal.folder_cli import Files, investigate

FILES: Files = {
    "shop/report.py": (
        "def best(storage):\n    for customer in customers:\n        rows = storage.execute('x')\n"
        "        total = sum(row for row in rows)\n    time.sleep(1)\n    return total\n"
    ),
    "shop/app.py": "from shop import report\nrows = db.execute('SELECT * FROM orders')\n",
}


def test_that_costly_work_inside_a_loop_is_found() -> None:
    cli = investigate("performance", FILES)

    assert "inside loops (1)\n- `shop/report.py:3` `rows = storage.execute('x')`" in cli.report
    assert cli.calls_of("announce_discovery")[0]["text"].startswith("Query or file access inside a loop")


def test_that_a_loop_inside_a_loop_is_found() -> None:
    report = investigate("performance", FILES).report

    assert "### Loops inside loops (1)\n- `shop/report.py:4` `total = sum(row for row in rows)`" in report
    assert "- Loops in the files read: 1\n" in report


def test_that_waits_and_whole_tables_are_found_outside_tests() -> None:
    report = investigate("performance", {**FILES, "tests/test_a.py": "time.sleep(9)\n"}).report

    assert "### Fixed waits (1)\n- `shop/report.py:5` `time.sleep(1)`" in report
    assert "Whole tables are fetched at `shop/app.py:2`." in report


def test_that_it_says_who_uses_the_first_finding() -> None:
    assert "`shop/report.py`, where the first finding is, is named in 1 other source file." in (
        investigate("performance", FILES).report
    )


def test_that_plain_loops_are_said_to_be_plain() -> None:
    report = investigate("performance", {"a.py": "for a in b:\n    print(a)\n"}).report

    assert "neither nested nor do costly work" in report


def test_that_a_folder_without_source_says_so() -> None:
    assert "no source file of a language" in investigate("performance", {"README.md": "x\n"}).report
