"""What the whole team knows, and how much of it goes into a prompt."""

from __future__ import annotations

from maos_desktop.context.digest import to_prompt
from maos_desktop.context.shared_context import Decision, Discovery, Fact, SharedContext

__all__ = ["Decision", "Discovery", "Fact", "SharedContext", "to_prompt"]
