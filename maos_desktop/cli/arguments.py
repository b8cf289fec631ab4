"""The command line."""

from __future__ import annotations

import argparse

import maos_desktop
from maos_desktop.model.plan import Mode

MOST_AGENTS = 16


def parser() -> argparse.ArgumentParser:
    """Returns the parser; ``command`` of what it parses is ``None`` for the window."""
    top = argparse.ArgumentParser(
        prog="maos-desktop",
        description="Several Claude agents work on one request together. Without a command: opens the window.",
        epilog="Exit codes: 0 done, 1 the run failed or the plan was rejected, 2 bad usage, 130 cancelled.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {maos_desktop.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_run(commands)
    _add_sessions(commands)
    doctor = commands.add_parser("doctor", help="say what works here and what is missing", allow_abbrev=False)
    doctor.add_argument("--json", action="store_true", help="one JSON document")
    return top


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="work on a request, to the final report", allow_abbrev=False)
    run.add_argument("request", metavar="REQUEST", help="what the agents should do")
    run.add_argument("--project", metavar="DIR", required=True, help="the folder to work in")
    run.add_argument("--rehearsal", action="store_true", help="no account, no cost: no language model is involved")
    run.add_argument("--mode", choices=["auto", *(m.value for m in Mode)], default="auto", help="how tasks are run")
    run.add_argument(
        "--max-agents", metavar="N", type=_agent_count, default=4, help=f"agents at work at once, 1 to {MOST_AGENTS}"
    )
    run.add_argument("--model", metavar="M", help="the Claude model, as the CLI names it")
    run.add_argument(
        "--permissions",
        choices=["ask", "edits"],
        default="ask",
        help="ask before every change (ask), or let agents edit files of the project (edits)",
    )
    _add_following(run)


def _add_sessions(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sessions = commands.add_parser("sessions", help="list, show, export and resume sessions", allow_abbrev=False)
    actions = sessions.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every session, the one changed last first", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="one JSON array")
    show = actions.add_parser("show", help="a session's request, plan, agents and report", allow_abbrev=False)
    show.add_argument("id", metavar="ID")
    show.add_argument("--json", action="store_true", help="one JSON document with every event")
    export = actions.add_parser("export", help="write a session to a file", allow_abbrev=False)
    export.add_argument("id", metavar="ID")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="ends in .md or .json")
    resume = actions.add_parser("resume", help="go on with an interrupted or failed session", allow_abbrev=False)
    resume.add_argument("id", metavar="ID")
    _add_following(resume)


def _add_following(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="approve the plan without asking")
    command.add_argument("--json", action="store_true", help="one event per line on standard output, nothing else")


def _agent_count(text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= MOST_AGENTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_AGENTS}")
    return count
