"""Whole sessions with scripted agents: a team of three, and how to wait for what happens in a session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from maos_desktop.model.event import LoggedEvent, SessionEvent
from maos_desktop.sessions.live_session import LiveSession
from tests.scripted_executor import Ending, Script, ScriptedExecutor, ScriptedProcess

PLAN: dict[str, Any] = {
    "goal": "Find what is wrong",
    "mode": "parallel",
    "rationale": "Two looks, then a test",
    "subtasks": [
        {"id": "t1", "title": "Map the code", "instructions": "Read it.", "role": "analyst"},
        {"id": "t2", "title": "Look for secrets", "instructions": "Search.", "role": "security"},
        {"id": "t3", "title": "Test it", "instructions": "Run it.", "role": "tester", "depends_on": ["t1", "t2"]},
    ],
}
REPORT: dict[str, Any] = {
    "summary": "One secret was found.",
    "findings": [
        {
            "title": "A key in config.py",
            "detail": "config.py:3 holds an API key.",
            "sources": [{"agent_id": "security-1", "task_id": "t2"}],
            "confidence": "high",
        }
    ],
    "next_steps": ["Take the key out"],
}

E = TypeVar("E", bound=SessionEvent)


def team_of_three(**scripts: Script) -> ScriptedExecutor:
    """Returns an executor whose planner proposes ``PLAN`` and whose synthesis writes ``REPORT``.

    Other scripts by agent id, with ``_`` for ``-``.
    """
    named = {name.replace("_", "-"): script for name, script in scripts.items()}
    return ScriptedExecutor({"planner": always(PLAN), "synthesis": always(REPORT), **named})


def always(ending: Ending) -> Script:
    """Returns a script that ends every turn like this."""

    async def script(agent: ScriptedProcess) -> Ending:
        return ending

    return script


async def hang(agent: ScriptedProcess) -> Ending:
    """Says something and works until it is ended from outside."""
    await agent.say("I am at it.")
    await asyncio.Event().wait()
    return ""


async def until(session: LiveSession, kind: type[E], after_seq: int = 0, **fields: Any) -> E:
    """Returns the session's first event of that kind with those fields, waiting for it if need be."""
    found: asyncio.Queue[E] = asyncio.Queue()

    def look(events: Sequence[LoggedEvent]) -> None:
        for logged in events:
            event = logged.event
            if (
                isinstance(event, kind)
                and logged.seq > after_seq
                and all(getattr(event, name) == value for name, value in fields.items())
            ):
                found.put_nowait(event)

    stop_looking = session.subscribe(look)
    try:
        look(await session.events())
        return await found.get()
    finally:
        stop_looking()


async def events_of(session: LiveSession, kind: type[E]) -> list[E]:
    """Returns the session's events of this kind, in order."""
    return [logged.event for logged in await session.events() if isinstance(logged.event, kind)]
