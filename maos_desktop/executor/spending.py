"""What each turn used and cost, from a runtime that counts on over all turns of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maos_desktop.model.event import Usage

_OF_PROCESS = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_tokens",
    "cacheCreationInputTokens": "cache_write_tokens",
}
_OF_TURN = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}


class Spending:
    """Takes the results in order. A resumed session counts on from what it had cost before."""

    def __init__(self, *, resumed: bool, resumed_cost_usd: float | None = None) -> None:
        self._tokens: dict[str, int] | None = None if resumed else dict.fromkeys(_OF_PROCESS.values(), 0)
        self._cost = resumed_cost_usd if resumed else 0.0

    def of_turn(self, result: Mapping[str, Any]) -> tuple[Usage, float | None]:
        """Returns the tokens of the turn that ends with ``result``, and its cost where that is known.

        Tokens are differences of the running totals, which hold those of an interrupted turn, too; the result's own
        count leaves them out.
        """
        by_model = result.get("modelUsage")
        models = [m for m in by_model.values() if isinstance(m, dict)] if isinstance(by_model, dict) else []
        return self._usage(models, result.get("usage")), self._cost_of_turn(models, result.get("total_cost_usd"))

    def _usage(self, models: list[dict[str, Any]], own: object) -> Usage:
        if not models:
            return _usage_of(own)
        before, totals = (
            self._tokens,
            {name: sum(_count(m.get(key)) for m in models) for key, name in _OF_PROCESS.items()},
        )
        self._tokens = totals
        if before is None:
            return _usage_of(own)
        return Usage(**{name: max(0, total - before[name]) for name, total in totals.items()})

    def _cost_of_turn(self, models: list[dict[str, Any]], total: object) -> float | None:
        if not isinstance(total, int | float) or any(m.get("costBasis") == "unknown" for m in models):
            return None
        before, self._cost = self._cost, float(total)
        if before is None:
            return None
        # A session whose record was lost begins at nothing again.
        return total - before if total >= before else float(total)


def _usage_of(own: object) -> Usage:
    if not isinstance(own, dict):
        return Usage()
    return Usage(**{name: _count(own.get(key)) for key, name in _OF_TURN.items()})


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
