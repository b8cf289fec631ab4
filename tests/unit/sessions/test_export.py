"""A session as a file: for people, and for programs."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from maos_desktop.errors import BadRequestError
from maos_desktop.model.event import LoggedEvent, OutputAppended, SessionEvent, ToolFinished, ToolStarted
from maos_desktop.model.ids import AgentId
from maos_desktop.model.session import Backend, SessionSettings, SessionSummary
from maos_desktop.sessions.export import check_export_path, export_session, session_document
from maos_desktop.sessions.manager import SessionManager
from maos_desktop.sessions.markdown import session_markdown
from tests.scripted_executor import Ending, ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import REPORT

SECRET = "sk-" + "ant-api03-" + "A1b2" * 8
Saved = tuple[SessionSummary, list[LoggedEvent]]


async def finds(agent: ScriptedProcess) -> Ending:
    await agent.say("# My heading\n\nI look for `keys`.")
    await agent.use("Grep", "config.py:3: key\n```\nfence", pattern="key")
    await agent.call("announce_discovery", text="config.py:3 holds | a key")
    return "One key."


@pytest.fixture
async def saved(manager: SessionManager, settings: SessionSettings, executor: ScriptedExecutor) -> Saved:
    """A finished session and its events."""
    executor.scripts["security-1"] = finds
    session = await manager.create(settings.model_copy(update={"auto_approve": True}))
    await session.start()
    await session.wait_finished()
    [summary] = await manager.list_sessions()
    return summary, list(await session.events())


def with_event(saved: Saved, event: SessionEvent) -> Saved:
    summary, events = saved
    last = events[-1]
    return summary, [*events, last.model_copy(update={"seq": last.seq + 1, "event": event})]


def test_that_the_json_export_holds_every_event_as_stored(saved: Saved, tmp_path: Path) -> None:
    summary, events = saved
    path = tmp_path / "session.json"
    export_session(path, summary, events)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["format"], document["version"]) == ("maos-session", 1)
    assert SessionSummary.model_validate(document["summary"]) == summary
    assert [LoggedEvent.model_validate(event) for event in document["events"]] == events
    assert document == session_document(summary, events)


def test_that_the_markdown_export_tells_the_whole_session(saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "session.md"
    export_session(path, *saved)
    text = path.read_text(encoding="utf-8")
    for part in ("## Request", "## Plan", "## Agents", "### security-1 – Look for secrets", "## Timeline", "## Report"):
        assert f"\n{part}\n" in text
    assert "> Review this project" in text
    assert "| t3 | tester-1 | t1, t2 | Test it |" in text
    assert str(REPORT["summary"]) in text
    assert "*high confidence, from security-1 (t2)*" in text
    assert "- Take the key out" in text


def test_that_what_agents_write_cannot_break_the_document(saved: Saved) -> None:
    text = session_markdown(*saved)
    assert "\n# My heading" not in text
    assert "> # My heading" in text
    assert "````\nconfig.py:3: key\n```\nfence\n````" in text
    [row] = [line for line in text.splitlines() if line.startswith("| ") and "holds" in line]
    assert "holds \\| a key" in row


def test_that_a_message_stands_on_the_timeline_with_its_state(saved: Saved) -> None:
    [row] = [line for line in session_markdown(*saved).splitlines() if line.startswith("| ") and "holds" in line]
    cells = [cell.strip() for cell in row.split(" | ")]
    assert (cells[1], cells[3]) == ("security-1", "discovery")
    assert cells[-1].rstrip(" |") in {"queued", "delivered", "read", "acknowledged"}


def test_that_a_rehearsal_is_called_one(saved: Saved) -> None:
    summary, events = saved
    settings = summary.settings.model_copy(update={"backend": Backend.REHEARSAL})
    rehearsed = summary.model_copy(update={"settings": settings})
    assert "**Rehearsal: no language model is involved.**" in session_markdown(rehearsed, events)
    assert "Rehearsal" not in session_markdown(summary, events)


@pytest.mark.parametrize("name", ["session.md", "session.json"])
def test_that_secrets_do_not_leave(saved: Saved, tmp_path: Path, name: str) -> None:
    said = OutputAppended(
        agent_id=AgentId("tester-1"), block=99, block_kind="text", text=f"The key is {SECRET}.", closed=True
    )
    key = "-----BEGIN RSA PRIVATE " + "KEY-----\nabc"
    called = ToolStarted(agent_id=AgentId("tester-1"), tool_use_id="x", tool="Bash", input={"command": [key, SECRET]})
    session = with_event(with_event(saved, said), called)
    path = tmp_path / name
    export_session(path, *session)
    text = path.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "[secret removed]" in text
    if name.endswith(".json"):
        assert len(json.loads(text)["events"]) == len(session[1])


def test_that_long_tool_output_is_cut_in_markdown(saved: Saved) -> None:
    called = ToolStarted(agent_id=AgentId("tester-1"), tool_use_id="x", tool="Read", input={"file_path": "a"})
    returned = ToolFinished(agent_id=AgentId("tester-1"), tool_use_id="x", output="long " * 10_000)
    text = session_markdown(*with_event(with_event(saved, called), returned))
    assert "[… 46000 characters left out …]" in text


@pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")
def test_that_only_the_owner_can_read_an_export(saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "session.md"
    path.write_text("before")
    path.chmod(0o644)
    export_session(path, *saved)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_that_a_failed_export_leaves_the_old_file_and_no_other(saved: Saved, tmp_path: Path) -> None:
    taken = tmp_path / "taken.md"
    taken.mkdir()
    with pytest.raises(BadRequestError, match="could not be written") as raised:
        export_session(taken, *saved)
    assert raised.value.next_step
    with pytest.raises(BadRequestError, match="could not be written"):
        export_session(tmp_path / "missing" / "session.md", *saved)
    assert list(tmp_path.glob(".*")) == []
    assert taken.is_dir()


@pytest.mark.parametrize("name", ["session", "session.txt", "md", ".md.bak"])
def test_that_another_kind_of_file_is_refused(name: str) -> None:
    with pytest.raises(BadRequestError, match="neither in"):
        check_export_path(Path(name))


def test_that_a_session_without_a_plan_can_be_exported(settings: SessionSettings, saved: Saved) -> None:
    summary, events = saved
    assert "## Plan" not in session_markdown(summary, events[:1])
