"""One line that says what, about what, and how it ended; it unfolds by mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from maos_desktop.ui import theme
from maos_desktop.ui.transcript.line_button import Line, LineButton

GREP = Line("search", "Grep", argument='"TODO" in src', mono=True, result="12 lines", result_icon="check")


def shown(qtbot: QtBot, button: LineButton, width: int = 400) -> LineButton:
    qtbot.addWidget(button)
    button.resize(width, button.sizeHint().height())
    button.show()
    qtbot.waitExposed(button)
    return button


def test_that_the_whole_line_is_read_out(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP))
    assert button.accessibleName() == 'Grep "TODO" in src, 12 lines'
    assert button.toolTip() == '"TODO" in src'


def test_that_a_line_without_argument_and_result_is_its_label() -> None:
    assert Line("brain", "Thinking …").words() == "Thinking …"


def test_that_it_is_one_line_high_whatever_it_says(qtbot: QtBot) -> None:
    plain = shown(qtbot, LineButton(GREP)).sizeHint().height()
    long = Line("terminal", "Bash", argument="x" * 5_000 + "\nsecond line", result="y" * 500)
    assert shown(qtbot, LineButton(long)).sizeHint().height() == plain


def test_that_it_unfolds_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.isChecked()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not button.isChecked()


def test_that_a_line_that_hides_nothing_cannot_be_unfolded(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP, foldable=False))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked()
    assert button.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_that_another_line_takes_its_place(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP))
    button.show_line(Line("search", "Glob", argument="*.py"))
    assert button.accessibleName() == "Glob *.py"


def test_that_unfolded_and_folded_look_different(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP))
    folded = button.grab().toImage()
    button.setChecked(True)
    assert button.grab().toImage() != folded


def test_that_the_ground_shows_that_it_can_be_pressed(qtbot: QtBot) -> None:
    button = shown(qtbot, LineButton(GREP))
    button.setDown(True)
    assert button.grab().toImage().pixelColor(QPoint(200, 3)) == theme.color("hover")


def test_that_a_result_without_room_leaves_its_sign(qtbot: QtBot) -> None:
    line = Line("terminal", "Bash", argument="pytest", result="r" * 200, result_icon="circle-x")
    wide, narrow = shown(qtbot, LineButton(line), 4_000), shown(qtbot, LineButton(line), 160)
    assert not wide.grab().isNull()
    assert not narrow.grab().isNull()


def test_that_a_failure_is_painted_in_its_colour(qtbot: QtBot) -> None:
    line = Line("terminal", "Bash", result="█████", result_icon="circle-x", result_tone="state:failed")
    image = shown(qtbot, LineButton(line)).grab().toImage()
    wanted = theme.state_color("failed")
    painted = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert any(abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) < 20 for c in painted)
