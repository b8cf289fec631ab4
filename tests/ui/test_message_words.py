"""Messages and rows of the timeline are named in the user's words."""

from __future__ import annotations

import pytest

from maos_desktop.model.ids import USER
from maos_desktop.model.message import Importance, MessageType
from maos_desktop.paths import resources_folder
from maos_desktop.ui.message_words import (
    importance_word,
    receivers_words,
    sender_words,
    type_icon_name,
    type_word,
)
from maos_desktop.ui.timeline_view import KINDS


@pytest.mark.parametrize("kind", [*MessageType, *KINDS])
def test_that_every_kind_has_a_word_and_an_icon(kind: str) -> None:
    assert type_word(kind)[0].isupper()
    assert (resources_folder() / "icons" / f"{type_icon_name(kind)}.svg").is_file()


def test_that_the_filter_offers_every_type_of_message() -> None:
    assert set(MessageType) <= set(KINDS)


def test_that_an_unheard_kind_is_shown_as_it_is() -> None:
    assert type_word("novel") == "novel"
    assert type_icon_name("novel") == "circle"


def test_that_every_importance_has_a_word() -> None:
    assert [importance_word(importance) for importance in Importance] == ["Low", "Normal", "High", "Critical"]


def test_that_the_user_is_you() -> None:
    assert sender_words(USER) == "You"
    assert receivers_words([USER, "tester-1"]) == "you, tester-1"


@pytest.mark.parametrize(
    ("receivers", "wanted"),
    [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c"], "a and 2 others")],
)
def test_that_many_receivers_are_counted(receivers: list[str], wanted: str) -> None:
    assert receivers_words(receivers) == wanted
