"""Puts each plan of a session before the user, once by itself and then on request, and passes the decision on."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from maos_desktop.model.fold import SessionFold
from maos_desktop.model.plan import Plan
from maos_desktop.sessions.live_session import LiveSession
from maos_desktop.ui.plan_dialog import PlanDialog
from maos_desktop.ui.tasks import TaskOwner


class PlanGate(QObject):
    """Owns the plan dialog of one session; at most one is open."""

    def __init__(self, live: LiveSession, tasks: TaskOwner, over: QWidget) -> None:
        super().__init__(over)
        self._live = live
        self._tasks = tasks
        self._over = over
        self._dialog: PlanDialog | None = None
        self._offered: tuple[Plan | None, str] | None = None

    def offer(self, fold: SessionFold) -> None:
        """Opens the dialog unless this plan was offered before: the user may have put it off."""
        if not self._was_offered(fold):
            self.review(fold)

    def review(self, fold: SessionFold) -> None:
        """Opens the dialog with the plan that waits, or brings it to the front."""
        if self._dialog is not None and self._was_offered(fold):
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        self._close_dialog()
        self._offered = fold.plan, fold.plan_refusal
        self._dialog = self._open(None if fold.plan_refusal else fold.plan, fold.plan_refusal)

    def close(self) -> None:
        """Closes the dialog: no plan waits any more."""
        self._offered = None
        self._close_dialog()

    def _was_offered(self, fold: SessionFold) -> bool:
        """Whether it is the very same proposal; an equal one that came later is another."""
        if self._offered is None:
            return False
        plan, refusal = self._offered
        return plan is fold.plan and refusal == fold.plan_refusal

    def _open(self, plan: Plan | None, refusal: str) -> PlanDialog:
        live, tasks = self._live, self._tasks
        dialog = PlanDialog(live.title, plan, live.settings.request, refusal, self._over)
        dialog.approved.connect(lambda edited: tasks.start(live.approve(edited), "approve the plan"))
        dialog.asked_again.connect(lambda comment: tasks.start(live.ask_again(comment), "ask for another plan"))
        dialog.rejected_plan.connect(lambda: tasks.start(live.reject(), "reject the plan"))
        dialog.finished.connect(self._forget_dialog)
        dialog.show()
        return dialog

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.close()

    def _forget_dialog(self) -> None:
        self._dialog = None
