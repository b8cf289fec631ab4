"""The user's settings: one small file in the data folder, read once at the start and written on every change."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maos_desktop import paths

_log = logging.getLogger(__name__)


class Config(BaseModel):
    """What the app remembers between starts. A field this version does not know is kept as it is.

    Attributes:
        theme: the palette; ``system`` follows the desktop.
        text_zoom: size of all text, 1.0 is the system's.
        backend, mode, max_agents, permission_mode, model: what the last request was started with.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    theme: Literal["system", "light", "dark"] = "system"
    text_zoom: float = Field(default=1.0, ge=0.5, le=2.0)
    backend: Literal["claude", "rehearsal"] = "claude"
    mode: Literal["auto", "sequential", "parallel", "dynamic"] = "auto"
    max_agents: int = Field(default=4, ge=1, le=16)
    permission_mode: Literal["ask", "accept_edits"] = "ask"
    model: str = ""


class ConfigFile:
    """The settings and the file they live in.

    Attributes:
        config: the settings as they are now.
        moved_aside: where an unreadable file was put at the start, else ``None``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or paths.data_folder() / "settings.json"
        self.moved_aside: Path | None = None
        self.config = self._read()

    def change(self, **values: Any) -> Config:
        """Changes these settings, writes the file and returns them all.

        Raises ``pydantic.ValidationError`` for a value that is not allowed. A file that cannot be written is
        logged: the settings hold until the app ends.
        """
        self.config = Config.model_validate(self.config.model_dump() | values)
        try:
            self._write()
        except OSError as error:
            _log.warning("The settings could not be written to %s: %s", self._path, error)
        return self.config

    def _read(self) -> Config:
        try:
            return Config.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Config()
        except OSError as error:
            _log.warning("The settings could not be read from %s: %s", self._path, error)
            return Config()
        except ValidationError as error:
            self.moved_aside = self._path.with_suffix(".unreadable.json")
            self._path.replace(self.moved_aside)
            _log.warning("The settings were not understood and moved to %s: %s", self.moved_aside, error)
            return Config()

    def _write(self) -> None:
        """Replaces the file in one step, so that a crash leaves the old or the new one."""
        text = self.config.model_dump_json(indent=2) + "\n"
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
