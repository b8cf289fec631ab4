"""What a person at the terminal decides, and what is decided where nobody is."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from maos_desktop.cli.console import Console
from maos_desktop.cli.decisions import NOBODY_TO_ASK, AtTerminal, Unattended
from maos_desktop.cli.keyboard import Keyboard
from maos_desktop.model.event import (
    PermissionDecided,
    PermissionRequested,
    PlanDecided,
    PlanProposed,
    PlanRefused,
    PlanRequested,
    TaskCompleted,
)
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import SessionSettings, SessionState
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager
from tests.scripted_executor import Ending, ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import PLAN, always, events_of, until
from tests.unit.cli.conftest import Screen, Typist

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX terminals")

WITHDRAWN = PermissionRequested(
    agent_id=AgentId("analyst-1"), request_id="gone", tool="Bash", input={}, input_sha256="0"
)

UsePlanEditor = Callable[[str], None]


@pytest.fixture
async def session(manager: SessionManager, settings: SessionSettings) -> LiveSession:
    return await manager.create(settings)


@pytest.fixture
async def person(session: LiveSession, typist: Typist, console: Console) -> AtTerminal:
    keyboard = Keyboard(typist.descriptor, console, asyncio.Event())
    return AtTerminal(session, keyboard, console, approve_plans=False, show_plans=True)


@pytest.fixture
def edit_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UsePlanEditor:
    """Makes a Python expression over ``text`` the user's editor."""

    def use(expression: str) -> None:
        program = tmp_path / "editor.py"
        program.write_text(
            "import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n"
            f"text = path.read_text()\npath.write_text({expression})\n"
        )
        monkeypatch.setenv("VISUAL", f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}")

    return use


async def asked_about_plan(session: LiveSession, person: AtTerminal) -> bool:
    await session.start()
    proposed = await until(session, PlanProposed)
    return await person.about_plan(proposed.plan, "", "")


async def test_that_a_plan_is_approved_by_a_word(
    session: LiveSession, person: AtTerminal, typist: Typist, screen: Screen
) -> None:
    typist.type("a")
    assert await asked_about_plan(session, person)
    assert await session.wait_finished() is SessionState.DONE
    [decided] = await events_of(session, PlanDecided)
    assert (decided.decision, decided.edited) == ("approved", False)
    assert "Look for secrets" in screen.getvalue()
    assert "Search." in screen.getvalue()


async def test_that_an_answer_that_is_none_is_asked_for_again(
    session: LiveSession, person: AtTerminal, typist: Typist, screen: Screen
) -> None:
    typist.type("", "perhaps", "r")
    assert await asked_about_plan(session, person)
    assert await session.wait_finished() is SessionState.REJECTED
    assert screen.getvalue().count("Approve this plan?") == 3


async def test_that_another_plan_is_asked_for_with_a_comment(
    session: LiveSession, person: AtTerminal, typist: Typist
) -> None:
    typist.type("c", "Only two agents")
    assert await asked_about_plan(session, person)
    asked = await until(session, PlanRequested, comment="Only two agents")
    assert asked.comment == "Only two agents"
    await session.stop()


async def test_that_an_edited_plan_is_what_is_approved(
    session: LiveSession, person: AtTerminal, typist: Typist, edit_with: UsePlanEditor, screen: Screen
) -> None:
    edit_with('text.replace("Search.", "Search twice.")')
    typist.type("e", "a")
    assert await asked_about_plan(session, person)
    await session.wait_finished()
    [decided] = await events_of(session, PlanDecided)
    assert decided.edited
    assert decided.plan is not None
    assert decided.plan.subtasks[1].instructions == "Search twice."
    assert "Search twice." in screen.getvalue()


async def test_that_an_edited_text_that_is_no_plan_cannot_be_approved(
    session: LiveSession, person: AtTerminal, typist: Typist, edit_with: UsePlanEditor, screen: Screen
) -> None:
    edit_with("""text.replace('"t1",', '"t9",', 1) if '"t9"' not in text else text.replace('"t9",', '"t1",', 1)""")
    typist.type("e", "a", "e", "a")
    assert await asked_about_plan(session, person)
    assert await session.wait_finished() is SessionState.DONE
    assert "depends on “t1”, which does not exist" in screen.getvalue()
    assert "There is no plan." in screen.getvalue()
    [decided] = await events_of(session, PlanDecided)
    assert not decided.edited


