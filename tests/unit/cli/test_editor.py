"""The user's own editor, here a small shell script."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from maos_desktop.cli.editor import edit
from maos_desktop.errors import BadRequestError

UseEditor = Callable[[str], None]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


@pytest.fixture
def use_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UseEditor:
    """Makes a shell script, which is given the file as ``$1``, the user's editor."""

    def use(script: str) -> None:
        program = tmp_path / "my editor"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o700)
        monkeypatch.setenv("EDITOR", f"'{program}' ")
        monkeypatch.delenv("VISUAL", raising=False)

    return use


async def test_that_the_changed_text_comes_back(use_editor: UseEditor) -> None:
    use_editor("""sed -i.bak 's/grün/blau/' "$1"; rm "$1.bak" """)
    assert await edit("grün\n", ".json") == "blau\n"


async def test_that_only_the_owner_can_read_the_file_and_it_is_gone_afterwards(
    use_editor: UseEditor, tmp_path: Path
) -> None:
    use_editor(f"""cp -p "$1" '{tmp_path}/copy'; echo "$1" > '{tmp_path}/name' """)
    await edit("secret", ".json")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    name = (tmp_path / "name").read_text().strip()
    assert name.endswith(".json")
    assert not Path(name).exists()  # noqa: ASYNC240


@pytest.mark.parametrize("editor", ["/no/such/editor", "'unbalanced"])
async def test_that_an_editor_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch, editor: str) -> None:
    monkeypatch.setenv("VISUAL", editor)
    with pytest.raises(BadRequestError, match="could not be started") as raised:
        await edit("text", ".json")
    assert editor in str(raised.value)
    assert "EDITOR" in raised.value.next_step


async def test_that_an_editor_that_fails_changes_nothing(use_editor: UseEditor) -> None:
    use_editor("exit 3")
    with pytest.raises(BadRequestError, match="ended with code 3"):
        await edit("text", ".json")


async def test_that_other_bytes_than_text_are_refused(use_editor: UseEditor) -> None:
    use_editor("""printf '\\377\\376' > "$1" """)
    with pytest.raises(BadRequestError, match="UTF-8"):
        await edit("text", ".json")
