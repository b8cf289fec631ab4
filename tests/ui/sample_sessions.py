"""Sessions at moments worth looking at, written as events: for the pictures of the main screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typing_extensions import override

from maos_desktop.model import event as ev
from maos_desktop.model.event import AgentState, EventListener, Failure, LoggedEvent, SessionEvent, Usage
from maos_desktop.model.ids import AgentId, MessageId, SessionId, TaskId
from maos_desktop.model.message import Importance, Message, MessageType
from maos_desktop.model.plan import Mode, Plan, Role, Subtask
from maos_desktop.model.report import Confidence, Finding, Report, Source
from maos_desktop.model.session import Backend, SessionSettings, SessionState, SessionSummary
from tests.ui.event_writer import EventWriter

FOLDER = Path("/home/ann/projects/shop")
REQUEST = "Review the shop: find bugs, security problems and missing tests, and say what to fix first"

_TEAM = (
    (Role.ANALYST, "Map the code base"),
    (Role.SECURITY, "Look for secrets and unsafe input"),
    (Role.TESTER, "Look at the tests and what they leave out"),
    (Role.REVIEWER, "Weigh what the others found"),
)
_ROLES = tuple(Role)

_SAID = """\
I read `shop/orders.py` and its callers. **Two things** stand out:

1. `place_order` takes the price from the request and trusts it.
2. Stock is checked before the payment and not again after it.

```python
def place_order(cart: Cart, price: Decimal) -> Order:
    if not stock.has(cart):
        raise OutOfStock(cart)
    return Order(cart, price)  # price is the client's
```

