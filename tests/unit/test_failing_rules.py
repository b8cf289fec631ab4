"""Qt warnings and unexpected logged errors fail a test: runs small test files to see that they do."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INI = f"""
[pytest]
pythonpath = {ROOT}
asyncio_mode = auto
qt_api = pyside6
qt_log_level_fail = WARNING
markers =
    expected_errors(*patterns): error records that may be logged
"""


@pytest.fixture
def small_project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makefile(".ini", pytest=INI)
    pytester.makeconftest('pytest_plugins = ["tests.plugins.logged_errors"]')
    return pytester


def run(project: pytest.Pytester, source: str) -> pytest.RunResult:
    project.makepyfile(source)
    return project.runpytest_subprocess("-p", "no:xdist", "-p", "no:cacheprovider")


def test_that_an_unexpected_error_fails_a_test(small_project: pytest.Pytester) -> None:
    result = run(
        small_project,
        """
        import logging

        def test_logs():
            logging.getLogger("maos_desktop.store").error("the disk is %s", "full")

        def test_is_quiet():
            logging.getLogger("maos_desktop.store").warning("the disk is nearly full")

        def test_another_library():
            logging.getLogger("somebody.else").error("not ours")
        """,
    )
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*maos_desktop.store: the disk is full*"])


def test_that_announced_errors_pass(small_project: pytest.Pytester) -> None:
    result = run(
        small_project,
        """
        import logging
        import pytest

        log = logging.getLogger("maos_desktop.store")

        @pytest.mark.expected_errors("disk is f.ll")
        def test_mark():
            log.error("the disk is full")

        def test_fixture(expected_errors):
            expected_errors.allow("disk is full")
            log.error("the disk is full")
            assert len(expected_errors.records) == 1

        @pytest.mark.expected_errors("disk is full")
        def test_other_error():
            log.error("the database is corrupt")
        """,
    )
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*the database is corrupt*"])


def test_that_a_task_nobody_awaited_fails_its_test(small_project: pytest.Pytester) -> None:
    result = run(
        small_project,
        """
        import asyncio

        async def fails():
            raise ValueError("lost")

        async def test_forgets_its_task():
            task = asyncio.create_task(fails())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            del task
        """,
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*Task exception was never retrieved*"])


def test_that_a_qt_warning_fails_a_test(small_project: pytest.Pytester) -> None:
    result = run(
        small_project,
        """
        import logging
        from PySide6.QtCore import qWarning

        def test_warns():
            qWarning("QPainter::begin: Paint device returned engine == 0")

        def test_warns_through_the_log():
            logging.getLogger("maos_desktop.qt").warning("QTimer: no event loop")
        """,
    )
    result.assert_outcomes(failed=1, passed=1, errors=1)
    result.stdout.fnmatch_lines(["*QPainter::begin*"])
