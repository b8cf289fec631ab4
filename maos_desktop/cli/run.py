"""``run`` and ``sessions resume``: one session on the terminal, from where it stands to its end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from maos_desktop import paths
from maos_desktop.cli.console import Console
from maos_desktop.cli.decisions import AtTerminal, Decisions, Unattended
from maos_desktop.cli.follow import Follower
from maos_desktop.cli.interrupts import CANCELLED, Interrupts
from maos_desktop.cli.keyboard import Keyboard
from maos_desktop.cli.progress import EventLines, NdjsonLines, ProgressLines
from maos_desktop.cli.report_text import cost, duration, failure_lines
from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import LoggedEvent
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import SessionId
from maos_desktop.model.session import Backend, PermissionMode, SessionSettings, SessionState
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.sessions.manager import SessionManager, check_request

OpenManager = Callable[[], Awaitable[SessionManager]]

EXIT_CODES = {
    SessionState.DONE: 0,
    SessionState.FAILED: 1,
    SessionState.REJECTED: 1,
    SessionState.INTERRUPTED: CANCELLED,
}


async def open_sessions() -> SessionManager:
    """Opens this user's sessions. Raises ``StoreError``."""
    return await SessionManager.open(paths.data_folder())


async def run(arguments: argparse.Namespace, open_manager: OpenManager = open_sessions) -> int:
    """Works on a new request; returns the exit code. Raises ``KnownError`` for what cannot be started."""
    settings = settings_of(arguments)
    if not arguments.yes and not _can_ask():
        raise _nobody_to_approve()
    with Interrupts() as interrupts:
        manager = await open_manager()
        try:
            session = await manager.create(settings)
            return await _Terminal(session, arguments, interrupts).run()
        finally:
            await manager.aclose()


async def resume(arguments: argparse.Namespace, open_manager: OpenManager = open_sessions) -> int:
    """Goes on with a session; returns the exit code. Raises ``KnownError`` when it cannot be continued."""
    with Interrupts() as interrupts:
        manager = await open_manager()
        try:
            session = await manager.reopen(SessionId(arguments.id))
            return await _Terminal(session, arguments, interrupts).run()
        finally:
            await manager.aclose()


def settings_of(arguments: argparse.Namespace) -> SessionSettings:
    """Returns the settings of a new session. Raises ``BadRequestError``."""
    check_request(arguments.request)
    if not arguments.project:
        raise BadRequestError("The project folder is empty.", next_step="Name a folder after --project.")
    try:
        return SessionSettings(
            request=arguments.request,
            project_folder=_folder(arguments.project),
            backend=Backend.REHEARSAL if arguments.rehearsal else Backend.CLAUDE,
            mode=arguments.mode,
            max_agents=arguments.max_agents,
            model=arguments.model,
            auto_approve=arguments.yes,
            permission_mode=PermissionMode.ACCEPT_EDITS if arguments.permissions == "edits" else PermissionMode.ASK,
        )
    except ValidationError as error:
        raise BadRequestError(
            "The request is not valid text.", next_step="Write it in UTF-8.", detail=str(error)
        ) from error


def _folder(name: str) -> Path:
    try:
        name.encode()
        return Path(name).expanduser().resolve()
    except (OSError, RuntimeError, UnicodeEncodeError) as error:  # a loop of links, an unknown home, other bytes
        raise BadRequestError(
            f"The project folder {name!r} cannot be used: {error}.", next_step="Choose another folder."
        ) from error


class _Terminal:
    """One session with what the terminal shows of it: events on standard output, questions on standard error."""

    def __init__(self, session: LiveSession, arguments: argparse.Namespace, interrupts: Interrupts) -> None:
        self._session = session
        self._yes: bool = arguments.yes
        self._json: bool = arguments.json
        self._stopping = interrupts.stopping
        self._output = Console(sys.stdout, for_programs=self._json)
        self._notes = Console(sys.stderr)

    async def run(self) -> int:
        before = await self._session.events()
        fold = SessionFold(before)
        is_new = self._session.state is SessionState.PLANNING
        if not (is_new or fold.approved or self._yes or self._session.settings.auto_approve or _can_ask()):
            raise _nobody_to_approve()
        lines = self._lines(() if is_new else before)
        follower = Follower(self._session, lines, self._output, self._decisions(), self._stopping, self._say_stopping)
        begin = self._session.start if is_new else self._session.continue_
        state = await follower.follow(before if is_new else (), begin)
        after = await self._session.events(after_seq=fold.last_seq)
        for logged in after:
            fold.apply(logged)
        began_at = after[0].at if after else fold.last_at
        self._conclude(state, fold, began_at)
        return EXIT_CODES.get(state, 1)

    def _lines(self, before: Sequence[LoggedEvent]) -> EventLines:
        if self._json:
            return NdjsonLines()
        is_asked = not (self._yes or self._session.settings.auto_approve)
        return ProgressLines(self._output, before, plan_instructions=is_asked)

    def _decisions(self) -> Decisions:
        if not _can_ask():
            return Unattended(self._session)
        keyboard = Keyboard(sys.stdin.fileno(), self._notes, self._stopping)
        return AtTerminal(self._session, keyboard, self._notes, approve_plans=self._yes, show_plans=self._json)

    def _say_stopping(self) -> None:
        self._notes.write(
            [
                "Stopping the agents. What they have done is kept; Ctrl+C again ends at once.",
                f"Continue later with: {self._resume_command()}",
            ]
        )

    def _resume_command(self) -> str:
        return f"maos-desktop sessions resume {self._session.id}"

    def _conclude(self, state: SessionState, fold: SessionFold, began_at: datetime | None) -> None:
        """Says how it ended: to people on standard output, beside NDJSON on standard error."""
        console = self._notes if self._json else self._output
        try:
            console.write(self._conclusion(state, fold, console, self._figures(fold, began_at)))
        except BrokenPipeError:  # whoever read has gone, which needs no words
            return

    def _conclusion(self, state: SessionState, fold: SessionFold, console: Console, figures: str) -> list[str]:
        match state:
            case SessionState.DONE:
                return [f"Done{figures}. Show it again: maos-desktop sessions show {self._session.id}"]
            case SessionState.INTERRUPTED:
                done = sum(task.state == "done" for task in fold.tasks.values())
                kept = f"{done} of {len(fold.tasks)} tasks are done, and everything up to here was kept"
                return [f"Stopped{figures}: {kept}.", f"Continue with: {self._resume_command()}"]
            case SessionState.REJECTED:
                return ["The plan was rejected; nothing was run. The session was kept."]
        failure = failure_lines(fold.failure, console) if fold.failure is not None else []
        return [f"Failed{figures}.", *failure, f"Continue with: {self._resume_command()}"]

    def _figures(self, fold: SessionFold, began_at: datetime | None) -> str:
        if began_at is None or fold.last_at is None:
            return ""
        seconds = (fold.last_at - began_at).total_seconds()
        return f" in {duration(seconds)}, {fold.tokens:,} tokens, {cost(fold.cost_usd, self._session.settings)}"


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _nobody_to_approve() -> BadRequestError:
    return BadRequestError(
        "The plan needs your approval, and this is no terminal to ask on.",
        next_step="Add --yes to approve it without being asked.",
    )
