"""Where the subtasks of a plan stand in its graph: columns by dependency, rows with few crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maos_desktop.model.ids import TaskId


def plan_layers(depends_on: Mapping[TaskId, Sequence[TaskId]]) -> list[list[TaskId]]:
    """Returns the tasks in columns: each stands right of everything it depends on, in barycentre order.

    Unknown dependencies are left out. Tasks of a cycle, which a plan has only while it is edited, stand in the
    last column.
    """
    known = {task: [d for d in needs if d in depends_on and d != task] for task, needs in depends_on.items()}
    layers: list[list[TaskId]] = []
    placed: set[TaskId] = set()
    while len(placed) < len(known):
        ready = [task for task, needs in known.items() if task not in placed and placed.issuperset(needs)]
        if not ready:
            ready = [task for task in known if task not in placed]
        layers.append(ready)
        placed.update(ready)
    return _ordered(layers, known)


def _ordered(layers: list[list[TaskId]], depends_on: Mapping[TaskId, Sequence[TaskId]]) -> list[list[TaskId]]:
    """Sorts each column by the mean height of what its tasks depend on."""
    height: dict[TaskId, float] = {}
    for layer in layers:

        def barycentre(task: TaskId) -> float:
            needed = [height[d] for d in depends_on[task] if d in height]
            return sum(needed) / len(needed) if needed else 0.5

        layer.sort(key=barycentre)
        for place, task in enumerate(layer):
            height[task] = (place + 1) / (len(layer) + 1)
    return layers