async def test_that_an_editor_that_does_not_start_keeps_the_plan(
    session: LiveSession, person: AtTerminal, typist: Typist, monkeypatch: pytest.MonkeyPatch, screen: Screen
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    typist.type("e", "a")
    assert await asked_about_plan(session, person)
    assert await session.wait_finished() is SessionState.DONE
    assert "/no/such/editor" in screen.getvalue()


async def test_that_a_plan_can_be_written_by_hand_when_none_was_valid(
    session: LiveSession,
    person: AtTerminal,
    typist: Typist,
    executor: ScriptedExecutor,
    edit_with: UsePlanEditor,
    screen: Screen,
) -> None:
    executor.scripts["planner"] = always({**PLAN, "goal": ""})
    edit_with("""text.replace('"goal": ""', '"goal": "Find it"')""")
    await session.start()
    refused = await until(session, PlanRefused, final=True)
    typist.type("a", "e", "a")
    assert await person.about_plan(None, refused.reason, refused.raw)
    assert await session.wait_finished() is SessionState.DONE
    assert refused.reason in screen.getvalue()


async def test_that_no_answer_decides_nothing(session: LiveSession, person: AtTerminal, typist: Typist) -> None:
    typist.end_input()
    assert not await asked_about_plan(session, person)
    assert session.state is SessionState.AWAITING_APPROVAL
    await session.stop()


async def test_that_no_answer_to_what_should_be_different_decides_nothing(
    session: LiveSession, person: AtTerminal, typist: Typist
) -> None:
    typist.type("c")
    typist.end_input()
    assert not await asked_about_plan(session, person)
    await session.stop()


# --- permissions ---


async def wants_to_clean(agent: ScriptedProcess) -> Ending:
    answer = await agent.ask_permission("Bash", command="rm -rf build\x1b[2J\necho \u202edone")
    return f"allowed={answer.allowed}: {answer.message}"


async def asked_for_permission(
    session: LiveSession, about: Callable[[PermissionRequested], Awaitable[bool]]
) -> dict[str, str]:
    """Answers the one question and returns the reports."""
    await session.start()
    await until(session, PlanProposed)
    await session.approve()
    assert await about(await until(session, PermissionRequested))
    await session.wait_finished()
    return {done.agent_id: done.report for done in await events_of(session, TaskCompleted)}


@pytest.mark.parametrize(("typed", "allowed"), [("y", True), ("YES", True), ("n", False), ("", False), ("sure", False)])
async def test_that_only_a_clear_yes_allows(
    session: LiveSession,
    person: AtTerminal,
    typist: Typist,
    screen: Screen,
    executor: ScriptedExecutor,
    typed: str,
    allowed: bool,
) -> None:
    executor.scripts["analyst-1"] = wants_to_clean

    async def type_when_asked(request: PermissionRequested) -> bool:
        answering = asyncio.create_task(person.about_permission(request))
        while "[y/N]" not in screen.getvalue():  # noqa: ASYNC110
            await asyncio.sleep(0)
        typist.type(typed)
        return await answering

    reports = await asked_for_permission(session, type_when_asked)
    assert reports["analyst-1"].startswith(f"allowed={allowed}")


async def test_that_the_exact_command_is_shown_with_its_hidden_characters(
    session: LiveSession, person: AtTerminal, screen: Screen, executor: ScriptedExecutor, typist: Typist
) -> None:
    executor.scripts["analyst-1"] = wants_to_clean

    async def leave(request: PermissionRequested) -> bool:
        typing = asyncio.get_running_loop().call_later(0.05, typist.end_input)
        answered = await person.about_permission(request)
        typing.cancel()
        assert not answered
        await session.stop()
        return True

    await asked_for_permission(session, leave)
    shown = screen.getvalue()
    assert "analyst-1 asks to use Bash:\n  command: rm -rf build⟨U+001B⟩[2J\n  | echo ⟨U+202E⟩done\n" in shown
    assert "The agent says about it: “harmless”" in shown
    assert "\x1b" not in shown


async def test_that_a_question_that_was_withdrawn_is_said(
    session: LiveSession, person: AtTerminal, screen: Screen, typist: Typist
) -> None:
    await session.start()
    await until(session, PlanProposed)
    answering = asyncio.create_task(person.about_permission(WITHDRAWN))
    while "[y/N]" not in screen.getvalue():  # noqa: ASYNC110
        await asyncio.sleep(0)
    typist.type("y")
    assert await answering
    assert "no longer open" in screen.getvalue()
    await session.stop()


# --- nobody at the terminal ---


async def test_that_without_a_person_permission_is_denied_and_says_why(
    session: LiveSession, executor: ScriptedExecutor
) -> None:
    executor.scripts["analyst-1"] = wants_to_clean
    reports = await asked_for_permission(session, Unattended(session).about_permission)
    assert reports["analyst-1"] == f"allowed=False: {NOBODY_TO_ASK}"
    [decided] = await events_of(session, PermissionDecided)
    assert not decided.allowed


async def test_that_without_a_person_a_question_that_was_withdrawn_is_no_mistake(session: LiveSession) -> None:
    await session.start()
    await until(session, PlanProposed)
    assert await Unattended(session).about_permission(WITHDRAWN)
    await session.stop()


async def test_that_without_a_person_what_is_no_plan_is_rejected(
    session: LiveSession, executor: ScriptedExecutor
) -> None:
    executor.scripts["planner"] = always({**PLAN, "subtasks": []})
    await session.start()
    refused = await until(session, PlanRefused, final=True)
    assert await Unattended(session).about_plan(None, refused.reason, refused.raw)
    assert await session.wait_finished() is SessionState.REJECTED
