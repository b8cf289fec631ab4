"""What has become of a subtask, folded from the events that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maos_desktop.model.event import Failure, TaskCompleted, TaskFailed, TaskSkipped, TaskStarted
from maos_desktop.model.ids import AgentId

TaskState = Literal["pending", "running", "done", "failed", "skipped"]
TaskEvent = TaskStarted | TaskCompleted | TaskFailed | TaskSkipped


@dataclass(slots=True)
class TaskFold:
    """``report`` is set when it is done, ``failure`` when it failed, ``reason`` when it was skipped."""

    state: TaskState = "pending"
    agent_id: AgentId | None = None
    report: str = ""
    failure: Failure | None = None
    reason: str = ""

    def apply(self, event: TaskEvent) -> str:
        """Folds the event in and returns it in words."""
        match event:
            case TaskStarted():
                self.begin_anew("running")
                self.agent_id = event.agent_id
                return f"Started {event.task_id}"
            case TaskCompleted():
                self.state, self.report = "done", event.report
                return f"Finished {event.task_id}"
            case TaskFailed():
                self.state, self.failure = "failed", event.failure
                return f"{event.task_id} failed: {event.failure.what}"
            case TaskSkipped():
                self.state, self.reason = "skipped", event.reason
                return f"{event.task_id} was not run: {event.reason}"

    def begin_anew(self, state: Literal["pending", "running"]) -> None:
        """Forgets how an earlier attempt ended."""
        self.state, self.report, self.failure, self.reason = state, "", None, ""
