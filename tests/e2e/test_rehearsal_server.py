"""The model server seen by the real CLI: what it takes for granted, and what it bears."""

from __future__ import annotations

import pytest

from maos_desktop.model.event import RetryNoticed
from maos_desktop.model.session import SessionState
from maos_desktop.rehearsal.answer import Answer
from maos_desktop.rehearsal.conversation import Conversation
from maos_desktop.rehearsal.scripted import call, cut, failing, say
from tests.e2e.conftest import Stage, events_of, plan_of, report_of

pytestmark = pytest.mark.e2e

ONE = plan_of({"id": "a", "role": "analyst"})


async def test_that_the_cli_asks_for_nothing_but_the_agents_work(stage: Stage) -> None:
    session = await stage.run(
        {"planner": [ONE], "analyst-1": [say("I look.", call("Glob", pattern="*")), say("Done.")]}
    )

    assert session.state is SessionState.DONE
    assert [request.agent for request in stage.log] == ["planner", "analyst-1", "analyst-1", "synthesis"]
    assert {request.body["model"] for request in stage.log} == {"rehearsal"}


async def test_that_no_other_provider_and_no_proxy_stands_between(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ANTHROPIC_BASE_URL"):
        monkeypatch.setenv(name, nowhere)
    for name in ("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    session = await stage.run({"planner": [ONE], "analyst-1": [say("Done.")]})

    assert session.state is SessionState.DONE


async def test_that_parallel_calls_come_back_with_all_their_results(stage: Stage) -> None:
    calls = [call("Read", file_path=str(stage.project / f"file{n}.py")) for n in range(4)]

    def count(conversation: Conversation) -> Answer:
        return say(" ".join(outcome.text.split()[3] for outcome in conversation.outcomes))

    session = await stage.run({"planner": [ONE], "analyst-1": [say("I read.", *calls), count]})

    assert await report_of(session, "a") == "0 1 2 3"
    assert len(stage.log.of("analyst-1")[1].conversation.outcomes) == 4


async def test_that_an_overloaded_answer_is_asked_for_again(stage: Stage) -> None:
    session = await stage.run({"planner": [ONE], "analyst-1": [failing(529), say("Done.")]})

    assert await report_of(session, "a") == "Done."
    (retry,) = await events_of(session, RetryNoticed)
    assert retry.status == 529


async def test_that_an_answer_that_breaks_off_is_asked_for_again(stage: Stage) -> None:
    session = await stage.run({"planner": [ONE], "analyst-1": [cut(say("One two three four"), after=3), say("Done.")]})

    assert session.state is SessionState.DONE
    assert (await report_of(session, "a")).endswith("Done.")
