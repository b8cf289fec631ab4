"""One session as its users hold it: the window and the terminal twin are given this and nothing below it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing

from maos_desktop.bus.message_bus import AgentMessageBus
from maos_desktop.context.shared_context import SharedContext
from maos_desktop.errors import BadRequestError, KnownError
from maos_desktop.executor.base import Executor
from maos_desktop.model.event import (
    EventListener,
    Failure,
    LoggedEvent,
    NoticeRaised,
    SessionContinued,
    SessionFinished,
    SessionInterrupted,
)
from maos_desktop.model.fold import session_state_after
from maos_desktop.model.ids import AgentId, SessionId
from maos_desktop.model.message import Importance
from maos_desktop.model.plan import Plan
from maos_desktop.model.session import SessionSettings, SessionState, SessionSummary
from maos_desktop.orchestration.orchestrator import Orchestrator, as_failure
from maos_desktop.orchestration.workplace import Workplace
from maos_desktop.sessions.past import Past, read_past
from maos_desktop.sessions.recorder import Recorder
from maos_desktop.store.event_log import EventLog

BackendEnvironment = Callable[[], Awaitable[Mapping[str, str]]]

STOPPED_BY_USER = "You stopped it; it can be continued."

_log = logging.getLogger(__name__)


class LiveSession:
    """A session that can be watched, led and continued. ``aclose`` stops what runs and keeps all of it.

    Attributes:
        id, title, settings: fixed when the session was created.
        state: follows the log.
    """

    def __init__(
        self,
        summary: SessionSummary,
        event_log: EventLog,
        executor: Executor,
        environment: BackendEnvironment,
    ) -> None:
        self.id: SessionId = summary.id
        self.title = summary.title
        self.settings: SessionSettings = summary.settings
        self.state: SessionState = summary.state
        self._event_log = event_log
        self._executor = executor
        self._environment = environment
        self._orchestrator: Orchestrator | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Lock()
        self._stop_reason: str | None = None
        self._unsubscribe = event_log.subscribe(self.id, self._follow)

    # --- what happened ---

    def subscribe(self, listener: EventListener) -> Callable[[], None]:
        """Calls ``listener`` with each batch that is committed from now on; returns what ends that."""
        return self._event_log.subscribe(self.id, listener)

    async def events(self, after_seq: int = 0, limit: int | None = None) -> Sequence[LoggedEvent]:
        """Returns the events after ``after_seq``, in order, at most ``limit``."""
        return await self._event_log.read(self.id, after_seq=after_seq, limit=limit)

    async def tail(self, per_agent: int = 200) -> Sequence[LoggedEvent]:
        """Returns what a first look needs: plan, messages and states, and the end of each agent's output."""
        rows = await self._event_log.read_tail(self.id, per_agent=per_agent)
        return [row.logged(self.id) for row in rows]

    async def wait_finished(self) -> SessionState:
        """Returns the session's state once nothing of it runs any more.

        Raises ``StoreError`` when it ended because its log could not be written.
        """
        if self._task is not None:
            await asyncio.wait([self._task])
            if not self._task.cancelled() and (error := self._task.exception()) is not None:
                raise error
        return self.state

    @property
    def is_running(self) -> bool:
        """Whether work is under way (waiting for approval included)."""
        return self._task is not None and not self._task.done()

    # --- its life ---

    async def start(self) -> None:
        """Begins the work on a session that was created and not begun. Raises ``BadRequestError`` for any other."""
        if self.is_running or self.state is not SessionState.PLANNING:
            raise BadRequestError("This session has been started before.", next_step="Continue it instead.")
        self._begin(continued=False)

    async def continue_(self) -> None:
        """Goes on with an interrupted or failed session: finished tasks stay finished.

        Raises ``BadRequestError`` for any other; what goes wrong later ends up in its log.
        """
        if self.is_running or not self.state.can_be_continued:
            raise BadRequestError(
                f"A session that is {self.state.value.replace('_', ' ')} cannot be continued.",
                next_step="Start a new session with the same request.",
            )
        self._begin(continued=True)

    async def stop(self, reason: str = STOPPED_BY_USER) -> None:
        """Ends all agents now. What was done is kept, and the session can be continued.

        Who calls it a second time waits for the first: another cancellation would cut off the clean-up.
        """
        async with self._stopping:
            if self._task is None or self._task.done():
                return
            await asyncio.sleep(0)  # a task that is cancelled before it has begun could not record its end
            if self._stop_reason is None:
                self._stop_reason = reason
                self._task.cancel()
            await asyncio.wait([self._task])

    async def aclose(self) -> None:
        """Stops what runs and lets go of the log."""
        try:
            await self.stop("The app was closed; the session can be continued.")
        finally:
            self._unsubscribe()

    # --- leading it ---

    async def approve(self, plan: Plan | None = None) -> None:
        """Approves the proposed plan, or ``plan`` in its place. Raises ``BadRequestError``."""
        self._running().gate.approve(plan)

    async def ask_again(self, comment: str) -> None:
        """Wants another plan. Raises ``BadRequestError``."""
        self._running().gate.ask_again(comment)

    async def reject(self) -> None:
        """Rejects the plan, which ends the session. Raises ``BadRequestError``."""
        self._running().gate.reject()

    async def send_message(self, to: AgentId | None, text: str, importance: Importance = Importance.NORMAL) -> None:
        """Sends the user's words to one agent, or to all (``None``). Raises ``MessageError``."""
        await self._running().send_message(to, text, importance)

    async def interrupt(self, agent_id: AgentId) -> None:
        """Pauses one agent. Raises ``BadRequestError`` when it is not at work."""
        await self._running().interrupt(agent_id)

    async def resume_agent(self, agent_id: AgentId) -> None:
        """Lets a paused agent go on. Raises ``BadRequestError`` when it is not at work."""
        self._running().resume_agent(agent_id)

    async def decide_permission(self, request_id: str, input_sha256: str, allowed: bool, message: str = "") -> None:
        """Answers a permission request for exactly the input with that hash. Raises ``BadRequestError``."""
        self._running().permissions.decide(request_id, input_sha256, allowed, message)

    # --- inside ---

    def _running(self) -> Orchestrator:
        if self._orchestrator is None:
            raise BadRequestError("This session is not running.", next_step="Continue it first.")
        return self._orchestrator

    def _follow(self, events: Sequence[LoggedEvent]) -> None:
        for logged in events:
            self.state = session_state_after(logged.event) or self.state

    def _begin(self, *, continued: bool) -> None:
        """Awaits nothing, so that of two callers the second finds it running, and ``stop`` has what to cancel."""
        self._stop_reason = None
        self._task = asyncio.create_task(self._run(continued=continued), name=f"session {self.id}")

    async def _run(self, *, continued: bool) -> None:
        """The edge where everything that goes wrong in a session ends up in its log."""
        try:
            if continued:
                await self._event_log.append(self.id, SessionContinued())
                await self._tell_damage()
            await self._work(await read_past(self._event_log, self.id))
        except asyncio.CancelledError:
            await self._event_log.append(self.id, SessionInterrupted(reason=self._stop_reason or STOPPED_BY_USER))
            raise
        except Exception as error:
            _log.exception("Session %s ended by an error", self.id)
            await self._event_log.append(self.id, SessionFinished(outcome="failed", failure=_failure_of(error)))

    async def _work(self, past: Past) -> None:
        with closing(Recorder(self._event_log, self.id, past.fold)) as recorder:
            bus, context = AgentMessageBus(recorder), SharedContext(recorder)
            bus.restore(past.outline)
            for event in past.outline:
                context.apply(event)
            environment = await self._environment()
            place = Workplace(self.settings, recorder, recorder.fold, self._executor, environment)
            self._orchestrator = Orchestrator(place, bus, context)
            try:
                await self._orchestrator.orchestrate(self.settings.request, self.settings.auto_approve)
            finally:
                self._orchestrator = None

    async def _tell_damage(self) -> None:
        broken = await self._event_log.verify(self.id)
        if broken is not None:
            text = f"Event {broken} of this session is not as it was saved: the database was damaged or changed."
            next_step = "Look at what the agents do next with care, or start a new session with the same request."
            await self._event_log.append(self.id, NoticeRaised(level="warning", text=text, next_step=next_step))


def _failure_of(error: Exception) -> Failure:
    kept = "Everything up to here was kept."
    if isinstance(error, KnownError):
        return as_failure(error, kept=kept)
    return Failure(
        code="bug",
        what="MAOS Desktop made a mistake and had to stop the run.",
        kept=kept,
        next_step="Continue the session; if it happens again, report it with the details.",
        detail=f"{type(error).__name__}: {error}",
    )
