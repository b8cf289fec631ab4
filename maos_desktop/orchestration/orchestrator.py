"""Leads one session from the request to the report."""

from __future__ import annotations

from typing import Literal

from maos_desktop.agents.orchestrated_agent import OrchestratedAgent
from maos_desktop.agents.prompting import Conversation, task_prompt
from maos_desktop.agents.synthesis import SynthesisAgent
from maos_desktop.bus import AgentMessageBus
from maos_desktop.context import SharedContext
from maos_desktop.errors import AgentError, BadRequestError, ConversationLostError, KnownError, PlanError
from maos_desktop.model.event import (
    AgentAssigned,
    AgentFailed,
    AgentState,
    AgentStateChanged,
    Failure,
    NoticeRaised,
    PlanProposed,
    PlanRefused,
    PlanRequested,
    SessionFinished,
    TaskCompleted,
    TaskFailed,
    TaskSkipped,
    TaskStarted,
)
from maos_desktop.model.ids import USER, AgentId, TaskId
from maos_desktop.model.message import Importance
from maos_desktop.model.plan import Mode, Plan, Subtask
from maos_desktop.orchestration.approval import ApprovalGate, Decision
from maos_desktop.orchestration.decomposer import TaskDecomposer
from maos_desktop.orchestration.permissions import PermissionDesk
from maos_desktop.orchestration.scheduler import Scheduler
from maos_desktop.orchestration.team import Team
from maos_desktop.orchestration.workplace import Workplace


