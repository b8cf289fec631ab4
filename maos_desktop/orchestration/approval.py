"""Where a plan waits for the person who asked for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import Journal, PlanDecided, PlanProposed, PlanRefused
from maos_desktop.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Decision:
    """``plan`` is set when approved; ``comment`` when another one is wanted."""

    kind: Literal["approved", "ask_again", "rejected"]
    plan: Plan | None = None
    comment: str = ""


class ApprovalGate:
    """Holds one plan (or none, when no valid one came) until it is decided; each decision is recorded once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._proposed: Plan | None = None
        self._waiting: asyncio.Future[Decision] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a decision is awaited."""
        return self._waiting is not None and not self._waiting.done()

    async def decide(self, announcement: PlanProposed | PlanRefused, *, automatic: bool) -> Decision:
        """Records the plan, or that none came, and returns what the user decided.

        Open for the answer before the announcement is on the screen. ``automatic`` approves a plan at once.
        """
        plan = announcement.plan if isinstance(announcement, PlanProposed) else None
        self._proposed = plan
        if automatic and plan is not None:
            await self._journal.record(announcement)
            decision = Decision("approved", plan)
        else:
            automatic = False
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._journal.record(announcement)
                decision = await self._waiting
            finally:
                self._waiting = None
        await self._journal.record(
            PlanDecided(
                decision=decision.kind,
                plan=decision.plan,
                edited=decision.plan is not None and decision.plan != plan,
                automatic=automatic,
                comment=decision.comment,
            )
        )
        return decision

    def approve(self, plan: Plan | None = None) -> None:
        """Approves the proposed plan, or ``plan`` as edited. Raises ``BadRequestError`` when there is none."""
        approved = plan or self._proposed
        if approved is None:
            raise BadRequestError("There is no plan to approve.", next_step="Write one, or ask for another one.")
        self._answer(Decision("approved", approved))

    def ask_again(self, comment: str) -> None:
        """Wants another plan; ``comment`` says how it should differ."""
        self._answer(Decision("ask_again", comment=comment))

    def reject(self) -> None:
        """Ends the session without running anything."""
        self._answer(Decision("rejected"))

    def _answer(self, decision: Decision) -> None:
        if self._waiting is None or self._waiting.done():
            raise BadRequestError("No plan waits for a decision.", next_step="Look at the session's state.")
        self._waiting.set_result(decision)
