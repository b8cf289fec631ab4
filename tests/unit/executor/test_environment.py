"""Which variables an agent's process sees."""

from __future__ import annotations

import pytest

from maos_desktop.executor.environment import agent_environment, is_allowed


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "LC_ALL",
        "XDG_CONFIG_HOME",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CONFIG_DIR",
        "AWS_REGION",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLOUD_ML_REGION",
        "ANTHROPIC_VERTEX_PROJECT_ID",
        "HTTPS_PROXY",
        "http_proxy",
        "NO_PROXY",
        "NODE_EXTRA_CA_CERTS",
    ],
)
def test_that_what_the_cli_and_its_back_end_need_is_passed_on(name: str) -> None:
    assert is_allowed(name)
    assert agent_environment({name: "x"}, {})[name] == "x"


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "DATABASE_URL", "OPENAI_API_KEY", "LD_PRELOAD", "MAOS_DATA_DIR"])
def test_that_other_variables_stay_out(name: str) -> None:
    assert not is_allowed(name)
    assert name not in agent_environment({name: "secret"}, {})


@pytest.mark.parametrize("name", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION"])
def test_that_the_marks_of_an_outer_cli_are_dropped(name: str) -> None:
    assert name not in agent_environment({name: "1"}, {})


def test_that_the_cli_is_told_that_the_sdk_runs_it_whatever_was_inherited() -> None:
    assert agent_environment({"CLAUDE_CODE_ENTRYPOINT": "cli"}, {})["CLAUDE_CODE_ENTRYPOINT"] == "sdk-py"


def test_that_an_added_variable_wins_and_an_empty_one_takes_the_inherited_away() -> None:
    inherited = {"ANTHROPIC_BASE_URL": "https://gateway", "CLAUDE_CODE_USE_VERTEX": "1"}
    environment = agent_environment(inherited, {"ANTHROPIC_BASE_URL": "http://here", "CLAUDE_CODE_USE_VERTEX": ""})
    assert environment["ANTHROPIC_BASE_URL"] == "http://here"
    assert "CLAUDE_CODE_USE_VERTEX" not in environment


def test_that_the_cli_remembers_nothing_of_a_folder_that_is_not_trusted() -> None:
    assert agent_environment({}, {})["CLAUDE_CODE_DISABLE_AUTO_MEMORY"] == "1"
    assert "CLAUDE_CODE_DISABLE_AUTO_MEMORY" not in agent_environment({}, {}, trust_project_settings=True)


def test_that_a_tool_of_the_app_may_wait_for_longer_than_ten_minutes() -> None:
    assert int(agent_environment({"MCP_TOOL_TIMEOUT": "1000"}, {})["MCP_TOOL_TIMEOUT"]) > 10 * 60 * 1000
