"""Pytest plugin: a test fails when the app or the event loop logs an error that it did not announce.

A test announces what it provokes: ``@pytest.mark.expected_errors("agent .* crashed")``, or, where the text
is known only inside the test, ``expected_errors.allow("agent .* crashed")``. Patterns are searched in the
message. Warnings that the app passes on from Qt (logger ``maos_desktop.qt``) count as errors.
"""

from __future__ import annotations

import gc
import inspect
import logging
import re
from collections.abc import Iterator

import pytest

WATCHED = ("maos_desktop", "asyncio", "qasync")
QT_LOGGER = "maos_desktop.qt"


class ExpectedErrors(logging.Handler):
    """Collects the error records of one test.

    Attributes:
        records: every error record so far, expected or not.
    """

    def __init__(self, *patterns: str) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def allow(self, *patterns: str) -> None:
        """Expects error messages in which one of these regular expressions is found."""
        self._patterns += [re.compile(pattern) for pattern in patterns]

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.name == QT_LOGGER:
            self.records.append(record)

    def unexpected(self) -> list[str]:
        """Returns one text per record that no pattern covers, the traceback included."""
        formatter = logging.Formatter("%(name)s: %(message)s")
        return [
            formatter.format(record)
            for record in self.records
            if not any(pattern.search(record.getMessage()) for pattern in self._patterns)
        ]


@pytest.fixture(autouse=True)
def expected_errors(request: pytest.FixtureRequest) -> Iterator[ExpectedErrors]:
    """Fails the test that logs an unexpected error, also while its other fixtures are torn down."""
    marks = list(request.node.iter_markers("expected_errors"))
    handler = ExpectedErrors(*(pattern for mark in marks for pattern in mark.args))
    loggers = [logging.getLogger(name) for name in WATCHED]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        gc.collect()  # a failed task that nobody awaited speaks up only when it is collected
    for logger in loggers:
        logger.removeHandler(handler)
    if unexpected := handler.unexpected():
        pytest.fail("Unexpected errors in the log:\n" + "\n".join(unexpected), pytrace=False)


def pytest_collection_finish() -> None:
    """Takes what the imports made out of the collector's sight, so that collecting per test is quick."""
    gc.collect()
    gc.freeze()
