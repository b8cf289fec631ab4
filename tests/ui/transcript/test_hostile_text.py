"""Texts made to freeze, fool or crash a window are shown in bounded pieces, with nothing lost and nothing run."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from maos_desktop.ui import theme
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.transcript.display_text import LONGEST_RUN
from maos_desktop.ui.transcript.live_window import LIVE, SLACK
from maos_desktop.ui.transcript.markdown_pieces import LARGE
from maos_desktop.ui.transcript.rows import PagedText, TranscriptRow
from maos_desktop.ui.transcript.text_surface import TextSurface
from maos_desktop.ui.transcript.view import TranscriptView
from tests.ui.event_writer import ANN, EventWriter

KILOBYTE = 1024
HOSTILE = {
    "a run without end": "x" * (200 * KILOBYTE),
    "a line without end": "word " * (40 * KILOBYTE),
    "a table without end": "|" + "a|" * 50 + "\n|" + "-|" * 50 + "\n" + ("|" + "1|" * 50 + "\n") * 500,
    "a long narrow table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 5_000,
    "a fence without end": "```python\n" + "x = 1\n" * 20_000,
    "a fence that is one line": "```\n" + "y" * (100 * KILOBYTE),
    "a list without end": "- item\n" * 20_000,
    "nested quotes": ">" * 2_000 + " deep",
    "nested lists": "\n".join("  " * depth + "- item" for depth in range(300)),
    "emphasis without end": "*" * (20 * KILOBYTE),
    "brackets without end": "[" * (20 * KILOBYTE),
    "backticks without end": "`" * (20 * KILOBYTE),
    "marks on one letter": "a" + "\u0301" * 5_000,
    "overrides": "\u202e\u2066" * 1_000 + "text",
    "controls": "".join(map(chr, range(32))) * 100 + "text",
    "lone surrogates": "\ud800\udfff" * 100 + "text",
    "emoji": "👩‍👩‍👧‍👦" * 1_000,
    "right to left": "שלום עולם " * 2_000,
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='file:///etc/passwd'>" * 50,
    "pictures": "![x](file:///etc/passwd) ![y](https://x.test/t.gif)\n\n" * 200,
    "headings": "# a\n" * 5_000,
    "empty lines": "\n" * (100 * KILOBYTE),
    "references": "".join(f"[r{n}]: http://x.test/{n}\n" for n in range(2_000)),
    "formats": "%s%n${x}{0}\\x00&lt;&#0;&#xD800;",
}


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


def view_of(qtbot: QtBot, writer: EventWriter) -> TranscriptView:
    view = TranscriptView(TranscriptModel(ANN, writer.fold()), lambda agent: theme.agent_color(0))
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show()
    qtbot.waitExposed(view)
    return view


def longest_document(view: TranscriptView) -> int:
    return max((surface.document.characterCount() for surface in view.findChildren(TextSurface)), default=0)


def test_that_what_an_agent_says_is_shown_in_small_documents(qtbot: QtBot, hostile: str) -> None:
    writer = EventWriter()
    writer.agent()
    writer.text(hostile)
    view = view_of(qtbot, writer)
    assert longest_document(view) <= 3 * LARGE
    assert len(view.findChildren(TranscriptRow)) <= LIVE + SLACK
    assert not view.grab().isNull()


def test_that_what_streams_in_is_shown_in_small_documents(qtbot: QtBot, hostile: str) -> None:
    writer = EventWriter()
    writer.agent()
    model = TranscriptModel(ANN, writer.fold())
    view = TranscriptView(model, lambda agent: theme.agent_color(0))
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show()
    step = max(len(hostile) // 10, 1)
    for start in range(0, len(hostile), step):
        for logged in writer.text(hostile[start : start + step], closed=False):
            for change in model.fold.apply(logged):
                model.touch(max(change.index, 0))
        model.flush()
        QApplication.processEvents()
    assert longest_document(view) <= 3 * LARGE


def test_that_what_a_tool_returns_is_shown_page_by_page(qtbot: QtBot, hostile: str) -> None:
    writer = EventWriter()
    writer.agent()
    writer.tool("Bash", {"command": hostile}, hostile)
    view = view_of(qtbot, writer)
    row = next(row for row in view.findChildren(TranscriptRow) if hasattr(row, "header"))
    row.header.setChecked(True)
    assert longest_document(view) <= 10 * KILOBYTE
    assert not view.grab().isNull()


def test_that_no_line_of_a_text_is_too_long_for_qt(qtbot: QtBot, hostile: str) -> None:
    text = PagedText(hostile, first=64 * KILOBYTE)
    qtbot.addWidget(text)
    text.fit(300)
    for surface in text.surfaces():
        runs = surface.document.toRawText().replace("\u2029", " ").replace("\u2028", " ").split()
        assert max(map(len, runs), default=0) <= LONGEST_RUN


def test_that_a_message_is_shown_in_small_documents(qtbot: QtBot, hostile: str) -> None:
    writer = EventWriter()
    writer.agent()
    writer.message(1, hostile[:1_000_000].encode(errors="replace").decode())
    writer.delivered(1)
    assert longest_document(view_of(qtbot, writer)) <= 3 * LARGE
