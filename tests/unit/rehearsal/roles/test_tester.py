from __future__ import annotations

from tests.unit.rehearsal.folder_cli import Files, investigate

FILES: Files = {
    "shop/orders.py": "x = 1\n" * 20,
    "shop/prices.py": "x = 1\n" * 10,
    "shop/basket.py": "x = 1\n" * 5,
    "tests/test_basket.py": (
        "import time\nfrom shop import basket, prices\n\n\ndef test_one():\n    assert basket\n\n\n"
        "@pytest.mark.skip\ndef test_two():\n    time.sleep(3)\n"
    ),
}


def test_that_files_without_a_test_of_their_name_are_found_the_largest_first() -> None:
    cli = investigate("tester", FILES)

    expected = "- `shop/orders.py`, 20 lines\n- `shop/prices.py`, 10 lines"
    assert f"### Source files without a test of a matching name (2)\n{expected}" in cli.report
    assert cli.calls_of("announce_discovery")[0]["text"].startswith("Source file without a test: `shop/orders.py`")


def test_that_it_is_looked_up_whether_tests_name_them_all_the_same() -> None:
    report = investigate("tester", FILES).report

    assert "No test names `orders`, so no test of `shop/orders.py` by name." in report
    assert "Tests name `prices` in 1 file: `tests/test_basket.py:2`." in report


def test_that_tests_are_counted_and_recorded() -> None:
    cli = investigate("tester", FILES)

    assert "- Test files: 1\n- Tests: 2\n" in cli.report
    assert cli.calls_of("record_fact") == [{"key": "tests", "text": "2 tests in 1 file"}]


def test_that_skipped_tests_and_waits_are_found() -> None:
    report = investigate("tester", FILES).report

    assert "### Tests that are skipped (1)\n- `tests/test_basket.py:9` `@pytest.mark.skip`" in report
    assert "### Fixed waits (1)\n- `tests/test_basket.py:11` `time.sleep(3)`" in report


def test_that_a_file_that_holds_its_own_tests_is_tested() -> None:
    files = {"src/parse.rs": "fn parse() {}\n#[test]\nfn works() {}\n", "src/print.rs": "fn print() {}\n"}
    report = investigate("tester", files).report

    assert "(1)\n- `src/print.rs`, 1 line" in report


def test_that_a_project_without_tests_says_so() -> None:
    assert "No test of a known form was found." in investigate("tester", {"a.py": "x\n"}).report
