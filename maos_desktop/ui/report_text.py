"""A report as Markdown: for the window, where sources are links, and for a file, where they are names."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from maos_desktop.log import redact
from maos_desktop.model.report import Confidence, Finding, Report, Source
from maos_desktop.model.session import Backend
from maos_desktop.model.untrusted_text import visible
from maos_desktop.ui.states import backend_words

AGENT_SCHEME = "agent"
"""Links to an agent's pane are ``agent:<id>``."""


def report_markdown(report: Report, *, linked: bool = False) -> str:
    """Returns the whole report; with ``linked``, each source is a link to its agent."""
    tr = QCoreApplication.translate
    parts = [visible(report.summary)]
    for number, finding in enumerate(report.findings, start=1):
        parts += _finding(number, finding, linked)
    for title, items in (
        (tr("Report", "Conflicts"), report.conflicts),
        (tr("Report", "Next steps"), report.next_steps),
        (tr("Report", "Missing from this report"), report.missing),
    ):
        if items:
            parts += [f"## {title}", "\n".join(f"- {_line(item)}" for item in items)]
    return "\n\n".join(parts) + "\n"


def report_file(title: str, report: Report, backend: Backend) -> str:
    """Returns the report as a document of its own, without anything that looks like a secret."""
    label = [f"*{backend_words(backend)}*"] if backend is Backend.REHEARSAL else []
    return redact("\n\n".join([f"# {_line(title)}", *label, report_markdown(report)]))


def confidence_words(confidence: Confidence) -> str:
    """Returns how sure the synthesis is, as a phrase."""
    tr = QCoreApplication.translate
    return {
        Confidence.LOW: tr("Report", "Low confidence"),
        Confidence.MEDIUM: tr("Report", "Medium confidence"),
        Confidence.HIGH: tr("Report", "High confidence"),
    }[confidence]


def _finding(number: int, finding: Finding, linked: bool) -> Iterator[str]:
    yield f"## {number}. {_line(finding.title)}"
    if finding.detail:
        yield visible(finding.detail)
    sources = ", ".join(_source(source, linked) for source in finding.sources)
    words = QCoreApplication.translate("Report", "{confidence}, from {sources}")
    yield words.format(confidence=confidence_words(finding.confidence), sources=sources)


def _source(source: Source, linked: bool) -> str:
    name = f"[{source.agent_id}]({AGENT_SCHEME}:{source.agent_id})" if linked else source.agent_id
    return f"{name} ({source.task_id})"


def _line(text: str) -> str:
    return " ".join(visible(text).split())
