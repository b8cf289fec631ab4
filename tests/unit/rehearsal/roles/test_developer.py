from __future__ import annotations

from tests.unit.rehearsal.bodies import task
from tests.unit.rehearsal.folder_cli import Files, FolderCli, investigate

FILES: Files = {
    "shop/coupons.py": "def apply_coupon(code):\n    return COUPONS[code]\n",
    "shop/orders.py": "from shop.coupons import apply_coupon\n\n\ndef place():\n    pass\n",
    "tests/test_coupons.py": "from shop import coupons\n" * 5,
}


def test_that_places_to_change_come_from_the_words_of_the_request() -> None:
    cli = investigate("developer", FILES, request="Please add an end date to every coupon")

    expected = "### Places to change (3)\n- `shop/coupons.py:1` `def apply_coupon(code):`"
    assert expected in cli.report
    assert "tests/test_coupons.py" not in cli.report.partition("## Counts")[0]
    assert cli.calls_of("announce_discovery")[0]["text"].startswith("Place to change: `shop/coupons.py:1`")


def test_that_it_says_what_is_in_the_files_and_changes_nothing() -> None:
    cli = investigate("developer", FILES, request="Please add an end date to every coupon")

    assert "`shop/coupons.py` has 2 lines that were read; its functions: `apply_coupon`." in cli.report
    assert "In rehearsal no file is changed" in cli.report
    assert not {"Edit", "Write"} & {call.tool for call in cli.calls}


def test_that_a_request_without_a_word_to_look_for_is_borne() -> None:
    cli = investigate("developer", FILES, request="Fix it", title="Go")

    assert "In rehearsal no file is changed" in cli.report


def test_that_places_that_others_report_come_first() -> None:
    others = "### security-1 (t1): Look\n###### Calls that run code or commands (1)\n- `shop/orders.py:5` `pass`"
    prompt = task("developer", Reports_of_the_tasks_you_depend_on=others)
    report = FolderCli(FILES, prompt).run().report

    assert "- `shop/orders.py:5` (reported by security-1: call that runs code or commands)" in report
