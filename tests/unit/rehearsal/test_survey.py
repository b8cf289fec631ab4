from __future__ import annotations

from maos_desktop.rehearsal.survey import Survey
from maos_desktop.rehearsal.tool_output import Counts

FILES = {"b.py": 10, "a.py": 10, "big.py": 300, "main.go": 50, "tests/test_a.py": 70, "tests/test_other.py": 5}
SURVEY = Survey(Counts(FILES, sum(FILES.values()), len(FILES)))


def test_that_source_files_come_largest_first_and_by_name_among_equals() -> None:
    assert list(SURVEY.code) == ["big.py", "main.go", "a.py", "b.py"]
    assert SURVEY.largest(2) == ["big.py", "main.go"]


def test_that_test_files_are_kept_apart() -> None:
    assert list(SURVEY.tests) == ["tests/test_a.py", "tests/test_other.py"]


def test_that_languages_come_most_frequent_first() -> None:
    assert [(language.name, files) for language, files in SURVEY.languages] == [("Python", 5), ("Go", 1)]
    assert SURVEY.main_language is not None
    assert SURVEY.main_language.name == "Python"


def test_that_a_file_without_a_test_of_its_name_is_untested() -> None:
    assert SURVEY.untested() == ["big.py", "b.py"]


def test_that_a_file_that_holds_its_own_tests_is_tested() -> None:
    assert SURVEY.untested(frozenset({"big.py"})) == ["b.py"]


def test_that_nobody_expects_a_test_of_a_package_file() -> None:
    files = {"pkg/__init__.py": 3, "setup.py": 9, "src/index.ts": 4}

    assert Survey(Counts(files, 16, 3)).untested() == []


def test_that_an_empty_folder_has_no_language() -> None:
    empty = Survey(Counts())

    assert empty.main_language is None
    assert empty.largest(3) == []
