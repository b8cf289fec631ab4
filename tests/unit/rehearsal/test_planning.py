from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maos_desktop.model.plan import Mode, Plan, Role
from maos_desktop.rehearsal.planning import MAX_TASKS, MIN_TASKS, make_plan, roles_in
from maos_desktop.rehearsal.prompts import PlanPrompt
from maos_desktop.rehearsal.reports import NOTICE

PROJECT = "Folder: shop\nLanguages: Python (14 files), Markdown (2 files)\nSize: 16 files, 20 KiB"


def planned(request: str, **fields: Any) -> Plan:
    given: dict[str, Any] = {"project": PROJECT, "mode": None, "comment": "", "roles_before": (), "refusal": ""}
    return Plan.model_validate(make_plan(PlanPrompt(request=request, **(given | fields))))


def roles_of(plan: Plan) -> list[str]:
    return [subtask.role.value for subtask in plan.subtasks]


@pytest.mark.parametrize(
    ("request_text", "role"),
    [
        ("Find secrets", Role.SECURITY),
        ("Is it vulnerable?", Role.SECURITY),
        ("Are the tests any good?", Role.TESTER),
        ("Why is it so slow?", Role.PERFORMANCE),
        ("Improve the README", Role.DOCUMENTER),
        ("Review the code", Role.REVIEWER),
        ("Find bugs", Role.REVIEWER),
        ("Explain the architecture", Role.ARCHITECT),
        ("Help me understand it", Role.ANALYST),
        ("Which dependencies are outdated?", Role.RESEARCHER),
        ("Implement a coupon", Role.DEVELOPER),
        ("Ask a documenter", Role.DOCUMENTER),
    ],
)
def test_that_the_words_of_a_request_name_roles(request_text: str, role: Role) -> None:
    assert role in roles_in(request_text)
    assert role.value in roles_of(planned(request_text))


@pytest.mark.parametrize("word", ["contest", "unreadmeable", "slower-ish? no: below", "authority over bugle"])
def test_that_a_word_inside_another_names_no_role(word: str) -> None:
    assert Role.TESTER not in roles_in(word)
    assert Role.DOCUMENTER not in roles_in(word)


def test_that_a_general_request_has_a_general_team() -> None:
    plan = planned("Hello there")

    assert roles_of(plan) == ["analyst", "tester", "security", "reviewer"]
    assert "No word of the request names a role" in plan.rationale


def test_that_a_narrow_request_is_filled_up() -> None:
    assert len(planned("Why is it so slow?").subtasks) == MIN_TASKS


def test_that_a_request_for_everything_is_cut() -> None:
    everything = "Test, review, document, secure, speed up, explain, restructure and fix it, and its dependencies"

    assert len(planned(everything).subtasks) == MAX_TASKS


def test_that_the_reviewer_comes_last_and_builds_on_the_others() -> None:
    plan = planned("Review this project for security and tests")
    *others, reviewer = plan.subtasks

    assert reviewer.role is Role.REVIEWER
    assert set(reviewer.depends_on) == {subtask.id for subtask in others}
    assert all(subtask.depends_on == () for subtask in others)


def test_that_a_plan_without_a_reviewer_runs_at_the_same_time() -> None:
    plan = planned("Tests and security, without a review", roles_before=("tester", "security"))

    assert all(subtask.depends_on == () for subtask in plan.subtasks)


def test_that_no_task_of_a_rehearsal_writes() -> None:
    assert not any(subtask.writes for subtask in planned("Implement and fix everything").subtasks)


def test_that_a_plan_says_that_no_model_is_involved() -> None:
    assert planned("Test it").rationale.startswith(NOTICE)


def test_that_instructions_speak_of_the_request_and_the_folder() -> None:
    for subtask in planned("Test `load_config`").subtasks:
        assert "Test `load_config`" in subtask.instructions
        assert "Python (14 files)" in subtask.instructions


def test_that_another_folder_makes_other_instructions() -> None:
    assert planned("Test it", project="Languages: Go (3 files)").subtasks != planned("Test it").subtasks


@pytest.mark.parametrize(
    ("request_text", "named", "mode"),
    [
        ("Test it", Mode.SEQUENTIAL, Mode.SEQUENTIAL),
        ("Test it in parallel", Mode.SEQUENTIAL, Mode.SEQUENTIAL),
        ("Test it in parallel", None, Mode.PARALLEL),
        ("Test it, one after the other", None, Mode.SEQUENTIAL),
        ("Test it", None, Mode.DYNAMIC),
    ],
)
def test_that_the_mode_is_the_one_that_is_asked_for(request_text: str, named: Mode | None, mode: Mode) -> None:
    assert planned(request_text, mode=named).mode is mode


BEFORE = ("analyst", "tester", "security", "reviewer")


@pytest.mark.parametrize(
    ("comment", "roles"),
    [
        ("Add a documenter", ["analyst", "tester", "security", "documenter", "reviewer"]),
        ("Please look at performance, too", ["analyst", "tester", "security", "performance", "reviewer"]),
        ("without security", ["analyst", "tester", "reviewer"]),
        ("No tests, please", ["analyst", "security", "reviewer"]),
        ("Drop the analyst and add a documenter", ["tester", "security", "reviewer"]),
        ("Fewer tasks", ["analyst", "tester", "security"]),
        ("only two", ["analyst", "tester"]),
        ("Use 3 agents", ["analyst", "tester", "security"]),
        ("just one tester", ["tester"]),
        ("only two: security and a review", ["security", "reviewer"]),
        ("more, please", ["analyst", "architect", "tester", "security", "reviewer"]),
        ("Fine, but clearer titles", list(BEFORE)),
    ],
)
def test_that_a_comment_changes_the_plan_before(comment: str, roles: list[str]) -> None:
    assert roles_of(planned("Look at it", comment=comment, roles_before=BEFORE)) == roles


def test_that_a_comment_can_ask_for_another_mode() -> None:
    assert planned("Look at it", comment="In parallel, please", roles_before=BEFORE).mode is Mode.PARALLEL


def test_that_a_comment_stands_in_the_instructions() -> None:
    plan = planned("Look at it", comment="Mind the coupons", roles_before=BEFORE)

    assert "Mind the coupons" in plan.subtasks[0].instructions
    assert "comment on the plan before" in plan.rationale


def test_that_a_comment_that_drops_everybody_leaves_one() -> None:
    assert roles_of(planned("Look at it", comment="without the tester", roles_before=("tester",))) == ["analyst"]


def test_that_unknown_and_double_roles_of_a_plan_before_are_borne() -> None:
    assert roles_of(planned("Look", roles_before=("tester", "cook", "tester"))) == ["tester"]


def test_that_a_request_can_name_a_number_and_leave_a_role_out() -> None:
    assert roles_of(planned("Security review with two agents")) == ["security", "reviewer"]
    assert "tester" not in roles_of(planned("Review everything except tests"))


def test_that_a_refused_plan_comes_back_without_dependencies() -> None:
    plan = planned("Review the tests", refusal="The dependencies form a cycle.")

    assert all(subtask.depends_on == () for subtask in plan.subtasks)


@given(st.text(), st.text(), st.sampled_from(["", *Role]))
def test_that_whatever_is_asked_the_plan_is_valid(request_text: str, comment: str, role: str) -> None:
    plan = planned(request_text, comment=comment, roles_before=(role,) if role else ())

    assert plan.subtasks


def test_that_a_very_long_request_makes_a_valid_plan() -> None:
    assert planned("Review the tests. " * 10_000, comment="Add more. " * 1_000).goal.endswith("…")
