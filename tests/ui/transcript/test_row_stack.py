"""Rows stand below each other, and what is in sight is found without looking at all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.ui.transcript.row_stack import RowStack, Slot


def stack_of(*heights: int, gap: int = 0, top: int = 0) -> RowStack:
    stack = RowStack([Slot(entry, 0, gap=gap, height=height) for entry, height in enumerate(heights)], top)
    stack.place()
    return stack


def entries(slots: list[Slot]) -> list[int]:
    return [slot.entry for slot in slots]


def test_that_rows_follow_each_other_with_their_gaps() -> None:
    stack = stack_of(10, 20, 30, gap=5, top=100)
    assert [(slot.top, slot.bottom) for slot in stack.slots] == [(100, 110), (115, 135), (140, 170)]


def test_that_placing_returns_where_the_last_row_ends() -> None:
    assert RowStack(top=7).place() == 7
    assert stack_of(10, 20).place() == 30


def test_that_what_is_in_sight_is_found() -> None:
    stack = stack_of(10, 10, 10, 10, gap=10)
    assert entries(stack.in_sight(0, 100)) == [0, 1, 2, 3]
    assert entries(stack.in_sight(12, 45)) == [1, 2]
    assert entries(stack.in_sight(12, 18)) == []
    assert entries(stack.in_sight(500, 600)) == []


@given(
    st.lists(st.integers(min_value=1, max_value=50), max_size=30),
    st.integers(min_value=-50, max_value=900),
    st.integers(min_value=0, max_value=200),
)
def test_that_what_is_in_sight_is_what_a_search_of_all_finds(heights: list[int], top: int, height: int) -> None:
    stack = stack_of(*heights, gap=3)
    wanted = [slot for slot in stack.slots if slot.bottom > top and slot.top <= top + height]
    assert stack.in_sight(top, top + height) == wanted


def test_that_a_height_leads_to_its_row_or_the_nearest() -> None:
    stack = stack_of(10, 10, gap=10, top=5)
    found = [stack.at(height) for height in (0, 7, 18, 26, 900)]
    assert [slot.entry if slot else None for slot in found] == [0, 0, 0, 1, 1]
    assert RowStack().at(5) is None


def test_that_the_rows_of_an_entry_are_found() -> None:
    stack = RowStack([Slot(2, 0), Slot(3, 0), Slot(3, 1), Slot(3, 2), Slot(7, 0)])
    assert [(slot.entry, slot.part) for slot in stack.of_entry(3)] == [(3, 0), (3, 1), (3, 2)]
    assert stack.of_entry(5) == []


def test_that_the_end_of_an_entry_can_be_replaced() -> None:
    slots = [Slot(2, 0), Slot(3, 0), Slot(3, 1), Slot(7, 0)]
    stack = RowStack(list(slots))
    new = [Slot(3, 1), Slot(3, 2)]
    assert stack.replace(3, 1, new) == [slots[2]]
    assert stack.slots == [slots[0], slots[1], *new, slots[3]]


def test_that_an_entry_without_rows_gets_them_in_its_place() -> None:
    stack = RowStack([Slot(2, 0), Slot(7, 0)])
    assert stack.replace(5, 0, [Slot(5, 0)]) == []
    assert entries(stack.slots) == [2, 5, 7]


def test_that_rows_before_the_first_part_stay() -> None:
    first = Slot(3, 4)
    stack = RowStack([first, Slot(3, 5)])
    stack.replace(3, 5, [])
    assert stack.slots == [first]


def test_that_rows_that_were_just_put_in_break_no_search() -> None:
    stack = stack_of(10, 10)
    stack.slots[:0] = [Slot(-2, 0), Slot(-1, 0)]
    assert stack.at(500) is stack.slots[-1]
    stack.slots = [Slot(9, 0)]
    assert stack.at(500) is stack.slots[0]
