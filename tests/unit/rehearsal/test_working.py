"""An agent's whole work: it begins, goes on wherever its conversation was cut, and ends."""

from __future__ import annotations

import pytest

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.answer import Answer, Call
from maos_desktop.rehearsal.inquiry import MAX_CALLS
from maos_desktop.rehearsal.reports import NOTICE
from tests.unit.rehearsal.bodies import assistant, frame, task, tool_use, user
from tests.unit.rehearsal.folder_cli import FolderCli, investigate

FILES = {
    "README.md": "# Shop\n",
    "requirements.txt": "requests\nflask>=2\n",
    "shop/app.py": (
        "import requests\n\ndef main():\n    for a in b:\n        requests.get(a)\n\n\n"
        "if __name__ == '__main__':\n    main()\n"
    ),
    "shop/db.py": (
        "import os\n\ndef q(x):\n    # TODO: escape\n"
        "    try:\n        return eval(x)\n    except Exception:\n        pass\n"
    ),
    "tests/test_app.py": "def test_main():\n    pass\n",
}
AGAIN = (
    "# Continue your task\nAgent: {role}-1\nRole: {role}\nTask: t1 – Look\n\n## What happened\nYou were interrupted."
)


def own_calls(cli: FolderCli) -> list[Call]:
    return [call for call in cli.calls if not call.tool.startswith("mcp__")]


@pytest.mark.parametrize("role", list(Role))
def test_that_every_role_works_and_reports(role: Role) -> None:
    cli = investigate(role, FILES)

    assert 4 <= len(own_calls(cli)) <= 14
    assert cli.report.startswith(f"# {role.capitalize()}: Look\n\n{NOTICE}")
    assert "## Not done" not in cli.report
    assert cli.calls_of("record_fact")


@pytest.mark.parametrize("role", list(Role))
def test_that_no_call_is_made_twice(role: Role) -> None:
    keys = [call.key for call in investigate(role, FILES).calls]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("role", list(Role))
def test_that_every_role_says_so_in_an_empty_folder(role: Role) -> None:
    cli = investigate(role, {})

    assert "`" not in cli.report.partition("## Findings")[2].partition("## ")[0] or role is Role.DOCUMENTER
    assert cli.calls_of("announce_discovery") == [] or role is Role.DOCUMENTER


@pytest.mark.parametrize("role", list(Role))
def test_that_nothing_is_named_that_no_tool_showed(role: Role) -> None:
    one = investigate(role, FILES).report
    other = investigate(role, {f"lib/{name}": text for name, text in FILES.items()}).report

    assert "lib/" not in one
    assert one != other


@pytest.mark.parametrize("role", list(Role))
def test_that_no_tool_but_those_offered_is_called(role: Role) -> None:
    cli = investigate(role, FILES, tools=("Read",))

    assert {call.tool for call in cli.calls} <= {"Read"}
    assert "is not offered to this agent" in cli.report


@pytest.mark.parametrize("role", list(Role))
def test_that_a_denied_permission_is_reported_and_not_fatal(role: Role) -> None:
    cli = investigate(role, FILES, denied=("Grep", "Read"))

    assert "The user said no." in cli.report.partition("## Not done")[2]


@pytest.mark.parametrize("role", list(Role))
def test_that_commands_only_read(role: Role) -> None:
    commands = [str(call["command"]) for call in investigate(role, FILES).calls_of("Bash")]

    assert all(command.startswith("git log ") for command in commands)


def test_that_the_first_words_say_that_no_model_is_involved() -> None:
    cli = investigate("tester", FILES)

    assert cli.said[0].startswith(f"{NOTICE} I am tester-1.")
    assert all(NOTICE not in text for text in cli.said[1:-1])


def test_that_an_unknown_role_works_like_an_analyst() -> None:
    cli = FolderCli(FILES, task("philosopher")).run()

    assert "Lines of source" in cli.report


def test_that_the_words_of_the_task_in_back_ticks_are_looked_for() -> None:
    report = investigate(
        "tester", FILES, request="Why does `requests.get` hang, and where is `nothing_like_it`?"
    ).report

    assert "`shop/app.py:5` `requests.get(a)`" in report
    assert "The task names `nothing_like_it`; no source file holds it." in report


@pytest.mark.parametrize("steps", range(1, 9))
def test_that_an_agent_goes_on_wherever_it_was_cut(steps: int) -> None:
    whole = investigate("reviewer", FILES)
    cli = FolderCli(FILES, task("reviewer"))
    for _ in range(steps):
        if cli.step().stop_reason == "end_turn":
            break
    cli.tell(AGAIN.format(role="reviewer"))

    assert cli.report.split("## How")[0] == whole.report.split("## How")[0]
    keys = [call.key for call in cli.calls]
    assert len(keys) == len(set(keys))


def test_that_a_call_that_was_cut_off_is_made_again() -> None:
    cli = FolderCli(FILES, task("tester"))
    cli.messages.append(assistant(tool_use("Grep", "lost", pattern="^")))
    cli.tell(AGAIN.format(role="tester"))

    assert "Test files: 1" in cli.report


def test_that_an_agent_whose_conversation_is_lost_begins_anew() -> None:
    cli = FolderCli(FILES, AGAIN.format(role="tester")).run()

    assert cli.report.startswith("# Tester: Look")
    assert "Tests: 1" in cli.report


def test_that_a_message_after_the_report_leads_to_the_whole_report_again() -> None:
    cli = investigate("tester", FILES)
    before = cli.report
    told = frame("m9", "security-1", "Look at `shop/db.py:6`", type="discovery")
    cli.tell(f"Stop hook feedback:\n{told}")

    assert cli.report.startswith(before.split("## How")[0].rstrip())
    assert "security-1 (m9, discovery)" in cli.report
    assert cli.calls_of("acknowledge") == [{"message_ids": ["m9"]}]


def test_that_the_report_is_a_block_of_its_own() -> None:
    cli = investigate("tester", FILES)
    cli.messages.append(user(frame("m9", "user", "Thanks")))
    answers = [cli.step() for _ in range(2)]
    last: Answer = answers[-1]

    assert last.stop_reason == "end_turn"
    assert cli.report.startswith("# Tester")
    assert sum("You wrote (m9)" in text for text in cli.said[-3:-1]) == 1


def test_that_a_word_of_the_app_alone_makes_the_agent_go_on() -> None:
    cli = FolderCli(FILES, task("tester"))
    cli.step()
    cli.tell("Go on with your task.")

    assert cli.report.startswith("# Tester")
    assert "Go on with your task" not in cli.report


def test_that_no_agent_works_for_ever() -> None:
    told = [frame(f"m{n}", "x-1", f"Who calls `word{n}`?", type="request") for n in range(3 * MAX_CALLS)]
    cli = FolderCli(FILES, task("tester"), after_call=lambda _: told.pop() if told else None).run()

    assert len(cli.calls) <= MAX_CALLS + 2
    assert "enough for one task" in cli.report
