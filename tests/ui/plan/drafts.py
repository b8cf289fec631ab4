"""A plan to edit: one task first, two that build on it, one that gathers."""

from __future__ import annotations

from maos_desktop.model.ids import TaskId
from maos_desktop.model.plan import Mode, Plan, Role, Subtask


def subtask(number: int, title: str, role: Role, *needs: int) -> Subtask:
    return Subtask(
        id=TaskId(f"t{number}"),
        title=title,
        instructions=f"{title}, and report it.",
        role=role,
        depends_on=tuple(TaskId(f"t{needed}") for needed in needs),
    )


def diamond() -> Plan:
    """Returns t1, then t2 and t3, then t4."""
    return Plan(
        goal="Find what is wrong",
        mode=Mode.DYNAMIC,
        rationale="The map comes first.",
        subtasks=(
            subtask(1, "Map the code", Role.ANALYST),
            subtask(2, "Look for secrets", Role.SECURITY, 1),
            subtask(3, "Look at the tests", Role.TESTER, 1),
            subtask(4, "Weigh it", Role.REVIEWER, 2, 3),
        ),
    )
