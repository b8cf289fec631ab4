"""The roles of the rehearsal: how each works, and what each can tell of a file."""

from __future__ import annotations

from maos_desktop.model.plan import Role
from maos_desktop.rehearsal.roles import (
    analyst,
    architect,
    developer,
    documenter,
    performance,
    researcher,
    reviewer,
    security,
    tester,
)
from maos_desktop.rehearsal.roles.rules import RoleRules

__all__ = ["RoleRules", "rules_for"]

_RULES: dict[str, RoleRules] = {
    Role.ANALYST: analyst.RULES,
    Role.ARCHITECT: architect.RULES,
    Role.DEVELOPER: developer.RULES,
    Role.TESTER: tester.RULES,
    Role.REVIEWER: reviewer.RULES,
    Role.SECURITY: security.RULES,
    Role.PERFORMANCE: performance.RULES,
    Role.RESEARCHER: researcher.RULES,
    Role.DOCUMENTER: documenter.RULES,
}


def rules_for(role: str) -> RoleRules:
    """Returns how this role works; a role that the rules do not know works like an analyst."""
    return _RULES.get(role, analyst.RULES)
