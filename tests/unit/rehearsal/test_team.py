"""How agents of the rehearsal work with each other, each run to its end over a small folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.team import MAX_ANNOUNCEMENTS, MAX_FOLLOWED, ROLE_ORDER
from tests.unit.rehearsal.bodies import frame, task
from tests.unit.rehearsal.folder_cli import FolderCli, investigate

CODE = "\n".join(["import os", "", "", "def load():", "    return 1", ""])
FILES = {
    "shop/config.py": 'API_KEY = "sk-live-0123456789abcdef"\n',
    "shop/orders.py": CODE,
    "shop/app.py": "from shop import config\n",
    "tests/test_orders.py": "from shop import orders\n\ndef test_it():\n    assert orders\n",
}
TEAM = (
    "- analyst-1 (analyst): Map [t1, running]\n- tester-1 (tester): Test [t2, running]\n"
    "- reviewer-1 (reviewer): Review [t9, pending]"
)


def once_after(tool: str, text: str) -> Callable[[Call], str | None]:
    """Hands ``text`` over after the first call of this tool."""
    waiting = [text]
    return lambda call: waiting.pop() if call.tool.endswith(tool) and waiting else None


def team_of(report: str) -> str:
    return report.partition("## From the team")[2].partition("\n## ")[0]


# --- telling ---


def test_that_a_discovery_names_the_place_and_hides_the_secret() -> None:
    (first, *_) = investigate("security", FILES).calls_of("announce_discovery")

    assert first["text"] == 'Secret-like string: `shop/config.py:1` `API_KEY = "sk-l…"`.'
    assert first["importance"] == "high"


def test_that_a_finding_in_a_test_is_less_pressing() -> None:
    (first, *_) = investigate("security", {"tests/test_a.py": FILES["shop/config.py"]}).calls_of("announce_discovery")

    assert first["importance"] == "normal"


def test_that_an_agent_announces_each_discovery_once_and_not_too_many() -> None:
    risky = 'API_KEY = "sk-live-0123456789abcdef"\neval(x)\nhashlib.md5(x)\nDEBUG = True\nq = f"SELECT {x}"\n'
    cli = investigate("security", {"a.py": risky})
    texts = [call["text"] for call in cli.calls_of("announce_discovery")]

    assert len(texts) == len(set(texts)) == MAX_ANNOUNCEMENTS


def test_that_what_a_team_mate_announced_is_not_announced_again() -> None:
    told = frame("m1", "reviewer-1", "A secret in `shop/config.py:1`!", type="discovery")
    cli = investigate("security", FILES, after_call=once_after("Grep", told))

    assert cli.calls_of("announce_discovery") == []


# --- asking ---


def test_that_an_agent_asks_a_team_mate_that_is_at_work_once() -> None:
    cli = investigate("security", FILES, Team=TEAM, replies={"request": "No test names it."})

    (asked,) = cli.calls_of("request")
    assert asked["to"] == "tester-1"
    assert "`shop/config.py:1`" in asked["need"]
    assert asked["timeout_seconds"] == 20
    assert "I asked tester-1" in cli.report
    assert "No test names it." in team_of(cli.report)


@pytest.mark.parametrize(
    "team",
    [
        "",
        "- tester-1 (tester): Test [t2, pending]",
        "- tester-1 (tester): Test [t2, done]",
        "- developer-1 (developer): Change [t2, running]",
    ],
)
def test_that_nobody_is_asked_who_could_not_answer(team: str) -> None:
    sections = {"Team": team} if team else {}

    assert investigate("security", FILES, **sections).calls_of("request") == []


def test_that_a_team_mate_that_was_heard_of_is_at_work() -> None:
    told = frame("m1", "tester-1", "I am here.")
    team = "- tester-1 (tester): Test [t2, pending]"
    cli = investigate("security", FILES, Team=team, after_call=once_after("Grep", told))

    assert [call["to"] for call in cli.calls_of("request")] == ["tester-1"]


def test_that_no_two_roles_ask_each_other() -> None:
    mates = "\n".join(f"- {role}-1 ({role}): Work [t{n}, running]" for n, role in enumerate(Role))
    rank = {role.value: n for n, role in enumerate(ROLE_ORDER)}
    risky = FILES | {"loop.py": "for a in b:\n    open(a)\n", "requirements.txt": "requests\n"}
    for role in Role:
        for asked in investigate(role, risky, Team=mates).calls_of("request"):
            assert rank[asked["to"].removesuffix("-1")] < rank[role]


def test_that_a_reply_in_a_frame_is_quoted_without_it_and_not_heard_twice() -> None:
    reply = frame("m7", "tester-1", "No: `shop/config.py:1` is not tested.", type="response")
    cli = investigate("security", FILES, Team=TEAM, replies={"request": f"Messages from other agents.\n{reply}"})

    assert "– No: `shop/config.py:1` is not tested." in team_of(cli.report)
    assert "<message" not in cli.report
    assert cli.calls_of("acknowledge") == []


def test_that_the_report_of_an_agent_that_ended_is_not_quoted() -> None:
    ended = 'tester-1 has ended its work and will not reply. Its report:\n<report-0123456789ab from="tester-1">\nlong'
    cli = investigate("security", FILES, Team=TEAM, replies={"request": ended})

    assert "will not reply" in cli.report
    assert "<report" not in cli.report


# --- answering ---


def test_that_a_request_is_answered_with_what_was_looked_up_for_it() -> None:
    asked = frame("m4", "security-1", "Does a test cover `shop/orders.py`?", type="request")
    cli = investigate("tester", FILES, after_call=once_after("Grep", asked))

    (reply,) = cli.calls_of("reply")
    assert reply["request_id"] == "m4"
    assert "tests/test_orders.py:1" in reply["text"]
    assert "security-1 asked (m4)" in team_of(cli.report)
    assert cli.calls_of("acknowledge") == []


def test_that_a_request_comes_before_everything_else() -> None:
    asked = frame("m4", "security-1", "Does a test cover `shop/config.py`?", type="request")
    cli = investigate("tester", FILES, after_call=once_after("Grep", asked))
    tools = [call.tool for call in cli.calls]

    assert tools[:3] == ["Grep", "Grep", "mcp__maos__reply"]
    assert cli.calls_of("reply")[0]["text"].startswith("No test names `config`")


def test_that_a_request_about_a_word_is_answered_with_its_places() -> None:
    asked = frame("m4", "security-1", "Who calls `load`?", type="request")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", asked))

    assert "`shop/orders.py:4`" in cli.calls_of("reply")[0]["text"]


def test_that_a_request_about_a_file_that_is_no_source_is_answered_too() -> None:
    asked = frame("m4", "security-1", "Who reads `settings.toml`?", type="request")
    files = FILES | {"shop/read.py": 'open("settings.toml")\n'}
    cli = investigate("performance", files, after_call=once_after("Grep", asked))

    assert "`shop/read.py:1`" in cli.calls_of("reply")[0]["text"]


def test_that_a_vague_request_is_answered_with_what_is_known() -> None:
    asked = frame("m4", "security-1", "How is it going?", type="request")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", asked))

    assert "`shop/orders.py` (5 lines)" in cli.calls_of("reply")[0]["text"]


def test_that_a_request_in_an_empty_folder_is_answered() -> None:
    asked = frame("m4", "security-1", "How is it going?", type="request")
    cli = investigate("analyst", {}, after_call=once_after("Grep", asked))

    assert "no source file in the folder" in cli.calls_of("reply")[0]["text"]


@pytest.mark.parametrize("role", list(Role))
def test_that_every_role_can_answer_for_a_file(role: Role) -> None:
    asked = frame("m4", "user-1", "What about `shop/config.py`?", type="request")
    cli = investigate(role, FILES, after_call=once_after("", asked))

    (reply,) = cli.calls_of("reply")
    assert "shop/config.py" in reply["text"]


@pytest.mark.parametrize("role", list(Role))
def test_that_every_role_says_so_when_the_file_is_not_there(role: Role) -> None:
    asked = frame("m4", "user-1", "What about `gone.py`?", type="request")
    cli = investigate(role, FILES, after_call=once_after("", asked))

    assert "gone" in cli.calls_of("reply")[0]["text"]


# --- acting on what others say ---


def test_that_a_place_that_a_discovery_names_is_read_and_acknowledged() -> None:
    told = frame("m3", "reviewer-1", "Odd: `shop/orders.py:4` `def load():`", type="discovery")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", told))

    assert {"offset": 2, "limit": 5}.items() <= cli.calls_of("Read")[0].items()
    assert "reviewer-1 (m3, discovery)" in team_of(cli.report)
    assert "it stands there as quoted" in team_of(cli.report)
    assert cli.calls_of("acknowledge") == [{"message_ids": ["m3"]}]


def test_that_a_report_says_what_stands_there_when_it_was_not_quoted() -> None:
    told = frame("m3", "reviewer-1", "Look at `shop/orders.py:4`.", type="discovery")

    assert "I read there: `def load():`." in investigate("analyst", FILES, after_call=once_after("Grep", told)).report


def test_that_a_place_that_is_not_there_is_reported() -> None:
    told = frame("m3", "reviewer-1", "Look at `shop/orders.py:400`.", type="discovery")

    assert "I could not read that line." in investigate("analyst", FILES, after_call=once_after("Grep", told)).report


def test_that_an_important_discovery_is_looked_at_with_the_roles_own_eyes() -> None:
    told = frame("m3", "security-1", "A secret: `shop/config.py:1`", type="discovery", importance="high")
    cli = investigate("tester", FILES, after_call=once_after("Grep", told))

    assert "Because of m3: No test names `config`" in team_of(cli.report)


def test_that_a_message_without_a_place_is_noted() -> None:
    told = frame("m3", "reviewer-1", "Hello all", type="broadcast")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", told))

    assert "reviewer-1 (m3, broadcast): “Hello all” – noted." in cli.report
    assert cli.calls_of("acknowledge") == [{"message_ids": ["m3"]}]


def test_that_a_flood_of_discoveries_is_followed_only_so_far() -> None:
    told = "\n".join(
        frame(f"m{n}", "reviewer-1", f"Look at shop/orders.py:{n}0", type="discovery") for n in range(1, 15)
    )
    cli = investigate("analyst", FILES, after_call=once_after("Grep", told))

    assert sum("offset" in call for call in cli.calls_of("Read")) == MAX_FOLLOWED
    assert cli.report.count("(m") >= 14


def test_that_messages_in_the_first_prompt_are_acted_on() -> None:
    prompt = task("analyst", Messages=frame("m1", "reviewer-1", "Look at `shop/orders.py:4`."))
    cli = FolderCli(FILES, prompt).run()

    assert "I read there: `def load():`." in cli.report


# --- the person who owns the session ---


def test_that_the_user_is_answered_in_text_with_their_words() -> None:
    wrote = frame("m5", "user", "Please look at `load`, too.")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", wrote))

    assert sum("You wrote (m5): “Please look at `load`, too.”" in text for text in cli.said[:-1]) == 1
    assert "`load` stands in 1 line of 1 file, such as `shop/orders.py:4`" in team_of(cli.report)
    assert cli.calls_of("acknowledge") == [{"message_ids": ["m5"]}]


def test_that_a_place_that_the_user_names_is_read() -> None:
    wrote = frame("m5", "user", "What is at shop/orders.py:4?")
    report = investigate("reviewer", FILES, after_call=once_after("Grep", wrote)).report

    assert "At `shop/orders.py:4`: I read there: `def load():`." in report
    assert "`shop/orders.py` has 1 function" in report


def test_that_a_message_of_the_user_without_anything_to_look_for_is_answered_all_the_same() -> None:
    report = investigate("analyst", FILES, after_call=once_after("Grep", frame("m5", "user", "How are you?"))).report

    assert "You wrote (m5): “How are you?” – My rules find no file" in report


def test_that_the_user_can_end_the_work() -> None:
    wrote = frame("m5", "user", "That is enough, please wrap up.")
    cli = investigate("analyst", FILES, after_call=once_after("Grep", wrote))

    assert [call.tool for call in cli.calls] == ["Grep"]
    assert "Not done: you asked to come to an end." in cli.report
    assert "Lines of source" in cli.report


def test_that_only_the_user_can_end_the_work() -> None:
    told = frame("m5", "tester-1", "That is enough, please wrap up.")

    assert len(investigate("analyst", FILES, after_call=once_after("Grep", told)).calls) > 3
