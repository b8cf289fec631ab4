"""Runs the benchmarks: ``python -m tests.benchmarks [--list] [NAME ...]``, all of them without a name.

A benchmark is a module ``bench_<target>_<name>.py`` here with ``measure() -> list[Measurement]``. Each runs in an
interpreter of its own, one after the other, so that none is measured with the memory or threads of another.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmarks.measurement import Measurement, run, table

_FOLDER = Path(__file__).resolve().parent


def names() -> list[str]:
    """Returns the names of all benchmarks, in the order of their targets."""
    found = [path.stem.removeprefix("bench_") for path in _FOLDER.glob("bench_*.py")]
    return sorted(found, key=lambda name: (int(name.split("_")[0]), name))


def chosen(wanted: Sequence[str]) -> list[str]:
    """Returns the benchmarks that ``wanted`` names, by number (``2``) or name (``2_durable_log``)."""
    known = names()
    if not wanted:
        return known
    picked = [name for name in known if name in wanted or name.split("_")[0] in wanted]
    unknown = [w for w in wanted if all(w not in (name, name.split("_")[0]) for name in known)]
    if unknown:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}. Known: {', '.join(known)}.")
    return picked


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 when every benchmark ran, whether or not its target was met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help="number or name of a benchmark")
    parser.add_argument("--list", action="store_true", help="only name the benchmarks")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(names()))
        return 0
    results: list[Measurement] = []
    fresh = multiprocessing.get_context("spawn")
    for name in chosen(options.name):
        print(f"{name} …", file=sys.stderr, flush=True)
        with ProcessPoolExecutor(1, mp_context=fresh) as process:
            results += process.submit(run, name).result()
    print(table(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
