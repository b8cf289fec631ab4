"""The palettes are readable, told apart by every eye, and follow the choice and the system."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from maos_desktop.paths import resources_folder
from maos_desktop.ui import theme
from maos_desktop.ui.theme import PaletteName, Theme

PALETTES: tuple[PaletteName, ...] = ("light", "dark")
GROUNDS = ("window", "surface", "sidebar", "hover", "selection")
TEXTS = ("text", "muted", "accent", "danger", "warning", "success")
BANNERS = ("info_quiet", "success_quiet", "warning_quiet", "danger_quiet")

Rgb = tuple[float, float, float]

# Machado, Oliveira, Fernandes (2009): full protanopia and deuteranopia on linear RGB.
EYES: dict[str, Sequence[Rgb]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def linear(color: str) -> Rgb:
    value = QColor(color)
    channels = (value.redF(), value.greenF(), value.blueF())
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return r, g, b


def luminance(color: str) -> float:
    r, g, b = linear(color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Returns the ratio of WCAG 2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def dot(row: Rgb, vector: Rgb) -> float:
    return sum(a * b for a, b in zip(row, vector, strict=True))


def seen(color: str, eyes: Sequence[Rgb]) -> Rgb:
    """Returns the colour as these eyes see it, in OKLab."""
    r, g, b = (min(1.0, max(0.0, dot(row, linear(color)))) for row in eyes)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@pytest.mark.parametrize("name", PALETTES)
def test_that_every_text_colour_can_be_read_on_every_ground(name: PaletteName) -> None:
    data = theme.load_palette(name)
    texts = {key: data.colors[key] for key in TEXTS} | data.states
    texts |= {f"agent {n}": value for n, value in enumerate(data.agents)}
    weak = {
        f"{key} on {ground}": round(ratio, 2)
        for key, value in texts.items()
        for ground in GROUNDS
        if (ratio := contrast(value, data.colors[ground])) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("name", PALETTES)
def test_that_banners_and_filled_buttons_can_be_read(name: PaletteName) -> None:
    colors = theme.load_palette(name).colors
    pairs = [(text, ground) for text in (*TEXTS[:1], "muted") for ground in BANNERS]
    pairs += [("danger", "danger_quiet"), ("warning", "warning_quiet"), ("success", "success_quiet")]
    pairs += [("accent", "info_quiet"), ("on_accent", "accent"), ("on_accent", "accent_hover")]
    weak = {pair for pair in pairs if contrast(colors[pair[0]], colors[pair[1]]) < 4.5}
    assert weak == set()


@pytest.mark.parametrize("name", PALETTES)
def test_that_the_border_of_a_field_can_be_seen(name: PaletteName) -> None:
    colors = theme.load_palette(name).colors
    for ground in ("window", "surface", "sidebar"):
        assert contrast(colors["line_strong"], colors[ground]) >= 3
        assert contrast(colors["accent"], colors[ground]) >= 3


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("eyes", EYES)
def test_that_the_agents_colours_stay_apart_for_every_eye(name: PaletteName, eyes: str) -> None:
    agents = theme.load_palette(name).agents
    nearest = min(
        math.dist(seen(one, EYES[eyes]), seen(other, EYES[eyes])) for one, other in itertools.combinations(agents, 2)
    )
    assert nearest >= 0.07


def test_that_both_palettes_name_the_same_colours() -> None:
    light, dark = (theme.load_palette(name) for name in PALETTES)
    assert light.colors.keys() == dark.colors.keys()
    assert light.states.keys() == dark.states.keys()
    assert len(light.agents) == len(dark.agents)


def test_that_the_style_sheet_names_only_what_there_is(qapp: QApplication) -> None:
    for name in PALETTES:
        sheet = theme.style_sheet(name, theme.ui_font())
        assert "@" not in sheet
        for line in sheet.split('url("')[1:]:
            path = line.split('"')[0]
            assert (resources_folder() / "styles" / path.rsplit("/", 1)[1]).is_file()


class TestTheme:
    @pytest.fixture(autouse=True)
    def restored(self, qapp: QApplication) -> Iterator[None]:
        palette, font = qapp.palette(), qapp.font()
        yield
        qapp.setStyleSheet("")
        qapp.setPalette(palette)
        qapp.setFont(font)

    def test_that_a_choice_is_shown_at_once(self, qtbot: QtBot, qapp: QApplication) -> None:
        look = Theme(qapp, "light")
        assert not theme.is_dark()
        light = theme.agent_color(0), theme.state_color("failed"), theme.color("text")
        with qtbot.waitSignal(look.changed):
            look.apply("dark", 1.0)
        assert theme.is_dark()
        assert qapp.palette().color(QPalette.ColorRole.Window) == theme.color("window")
        assert light != (theme.agent_color(0), theme.state_color("failed"), theme.color("text"))

    def test_that_the_system_is_followed_only_when_asked_to(self, qapp: QApplication) -> None:
        look = Theme(qapp, "system")
        system = qapp.styleHints()
        system.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.is_dark()
        look.apply("light", 1.0)
        system.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert not theme.is_dark()
        look.apply("system", 1.0)
        assert theme.is_dark()

    def test_that_text_zoom_changes_the_font_of_everything(self, qapp: QApplication) -> None:
        look = Theme(qapp, "light")
        before = qapp.font().pointSizeF()
        look.apply("light", 2.0)
        assert qapp.font().pointSizeF() == pytest.approx(2 * before)
        assert theme.mono_font().pointSizeF() > 1.5 * before

    def test_that_agents_beyond_the_last_colour_begin_again(self, qapp: QApplication) -> None:
        Theme(qapp, "light")
        assert theme.agent_color(8) == theme.agent_color(0)
        assert theme.agent_color(7) != theme.agent_color(0)

    def test_that_an_unknown_state_is_neutral(self, qapp: QApplication) -> None:
        Theme(qapp, "light")
        assert theme.state_color("waiting") == theme.state_color("no such state")
        assert theme.state_color("working") != theme.state_color("waiting")

    def test_that_a_look_can_change_while_it_is_shown(self, qtbot: QtBot, qapp: QApplication) -> None:
        Theme(qapp, "light")
        label = QLabel("Text")
        qtbot.addWidget(label)
        label.show()
        theme.set_look(label, tone="error")
        assert label.palette().color(QPalette.ColorRole.WindowText) == theme.color("danger")
