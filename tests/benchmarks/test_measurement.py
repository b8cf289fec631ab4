"""The table that the benchmarks end in, and the choice of what is run."""

from __future__ import annotations

import gc

import pytest

from tests.benchmarks.__main__ import chosen, main, names
from tests.benchmarks.measurement import Measurement, collector_off, median_of, table


def measurement(ours: float, peer: float, *, at_least: float | None = None, at_most: float = 0.0) -> Measurement:
    if at_least is not None:
        return Measurement(2, "what", ours, "peer", peer, "ms", "at least", at_least)
    return Measurement(2, "what", ours, "peer", peer, "ms", "at most", at_most)


@pytest.mark.parametrize(
    ("measured", "met"),
    [
        (measurement(8, 10, at_least=0.8), True),
        (measurement(7, 10, at_least=0.8), False),
        (measurement(20, 10, at_most=2), True),
        (measurement(21, 10, at_most=2), False),
    ],
)
def test_that_the_ratio_decides_whether_a_target_is_met(measured: Measurement, met: bool) -> None:
    assert measured.ratio == measured.ours / measured.peer
    assert measured.met is met
    assert table([measured]).endswith("| yes |" if met else "| no |")


def test_that_the_table_has_a_line_per_measurement() -> None:
    lines = table([measurement(12_345.6, 10_000, at_most=3), measurement(1, 2, at_least=0.1)]).splitlines()
    assert len(lines) == 4
    assert lines[2] == "| 2 | what | 1.235e+04 ms | peer: 1e+04 ms | 1.23 | at most 3 | yes |"


def test_that_benchmarks_are_found_in_the_order_of_their_targets() -> None:
    numbers = [int(name.split("_")[0]) for name in names()]
    assert numbers == sorted(numbers)
    assert {"2_durable_log", "6_reopen"} <= set(names())


def test_that_a_benchmark_is_chosen_by_number_or_name() -> None:
    assert chosen(["2"]) == chosen(["2_durable_log"]) == ["2_durable_log"]
    assert chosen([]) == names()


def test_that_an_unknown_benchmark_is_refused_with_those_there_are() -> None:
    with pytest.raises(SystemExit, match=r"no benchmark 99\. Known: .*2_durable_log"):
        chosen(["2", "99"])


def test_that_they_can_be_listed_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split() == names()


def test_that_one_disturbed_run_does_not_move_the_figure() -> None:
    assert median_of([1.0, 1.1, 90.0]) == 1.1


def test_that_the_collector_is_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), collector_off():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()
