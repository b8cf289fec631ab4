"""Icons are painted in the colour of the palette that is shown."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from maos_desktop.model.event import AgentState
from maos_desktop.model.message import DeliveryState
from maos_desktop.model.session import SessionState
from maos_desktop.paths import resources_folder
from maos_desktop.ui import icons, states, theme
from maos_desktop.ui.theme import Theme

NAMES = sorted(path.stem for path in (resources_folder() / "icons").glob("*.svg"))


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[Theme]:
    palette = qapp.palette()
    yield Theme(qapp, "light")
    qapp.setStyleSheet("")
    qapp.setPalette(palette)


def strongest(image: QImage) -> QColor:
    """Returns the most opaque pixel's colour."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return max(pixels, key=QColor.alpha)


def near(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(a - b) <= 8 for a, b in pairs)


@pytest.mark.parametrize("name", NAMES)
def test_that_every_icon_can_be_painted(name: str) -> None:
    image = icons.icon(name).pixmap(QSize(24, 24)).toImage()
    assert strongest(image).alpha() > 200


def test_that_an_icon_follows_the_theme(look: Theme) -> None:
    icon = icons.icon("square", "danger")
    assert near(strongest(icon.pixmap(QSize(32, 32)).toImage()), theme.color("danger"))
    look.apply("dark", 1.0)
    assert near(strongest(icon.pixmap(QSize(32, 32)).toImage()), theme.color("danger"))


def test_that_a_disabled_icon_is_fainter() -> None:
    picture = icons.icon("square").pixmap(QSize(32, 32), QIcon.Mode.Disabled)
    assert near(strongest(picture.toImage()), theme.color("line_strong"))


def test_that_the_tone_can_be_a_state() -> None:
    picture = icons.pixmap("square", 32, "state:done")
    assert near(strongest(picture.toImage()), theme.state_color("done"))


def test_that_an_icon_is_sharp_on_a_dense_screen() -> None:
    assert icons.icon("play").pixmap(QSize(16, 16), 2.0).size() == QSize(32, 32)
    assert icons.pixmap("play", 16, ratio=2.0).size() == QSize(32, 32)


def test_that_an_unknown_icon_is_noticed_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_that_a_button_keeps_its_icon_when_the_first_reference_is_gone(qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(QIcon(icons.icon("play")))
    button.show()
    assert not button.icon().isNull()
    assert strongest(button.grab().toImage()).isValid()


def test_that_the_icons_licence_is_with_them() -> None:
    assert "ISC License" in (resources_folder() / "icons" / "LICENSE").read_text(encoding="utf-8")


def test_that_every_state_has_a_word_and_an_icon() -> None:
    named = [(state, states.agent_state_word(state)) for state in AgentState]
    named_sessions = [(state, states.session_state_word(state)) for state in SessionState]
    named_messages = [(state, states.delivery_state_word(state)) for state in DeliveryState]
    tasks = [(state, states.task_state_word(state)) for state in ("pending", "running", "done", "failed", "skipped")]
    for state, word in (*named, *named_sessions, *named_messages, *tasks):
        assert word
        assert states.state_icon_name(state) in NAMES
        assert states.state_icon_name(state) != "circle"


def test_that_the_collector_can_take_an_icon_that_is_older_than_what_holds_it(look: Theme) -> None:
    """Else the app dies: see ``icons.icon``."""
    holders = []
    for _ in range(3):
        icon = icons.icon("play")
        holder: dict[str, object] = {"icon": icon}
        holder["self"] = holder
        holders.append(holder)
    del icon, holder, holders
    gc.collect()
    assert not icons.icon("play").pixmap(QSize(16, 16)).isNull()


def test_that_no_room_for_an_icon_is_no_mistake(qtbot: QtBot) -> None:
    assert icons.icon("play").pixmap(QSize(0, 0)).isNull()
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIcon(icons.icon("play"))
    button.setFixedSize(1, 1)
    button.show()
    button.grab()
