from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.rehearsal.languages import LANGUAGES, language_of
from maos_desktop.rehearsal.source_code import Function, block, functions, functions_of, in_loops, loops, nested_loops


def lines(text: str) -> dict[int, str]:
    return dict(enumerate(text.strip("\n").split("\n"), 1))


def measured(path: str, text: str) -> list[Function]:
    language = language_of(path)
    assert language
    return list(functions(lines(text), language))


PYTHON = '''
def short():
    return 1


async def long(
    a,
    b,
):
    """It is long."""

    if a:
        return b

    return a


class C:
    def _inside(self):
        # why
        pass
'''


def test_that_python_functions_are_measured() -> None:
    assert measured("a.py", PYTHON) == [
        Function("short", 1, 2, documented=False),
        Function("long", 5, 10, documented=True),
        Function("_inside", 18, 3, documented=False),
    ]


def test_that_a_name_with_an_underscore_is_not_public() -> None:
    assert [function.public for function in measured("a.py", PYTHON)] == [True, True, False]


BRACES = [
    ("a.go", "// Load loads.\nfunc Load(x int) int {\n\tif x > 1 {\n\t\treturn 2\n\t}\n\treturn 1\n}\n\nvar x = 1"),
    ("a.js", "/** Loads. */\nfunction Load(x) {\n  if (x) {\n    return 2;\n  }\n  return 1;\n}\n\nLoad();"),
    ("a.c", "/* Loads. */\nint Load(int x)\n{\n    if (x)\n        return 2;\n    return 1;\n}\n\nint y;"),
    (
        "a.rs",
        "/// Loads.\n#[inline]\nfn Load(x: u8) -> u8 {\n    if x > 1 {\n        return 2;\n    }\n    1\n}\n\nuse x;",
    ),
    ("a.rb", "# Loads.\ndef Load(x)\n  if x\n    return 2\n  end\n  return 1\nend\n\nLoad 1"),
]


@pytest.mark.parametrize(("path", "text"), BRACES, ids=[path for path, _ in BRACES])
def test_that_a_function_ends_with_its_closing_line_in_every_language(path: str, text: str) -> None:
    (function,) = measured(path, text)

    assert function.name == "Load"
    assert function.length == 6
    assert function.documented


def test_that_methods_are_measured_where_they_stand() -> None:
    text = (
        "class A {\n    @Override\n    public int load(int x) {\n        return 1;\n    }\n\n"
        "    public int other() {\n        return 2;\n    }\n}"
    )

    assert [(f.name, f.line, f.length, f.documented) for f in measured("A.java", text)] == [
        ("load", 3, 3, False),
        ("other", 7, 3, False),
    ]


def test_that_a_file_of_no_known_language_has_no_functions() -> None:
    assert functions_of("notes.txt", lines("def f():\n    pass")) == []
    assert len(functions_of("notes.py", lines("def f():\n    pass"))) == 1


def test_that_a_condition_is_no_function() -> None:
    assert measured("a.cpp", "else if (x) {\n    y();\n}") == []


def test_that_a_block_ends_where_the_file_ends() -> None:
    assert list(block(lines("def f():\n    a\n\n    b"), 1)) == [2, 3, 4]


def test_that_empty_lines_after_a_block_do_not_belong_to_it() -> None:
    assert list(block(lines("def f():\n    a\n\n\nx = 1"), 1)) == [2]


def test_that_loops_are_found_with_what_is_inside() -> None:
    assert list(loops(lines("for a in b:\n    x()\n    y()\nz()"))) == [(1, [2, 3])]


def test_that_a_loop_inside_a_loop_is_found() -> None:
    python = "for a in b:\n    for c in d:\n        x()\nwhile a:\n    y()"
    script = "for (const a of b) {\n  c.forEach(d => {\n    x();\n  });\n}"

    assert nested_loops(lines(python)) == [2]
    assert nested_loops(lines(script)) == [2]


def test_that_a_loop_in_an_expression_inside_a_loop_is_found() -> None:
    assert nested_loops(lines("for a in b:\n    x = sum(c for c in d)\ny = [c for c in d]")) == [2]


def test_that_only_what_stands_inside_a_loop_is_found_there() -> None:
    assert in_loops(lines("open(a)\nfor b in c:\n    open(b)\nopen(d)"), r"\bopen\(") == [3]


def test_that_a_very_long_line_takes_no_time_to_speak_of() -> None:
    assert nested_loops({1: "(" * 200_000, 2: "[" * 200_000}) == []


@given(st.dictionaries(st.integers(1, 40), st.text(max_size=40)), st.sampled_from(LANGUAGES))
def test_that_no_text_is_too_odd_to_be_measured(text: dict[int, str], language: object) -> None:
    found = list(functions(text, language))  # type: ignore[arg-type]
    nested_loops(text)

    assert all(function.length >= 1 for function in found)
