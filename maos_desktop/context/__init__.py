"""What the whole team knows, and how much of it goes into a prompt."""

from __future__ import annotations

from maos_desktop.context.entries import Decision, Discovery, Fact
from maos_desktop.context.shared_context import SharedContext

__all__ = ["Decision", "Discovery", "Fact", "SharedContext"]
