"""The tools with which agents work together: one arguments model and one handler each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maos_desktop.agents.prompting import frame_shared
from maos_desktop.agents.team_names import TeamNames
from maos_desktop.agents.waits import Waits
from maos_desktop.bus import AgentMessageBus
from maos_desktop.context import SharedContext
from maos_desktop.errors import MessageError
from maos_desktop.executor.base import AgentTool
from maos_desktop.model.event import Journal, MessageSent, SubtaskProposed
from maos_desktop.model.ids import AgentId, MessageId, TaskId
from maos_desktop.model.message import Importance
from maos_desktop.model.plan import Role

DEFAULT_TIMEOUT_SECONDS = 120.0


class Arguments(BaseModel):
    """What a tool takes; anything else is an error the model is told of."""

    model_config = ConfigDict(extra="forbid")


class SendMessage(Arguments):
    to: str = Field(description="The agent's name, e.g. tester-1")
    text: str
    importance: Importance = Importance.NORMAL


class Broadcast(Arguments):
    text: str
    importance: Importance = Importance.NORMAL


class Request(Arguments):
    to: str = Field(description="The agent's name, e.g. tester-1")
    need: str = Field(description="Exactly what you need")
    timeout_seconds: float = Field(default=DEFAULT_TIMEOUT_SECONDS, ge=1, le=900)


class Reply(Arguments):
    request_id: str = Field(description="The id of the request, e.g. m12")
    text: str


class AnnounceDiscovery(Arguments):
    text: str = Field(description="What you found, where (path:line), and why it matters to the others")
    importance: Importance = Importance.NORMAL


class RecordFact(Arguments):
    key: str
    text: str


class RecordDecision(Arguments):
    text: str
    why: str


class DeclareDependency(Arguments):
    on: str = Field(description="The agent or the task that you need something of")
    need: str


class ProposeSubtask(Arguments):
    title: str = Field(min_length=1)
    instructions: str = Field(min_length=1)
    role: Role
    depends_on: tuple[str, ...] = ()


class Acknowledge(Arguments):
    message_ids: tuple[str, ...]


class Nothing(Arguments):
    pass


A = TypeVar("A", bound=Arguments)


class CoordinationTools:
    """The tools of one agent. The sender of all it says is ``agent_id``, whatever the text claims."""

    def __init__(
        self,
        agent_id: AgentId,
        bus: AgentMessageBus,
        context: SharedContext,
        journal: Journal,
        names: TeamNames,
        waits: Waits,
        on_handed_over: Callable[[tuple[MessageId, ...]], None],
    ) -> None:
        self._agent_id = agent_id
        self._bus = bus
        self._context = context
        self._journal = journal
        self._names = names
        self._waits = waits
        self._on_handed_over = on_handed_over

    def tools(self) -> tuple[AgentTool, ...]:
        """Returns the tools for ``AgentLaunch.agent_tools``."""
        return (
            _tool("send_message", "Tell one team-mate something.", SendMessage, self._send_message),
            _tool("broadcast", "Tell the whole team something.", Broadcast, self._broadcast),
            _tool("request", "Ask a team-mate and wait for the reply or the time-out.", Request, self._request),
            _tool("reply", "Answer a request that reached you.", Reply, self._reply),
            _tool(
                "announce_discovery",
                "Share a discovery with the whole team at once.",
                AnnounceDiscovery,
                self._announce,
            ),
            _tool("record_fact", "Keep a fact for the team.", RecordFact, self._record_fact),
            _tool("record_decision", "Keep a decision and its reason.", RecordDecision, self._record_decision),
            _tool(
                "declare_dependency",
                "Say that you need something that another agent is making.",
                DeclareDependency,
                self._declare_dependency,
            ),
            _tool("propose_subtask", "Propose work that nobody has.", ProposeSubtask, self._propose),
            _tool("acknowledge", "Say which messages you have acted on.", Acknowledge, self._acknowledge),
            _tool("check_messages", "Look for new messages now.", Nothing, self._check_messages),
            _tool("read_shared_context", "Read what the team knows.", Nothing, self._read_context),
        )

    async def _send_message(self, a: SendMessage) -> str:
        message = await self._bus.send_message(self._agent_id, self._names.resolve(a.to), a.text, a.importance)
        return f"Sent as {message.id}; {a.to} gets it at its next step."

    async def _broadcast(self, a: Broadcast) -> str:
        message = await self._bus.broadcast(self._agent_id, a.text, a.importance)
        return f"Sent as {message.id} to {len(message.receivers)} agents."

    async def _request(self, a: Request) -> str:
        to = self._names.resolve(a.to)
        async with self._waits.for_reply(to):
            outcome = await self._bus.request_from_agent(self._agent_id, to, a.need, a.timeout_seconds)
        if outcome.reply is not None:
            self._on_handed_over((outcome.reply.id,))
        return outcome.text

    async def _reply(self, a: Reply) -> str:
        message = await self._bus.respond_to_request(self._agent_id, MessageId(a.request_id), a.text)
        return f"Reply sent as {message.id}."

    async def _announce(self, a: AnnounceDiscovery) -> str:
        known = self._bus.find_discovery(a.text)
        message = await self._bus.notify_discovery(self._agent_id, a.text, a.importance)
        self._context.apply(MessageSent(message=message))  # who announced it first is known before others join in
        await self._context.announce(self._agent_id, a.text, a.importance, message.id)
        if known is not None:
            return f"{known.sender} has announced it before as {known.id}; it is noted that you found it, too."
        return f"Announced as {message.id} to {len(message.receivers)} agents."

    async def _record_fact(self, a: RecordFact) -> str:
        await self._context.record_fact(self._agent_id, a.key, a.text)
        return f"Recorded “{a.key}”."

    async def _record_decision(self, a: RecordDecision) -> str:
        await self._context.record_decision(self._agent_id, a.text, a.why)
        return "Recorded."

    async def _declare_dependency(self, a: DeclareDependency) -> str:
        on = self._names.resolve(a.on)
        message = await self._bus.notify_dependency(self._agent_id, on, a.need)
        return f"{on} was told as {message.id}. Go on with what does not depend on it."

    async def _propose(self, a: ProposeSubtask) -> str:
        await self._journal.record(
            SubtaskProposed(
                agent_id=self._agent_id,
                title=a.title,
                instructions=a.instructions,
                role=a.role,
                depends_on=tuple(TaskId(t) for t in a.depends_on),
            )
        )
        return "Proposed; the person you work for sees it on the timeline."

    async def _acknowledge(self, a: Acknowledge) -> str:
        await self._bus.acknowledge(self._agent_id, tuple(MessageId(m) for m in a.message_ids))
        return "Acknowledged."

    async def _check_messages(self, _: Nothing) -> str:
        handover = await self._bus.take_handover(self._agent_id, "check")
        if handover is None:
            return "No new messages."
        self._on_handed_over(handover.message_ids)
        return handover.text

    async def _read_context(self, _: Nothing) -> str:
        digest = self._context.to_prompt()
        return frame_shared(digest) if digest else "Nothing has been recorded yet."


def _tool(name: str, description: str, arguments: type[A], handler: Callable[[A], Awaitable[str]]) -> AgentTool:
    async def call(raw: dict[str, Any]) -> str:
        try:
            parsed = arguments.model_validate(raw)
        except ValidationError as error:
            reasons = "; ".join(f"{'.'.join(map(str, e['loc'])) or name}: {e['msg']}" for e in error.errors())
            raise MessageError(f"The arguments of {name} do not fit: {reasons}.", next_step="Call it again.") from error
        return await handler(parsed)

    return AgentTool(name, description, arguments.model_json_schema(), call)
