"""A link is opened only after its whole address was seen, and only when it leads to the web."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from maos_desktop.ui.link_card import LONGEST, LinkDialog, can_be_opened
from maos_desktop.ui.transcript.text_surface import TextSurface
from tests.ui.controls import find


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: addresses.append(QUrl(url).toString()))
    return addresses


def dialog_for(qtbot: QtBot, address: str) -> LinkDialog:
    dialog = LinkDialog(address)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


@pytest.mark.parametrize("address", ["https://example.com/a?b=c#d", "http://localhost:8000/"])
def test_that_web_addresses_can_be_opened(address: str) -> None:
    assert can_be_opened(address)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "ms-settings:x",
        "vscode://file/x",
        "mailto:a@b.c",
        "//example.com",
        "example.com",
        "https://",
        "https:///path",
        "",
        "https://example.com/" + "x" * LONGEST,
    ],
)
def test_that_other_addresses_cannot_be_opened(address: str) -> None:
    assert not can_be_opened(address)


def test_that_the_whole_address_is_shown(qtbot: QtBot, opened: list[str]) -> None:
    address = "https://example.com/" + "x" * 500 + "\u202e"
    dialog = dialog_for(qtbot, address)
    shown = "".join(surface.text() for surface in dialog.findChildren(TextSurface))
    assert shown == address.replace("\u202e", "⟨U+202E⟩")
    assert opened == []


def test_that_it_is_opened_on_request(qtbot: QtBot, opened: list[str]) -> None:
    dialog = dialog_for(qtbot, "https://example.com/a")
    with qtbot.waitSignal(dialog.finished) as finished:
        find(dialog, QPushButton, "linkOpen").click()
    assert opened == ["https://example.com/a"]
    assert finished.args == [QDialog.DialogCode.Accepted.value]


def test_that_not_opening_is_the_default(qtbot: QtBot, opened: list[str]) -> None:
    dialog = dialog_for(qtbot, "https://example.com/a")
    stay = find(dialog, QPushButton, "linkCancel")
    assert stay.isDefault()
    stay.click()
    assert opened == []


def test_that_an_address_that_is_not_of_the_web_can_only_be_copied(qtbot: QtBot, opened: list[str]) -> None:
    dialog = dialog_for(qtbot, "file:///etc/passwd")
    assert dialog.findChild(QPushButton, "linkOpen") is None
    find(dialog, QPushButton, "linkCopy").click()
    assert QGuiApplication.clipboard().text() == "file:///etc/passwd"
    assert opened == []
