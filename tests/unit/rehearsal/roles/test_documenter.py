from __future__ import annotations

from tests.unit.rehearsal.folder_cli import Files, investigate

FILES: Files = {
    "README.md": "# Shop\n\n    pip install shop\n",
    "docs/orders.md": "Orders\n",
    "shop/orders.py": (
        'def described():\n    """It is."""\n\n\ndef bare(\n    a,\n):\n    return a\n\n\ndef _private():\n    pass\n'
    ),
    "web/app.go": "// Run runs.\nfunc Run() {\n}\n\nfunc Stop() {\n}\n",
}


def test_that_public_functions_without_a_description_are_found() -> None:
    cli = investigate("documenter", FILES)

    expected = "without a description (2)\n- `shop/orders.py:5`, `bare`\n- `web/app.go:5`, `Stop`"
    assert expected in cli.report
    assert "- Public functions looked at: 4\n" in cli.report
    assert any("`shop/orders.py:5`, `bare`" in call["text"] for call in cli.calls_of("announce_discovery"))


def test_that_missing_documents_are_named() -> None:
    report = investigate("documenter", FILES).report

    assert "are missing (2)\n- `LICENSE`, nothing of that name lies at the top\n- `CHANGELOG`" in report
    assert "- Documents: 2\n" in report


def test_that_documents_have_more_than_one_name() -> None:
    files = {"readme.rst": "x\n", "COPYING": "x\n", "HISTORY.md": "x\n"}

    assert "are missing" not in investigate("documenter", files).report


def test_that_it_says_what_the_readme_leaves_out() -> None:
    report = investigate("documenter", FILES).report
    whole = investigate("documenter", {"README.md": "Install it\n## Usage\nMIT licence\n"}).report

    assert "`README.md` has 3 lines that were read and says nothing of licence." in report
    assert "speaks of installation, use and licence." in whole


def test_that_a_folder_without_source_has_no_function() -> None:
    assert "without a description" not in investigate("documenter", {"README.md": "x\n"}).report
