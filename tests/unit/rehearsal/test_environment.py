from __future__ import annotations

import os
from pathlib import Path

import pytest

from maos_desktop.executor.environment import agent_environment
from maos_desktop.rehearsal.environment import MODEL, loopback_environment

ADDRESS = "http://127.0.0.1:1234"


def made() -> dict[str, str]:
    return loopback_environment(ADDRESS, "secret", Path("/config"))


def test_that_the_cli_is_led_to_the_server() -> None:
    environment = made()

    assert environment["ANTHROPIC_BASE_URL"] == ADDRESS
    assert environment["ANTHROPIC_API_KEY"] == "secret"
    assert Path(environment["CLAUDE_CONFIG_DIR"]) == Path("/config")


def test_that_every_model_is_one_that_has_no_price() -> None:
    models = {name: value for name, value in made().items() if name.endswith("_MODEL")}

    assert len(models) >= 5
    assert set(models.values()) == {MODEL}


def test_that_no_other_account_reaches_the_agents() -> None:
    inherited = {
        "PATH": "/bin",
        "ANTHROPIC_AUTH_TOKEN": "other",
        "ANTHROPIC_API_KEY": "other",
        "CLAUDE_CODE_OAUTH_TOKEN": "other",
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "CLAUDE_CODE_USE_VERTEX": "1",
        "ANTHROPIC_CUSTOM_HEADERS": "x: other",
    }
    environment = agent_environment(inherited, made())

    assert "other" not in " ".join(environment.values())
    assert "CLAUDE_CODE_USE_BEDROCK" not in environment
    assert "CLAUDE_CODE_USE_VERTEX" not in environment


def test_that_nothing_is_sent_elsewhere() -> None:
    environment = made()

    assert environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] == "1"
    assert environment["DISABLE_TELEMETRY"] == "1"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_that_a_proxy_is_passed_by(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert made()["NO_PROXY"] == "127.0.0.1,localhost"
    monkeypatch.setenv(name, "example.org")

    assert made()["NO_PROXY"] == made()["no_proxy"] == "example.org,127.0.0.1,localhost"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="There is no root user here")
def test_that_only_root_is_said_to_be_in_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert made()["IS_SANDBOX"] == "1"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert "IS_SANDBOX" not in made()
