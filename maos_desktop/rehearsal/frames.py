"""Messages of team-mates as they stand in an agent's conversation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maos_desktop.model.ids import USER

_FRAME = re.compile(r"<message-([0-9a-f]{12})((?: [a-z_]+=\"[^\"]*\")*)>\n(.*?)\n</message-\1>", re.DOTALL)
_ATTRIBUTE = re.compile(r" ([a-z_]+)=\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message that reached the agent."""

    id: str
    sender: str
    type: str
    importance: str
    text: str

    @property
    def from_user(self) -> bool:
        """Whether the person who owns the session wrote it."""
        return self.sender == USER

    @property
    def wants_reply(self) -> bool:
        """Whether a team-mate waits for ``reply``."""
        return self.type == "request" and not self.from_user


def read_frames(text: str) -> list[Frame]:
    """Returns the messages framed in ``text``, in order. A frame without a sender or an id is none."""
    frames = []
    for match in _FRAME.finditer(text):
        named = dict(_ATTRIBUTE.findall(match[2]))
        if named.get("id") and named.get("from"):
            frames.append(
                Frame(
                    id=named["id"],
                    sender=named["from"],
                    type=named.get("type", "info"),
                    importance=named.get("importance", "normal"),
                    text=match[3].replace("&lt;", "<").strip(),
                )
            )
    return frames
