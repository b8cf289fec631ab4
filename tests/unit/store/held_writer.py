"""A writing thread that is kept busy, so that a test can look at what happens during a commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from maos_desktop.store import Database


@contextmanager
def held_writer(database: Database) -> Iterator[None]:
    """Lets no transaction begin inside the block; those that were started follow when it ends."""
    go_on = threading.Event()
    held = database.transaction(lambda connection: go_on.wait())
    try:
        yield
    finally:
        go_on.set()
        held.add_done_callback(lambda future: future.result())
