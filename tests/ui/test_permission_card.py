"""The card shows exactly what would be done, and takes no answer by accident."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from maos_desktop.model.transcript import PermissionEntry
from maos_desktop.ui.permission_card import TALLEST, ExactInput, PermissionCard, ordered_input
from maos_desktop.ui.transcript.display_text import PAGE, revealed
from maos_desktop.ui.transcript.text_surface import TextSurface
from tests.ui.controls import find
from tests.ui.event_writer import ANN, EventWriter

HASH = "f" * 64
LEFT = Qt.MouseButton.LeftButton


def entry(arguments: dict[str, object], tool: str = "Bash", description: str = "") -> PermissionEntry:
    writer = EventWriter()
    writer.agent()
    writer.question(arguments, tool, description)
    question = writer.fold().permissions["p1"]
    assert isinstance(question, PermissionEntry)
    return question


class Card:
    """A card as the user has it before them."""

    def __init__(self, qtbot: QtBot, arguments: dict[str, object], tool: str = "Bash", description: str = "") -> None:
        self.qtbot = qtbot
        self.widget = PermissionCard(entry(arguments, tool, description))
        qtbot.addWidget(self.widget)
        self.widget.resize(400, self.widget.fit(400))
        self.widget.show()
        qtbot.waitExposed(self.widget)
        self.answers: list[tuple[object, ...]] = []
        self.widget.decided.connect(lambda *answer: self.answers.append(answer))

    def button(self, name: str) -> QPushButton:
        return find(self.widget, QPushButton, name)

    def arm(self) -> None:
        """Lets the time pass in which a click would be an accident."""
        for timer in self.widget.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly):
            timer.timeout.emit()

    @property
    def exact(self) -> list[str]:
        return [surface.text() for surface in find(self.widget, ExactInput).surfaces()]

    def label(self, name: str) -> QLabel:
        return find(self.widget, QLabel, name)


@pytest.fixture
def card(qtbot: QtBot) -> Card:
    return Card(qtbot, {"command": "rm -rf build", "timeout": 120}, description="Clean up")


# --- what is shown ---


def test_that_who_and_what_stand_in_the_heading(card: Card) -> None:
    assert card.label("permissionQuestion").text() == f"{ANN} wants to use Bash"
    assert card.widget.accessibleName() == f"{ANN} asks for permission"


def test_that_the_command_stands_first_and_the_rest_follows(card: Card) -> None:
    assert card.exact == ["rm -rf build", "timeout: 120"]


def test_that_a_path_stands_before_the_content(qtbot: QtBot) -> None:
    card = Card(qtbot, {"content": "line one\nline two", "file_path": "/etc/hosts"}, tool="Write")
    assert card.exact == ["/etc/hosts", "line one\nline two"]


def test_that_hidden_characters_are_brought_to_light(qtbot: QtBot) -> None:
    card = Card(qtbot, {"command": "echo \u202efdp.exe\u200b \x1b[2K\rls"}, tool="Ba\u200bsh")
    assert card.exact == ["echo ⟨U+202E⟩fdp.exe⟨U+200B⟩ ⟨U+001B⟩[2K⟨U+000D⟩ls"]
    assert "Ba⟨U+200B⟩sh" in card.label("permissionQuestion").text()


def test_that_the_description_is_marked_as_the_agents_words(card: Card) -> None:
    assert card.label("permissionBy").text() == "In the agent’s own words, not checked:"
    described = find(card.widget, QScrollArea, "permissionDescription")
    assert [surface.text() for surface in described.findChildren(TextSurface)] == ["Clean up"]
    order = [find(card.widget, QScrollArea, "permissionInput"), described]
    tops = [scrolled.mapTo(card.widget, scrolled.rect().topLeft()).y() for scrolled in order]
    assert tops == sorted(tops)


def test_that_no_description_needs_no_label(qtbot: QtBot) -> None:
    card = Card(qtbot, {"command": "ls"})
    assert card.widget.findChild(QLabel, "permissionBy") is None


def test_that_a_description_cannot_hide_anything_either(qtbot: QtBot) -> None:
    card = Card(qtbot, {"command": "ls"}, description="safe\u202e!")
    described = find(card.widget, QScrollArea, "permissionDescription")
    assert find(described, TextSurface).text() == "safe⟨U+202E⟩!"


def test_that_long_input_is_scrolled_and_not_cut(qtbot: QtBot) -> None:
    command = "\n".join(f"echo {number}" for number in range(500))
    card = Card(qtbot, {"command": command})
    scrolled = find(card.widget, QScrollArea, "permissionInput")
    assert scrolled.height() <= TALLEST
    assert scrolled.verticalScrollBar().maximum() > 0
    assert card.exact == [command]


def test_that_the_card_is_taller_when_it_is_narrower(card: Card) -> None:
    assert card.widget.fit(240) > card.widget.fit(700)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(arguments=st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=80), min_size=1, max_size=4))
def test_that_what_is_shown_is_all_of_what_would_be_done(qtbot: QtBot, arguments: dict[str, str]) -> None:
    exact = ExactInput(arguments)
    qtbot.addWidget(exact)
    shown = "\n".join(surface.text() for surface in exact.surfaces())
    assert all(revealed(value) in shown for value in arguments.values())


def test_that_values_that_are_no_text_are_shown_as_json() -> None:
    shown = dict(ordered_input({"edits": [{"old": "ä", "new": "b"}], "all": True}))
    assert shown == {"edits": '[\n  {\n    "old": "ä",\n    "new": "b"\n  }\n]', "all": "true"}


# --- the answer ---


def test_that_a_click_right_after_the_card_appeared_is_not_taken(card: Card) -> None:
    for name in ("permissionAllow", "permissionDeny"):
        assert not card.button(name).isEnabled()
        QTest.mouseClick(card.button(name), LEFT)
    assert card.answers == []


def test_that_no_button_is_the_default(card: Card) -> None:
    for name in ("permissionAllow", "permissionDeny"):
        assert not card.button(name).isDefault()
        assert not card.button(name).autoDefault()


def test_that_enter_in_the_message_decides_nothing(card: Card) -> None:
    card.arm()
    QTest.keyClick(find(card.widget, QLineEdit, "permissionMessage"), Qt.Key.Key_Return)
    assert card.answers == []


def test_that_allowing_carries_the_request_and_the_hash(card: Card) -> None:
    card.arm()
    QTest.mouseClick(card.button("permissionAllow"), LEFT)
    assert card.answers == [("p1", HASH, True, "")]


def test_that_denying_carries_the_message(card: Card) -> None:
    card.arm()
    find(card.widget, QLineEdit, "permissionMessage").setText(" Use make clean. ")
    QTest.mouseClick(card.button("permissionDeny"), LEFT)
    assert card.answers == [("p1", HASH, False, "Use make clean.")]


def test_that_it_is_answered_once(card: Card) -> None:
    card.arm()
    QTest.mouseClick(card.button("permissionDeny"), LEFT)
    card.arm()
    for name in ("permissionAllow", "permissionDeny"):
        assert not card.button(name).isEnabled()
        QTest.mouseClick(card.button(name), LEFT)
    assert len(card.answers) == 1


def test_that_a_card_that_is_shown_again_waits_again(card: Card) -> None:
    card.arm()
    card.widget.hide()
    card.widget.show()
    assert not card.button("permissionAllow").isEnabled()


def test_that_only_what_was_shown_to_its_end_can_be_allowed(qtbot: QtBot) -> None:
    card = Card(qtbot, {"file_path": "a.txt", "content": "line\n" * (PAGE // 2)}, tool="Write")
    card.arm()
    assert not card.button("permissionAllow").isEnabled()
    assert card.button("permissionDeny").isEnabled()
    assert not card.label("permissionHint").isHidden()
    while more := [b for b in card.widget.findChildren(QPushButton, "show_more") if not b.isHidden()]:
        more[0].click()
    assert card.button("permissionAllow").isEnabled()
    assert card.label("permissionHint").isHidden()


def test_that_every_control_has_a_name(card: Card) -> None:
    controls = [
        *card.widget.findChildren(QPushButton, "permissionAllow"),
        *card.widget.findChildren(QPushButton, "permissionDeny"),
        *card.widget.findChildren(QLineEdit, "permissionMessage"),
        *card.widget.findChildren(QScrollArea),
    ]
    assert len(controls) == 5
    assert all(control.accessibleName() for control in controls)
