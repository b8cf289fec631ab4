"""The embedded back end: a loopback model server whose "model" is a set of fixed rules. Import it lazily."""

from __future__ import annotations

from maos_desktop.rehearsal.request_log import RecordedRequest, RequestLog
from maos_desktop.rehearsal.rule_brain import Brain, RuleBrain
from maos_desktop.rehearsal.scripted import ScriptedBrain
from maos_desktop.rehearsal.server import RehearsalServer

__all__ = ["Brain", "RecordedRequest", "RehearsalServer", "RequestLog", "RuleBrain", "ScriptedBrain"]
