"""What events change in a session's line in the list of sessions."""

from __future__ import annotations

from dataclasses import dataclass

from maos_desktop.model.event import PlanDecided, SessionEvent, SessionFinished, TurnFinished
from maos_desktop.model.session import SessionState

_AFTER_KIND = {
    "session_created": SessionState.PLANNING,
    "plan_requested": SessionState.PLANNING,
    "plan_proposed": SessionState.AWAITING_APPROVAL,
    "synthesis_started": SessionState.SYNTHESISING,
    "session_interrupted": SessionState.INTERRUPTED,
    "session_continued": SessionState.RUNNING,
}
_AFTER_DECISION = {
    "approved": SessionState.RUNNING,
    "ask_again": SessionState.PLANNING,
    "rejected": SessionState.REJECTED,
}
FOLDED_KINDS = frozenset({*_AFTER_KIND, "plan_decided", "session_finished", "turn_finished"})
"""All others change nothing but the time and the count."""


@dataclass(slots=True)
class SummaryChange:
    """The sum of what some events change.

    Attributes:
        state: the new state, ``None`` when it stays.
        cost_usd: what is added to the cost, ``None`` when no cost was reported.
    """

    state: SessionState | None = None
    cost_usd: float | None = None

    def fold(self, event: SessionEvent) -> None:
        """Adds what the next event changes."""
        if event.kind in _AFTER_KIND:
            self.state = _AFTER_KIND[event.kind]
        elif isinstance(event, TurnFinished):
            if event.cost_usd is not None:
                self.cost_usd = (self.cost_usd or 0.0) + event.cost_usd
        elif isinstance(event, PlanDecided):
            self.state = _AFTER_DECISION[event.decision]
        elif isinstance(event, SessionFinished):
            self.state = SessionState(event.outcome)
