"""What a benchmark says: one figure of ours beside its peer, or a limit, measured in the same run."""

from __future__ import annotations

import gc
import importlib
import statistics
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the table. Only the ratio of one run counts: machines are noisy.

    Attributes:
        target: number of the target in the performance page.
        what: what was measured, for people.
        ours, peer: both in ``unit``; for a fixed limit ``peer`` is that limit.
        bound: what ``ours / peer`` has to be, at least or at most (``sense``).
    """

    target: int
    what: str
    ours: float
    peer_name: str
    peer: float
    unit: str
    sense: Literal["at least", "at most"]
    bound: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def met(self) -> bool:
        return self.ratio >= self.bound if self.sense == "at least" else self.ratio <= self.bound


@contextmanager
def collector_off() -> Iterator[None]:
    """Keeps the garbage collector from running in somebody's measured time, as ``timeit`` does."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def median_of(samples: Iterable[float]) -> float:
    """Returns the median: the figure of several runs that a disturbed one does not move."""
    return statistics.median(samples)


def table(measurements: Sequence[Measurement]) -> str:
    """Returns the measurements as a Markdown table, fit for the README beside this file."""
    lines = [
        "| target | measured | ours | peer | ratio | wanted | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for m in measurements:
        lines.append(
            f"| {m.target} | {m.what} | {m.ours:,.4g} {m.unit} | {m.peer_name}: {m.peer:,.4g} {m.unit} "
            f"| {m.ratio:.2f} | {m.sense} {m.bound:g} | {'yes' if m.met else 'no'} |"
        )
    return "\n".join(lines)


def run(name: str) -> list[Measurement]:
    """Runs the benchmark ``bench_<name>`` in this process."""
    result: list[Measurement] = importlib.import_module(f"tests.benchmarks.bench_{name}").measure()
    return result
