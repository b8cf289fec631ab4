"""Rows lay themselves out in any width, unfold, and show long texts page by page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.ui.transcript.display_text import PAGE
from maos_desktop.ui.transcript.line_button import Line
from maos_desktop.ui.transcript.markdown_pieces import Piece
from maos_desktop.ui.transcript.rows import FoldRow, PagedText, PieceRow, TranscriptRow, _page_of
from maos_desktop.ui.transcript.text_surface import CodeBlock, MarkdownBlock, PlainBlock

WIDTH = 300


class Fold(FoldRow):
    """Unfolds to two texts, the second one in pages."""

    def __init__(self) -> None:
        super().__init__(Line("brain", "Thought"), "thinkingLine")
        self.made = 0

    def make_body(self) -> Iterator[QWidget]:
        self.made += 1
        yield PlainBlock("first")
        yield PagedText("second", first=10)


@pytest.fixture
def fold(qtbot: QtBot) -> Fold:
    row = Fold()
    qtbot.addWidget(row)
    return row


def texts(row: TranscriptRow) -> list[str]:
    return [surface.text() for surface in row.surfaces()]


def more_button(row: TranscriptRow) -> QPushButton | None:
    buttons = [b for b in row.findChildren(QPushButton, "show_more") if not b.isHidden()]
    return buttons[0] if buttons else None


def test_that_parts_stand_below_each_other(qtbot: QtBot) -> None:
    row = TranscriptRow()
    qtbot.addWidget(row)
    first, second = PlainBlock("one"), PlainBlock("two " * 100)
    row.add(first)
    row.add(second)
    height = row.fit(WIDTH)
    assert first.geometry().bottom() < second.geometry().top()
    assert second.geometry().bottom() < height
    assert row.fit(WIDTH * 2) < height


def test_that_a_removed_part_takes_no_room(qtbot: QtBot) -> None:
    row = TranscriptRow()
    qtbot.addWidget(row)
    first, second = PlainBlock("one"), PlainBlock("two")
    row.add(first)
    alone = row.fit(WIDTH)
    row.add(second)
    row.remove(second)
    assert row.fit(WIDTH) == alone


def test_that_a_row_passes_on_what_its_rows_say(qtbot: QtBot) -> None:
    outer, inner = TranscriptRow(), PagedText("x" * 100, first=10)
    qtbot.addWidget(outer)
    with qtbot.waitSignal(outer.surface_added):
        outer.add(inner)
    with qtbot.waitSignals([outer.resized, outer.surface_added]):
        inner.unfold()


def test_that_every_text_is_named_for_assistive_technology(qtbot: QtBot) -> None:
    row = PieceRow(Piece("text", "Some **bold** text"))
    qtbot.addWidget(row)
    assert [surface.accessibleName() for surface in row.surfaces()] == ["Some bold text"]


def test_that_a_piece_is_shown_by_its_kind(qtbot: QtBot) -> None:
    text, code = PieceRow(Piece("text", "a")), PieceRow(Piece("code", "b", "python"))
    qtbot.addWidget(text)
    qtbot.addWidget(code)
    assert isinstance(next(text.surfaces()), MarkdownBlock)
    assert isinstance(next(code.surfaces()), CodeBlock)


def test_that_a_piece_that_grows_stays_in_its_row(qtbot: QtBot) -> None:
    row = PieceRow(Piece("text", "one"))
    qtbot.addWidget(row)
    assert row.shows_kind_of(Piece("text", "one two"))
    assert not row.shows_kind_of(Piece("code", "one two"))
    row.show_piece(Piece("text", "one two"))
    assert texts(row) == ["one two"]


def test_that_a_short_text_has_one_page(qtbot: QtBot) -> None:
    paged = PagedText("short", first=100)
    qtbot.addWidget(paged)
    assert paged.is_complete
    assert more_button(paged) is None


def test_that_a_long_text_says_how_much_is_left_and_shows_it(qtbot: QtBot) -> None:
    paged = PagedText("line\n" * (PAGE // 2), first=1_000)
    qtbot.addWidget(paged)
    button = more_button(paged)
    assert button is not None
    assert button.text() == "Show more (159 kB left)"
    with qtbot.waitSignal(paged.resized):
        button.click()
    assert not paged.is_complete
    paged.unfold()
    assert paged.is_complete
    assert more_button(paged) is None
    assert "\n".join(texts(paged)) == "line\n" * (PAGE // 2)


def test_that_a_small_rest_is_not_worth_a_page(qtbot: QtBot) -> None:
    paged = PagedText("x" * 110, first=100)
    qtbot.addWidget(paged)
    assert paged.is_complete


def test_that_markdown_is_paged_as_pieces(qtbot: QtBot) -> None:
    paged = PagedText("# Title\n\n```python\nx = 1\n```", markdown=True)
    qtbot.addWidget(paged)
    assert [type(surface) for surface in paged.surfaces()] == [MarkdownBlock, CodeBlock]


@given(st.text(alphabet="ab\n", max_size=400), st.integers(min_value=1, max_value=50))
def test_that_pages_lose_nothing(text: str, size: int) -> None:
    rest, pages = text, []
    while rest:
        page, rest = _page_of(rest, size)
        pages.append(page)
    assert "".join(pages).replace("\n", "") == text.replace("\n", "")


def test_that_a_fold_is_made_when_it_is_first_opened(fold: Fold) -> None:
    folded = fold.fit(WIDTH)
    assert (fold.made, texts(fold), fold.holds_state) == (0, [], False)
    fold.header.click()
    assert (fold.made, texts(fold), fold.holds_state) == (1, ["first", "second"], True)
    assert fold.fit(WIDTH) > folded


def test_that_a_fold_closes_again(fold: Fold, qtbot: QtBot) -> None:
    folded = fold.fit(WIDTH)
    fold.unfold()
    with qtbot.waitSignal(fold.resized):
        fold.header.click()
    assert texts(fold) == []
    assert fold.fit(WIDTH) == folded


def test_that_only_an_open_fold_is_made_anew(fold: Fold) -> None:
    fold.renew_body()
    assert fold.made == 0
    fold.unfold()
    fold.renew_body()
    assert (fold.made, texts(fold)) == (2, ["first", "second"])


def test_that_the_body_is_indented_below_its_line(fold: Fold) -> None:
    fold.unfold()
    fold.fit(WIDTH)
    surface = next(fold.surfaces())
    assert surface.x() == fold.indent
    assert surface.geometry().right() < WIDTH
