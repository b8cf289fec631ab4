"""A request can be written, is checked where it stands, and is submitted with what was chosen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from maos_desktop.config import Config
from maos_desktop.model.plan import Mode
from maos_desktop.model.session import Backend, PermissionMode, SessionSettings
from maos_desktop.paths import resources_folder
from maos_desktop.ui.folder_field import dropped_folder
from maos_desktop.ui.request_editor import RequestEditor

W = TypeVar("W", bound=QObject)

pytestmark = pytest.mark.usefixtures("light_theme")


class Form:
    """The editor as its user sees it."""

    def __init__(self, qtbot: QtBot, config: Config) -> None:
        self.editor = RequestEditor(config)
        self.submitted: list[SessionSettings] = []
        self.editor.submitted.connect(self.submitted.append)
        self._qtbot = qtbot
        qtbot.addWidget(self.editor)
        self.editor.resize(900, 800)
        self.editor.show()

    def find(self, kind: type[W], name: str) -> W:
        found = self.editor.findChild(kind, name)
        assert found is not None, name
        return found

    def write(self, text: str) -> None:
        self.find(QPlainTextEdit, "request").setPlainText(text)

    def name_folder(self, folder: Path | str) -> None:
        self.find(QLineEdit, "projectFolder").setText(str(folder))

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def choose(self, name: str, data: str) -> None:
        combo = self.find(QComboBox, name)
        combo.setCurrentIndex(combo.findData(data))

    def shown(self, name: str) -> str:
        """Returns the text of a label that can be seen, else nothing."""
        label = self.find(QLabel, name)
        return label.text() if label.isVisible() else ""


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    return Form(qtbot, Config())


def test_that_a_request_is_submitted_with_sensible_defaults(form: Form, tmp_path: Path) -> None:
    form.write("  Find the bug\n")
    form.name_folder(tmp_path)
    form.click("makePlan")
    assert form.submitted == [SessionSettings(request="Find the bug", project_folder=tmp_path)]


def test_that_every_choice_reaches_the_settings(form: Form, tmp_path: Path) -> None:
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.choose("mode", "parallel")
    form.find(QSpinBox, "maxAgents").setValue(7)
    form.choose("model", "opus")
    form.choose("permissionMode", "accept_edits")
    form.find(QCheckBox, "autoApprove").setChecked(True)
    form.click("makePlan")
    assert form.submitted == [
        SessionSettings(
            request="Find the bug",
            project_folder=tmp_path,
            mode=Mode.PARALLEL,
            max_agents=7,
            model="opus",
            permission_mode=PermissionMode.ACCEPT_EDITS,
            auto_approve=True,
        )
    ]


def test_that_it_starts_with_what_was_chosen_last(qtbot: QtBot, tmp_path: Path) -> None:
    form = Form(qtbot, Config(backend="rehearsal", mode="sequential", max_agents=2, permission_mode="accept_edits"))
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.click("makePlan")
    (settings,) = form.submitted
    assert settings.backend is Backend.REHEARSAL
    assert settings.mode == Mode.SEQUENTIAL
    assert settings.max_agents == 2


def test_that_the_keyboard_can_submit(form: Form, qtbot: QtBot, tmp_path: Path) -> None:
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.editor.focus_request()
    qtbot.waitActive(form.editor)
    with qtbot.waitSignal(form.editor.submitted):
        field = form.find(QPlainTextEdit, "request")
        QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_that_an_empty_request_is_said_at_the_request(form: Form, tmp_path: Path) -> None:
    form.name_folder(tmp_path)
    form.write(" \n ")
    assert form.shown("requestProblem") == ""
    form.click("makePlan")
    assert form.submitted == []
    assert form.shown("requestProblem") == "The request is empty. Write what the agents should do."
    assert form.find(QPlainTextEdit, "request").property("invalid") == "true"
    form.write("Now there is one")
    assert form.shown("requestProblem") == ""


def test_that_a_request_that_is_too_long_is_refused(form: Form, tmp_path: Path) -> None:
    form.name_folder(tmp_path)
    form.write("many words " * 20_000)
    form.click("makePlan")
    assert form.submitted == []
    assert "longer than 200,000 characters" in form.shown("requestProblem")


def test_that_no_folder_is_said_at_the_folder(form: Form) -> None:
    form.write("Find the bug")
    form.click("makePlan")
    assert form.submitted == []
    assert form.shown("projectFolderProblem") == "Choose the folder that the agents should work in."


def test_that_a_folder_is_checked_as_it_is_typed(form: Form, tmp_path: Path) -> None:
    form.name_folder(tmp_path / "gone")
    assert "does not exist" in form.shown("projectFolderProblem")
    file = tmp_path / "file.txt"
    file.touch()
    form.name_folder(file)
    assert "This is a file" in form.shown("projectFolderProblem")
    form.name_folder("x" * 10_000)
    assert "cannot be reached" in form.shown("projectFolderProblem")
    form.name_folder(tmp_path)
    assert form.shown("projectFolderProblem") == ""


def test_that_an_unreadable_folder_is_refused(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root can read every folder, so the answer of the system is replaced.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.click("makePlan")
    assert form.submitted == []
    assert "cannot be read" in form.shown("projectFolderProblem")


def test_that_the_home_folder_can_be_written_short(form: Form, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    form.write("Find the bug")
    form.name_folder("~")
    form.click("makePlan")
    assert form.submitted[0].project_folder == tmp_path


def test_that_a_folder_can_be_chosen_in_a_dialog(form: Form, tmp_path: Path) -> None:
    form.click("chooseFolder")
    dialog = form.editor.window().findChild(QFileDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert form.find(QLineEdit, "projectFolder").text() == str(tmp_path)


def test_that_a_dropped_folder_or_file_names_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.touch()
    data = QMimeData()
    assert dropped_folder(data) is None
    data.setUrls([QUrl("https://example.org/x")])
    assert dropped_folder(data) is None
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    assert dropped_folder(data) == tmp_path
    data.setUrls([QUrl.fromLocalFile(str(file))])
    assert dropped_folder(data) == tmp_path


def test_that_each_back_end_says_what_it_is(form: Form) -> None:
    texts = {button.text(): button.accessibleDescription() for button in form.editor.findChildren(QRadioButton)}
    assert "account" in texts["Claude"]
    assert "No language model is involved" in texts["Rehearsal"]


def test_that_a_model_is_offered_only_where_one_answers(form: Form, tmp_path: Path) -> None:
    form.choose("model", "opus")
    form.click("backend_rehearsal")
    assert not form.find(QComboBox, "model").isEnabled()
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.click("makePlan")
    assert form.submitted[0].model is None
    assert form.submitted[0].backend is Backend.REHEARSAL
    form.click("backend_claude")
    assert form.find(QComboBox, "model").isEnabled()


def test_that_nothing_can_be_submitted_before_the_services_are_there(form: Form) -> None:
    form.editor.set_ready(False)
    assert not form.find(QPushButton, "makePlan").isEnabled()
    form.editor.set_ready(True)
    assert form.find(QPushButton, "makePlan").isEnabled()


def test_that_the_sample_project_needs_no_account_and_no_typing(form: Form) -> None:
    form.editor.set_first_run(True)
    assert form.find(QWidget, "welcome").isVisible()
    form.click("trySample")
    form.click("makePlan")
    (settings,) = form.submitted
    assert settings.backend is Backend.REHEARSAL
    assert settings.project_folder == resources_folder() / "sample_project"
    assert "Review this project" in settings.request


def test_that_recent_requests_can_be_taken_up_again(form: Form) -> None:
    assert not form.find(QWidget, "recentRequests").isVisible()
    form.editor.set_recent([f"Request {number}\nwith more" for number in range(9)])
    buttons = [b for b in form.editor.findChildren(QPushButton) if b.objectName().startswith("recentRequest")]
    assert [b.accessibleName() for b in buttons] == [f"Request {number}" for number in range(5)]
    form.click("recentRequest3")
    assert form.find(QPlainTextEdit, "request").toPlainText() == "Request 3\nwith more"
    form.editor.set_recent([])
    assert not form.find(QWidget, "recentRequests").isVisible()


def test_that_the_folder_stays_for_the_next_request(form: Form, tmp_path: Path) -> None:
    form.write("Find the bug")
    form.name_folder(tmp_path)
    form.editor.clear_request()
    assert form.find(QPlainTextEdit, "request").toPlainText() == ""
    assert form.find(QLineEdit, "projectFolder").text() == str(tmp_path)


def test_that_an_endless_word_is_broken_anywhere(form: Form) -> None:
    """Looking for the end of such a word takes Qt seconds."""
    field = form.find(QPlainTextEdit, "request")
    form.editor.fill("many words " * 5_000)
    assert field.wordWrapMode() != QTextOption.WrapMode.WrapAnywhere
    QGuiApplication.clipboard().setText("x" * 100_000)
    field.paste()
    assert field.wordWrapMode() == QTextOption.WrapMode.WrapAnywhere
    assert field.toPlainText().startswith("x" * 100_000)
