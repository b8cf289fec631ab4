"""What events change in a session's line in the list of sessions."""

from __future__ import annotations

from dataclasses import dataclass

from maos_desktop.model.event import SessionEvent, TurnFinished
from maos_desktop.model.fold import session_state_after
from maos_desktop.model.session import SessionState


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
        if isinstance(event, TurnFinished):
            if event.cost_usd is not None:
                self.cost_usd = (self.cost_usd or 0.0) + event.cost_usd
        else:
            self.state = session_state_after(event) or self.state