class Orchestrator:
    """Plans, has the plan approved, runs it and has the report written.

    It begins where the workplace's fold ends: a session that was interrupted goes on with what is left.

    Attributes:
        gate: where the plan waits for its decision.
        permissions: where tool calls wait for the user's word.
    """

    def __init__(self, workplace: Workplace, bus: AgentMessageBus, context: SharedContext) -> None:
        self.gate = ApprovalGate(workplace.journal)
        self.permissions = PermissionDesk(workplace.journal)
        self._place = workplace
        self._record = workplace.journal.record
        self._fold = workplace.fold
        self._bus = bus
        self._context = context
        self._team = Team(workplace, bus, context, self.permissions.ask)

    async def orchestrate(self, request: str, auto_approve: bool = False) -> None:
        """Runs the session to its end. What goes wrong is recorded; only bugs and cancellation come out."""
        await self._bus.start()
        try:
            plan = self._fold.plan if self._fold.approved else None
            plan = plan or await self._agree_on_plan(request, auto_approve)
            if plan is None:
                await self._finish("rejected")
                return
            await self._run(plan)
            await self._team.aclose()
            await self._answer(request, plan)
        except KnownError as error:
            await self._finish("failed", as_failure(error, kept="Everything up to here was kept."))
        finally:
            await self._team.aclose()
            await self._bus.stop()

    # --- what the user does while it runs ---

    async def send_message(self, to: AgentId | None, text: str, importance: Importance) -> None:
        """Sends the user's words to one agent (a paused one goes on with them) or to all. Raises ``MessageError``."""
        if to is None:
            await self._bus.broadcast(USER, text, importance)
            return
        await self._bus.send_message(USER, to, text, importance)
        agent = self._team.working(to)
        if agent is not None:
            agent.go_on()

    async def interrupt(self, agent_id: AgentId) -> None:
        """Pauses an agent that is at work. Raises ``BadRequestError`` for any other."""
        await self._working(agent_id).interrupt()

    def resume_agent(self, agent_id: AgentId) -> None:
        """Lets a paused agent go on. Raises ``BadRequestError`` when it is not at work."""
        self._working(agent_id).go_on()

    def _working(self, agent_id: AgentId) -> OrchestratedAgent:
        agent = self._team.working(agent_id)
        if agent is None:
            raise BadRequestError(f"{agent_id} is not at work.", next_step="Choose an agent that is working.")
        return agent

    # --- the plan ---

    async def _agree_on_plan(self, request: str, auto_approve: bool) -> Plan | None:
        plan = self._fold.plan
        answer = await self._propose(request, "", None) if plan is None else PlanProposed(plan=plan)
        while True:
            decision = await self._decide(answer, auto_approve)
            match decision.kind:
                case "approved":
                    return decision.plan
                case "rejected":
                    return None
            answer = await self._propose(request, decision.comment, self._fold.plan)

    async def _propose(self, request: str, comment: str, before: Plan | None) -> PlanProposed | PlanRefused:
        """Returns a new plan, or why there is none."""
        await self._record(PlanRequested(comment=comment))
        try:
            return PlanProposed(plan=await TaskDecomposer(self._place).decompose(request, comment, before))
        except PlanError as refusal:
            return PlanRefused(reason=str(refusal), raw=refusal.detail, final=True)

    async def _decide(self, answer: PlanProposed | PlanRefused, auto_approve: bool) -> Decision:
        match answer:
            case PlanProposed(plan=plan):
                await self._team.prepare(plan, _first_tasks(plan, self._place.settings.max_agents))
            case PlanRefused() if auto_approve:
                await self._record(answer)
                raise PlanError(answer.reason, detail=answer.raw)
            case PlanRefused():
                await self._team.aclose()  # those of the plan before wait for nothing
        return await self.gate.decide(answer, automatic=auto_approve)

    # --- the run ---

    async def _run(self, plan: Plan) -> None:
        self._team.names.adopt(plan)
        await self._team.keep_only(plan, plan.subtasks)
        finished = {task_id for task_id, task in self._fold.tasks.items() if task.state == "done"}
        await self._assign(plan, finished)
        await Scheduler(plan, self._place.settings.max_agents, self._run_task, self._skip_task).run(finished)

    async def _assign(self, plan: Plan, finished: set[TaskId]) -> None:
        agents = plan.agent_ids()
        for subtask in plan.subtasks:
            agent_id = agents[subtask.id]
            self._bus.register_agent(agent_id, subtask.title)
            if subtask.id in finished:
                self._bus.unregister_agent(agent_id, self._fold.tasks[subtask.id].report)
                continue
            await self._record(
                AgentAssigned(agent_id=agent_id, role=subtask.role, task_id=subtask.id, title=subtask.title),
                AgentStateChanged(agent_id=agent_id, state=AgentState.WAITING),
            )

    async def _run_task(self, subtask: Subtask) -> bool:
        agent_id = self._plan().agent_ids()[subtask.id]
        await self._record(
            TaskStarted(task_id=subtask.id, agent_id=agent_id),
            AgentStateChanged(agent_id=agent_id, state=AgentState.WARMING),
        )
        try:
            await self._work(subtask, agent_id)
        except AgentError as error:
            failure = as_failure(error, kept="The other agents go on; what this one said was kept.")
            self._bus.unregister_agent(agent_id)
            await self._record(
                AgentFailed(agent_id=agent_id, failure=failure),
                TaskFailed(task_id=subtask.id, agent_id=agent_id, failure=failure),
            )
            return False
        return True

    async def _work(self, subtask: Subtask, agent_id: AgentId) -> None:
        resumed = self._place.conversation(agent_id) is not None
        try:
            await self._attempt(subtask, agent_id, "resumed" if resumed else "new")
        except ConversationLostError:
            if not resumed:
                raise
            text = f"The conversation of {agent_id} is lost; it begins anew with what it had written."
            await self._record(NoticeRaised(level="warning", text=text, agent_id=agent_id))
            self._bus.requeue_unread(agent_id)
            await self._attempt(subtask, agent_id, "lost")

    async def _attempt(self, subtask: Subtask, agent_id: AgentId, conversation: Conversation) -> None:
        plan = self._plan()

        def prompt(messages: str) -> str:
            shared = self._context.to_prompt()
            return task_prompt(plan, subtask, self._fold, shared=shared, messages=messages, conversation=conversation)

        agent = await self._team.take(plan, subtask, anew=conversation == "lost")
        try:
            report = await agent.run(prompt)
            self._bus.unregister_agent(agent_id, report)
            await self._record(
                TaskCompleted(task_id=subtask.id, agent_id=agent_id, report=report),
                AgentStateChanged(agent_id=agent_id, state=AgentState.DONE),
            )
        finally:
            await self._team.release(agent)

    async def _skip_task(self, subtask: Subtask, cause: TaskId) -> None:
        agent_id = self._plan().agent_ids()[subtask.id]
        reason = f"It depends on {cause}, which failed."
        self._bus.unregister_agent(agent_id)
        await self._record(
            TaskSkipped(task_id=subtask.id, reason=reason),
            AgentStateChanged(agent_id=agent_id, state=AgentState.CANCELLED, reason=reason),
        )

    def _plan(self) -> Plan:
        assert self._fold.plan is not None
        return self._fold.plan

    # --- the answer ---

    async def _answer(self, request: str, plan: Plan) -> None:
        failures = [task.failure for task in self._fold.tasks.values() if task.failure is not None]
        if not any(task.state == "done" for task in self._fold.tasks.values()):
            first = failures[0]
            await self._finish("failed", first.model_copy(update={"what": f"No task could be finished. {first.what}"}))
            return
        await SynthesisAgent(
            self._place.journal,
            self._place.executor,
            self._place.launch_settings(),
        ).write_report(request, plan, self._fold)
        await self._finish("done")

    async def _finish(self, outcome: Literal["done", "failed", "rejected"], failure: Failure | None = None) -> None:
        await self._team.aclose()  # nothing follows the end
        await self._record(SessionFinished(outcome=outcome, failure=failure))


def as_failure(error: KnownError, kept: str) -> Failure:
    """Returns the error for people and for the log."""
    return Failure(code=error.code, what=str(error), kept=kept, next_step=error.next_step, detail=error.detail)


def _first_tasks(plan: Plan, limit: int) -> list[Subtask]:
    """Returns the tasks that will start first."""
    count = 1 if plan.mode is Mode.SEQUENTIAL else limit
    return [s for s in plan.subtasks if not s.depends_on][:count]
