"""What each turn used and cost."""

from __future__ import annotations

import pytest

from maos_desktop.executor.spending import Spending
from maos_desktop.model.event import Usage
from tests.unit.executor.wire import result, totals

FIRST = result(**totals(tokens_in=100, tokens_out=20, cost=0.5), usage={"input_tokens": 100, "output_tokens": 20})
SECOND = result(**totals(tokens_in=300, tokens_out=50, cost=0.75), usage={"input_tokens": 200, "output_tokens": 30})


def test_that_each_turn_has_the_difference_of_the_running_totals() -> None:
    spending = Spending(resumed=False)
    assert spending.of_turn(FIRST) == (Usage(input_tokens=100, output_tokens=20), 0.5)
    assert spending.of_turn(SECOND) == (Usage(input_tokens=200, output_tokens=30), 0.25)


def test_that_the_tokens_of_an_interrupted_turn_count_though_its_result_has_none() -> None:
    spending = Spending(resumed=False)
    usage, cost = spending.of_turn({**FIRST, "usage": {"input_tokens": 0, "output_tokens": 0}})
    assert usage == Usage(input_tokens=100, output_tokens=20)
    assert cost == 0.5


def test_that_the_totals_of_all_models_are_summed() -> None:
    both = totals(tokens_in=100, tokens_out=20, cost=0.5)
    both["modelUsage"]["claude-haiku"] = {"inputTokens": 5, "cacheReadInputTokens": 7, "costBasis": "list"}
    usage, _ = Spending(resumed=False).of_turn(result(**both))
    assert usage == Usage(input_tokens=105, output_tokens=20, cache_read_tokens=7)


def test_that_a_resumed_session_counts_on_from_what_it_had_cost() -> None:
    spending = Spending(resumed=True, resumed_cost_usd=0.5)
    assert spending.of_turn(SECOND) == (Usage(input_tokens=200, output_tokens=30), 0.25)


def test_that_the_first_cost_after_a_resume_is_unknown_when_nobody_knows_the_cost_before() -> None:
    spending = Spending(resumed=True)
    assert spending.of_turn(FIRST)[1] is None
    assert spending.of_turn(SECOND)[1] == 0.25


def test_that_a_resumed_session_which_begins_at_nothing_again_is_seen() -> None:
    assert Spending(resumed=True, resumed_cost_usd=2.0).of_turn(FIRST)[1] == 0.5


def test_that_the_cost_of_a_model_without_a_price_is_unknown() -> None:
    priced = result(**totals(tokens_in=1, tokens_out=1, cost=0.1, basis="unknown"))
    assert Spending(resumed=False).of_turn(priced)[1] is None


@pytest.mark.parametrize("odd", [result(), result(modelUsage=[], usage="x", total_cost_usd="y"), result(modelUsage={})])
def test_that_a_result_without_figures_has_none(odd: dict[str, object]) -> None:
    assert Spending(resumed=False).of_turn(odd) == (Usage(), None)


def test_that_a_result_without_totals_has_its_own_count() -> None:
    given = {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 6}
    usage, _ = Spending(resumed=False).of_turn(result(usage=given))
    assert usage == Usage(input_tokens=3, output_tokens=4, cache_read_tokens=5, cache_write_tokens=6)