Next I look at how the discount is applied.
"""


def plan_for(count: int) -> Plan:
    """Returns a plan with so many tasks; the last one builds on all others where there is more than one."""
    tasks = []
    for number in range(count):
        role, title = _TEAM[number] if count <= 4 else (_ROLES[number % len(_ROLES)], f"Look at part {number + 1}")
        last = number == count - 1 and count > 1
        needs = tuple(TaskId(f"t{n + 1}") for n in range(number)) if last else ()
        instructions = f"{title}. Name every place by file and line, and tell the team what concerns it."
        task_id = TaskId(f"t{number + 1}")
        tasks.append(Subtask(id=task_id, title=title, instructions=instructions, role=role, depends_on=needs))
    rationale = "The looks are independent; the last task weighs what they found."
    return Plan(goal=REQUEST, mode=Mode.DYNAMIC, rationale=rationale, subtasks=tuple(tasks))


class Story(EventWriter):
    """Writes a whole session, chapter by chapter."""

    def __init__(self, count: int = 4, backend: Backend = Backend.CLAUDE) -> None:
        super().__init__()
        self.plan = plan_for(count)
        self.settings = SessionSettings(request=REQUEST, project_folder=FOLDER, backend=backend)
        self._begin = datetime.now(UTC) - timedelta(minutes=2)
        self.add(ev.SessionCreated(settings=self.settings, title=REQUEST), ev.PlanRequested())

    @override
    def add(self, *events: SessionEvent) -> list[LoggedEvent]:
        """Writes events that happened in the last two minutes."""
        added = [
            logged.model_copy(update={"at": self._begin + timedelta(seconds=logged.seq / 2)})
            for logged in super().add(*events)
        ]
        self.events[-len(added) :] = added
        return added

    def propose(self) -> Story:
        """The plan waits for the user."""
        self.add(ev.PlanProposed(plan=self.plan))
        return self

    def work(self, working: int | None = None) -> Story:
        """The first agents are at work, the others wait."""
        self.propose()
        self.add(ev.PlanDecided(decision="approved", plan=self.plan))
        agents = self.plan.agent_ids()
        at_work = len(agents) - 1 if working is None else working
        for number, subtask in enumerate(self.plan.subtasks):
            agent = agents[subtask.id]
            self.add(ev.AgentAssigned(agent_id=agent, role=subtask.role, task_id=subtask.id, title=subtask.title))
            if number < max(at_work, 1):
                self.add(
                    ev.TaskStarted(task_id=subtask.id, agent_id=agent),
                    ev.AgentStateChanged(agent_id=agent, state=AgentState.WORKING),
                    *self._pieces(agent, number),
                )
        if len(agents) > 1:
            self._talk(list(agents.values()))
        return self

    def ask(self) -> Story:
        """An agent needs a permission."""
        agent = next(iter(self.plan.agent_ids().values()))
        command = {"command": "pytest tests/test_orders.py -q", "description": "Runs the order tests"}
        self.add(
            ev.AgentStateChanged(agent_id=agent, state=AgentState.NEEDS_PERMISSION),
            ev.PermissionRequested(
                agent_id=agent,
                request_id="p1",
                tool="Bash",
                input=command,
                input_sha256="f" * 64,
                description="Runs the order tests",
            ),
        )
        return self

    def finish(self) -> Story:
        """Everything is done and the report is there."""
        agents = self.plan.agent_ids()
        for task_id, agent in agents.items():
            self.add(
                ev.TaskCompleted(task_id=task_id, agent_id=agent, report="Done."),
                ev.AgentStateChanged(agent_id=agent, state=AgentState.DONE),
                ev.TurnFinished(agent_id=agent, turns=9, usage=Usage(input_tokens=31_000), cost_usd=self._cost(0.26)),
            )
        self.add(ev.SynthesisStarted(), ev.ReportProduced(report=self._report()), ev.SessionFinished(outcome="done"))
        return self

    def fail(self) -> Story:
        """The run ended by an error."""
        failure = Failure(
            code="backend_unreachable",
            what="The model at api.example.org did not answer.",
            kept="Everything up to here was kept.",
            next_step="Check the network and ANTHROPIC_BASE_URL, then continue the session.",
            detail="ConnectError: timed out",
        )
        self.add(ev.SessionFinished(outcome="failed", failure=failure))
        return self

    def interrupt(self) -> Story:
        """The app was closed in the middle."""
        self.add(ev.SessionInterrupted(reason="The app was closed; the session can be continued."))
        return self

    def _pieces(self, agent: AgentId, number: int) -> Sequence[SessionEvent]:
        read = {"file_path": f"{FOLDER}/shop/orders.py"}
        search = {"pattern": "price", "path": f"{FOLDER}/shop"}
        return (
            ev.ToolStarted(agent_id=agent, tool_use_id=f"a{number}", tool="Read", input=read),
            ev.ToolFinished(agent_id=agent, tool_use_id=f"a{number}", output="def place_order(\n" * 40),
            ev.OutputAppended(agent_id=agent, block=0, block_kind="text", text=_SAID, closed=True),
            ev.ToolStarted(agent_id=agent, tool_use_id=f"b{number}", tool="Grep", input=search),
            ev.TurnFinished(agent_id=agent, turns=3, usage=Usage(input_tokens=12_400), cost_usd=self._cost(0.08)),
        )

    def _cost(self, amount: float) -> float | None:
        return amount if self.settings.backend is Backend.CLAUDE else None

    def _talk(self, agents: list[AgentId]) -> None:
        first, second, last = agents[0], agents[1], agents[-1]
        others = tuple(agents[1:])
        found = "The price comes from the client: shop/orders.py:42 uses it without a check."
        self._send(1, first, others, MessageType.DISCOVERY, found, Importance.HIGH)
        self._send(2, second, (first,), MessageType.REQUEST, "Which callers pass the price on?")
        self._send(3, first, (second,), MessageType.RESPONSE, "Two: api/checkout.py:18 and cli.py:77.")
        self._send(4, last, (second,), MessageType.INFO, "I wait for your list.")
        ids = (MessageId("m1"),)
        self.add(
            *(ev.MessageDelivered(message_ids=ids, receiver=agent, via="tool_boundary") for agent in others),
            *(ev.MessageRead(message_ids=ids, receiver=agent) for agent in others),
            ev.MessageDelivered(message_ids=(MessageId("m2"),), receiver=first, via="tool_boundary"),
        )

    def _send(
        self,
        number: int,
        sender: AgentId,
        receivers: tuple[AgentId, ...],
        kind: MessageType,
        text: str,
        importance: Importance = Importance.NORMAL,
    ) -> None:
        message = Message(
            id=MessageId(f"m{number}"), sender=sender, receivers=receivers, type=kind, text=text, importance=importance
        )
        self.add(ev.MessageSent(message=message))

    def _report(self) -> Report:
        agents = self.plan.agent_ids()
        sources = tuple(Source(agent_id=agent, task_id=task) for task, agent in list(agents.items())[:2])
        price = Finding(
            title="Customers can set their own price",
            detail="`shop/orders.py:42` takes the price from the request:\n\n```python\nreturn Order(cart, price)\n```",
            sources=sources,
            confidence=Confidence.HIGH,
        )
        stock = Finding(
            title="Stock can be sold twice",
            detail="It is checked before the payment (`shop/orders.py:38`) and not again after it.",
            sources=sources[:1],
        )
        return Report(
            summary="The shop works for honest customers. **The price check must be fixed first**; it is one line.",
            findings=(price, stock),
            conflicts=("The analyst thinks the stock check is enough, the tester does not.",),
            next_steps=("Take the price from the catalogue", "Check stock again after the payment"),
        )


class StillSession:
    """A session at one moment: what the window needs of a ``LiveSession``."""

    def __init__(self, story: Story, *, is_running: bool) -> None:
        fold = story.fold()
        self.id = story.events[0].session_id
        self.title = fold.title
        self.settings = story.settings
        self.state = fold.state
        self.is_running = is_running
        self._events = tuple(story.events)

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        return lambda: None

    async def wait_finished(self) -> SessionState:
        await asyncio.Event().wait()
        return self.state

    async def events(self, after_seq: int = 0, limit: int | None = None) -> Sequence[LoggedEvent]:
        return [logged for logged in self._events if logged.seq > after_seq][:limit]

    async def tail(self, per_agent: int = 200) -> Sequence[LoggedEvent]:
        return self._events


class StillManager:
    """A manager whose sessions do not move: the one that is shown, and some older ones in the list."""

    def __init__(self, session: StillSession | None = None) -> None:
        self.running: list[StillSession] = []
        self._session = session

    async def list_sessions(self) -> list[SessionSummary]:
        if self._session is None:
            return []
        shown = self._session
        titles = ("Write a migration guide to version 3", "Find out why the import is slow", "Tidy the test fixtures")
        states = (SessionState.DONE, SessionState.FAILED, SessionState.INTERRUPTED)
        older = [
            self._summary(SessionId(f"old{n}"), title, state, n + 1)
            for n, (title, state) in enumerate(zip(titles, states, strict=True))
        ]
        return [self._summary(shown.id, shown.title, shown.state, 0), *older]

    async def reopen(self, session_id: SessionId) -> StillSession:
        assert self._session is not None
        return self._session

    async def recent_requests(self, limit: int = 20) -> list[str]:
        return [] if self._session is None else ["Find out why the import is slow", "Tidy the test fixtures"]

    def subscribe_all(self, listener: EventListener) -> Callable[[], None]:
        return lambda: None

    def _summary(self, session_id: SessionId, title: str, state: SessionState, age: int) -> SessionSummary:
        assert self._session is not None
        at = datetime.now(UTC) - timedelta(days=3 * age)
        settings = self._session.settings
        cost = 0.42 * (age + 1)
        return SessionSummary(
            id=session_id, title=title, settings=settings, state=state, created_at=at, updated_at=at, cost_usd=cost
        )
