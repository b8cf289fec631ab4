"""Who decides about plans and permissions: the person at the terminal, or nobody."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from pydantic import ValidationError

from maos_desktop.cli.console import Console, Style
from maos_desktop.cli.editor import edit
from maos_desktop.cli.keyboard import Keyboard
from maos_desktop.cli.plan_text import plan_lines
from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import PermissionRequested
from maos_desktop.model.plan import Plan
from maos_desktop.model.untrusted_text import revealed, visible
from maos_desktop.sessions.live_session import LiveSession

NOBODY_TO_ASK = "Nobody could be asked: the run is not attended at a terminal."


class Decisions(Protocol):
    """Answers what a session asks of its user."""

    async def about_plan(self, plan: Plan | None, refusal: str, raw: str) -> bool:
        """Decides; ``plan`` is ``None`` when what came back (``raw``) was none. ``False``: no answer will come."""

    async def about_permission(self, request: PermissionRequested) -> bool:
        """Decides. ``False``: no answer will come."""


class Unattended:
    """Approves every plan (rejects what is none), which the user has agreed to before, and denies every permission."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session

    async def about_plan(self, plan: Plan | None, refusal: str, raw: str) -> bool:
        await (self._session.reject() if plan is None else self._session.approve())
        return True

    async def about_permission(self, request: PermissionRequested) -> bool:
        with suppress(BadRequestError):  # the agent has ended and waits no more
            await self._session.decide_permission(request.request_id, request.input_sha256, False, NOBODY_TO_ASK)
        return True


class AtTerminal:
    """Shows what is to be decided and takes the answer from the keyboard."""

    def __init__(
        self, session: LiveSession, keyboard: Keyboard, console: Console, *, approve_plans: bool, show_plans: bool
    ) -> None:
        """``show_plans`` where the progress lines do not show them already."""
        self._session = session
        self._keyboard = keyboard
        self._console = console
        self._approve_plans = approve_plans
        self._show_plans = show_plans

    # --- the plan ---

    async def about_plan(self, plan: Plan | None, refusal: str, raw: str) -> bool:
        if self._approve_plans and plan is not None:
            await self._session.approve()
            return True
        proposed, text = plan, plan.model_dump_json(indent=2, exclude_none=True) if plan is not None else raw
        if plan is None:
            self._console.write(["", self._console.styled(visible(refusal), Style.YELLOW)])
        elif self._show_plans:
            self._show(plan)
        while True:
            answer = await self._keyboard.ask(_question(plan is not None))
            match answer.lower() if answer is not None else None:
                case None:
                    return False
                case "a" | "approve" | "y" | "yes" if plan is not None:
                    await self._session.approve(None if plan == proposed else plan)
                    return True
                case "e" | "edit":
                    plan, text = await self._edit(plan, text)
                case "c" | "comment":
                    return await self._ask_again()
                case "r" | "reject" | "n" | "no":
                    await self._session.reject()
                    return True

    async def _ask_again(self) -> bool:
        comment = await self._keyboard.ask("What should be different? ")
        if comment is None:
            return False
        await self._session.ask_again(comment)
        return True

    async def _edit(self, plan: Plan | None, text: str) -> tuple[Plan | None, str]:
        """Returns the plan as edited and its text; a text that is no plan is kept for the next try."""
        try:
            text = await edit(text, suffix=".json")
            plan = Plan.model_validate_json(text)
        except BadRequestError as error:
            self._console.write([str(error), error.next_step])
        except ValidationError as error:
            self._console.write(["This is not a valid plan yet:", *_problems(error), "Edit it again to correct it."])
            return None, text
        else:
            self._show(plan)
        return plan, text

    def _show(self, plan: Plan) -> None:
        self._console.write(["", *plan_lines(plan, self._console, instructions=True), ""])

    # --- permissions ---

    async def about_permission(self, request: PermissionRequested) -> bool:
        self._console.write(_permission_lines(request, self._console))
        answer = await self._keyboard.ask("Allow this once? [y/N] ", fresh=True)
        if answer is None:
            return False
        allowed = answer.lower() in {"y", "yes"}
        message = "" if allowed else "The user denied it."
        try:
            await self._session.decide_permission(request.request_id, request.input_sha256, allowed, message)
        except BadRequestError as error:  # the agent did not wait for the answer
            self._console.line(str(error))
        return True


def _question(has_plan: bool) -> str:
    approve = "Approve this plan? [a]pprove, " if has_plan else "There is no plan. "
    return f"{approve}[e]dit, [c]omment and get another one, [r]eject: "


def _permission_lines(request: PermissionRequested, console: Console) -> Iterable[str]:
    yield ""
    yield console.styled(f"{request.agent_id} asks to use {revealed(request.tool)}:", Style.BOLD, Style.YELLOW)
    for name, value in request.input.items():
        first, *rest = revealed(str(value)).split("\n")
        yield f"  {revealed(name)}: {first}"
        yield from (f"  | {line}" for line in rest)
    if request.description:
        yield console.styled(f"  The agent says about it: “{visible(request.description)}”", Style.DIM)


def _problems(error: ValidationError) -> Iterable[str]:
    for problem in error.errors(include_url=False):
        place = ".".join(str(part) for part in problem["loc"])
        text = problem["msg"].removeprefix("Value error, ")
        yield f"- {place}: {text}" if place else f"- {text}"
