"""Events as a log would hold them, written line by line, and a session that hands them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, EventListener, Failure, LoggedEvent, SessionEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import AgentId, MessageId, SessionId, TaskId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.plan import Role
from maos_desktop.model.session import SessionSettings

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FOLDER = Path("/home/ann/shop")
ANN, BOB = AgentId("tester-1"), AgentId("security-1")


class EventWriter:
    """Writes events one second apart.

    Attributes:
        events: all so far.
    """

    def __init__(self) -> None:
        self.events: list[LoggedEvent] = []

    def add(self, *events: SessionEvent) -> list[LoggedEvent]:
        """Writes events and returns them as logged."""
        added = []
        for event in events:
            seq = len(self.events) + 1
            at = START + timedelta(seconds=seq)
            added.append(LoggedEvent(session_id=SessionId("s1"), seq=seq, at=at, event=event))
            self.events.append(added[-1])
        return added

    def fold(self) -> SessionFold:
        """Returns the fold of all events so far."""
        return SessionFold(self.events)

    def begin(self) -> list[LoggedEvent]:
        """Writes the beginning of a session that is at work."""
        settings = SessionSettings(request="Look at the login", project_folder=FOLDER)
        created = ev.SessionCreated(settings=settings, title="Look at the login")
        return self.add(created, ev.SessionContinued())

    def agent(
        self, agent_id: AgentId = ANN, state: AgentState = AgentState.WORKING, role: Role = Role.TESTER
    ) -> list[LoggedEvent]:
        """Writes that an agent exists and is in this state."""
        assigned = ev.AgentAssigned(
            agent_id=agent_id, role=role, task_id=TaskId(f"t-{agent_id}"), title=f"Task of {agent_id}"
        )
        return self.add(assigned, self.state_event(agent_id, state))

    def planner(self) -> list[LoggedEvent]:
        """Writes that the planner is at work."""
        planner = AgentId("planner")
        assigned = ev.AgentAssigned(agent_id=planner, role="planner", title="Make a plan")
        return self.add(assigned, self.state_event(planner, AgentState.WORKING))

    def state_event(self, agent_id: AgentId, state: AgentState, reason: str = "") -> SessionEvent:
        """Returns a change of state."""
        return ev.AgentStateChanged(agent_id=agent_id, state=state, reason=reason)

    def text(self, text: str, agent_id: AgentId = ANN, block: int = 0, *, closed: bool = True) -> list[LoggedEvent]:
        """Writes a piece of what the model says."""
        return self.add(ev.OutputAppended(agent_id=agent_id, block=block, block_kind="text", text=text, closed=closed))

    def thinking(self, text: str, block: int = 0, *, closed: bool = True) -> list[LoggedEvent]:
        """Writes a piece of what the model thinks."""
        return self.add(ev.OutputAppended(agent_id=ANN, block=block, block_kind="thinking", text=text, closed=closed))

    def tool(
        self, tool: str, arguments: dict[str, object], output: str | None = None, *, is_error: bool = False
    ) -> list[LoggedEvent]:
        """Writes a tool call, and what came back unless that is ``None``."""
        call = f"call-{len(self.events)}"
        events: list[SessionEvent] = [ev.ToolStarted(agent_id=ANN, tool_use_id=call, tool=tool, input=arguments)]
        if output is not None:
            events.append(ev.ToolFinished(agent_id=ANN, tool_use_id=call, output=output, is_error=is_error))
        return self.add(*events)

    def message(
        self,
        number: int,
        text: str = "Look here.",
        sender: AgentId = BOB,
        receivers: tuple[AgentId, ...] = (ANN,),
        type: MessageType = MessageType.INFO,
        importance: Importance = Importance.NORMAL,
    ) -> list[LoggedEvent]:
        """Writes that a message was sent."""
        message = Message(
            id=MessageId(f"m{number}"), sender=sender, receivers=receivers, type=type, text=text, importance=importance
        )
        return self.add(ev.MessageSent(message=message))

    def delivered(self, number: int, receiver: AgentId = ANN) -> list[LoggedEvent]:
        """Writes that a message was handed over."""
        ids = (MessageId(f"m{number}"),)
        return self.add(ev.MessageDelivered(message_ids=ids, receiver=receiver, via="tool_boundary"))

    def read(self, number: int, receiver: AgentId = ANN) -> list[LoggedEvent]:
        """Writes that a message was read."""
        return self.add(ev.MessageRead(message_ids=(MessageId(f"m{number}"),), receiver=receiver))

    def question(self, arguments: dict[str, object], tool: str = "Bash", description: str = "") -> list[LoggedEvent]:
        """Writes that an agent asks for permission, as request ``p1``."""
        return self.add(
            ev.PermissionRequested(
                agent_id=ANN,
                request_id="p1",
                tool=tool,
                input=arguments,
                input_sha256="f" * 64,
                description=description,
            )
        )

    def answer(self, *, allowed: bool, message: str = "") -> list[LoggedEvent]:
        """Writes the answer to request ``p1``."""
        return self.add(
            ev.PermissionDecided(agent_id=ANN, request_id="p1", input_sha256="f" * 64, allowed=allowed, message=message)
        )

    def failure(self, agent_id: AgentId = ANN) -> list[LoggedEvent]:
        """Writes that an agent failed."""
        failure = Failure(
            code="overloaded",
            what="The model is overloaded.",
            kept="All it found was kept.",
            next_step="Continue in a few minutes.",
            detail="HTTP 529",
        )
        return self.add(ev.AgentFailed(agent_id=agent_id, failure=failure))


class ScriptedSource:
    """A session whose log is a list; ``publish`` tells its listeners what was committed."""

    def __init__(self, writer: EventWriter, tail: Sequence[LoggedEvent] | None = None) -> None:
        self.writer = writer
        self.listeners: list[EventListener] = []
        self.reads: list[int] = []
        self._tail = tail

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def publish(self, events: Sequence[LoggedEvent]) -> None:
        for listener in list(self.listeners):
            listener(events)

    async def events(self, after_seq: int = 0, limit: int | None = None) -> Sequence[LoggedEvent]:
        self.reads.append(after_seq)
        return [logged for logged in self.writer.events if logged.seq > after_seq][:limit]

    async def tail(self, per_agent: int = 200) -> Sequence[LoggedEvent]:
        return list(self.writer.events) if self._tail is None else self._tail
