from __future__ import annotations

from tests.unit.rehearsal.folder_cli import Files, investigate

PYTHON: Files = {
    "shop/__init__.py": "",
    "shop/orders.py": (
        "import os\nfrom shop.basket import Basket\nfrom shop import prices\n\n\ndef place():\n    pass\n"
    ),
    "shop/basket.py": "from shop.orders import place\n",
    "shop/prices.py": "import json\n",
    "shop/api/server.py": "from shop.prices import total\n",
    "tests/test_prices.py": "from shop import prices\n",
}


def test_that_imports_that_go_both_ways_are_found() -> None:
    cli = investigate("architect", PYTHON)

    expected = "- `shop/basket.py:1` `from shop.orders import place`, and back at `shop/orders.py:2`"
    assert f"### Imports that go both ways (1)\n{expected}" in cli.report
    assert any("goes both ways" in call["text"] for call in cli.calls_of("announce_discovery"))


def test_that_imports_between_own_files_are_counted_and_the_most_imported_is_named() -> None:
    report = investigate("architect", PYTHON).report

    assert "- Import lines (Python): 7\n" in report
    assert "- Imports between own files: 4\n" in report
    assert "Imported most: `shop/prices.py` (by 2 files)" in report


def test_that_the_largest_file_is_read_for_its_functions() -> None:
    report = investigate("architect", PYTHON).report

    assert "The largest source files: `shop/orders.py` (7 lines)" in report
    assert "`shop/orders.py` holds 1 function: `place`." in report


def test_that_scripts_that_import_each_other_by_path_are_matched() -> None:
    files = {"src/a.js": "import { b } from './b.js';\n", "src/b.js": "const a = require('./a');\n"}

    assert "and back at `src/b.js:1`" in investigate("architect", files).report


def test_that_headers_are_matched() -> None:
    files = {
        "src/list.c": '#include "list.h"\n#include <stdio.h>\n',
        "src/tree.h": "int x;\n",
        "src/tree.c": '#include "tree.h"\n',
    }

    assert "- Imports between own files: 1\n" in investigate("architect", files).report


def test_that_the_nearer_of_two_files_of_one_name_is_meant() -> None:
    files = {
        "one/util.py": "x = 1\n",
        "two/util.py": "x = 1\n",
        "two/app.py": "from two.util import x\n",
        "two/other.py": "from two.util import x\n",
    }

    assert "Imported most: `two/util.py` (by 2 files)." in investigate("architect", files).report


def test_that_a_package_is_known_by_its_folder() -> None:
    files = {"shop/prices/__init__.py": "x = 1\n", "shop/app.py": "from shop.prices import x\n"}

    assert "Imported most: `shop/prices/__init__.py` (by 1 file)." in investigate("architect", files).report


def test_that_types_are_counted() -> None:
    files = {"a.py": "class A:\n    pass\n", "b.rs": "pub struct B;\npub(crate) enum C {}\n"}

    assert "- Type definitions: 2\n" in investigate("architect", files).report


def test_that_a_folder_without_source_says_so() -> None:
    assert "no source file of a language" in investigate("architect", {"README.md": "x\n"}).report


def test_that_a_project_without_imports_of_its_own_says_so() -> None:
    assert "No import between files of the project" in investigate("architect", {"a.py": "import os\n"}).report
