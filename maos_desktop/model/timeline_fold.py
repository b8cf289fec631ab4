"""The timeline of a session: its messages with how far each has come, and the other events people follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from maos_desktop.model.agent_fold import Change
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.ids import AgentId, MessageId
from maos_desktop.model.message import DeliveryState, Importance, Message
from maos_desktop.model.transcript import TimelineRow, TrackedMessage


@dataclass(slots=True)
class TimelineFold:
    """``rows`` in order of ``seq``, ``messages`` by id in the order of sending."""

    rows: list[TimelineRow] = field(default_factory=list)
    messages: dict[MessageId, TrackedMessage] = field(default_factory=dict)
    _row_of: dict[MessageId, int] = field(default_factory=dict)

    def note(
        self,
        logged: LoggedEvent,
        kind: str,
        sender: str,
        text: str,
        receivers: tuple[str, ...] = (),
        importance: Importance = Importance.NORMAL,
    ) -> Change:
        """Adds a row for an event that is no message."""
        return self._add(TimelineRow(logged.seq, logged.at, kind, sender, receivers, text, importance))

    def send(self, logged: LoggedEvent, message: Message) -> Change:
        """Adds a message, queued at each receiver."""
        states = dict.fromkeys(message.receivers, DeliveryState.QUEUED)
        self.messages[message.id] = TrackedMessage(message, logged.at, states)
        self._row_of[message.id] = len(self.rows)
        return self._add(
            TimelineRow(
                logged.seq,
                logged.at,
                message.type,
                message.sender,
                message.receivers,
                message.text,
                message.importance,
                message.id,
            )
        )

    def advance(
        self, message_ids: Iterable[MessageId], receiver: AgentId, state: DeliveryState
    ) -> tuple[list[MessageId], list[Change]]:
        """Brings messages on at one receiver, never back; what is not known here is left out.

        Returns those that had only been queued until now, and the rows that changed.
        """
        first_seen: list[MessageId] = []
        changes: list[Change] = []
        for message_id in message_ids:
            tracked = self.messages.get(message_id)
            before = tracked.states.get(receiver) if tracked is not None else None
            if tracked is None or before is None:
                continue
            tracked.states[receiver] = max(before, state, key=lambda s: s.rank)
            changes.append(Change("row", index=self._row_of[message_id]))
            if before is DeliveryState.QUEUED:
                first_seen.append(message_id)
        return first_seen, changes

    def _add(self, row: TimelineRow) -> Change:
        self.rows.append(row)
        return Change("row", index=len(self.rows) - 1, added=True)
