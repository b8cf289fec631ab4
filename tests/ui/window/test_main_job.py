"""The main job, with the window's own controls: a request, a plan, a team at work, a report."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from maos_desktop.config import ConfigFile
from maos_desktop.model.event import MessageSent, PlanDecided, PlanRequested, SessionInterrupted
from maos_desktop.model.ids import AgentId
from maos_desktop.model.message import Importance
from maos_desktop.model.session import Backend, SessionSettings, SessionState
from maos_desktop.ui.banner import Banner
from maos_desktop.ui.report_view import ReportView
from tests.scripted_executor import ScriptedExecutor, ScriptedProcess
from tests.scripted_sessions import events_of, hang, until
from tests.ui.window.conftest import OpenDesk


async def test_that_a_request_ends_in_a_report(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.run(settings)
        assert view.fold.state is SessionState.DONE
        report = desk.find(ReportView, "reportView")
        await desk.until(report.isVisible)
        assert "A key in config.py" in report.text.toPlainText()
        assert desk.window.windowTitle() == "Review this project"
        timeline = desk.find(QTableView, "timelineTable")
        assert timeline.model().rowCount() > 5


async def test_that_the_plan_is_offered_once_and_waits_behind_a_button(
    open_desk: OpenDesk, settings: SessionSettings
) -> None:
    async with open_desk() as desk:
        await desk.submit(settings)
        dialog = await desk.plan_dialog()
        dialog.close()
        desk.view.changed.emit()
        await asyncio.sleep(0)
        assert desk.plan_dialogs() == []
        assert desk.view.live.is_running
        desk.click("bannerAction", desk.find(Banner, "sessionBanner"))
        await desk.approve()
        await desk.ended(desk.view)
        assert desk.view.fold.state is SessionState.DONE


async def test_that_an_edited_plan_is_what_runs(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.submit(settings)
        dialog = await desk.plan_dialog()
        desk.find(QLineEdit, "taskTitle", dialog).setText("Draw a map")
        desk.click("approvePlan", dialog)
        await desk.ended(view)
        (decision,) = await events_of(view.live, PlanDecided)
        assert decision.edited
        assert decision.plan is not None
        assert decision.plan.subtasks[0].title == "Draw a map"


async def test_that_another_plan_can_be_asked_for(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.submit(settings)
        dialog = await desk.plan_dialog()
        desk.click("askAgain", dialog)
        desk.find(QLineEdit, "planComment", dialog).setText("fewer tasks")
        desk.click("sendComment", dialog)
        await until(view.live, PlanRequested, comment="fewer tasks")
        await desk.until(lambda: desk.plan_dialogs() == [])
        await desk.approve()
        await desk.ended(view)
        assert view.fold.state is SessionState.DONE


async def test_that_a_rejected_plan_ends_the_session(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.submit(settings)
        desk.click("rejectPlan", await desk.plan_dialog())
        await desk.ended(view)
        assert view.fold.state is SessionState.REJECTED
        assert desk.find(QLabel, "sessionState").text() == "Rejected"


async def test_that_stop_keeps_everything_and_continue_goes_on(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        released = asyncio.Event()

        async def tester(agent: ScriptedProcess) -> str:
            await released.wait()
            return "All is tested."

        executor.scripts["tester-1"] = tester
        view = await desk.submit(settings)
        await desk.approve()
        await desk.until(lambda: "tester-1" in view.fold.agents and len(executor.of("tester-1")) == 1)
        desk.click("stopSession")
        await desk.until(lambda: view.can_continue)
        banner = desk.find(Banner, "sessionBanner", view)
        assert banner.isVisible()
        assert "interrupted" in banner.accessibleName()
        released.set()
        desk.click("bannerAction", banner)
        await desk.until(lambda: view.live.is_running)
        await desk.ended(view)
        assert view.fold.state is SessionState.DONE
        assert not banner.isVisible()


async def test_that_the_user_can_write_to_all(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        executor.scripts["analyst-1"] = hang
        view = await desk.submit(settings)
        await desk.approve()
        await desk.until(lambda: executor.of("analyst-1") and view.fold.state is SessionState.RUNNING)
        view.agents.message_submitted.emit(AgentId("analyst-1"), "Mind the gap", Importance.HIGH)
        sent = await until(view.live, MessageSent)
        assert sent.message.text == "Mind the gap"
        desk.do("messageAll")
        await view.live.stop()


async def test_that_an_agent_can_be_interrupted_from_the_menu(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        executor.scripts["analyst-1"] = hang
        view = await desk.submit(settings)
        await desk.approve()
        await desk.until(lambda: "analyst-1" in view.fold.agents and view.fold.agents[AgentId("analyst-1")].transcript)
        view.agents.show_only(AgentId("analyst-1"))
        desk.do("interruptAgent")
        await desk.until(lambda: view.fold.agents[AgentId("analyst-1")].state == "paused")
        await view.live.stop()


async def test_that_what_cannot_be_done_is_said_in_the_session(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.run(settings)
        view.agents.message_submitted.emit(None, "Too late", Importance.NORMAL)
        await desk.until(
            lambda: any(label.text() for label in view.findChildren(QLabel, "bannerText") if label.isVisible())
        )
        texts = [label.text() for label in view.findChildren(QLabel, "bannerText") if label.isVisible()]
        assert texts == ["This session is not running."]


async def test_that_a_session_is_the_same_after_a_restart(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.run(settings)
        shown = desk.find(ReportView, "reportView").text.toPlainText()
        agents = {agent.id: agent.state for agent in view.fold.agents.values()}
        rows = len(view.fold.timeline)
        session_id = view.live.id
        desk.window.close()

    async with open_desk() as desk:
        assert desk.view.live.id == session_id
        assert {agent.id: agent.state for agent in desk.view.fold.agents.values()} == agents
        assert len(desk.view.fold.timeline) == rows
        assert desk.find(ReportView, "reportView").text.toPlainText() == shown


async def test_that_the_first_run_leads_to_the_sample(open_desk: OpenDesk) -> None:
    async with open_desk() as desk:
        assert desk.find(QWidget, "welcome").isVisible()
        desk.do("trySample")
        assert "Review this project" in desk.request_text()
        desk.click("makePlan")
        await desk.until(lambda: desk.window.session_view is not None and desk.view.live.is_running)
        assert desk.view.live.settings.backend is Backend.REHEARSAL
        await desk.until(desk.find(QWidget, "rehearsalLabel").isVisible)
        desk.do("newRequest")
        assert not desk.find(QWidget, "welcome").isVisible()


async def test_that_a_request_and_its_choices_are_remembered(open_desk: OpenDesk, settings: SessionSettings) -> None:
    async with open_desk() as desk:
        view = await desk.submit(settings.model_copy(update={"backend": Backend.REHEARSAL}))
        assert ConfigFile().config.backend == "rehearsal"
        await view.live.stop()
        desk.do("newRequest")
        assert desk.request_text() == ""
        await desk.until(lambda: desk.window.findChild(QPushButton, "recentRequest0") is not None)


async def test_that_a_folder_that_has_gone_is_said_in_the_window(
    open_desk: OpenDesk, settings: SessionSettings, project: Path
) -> None:
    async with open_desk() as desk:
        desk.window.editor.fill(settings.request, project)
        shutil.rmtree(project)
        desk.window.editor.submitted.emit(settings)
        text = desk.find(QLabel, "bannerText")
        await desk.until(text.isVisible)
        assert "does not exist" in text.text()
        assert desk.window.session_view is None
        assert desk.find(QPushButton, "makePlan").isEnabled()


async def test_that_sessions_can_be_switched_and_rest_unloaded(
    open_desk: OpenDesk, settings: SessionSettings, qtbot: QtBot
) -> None:
    async with open_desk() as desk:
        first = await desk.run(settings)
        second = await desk.run(settings.model_copy(update={"request": "Another one"}))
        await desk.until(lambda: first.live.id not in desk.window.open_sessions)
        desk.window.open_session(first.live.id)
        await desk.until(lambda: desk.window.session_view is not None and desk.view.live.id == first.live.id)
        await desk.until(lambda: second.live.id not in desk.window.open_sessions)
        sessions = desk.find(QListView, "sessions")
        assert sessions.currentIndex().data() == "Review this project"


async def test_that_a_running_session_stays_open_in_the_background(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        executor.scripts["analyst-1"] = hang
        first = await desk.submit(settings)
        await desk.approve()
        await desk.until(lambda: first.fold.state is SessionState.RUNNING)
        await desk.submit(settings.model_copy(update={"request": "Another one"}))
        assert first.live.id in desk.window.open_sessions
        assert desk.view is not first
        await desk.plan_dialog()
        await first.live.stop()
        await until(first.live, SessionInterrupted)


async def test_that_the_dialog_of_a_hidden_session_waits_until_it_is_shown(
    open_desk: OpenDesk, settings: SessionSettings, executor: ScriptedExecutor
) -> None:
    async with open_desk() as desk:
        executor.may_start.clear()
        view = await desk.submit(settings)
        desk.do("newRequest")
        executor.may_start.set()
        await desk.until(lambda: view.needs_plan_decision)
        assert desk.plan_dialogs() == []
        desk.window.open_session(view.live.id)
        await desk.plan_dialog()
        await view.live.stop()
