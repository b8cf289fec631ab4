"""PySide6 6.12 on Python 3.11 drops a reference to None in each call that returns it, until Python aborts."""

from __future__ import annotations

import subprocess
import sys

CALLS = 50_000
PROGRAM = f"""
import sys
from PySide6.QtCore import QObject

thing = QObject()
before = sys.getrefcount(None)
for _ in range({CALLS}):
    thing.setObjectName("name")
    thing.blockSignals(False)
print(before - sys.getrefcount(None))
"""


def test_that_qt_calls_do_not_use_up_none() -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < CALLS / 100
