"""The rules at work with the real CLI: what they say is what stands in the folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from maos_desktop.model.event import MessageDelivered, MessageSent, NoticeRaised, ToolFinished, TurnFinished
from maos_desktop.model.fold import SessionFold
from maos_desktop.model.ids import USER, AgentId
from maos_desktop.model.message import MessageType
from maos_desktop.model.plan import Role
from maos_desktop.model.report import Report
from maos_desktop.model.session import SessionState
from maos_desktop.paths import resources_folder
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.scripted import call, held
from maos_desktop.sessions.live_session import LiveSession
from tests.e2e.conftest import Stage, events_of, fold_of, plan_of, report_of

pytestmark = pytest.mark.e2e

REQUEST = "Review this project: find bugs, security problems and missing tests, and say what to fix first"
QUOTED_PLACE = re.compile(r"`([^`\s:]+):(\d+)` (`{1,2}) ?(.+?) ?\3(?: |$)", re.MULTILINE)
SCRIPTS = {
    "package.json": '{\n  "dependencies": {\n    "left-pad": "1"\n  }\n}\n',
    "src/run.js": (
        "const cp = require('child_process');\n\nfunction run(text) {\n  // FIXME: quote\n  return eval(text);\n}\n"
    ),
    "src/page.ts": (
        "import { run } from './run';\nexport function show(x: string) {\n  document.body.innerHTML = x;\n}\n"
    ),
    "test/run.test.js": "it.skip('runs', () => {});\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


async def reported(session: LiveSession) -> tuple[Report, SessionFold]:
    fold = await fold_of(session)
    assert session.state is SessionState.DONE
    assert fold.report is not None
    return fold.report, fold


def quoted_places(text: str) -> list[tuple[str, int, str]]:
    return [(path, int(line), quoted) for path, line, _, quoted in QUOTED_PLACE.findall(text)]


def stands_there(folder: Path, path: str, line: int, quoted: str) -> bool:
    """Whether the line begins as quoted; long lines are cut and secrets hidden, both at an ellipsis."""
    text = " ".join((folder / path).read_text().splitlines()[line - 1].split())
    return text.startswith(quoted.partition("…")[0])


@pytest.mark.slow
async def test_that_every_place_the_rules_name_is_real(stage: Stage) -> None:
    shutil.rmtree(stage.project)
    shutil.copytree(resources_folder() / "sample_project", stage.project)
    report, fold = await reported(await stage.run({}, request=REQUEST))

    assert report.summary.startswith(NOTICE)
    assert {task.state for task in fold.tasks.values()} == {"done"}
    everything = "\n".join([*(task.report for task in fold.tasks.values()), *(f.detail for f in report.findings)])
    places = quoted_places(everything)
    assert len(places) > 20
    assert [place for place in places if not stands_there(stage.project, *place)] == []
    assert any("shop/config.py:5" in finding.title for finding in report.findings)
    assert "K7MDENG" not in everything
    assert {s.agent_id for f in report.findings for s in f.sources} <= set(fold.agents)


@pytest.mark.slow
async def test_that_another_folder_makes_another_report(stage: Stage) -> None:
    write(stage.project, SCRIPTS)
    report, fold = await reported(await stage.run({}, request=REQUEST))
    details = "\n".join(finding.title + "\n" + finding.detail for finding in report.findings)

    assert "src/run.js:5" in details
    assert "src/page.ts:3" in details
    assert "src/run.js:4" in details
    assert "test/run.test.js:1" in details
    assert ".py" not in details
    assert "JavaScript files: 2" in "\n".join(task.report for task in fold.tasks.values())


@pytest.mark.slow
async def test_that_the_team_of_a_rehearsal_really_talks_and_costs_nothing(stage: Stage) -> None:
    write(stage.project, SCRIPTS)
    session = await stage.run({}, request=REQUEST)

    sent = [event.message for event in await events_of(session, MessageSent)]
    delivered = {m for event in await events_of(session, MessageDelivered) for m in event.message_ids}
    discoveries = [message for message in sent if message.type is MessageType.DISCOVERY]
    assert {message.sender for message in discoveries} >= {"security-1", "tester-1"}
    assert delivered
    turns = await events_of(session, TurnFinished)
    assert {turn.cost_usd for turn in turns} == {None}
    assert all(turn.usage.input_tokens > 0 for turn in turns)
    assert [notice for notice in await events_of(session, NoticeRaised) if notice.level == "error"] == []


@pytest.mark.slow
async def test_that_every_role_asks_the_real_tools_in_words_they_understand(stage: Stage) -> None:
    write(stage.project, SCRIPTS | {"loop.py": "for a in b:\n    open(a)\n", "requirements.txt": "requests\n"})
    subtasks = [{"id": role.value, "role": role.value} for role in Role]
    session = await stage.run({"planner": [plan_of(*subtasks)]}, request="Look at `run`", max_agents=4)
    _, fold = await reported(session)

    tools = [event for event in await events_of(session, ToolFinished) if event.is_error]
    assert [event.output for event in tools if "not a git repository" not in event.output] == []
    for task in fold.tasks.values():
        assert "src/run.js:3" in task.report


async def test_that_the_user_is_heard_by_an_agent_of_the_rules(stage: Stage) -> None:
    write(stage.project, SCRIPTS)
    told = stage.when(lambda event: isinstance(event, MessageSent) and event.message.sender == USER)
    manager = await stage.open(
        {
            "planner": [plan_of({"id": "a", "role": "tester"})],
            "tester-1": [held(told, call("Read", file_path=str(stage.project / "package.json")))],
        }
    )
    session = await stage.start(manager)
    await stage.log.wait_for(lambda request: request.agent == "tester-1")
    await session.send_message(AgentId("tester-1"), "What is at src/run.js:5?")
    await session.wait_finished()

    report = await report_of(session, "a")
    assert "“What is at src/run.js:5?” – At `src/run.js:5`: I read there: `return eval(text);`." in report
