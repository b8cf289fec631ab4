"""What the tests of the bus share."""

from __future__ import annotations

import pytest

from tests.memory_journal import MemoryJournal
from tests.unit.bus.builders import Clock


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def clock() -> Clock:
    return Clock()
