"""An event as it lies in the log, to be validated when it is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from maos_desktop.errors import StoreCorruptError
from maos_desktop.model.event import SESSION_EVENT, LoggedEvent, SessionEvent
from maos_desktop.model.ids import AgentId, SessionId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(at: datetime) -> int:
    """Returns the microseconds since 1970 (UTC) of an aware ``at``, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(at: int) -> datetime:
    """The inverse of ``to_microseconds``. Raises ``OverflowError`` beyond the year 9999."""
    return _EPOCH + at * _MICROSECOND


class StoredRow(NamedTuple):
    """One event of a session; cheap to make by the hundred thousand."""

    seq: int
    at: int
    """Microseconds since 1970, UTC."""
    kind: str
    agent_id: AgentId | None
    payload: str
    """JSON of the event."""

    def event(self) -> SessionEvent:
        """Returns the event. Raises ``StoreCorruptError`` when the payload is not a valid one."""
        try:
            return SESSION_EVENT.validate_json(self.payload)
        except ValueError as error:
            raise self._broken(error) from error

    def logged(self, session_id: SessionId) -> LoggedEvent:
        """Returns the event as it was handed to listeners. Raises ``StoreCorruptError`` like ``event``."""
        try:
            at = from_microseconds(self.at)
        except (TypeError, OverflowError) as error:
            raise self._broken(error) from error
        return LoggedEvent(session_id=session_id, seq=self.seq, at=at, event=self.event())

    def _broken(self, error: Exception) -> StoreCorruptError:
        return StoreCorruptError(
            f"Event {self.seq} of the session is damaged in the database; the other events were kept.",
            next_step="Put back a backup copy of the database, or start a new session with the same request.",
            detail=str(error),
        )
