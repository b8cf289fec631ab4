"""Settings survive a restart, a newer version, a broken file and a read-only folder."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from maos_desktop import paths
from maos_desktop.config import Config, ConfigFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_that_there_are_defaults_before_there_is_a_file(path: Path) -> None:
    assert ConfigFile(path).config == Config()
    assert not path.exists()


def test_that_a_change_is_there_after_a_restart(path: Path) -> None:
    ConfigFile(path).change(theme="dark", max_agents=8)
    again = ConfigFile(path).config
    assert (again.theme, again.max_agents, again.backend) == ("dark", 8, "claude")


def test_that_the_file_is_in_the_data_folder_by_default(private_environment: Path) -> None:
    ConfigFile().change(theme="light")
    assert (private_environment / "settings.json").is_file()
    assert paths.data_folder() == private_environment


def test_that_a_wrong_value_is_refused_and_nothing_changes(path: Path) -> None:
    file = ConfigFile(path)
    file.change(max_agents=3)
    with pytest.raises(ValidationError):
        file.change(max_agents=400)
    assert file.config.max_agents == 3
    assert ConfigFile(path).config.max_agents == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"max_agents": "many"}', b"\xff\xfe", b'{"theme": "pink"}'])
def test_that_an_unreadable_file_is_moved_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    file = ConfigFile(path)
    assert file.config == Config()
    assert file.moved_aside is not None
    assert file.moved_aside.read_bytes() == content
    assert ConfigFile(path).moved_aside is None


def test_that_fields_of_a_newer_version_are_kept(path: Path) -> None:
    path.write_text(json.dumps({"theme": "dark", "from_the_future": [1]}), encoding="utf-8")
    ConfigFile(path).change(theme="light")
    assert json.loads(path.read_text(encoding="utf-8"))["from_the_future"] == [1]


def test_that_a_folder_in_the_way_does_not_stop_the_start(path: Path) -> None:
    path.mkdir()
    assert ConfigFile(path).config == Config()


def test_that_a_change_holds_although_it_cannot_be_written(path: Path) -> None:
    path.mkdir()
    file = ConfigFile(path)
    assert file.change(theme="dark").theme == "dark"
    assert file.config.theme == "dark"
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_that_only_the_owner_can_read_the_file(path: Path) -> None:
    ConfigFile(path).change(theme="dark")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
