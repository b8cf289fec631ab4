"""What roles and strategies are called in the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from maos_desktop.model.plan import Mode, Role


def role_word(role: Role) -> str:
    """Returns what an agent of this role is."""
    tr = QCoreApplication.translate
    return {
        Role.ANALYST: tr("Roles", "Analyst"),
        Role.ARCHITECT: tr("Roles", "Architect"),
        Role.DEVELOPER: tr("Roles", "Developer"),
        Role.TESTER: tr("Roles", "Tester"),
        Role.REVIEWER: tr("Roles", "Reviewer"),
        Role.SECURITY: tr("Roles", "Security"),
        Role.PERFORMANCE: tr("Roles", "Performance"),
        Role.RESEARCHER: tr("Roles", "Researcher"),
        Role.DOCUMENTER: tr("Roles", "Documenter"),
    }[role]


def mode_words(mode: Mode) -> str:
    """Returns how the subtasks are run, as a phrase."""
    tr = QCoreApplication.translate
    return {
        Mode.SEQUENTIAL: tr("Roles", "one after the other"),
        Mode.PARALLEL: tr("Roles", "all at once"),
        Mode.DYNAMIC: tr("Roles", "as results allow"),
    }[mode]
