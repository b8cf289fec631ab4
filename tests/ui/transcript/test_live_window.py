"""Only the end of a long transcript is rows; more are made when they are asked for, and let go again."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from maos_desktop.model.transcript import TextEntry
from maos_desktop.ui.item_models.transcript_model import TranscriptModel
from maos_desktop.ui.transcript.live_window import LIVE, SLACK, LiveWindow
from tests.ui.event_writer import ANN, EventWriter

PARAGRAPH = "All the words of this paragraph fill it up to some length. " * 12


@pytest.fixture
def writer(qapp: QApplication) -> EventWriter:
    writer = EventWriter()
    writer.agent()
    return writer


def model_of(writer: EventWriter) -> TranscriptModel:
    return TranscriptModel(ANN, writer.fold())


def grow(model: TranscriptModel, writer: EventWriter, since: int) -> None:
    for logged in writer.events[since:]:
        for change in model.fold.apply(logged):
            if change.part == "entry":
                model.touch(change.index)
    model.flush()


def places(window: LiveWindow) -> list[tuple[int, int]]:
    return [(slot.entry, slot.part) for slot in window.stack.slots]


def test_that_a_short_transcript_is_all_there(writer: EventWriter) -> None:
    writer.text("one", block=0)
    writer.tool("Read", {"file_path": "a"})
    window = LiveWindow(model_of(writer))
    assert places(window) == [(0, 0), (1, 0)]
    assert not window.has_earlier


def test_that_of_a_long_one_the_end_is_there(writer: EventWriter) -> None:
    for block in range(LIVE * 2 + 10):
        writer.text("text", block=block)
    window = LiveWindow(model_of(writer))
    assert places(window) == [(entry, 0) for entry in range(LIVE + 10, LIVE * 2 + 10)]
    assert window.has_earlier


def test_that_it_grows_at_the_top_until_all_is_there(writer: EventWriter) -> None:
    for block in range(LIVE * 2 + 10):
        writer.text("text", block=block)
    window = LiveWindow(model_of(writer))
    window.grow()
    assert (len(window.stack.slots), window.has_earlier) == (LIVE * 2, True)
    window.grow()
    assert (len(window.stack.slots), window.has_earlier) == (LIVE * 2 + 10, False)
    window.grow()
    assert len(window.stack.slots) == LIVE * 2 + 10


def test_that_one_endless_text_is_cut_in_the_middle(writer: EventWriter) -> None:
    writer.text("\n\n".join([PARAGRAPH] * (LIVE + 20)))
    window = LiveWindow(model_of(writer))
    assert places(window) == [(0, part) for part in range(20, LIVE + 20)]
    window.grow()
    assert places(window) == [(0, part) for part in range(LIVE + 20)]


def test_that_it_reaches_back_to_an_entry(writer: EventWriter) -> None:
    for block in range(LIVE * 4):
        writer.text("text", block=block)
    window = LiveWindow(model_of(writer))
    window.reach(LIVE)
    assert places(window)[0] <= (LIVE, 0)


def test_that_new_entries_come_at_the_end(writer: EventWriter) -> None:
    writer.text("one", block=0)
    model = model_of(writer)
    window = LiveWindow(model)
    since = len(writer.events)
    writer.text("two", block=1)
    grow(model, writer, since)
    assert window.append_new() == []
    assert places(window) == [(0, 0), (1, 0)]


def test_that_after_many_new_entries_it_begins_anew_at_the_end(writer: EventWriter) -> None:
    writer.text("one", block=0)
    model = model_of(writer)
    window = LiveWindow(model)
    old = list(window.stack.slots)
    since = len(writer.events)
    for block in range(1, LIVE * 3):
        writer.text("more", block=block)
    grow(model, writer, since)
    assert window.append_new() == old
    assert len(window.stack.slots) == LIVE


def test_that_text_that_grows_changes_only_its_last_pieces(writer: EventWriter) -> None:
    writer.text("\n\n".join([PARAGRAPH] * 3), closed=False)
    model = model_of(writer)
    window = LiveWindow(model)
    kept = list(window.stack.slots)
    since = len(writer.events)
    writer.text(f"\n\n{PARAGRAPH}\n\n{PARAGRAPH}", closed=False)
    grow(model, writer, since)
    changed, gone = window.update(0)
    assert gone == []
    assert window.stack.slots[: len(kept)] == kept
    assert [slot.part for slot in changed] == list(range(len(kept), len(window.stack.slots)))


def test_that_the_open_piece_keeps_its_slot(writer: EventWriter) -> None:
    writer.text("Hel", closed=False)
    model = model_of(writer)
    window = LiveWindow(model)
    (slot,) = window.stack.slots
    since = len(writer.events)
    writer.text("lo", closed=False)
    grow(model, writer, since)
    changed, gone = window.update(0)
    assert (changed, gone) == ([slot], [])
    assert slot.piece is not None
    assert slot.piece.source == "Hello"


def test_that_text_that_was_blank_gets_its_first_row(writer: EventWriter) -> None:
    writer.text("\n", closed=False)
    model = model_of(writer)
    window = LiveWindow(model)
    assert places(window) == []
    since = len(writer.events)
    writer.text("Hello", closed=False)
    grow(model, writer, since)
    assert [slot.part for slot in window.update(0)[0]] == [0]
    assert places(window) == [(0, 0)]


def test_that_an_entry_that_is_not_text_keeps_its_row(writer: EventWriter) -> None:
    writer.tool("Read", {"file_path": "a"}, "x")
    window = LiveWindow(model_of(writer))
    assert window.update(0) == (window.stack.slots, [])


def test_that_a_change_outside_the_window_is_no_change(writer: EventWriter) -> None:
    for block in range(LIVE * 2):
        writer.text("text", block=block)
    window = LiveWindow(model_of(writer))
    before = places(window)
    assert window.update(3) == ([], [])
    assert window.update(LIVE * 9) == ([], [])
    assert places(window) == before


def test_that_a_growing_text_that_begins_above_the_window_stays_cut(writer: EventWriter) -> None:
    writer.text("\n\n".join([PARAGRAPH] * (LIVE + 20)), closed=False)
    model = model_of(writer)
    window = LiveWindow(model)
    since = len(writer.events)
    writer.text(" The end.", closed=True)
    grow(model, writer, since)
    window.update(0)
    assert places(window) == [(0, part) for part in range(20, LIVE + 20)]


def test_that_the_oldest_rows_go_in_one_step(writer: EventWriter) -> None:
    for block in range(LIVE):
        writer.text("text", block=block)
    model = model_of(writer)
    window = LiveWindow(model)
    for block in range(LIVE, LIVE + SLACK):
        assert window.trim() == []
        since = len(writer.events)
        writer.text("more", block=block)
        grow(model, writer, since)
        window.append_new()
    gone = window.trim()
    assert [slot.entry for slot in gone] == list(range(SLACK))
    assert (len(window.stack.slots), window.has_earlier) == (LIVE, True)


def test_that_lines_stand_closer_than_texts(writer: EventWriter) -> None:
    writer.text("text", block=0)
    writer.tool("Read", {"file_path": "a"}, "x")
    writer.tool("Read", {"file_path": "b"}, "x")
    writer.thinking("hm", block=1)
    writer.question({"command": "x"})
    writer.answer(allowed=True)
    window = LiveWindow(model_of(writer))
    gaps = [slot.gap for slot in window.stack.slots]
    assert gaps[0] == gaps[1] > 0
    assert gaps[2:] == [0, 0, 0]


def test_that_pieces_of_one_fence_stand_without_a_gap(writer: EventWriter) -> None:
    writer.text("```\n" + "code\n" * 200 + "```\n\nText.")
    model = model_of(writer)
    window = LiveWindow(model)
    assert isinstance(model.entry(0), TextEntry)
    first, *inside, last = (slot.gap for slot in window.stack.slots)
    assert set(inside) == {0}
    assert first > last > 0
