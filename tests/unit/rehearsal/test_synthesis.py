from __future__ import annotations

from typing import Any

import pytest

from maos_desktop.model.report import Confidence, Finding, Report
from maos_desktop.rehearsal.prompts import Proposed, Reported, SynthesisPrompt
from maos_desktop.rehearsal.reports import NOTICE
from maos_desktop.rehearsal.synthesis import MAX_STEPS, make_report
from tests.unit.rehearsal.folder_cli import investigate

SECURITY = """# Security: Look

## Findings

### Secret-like strings (2)
- `a.py:3` `key = "sk-l…"`
- `b.py:1` `token = "0123…"`

## Counts

- Files: 10
- Key files: 0
"""
REVIEWER = """# Reviewer: Look

## Findings

### Open notes (TODO, FIXME, HACK) (15)
- `c.py:9` `# TODO`
- and 14 more

### Places of other reports, read again (1)
- `a.py:3` `key = "sk-l…"` (reported by security-1)

## Counts

- Files: 12
"""


def result(agent: str, text: str, *, state: str = "done", task: str = "") -> Reported:
    return Reported(agent, task or f"t-{agent}", f"Task of {agent}", state, text)


def report_of(*results: Reported, request: str = "Look at it") -> Report:
    return Report.model_validate(make_report(SynthesisPrompt(request, results)))


def finding(report: Report, title: str) -> Finding:
    (found,) = [finding for finding in report.findings if finding.title == title]
    return found


def sources(found: Finding) -> list[tuple[str, str]]:
    return [(source.agent_id, source.task_id) for source in found.sources]


def test_that_the_summary_says_that_no_model_is_involved_and_what_was_asked() -> None:
    report = report_of(result("security-1", SECURITY), request="Is it safe?")

    assert report.summary.startswith(NOTICE)
    assert "“Is it safe?”" in report.summary
    assert "1 of 1 task done; 1 finding." in report.summary
    assert "secret-like strings: 2" in report.summary
    assert "`a.py`, `b.py`" in report.summary


def test_that_a_finding_names_its_places_and_whose_it_is() -> None:
    found = finding(report_of(result("security-1", SECURITY, task="t3")), "Secret-like strings: 2 places")

    assert found.detail == '- `a.py:3` `key = "sk-l…"`\n- `b.py:1` `token = "0123…"`'
    assert sources(found) == [("security-1", "t3")]
    assert found.confidence is Confidence.MEDIUM


def test_that_a_place_of_several_agents_is_one_finding_with_high_confidence() -> None:
    report = report_of(result("security-1", SECURITY), result("reviewer-1", REVIEWER))
    shared = finding(report, "Secret-like string at a.py:3")

    assert sources(shared) == [("security-1", "t-security-1"), ("reviewer-1", "t-reviewer-1")]
    assert shared.confidence is Confidence.HIGH
    assert "`a.py:3`" not in finding(report, "Secret-like strings: 1 place").detail


def test_that_the_same_place_from_one_agent_twice_is_not_shared() -> None:
    text = SECURITY + "\n### Open notes (TODO, FIXME, HACK) (1)\n- `a.py:3` `x`\n"

    assert not any(found.title.endswith("at a.py:3") for found in report_of(result("security-1", text)).findings)


def test_that_places_that_ask_for_nothing_are_listed_once() -> None:
    text = "## Findings\n### What the task names (1)\n- `a.py:3` `x`"
    report = report_of(result("analyst-1", text), result("tester-1", text))
    found = finding(report, "What the task names: 1 place")

    assert [agent for agent, _ in sources(found)] == ["analyst-1", "tester-1"]
    assert found.detail == "- `a.py:3` `x`"


def test_that_places_that_a_report_only_counts_are_counted() -> None:
    found = finding(report_of(result("reviewer-1", REVIEWER)), "Open notes (TODO, FIXME, HACK): 15 places")

    assert found.detail == "- `c.py:9` `# TODO`\n- and 14 more"


def test_that_findings_come_in_order_of_weight() -> None:
    titles = [f.title for f in report_of(result("reviewer-1", REVIEWER), result("security-1", SECURITY)).findings]

    assert [title.split(":")[0] for title in titles] == [
        "Secret-like string at a.py",
        "Secret-like strings",
        "Open notes (TODO, FIXME, HACK)",
    ]


def test_that_different_counts_of_the_same_thing_are_a_conflict() -> None:
    report = report_of(result("security-1", SECURITY), result("reviewer-1", REVIEWER))

    assert report.conflicts == ("Files: security-1 counts 10, reviewer-1 counts 12.",)


def test_that_equal_counts_are_no_conflict() -> None:
    assert report_of(result("security-1", SECURITY), result("security-2", SECURITY)).conflicts == ()


def test_that_next_steps_follow_from_findings() -> None:
    steps = report_of(result("reviewer-1", REVIEWER), result("security-1", SECURITY)).next_steps

    assert [step.split("`")[1] for step in steps] == ["a.py:3", "c.py:9"]


def test_that_there_are_only_so_many_next_steps() -> None:
    files = {
        "a.py": "eval(x)\nkey = 'x'\nhashlib.md5(x)\nDEBUG = True\napi_key = 'sk-live-0123456789'\n",
        "b.py": "# TODO\ntry:\n    pass\nexcept:\n    pass\n" + "x = 1\n" * 500,
    }
    results = [
        result(f"{role}-1", investigate(role, files).report) for role in ("security", "reviewer", "tester", "analyst")
    ]

    assert len(report_of(*results).next_steps) == MAX_STEPS


def test_that_proposed_work_is_a_next_step() -> None:
    prompt = SynthesisPrompt("Look", (result("security-1", SECURITY),), (Proposed("tester-1", "Fuzz it"),))
    assert make_report(prompt)["next_steps"][-1] == "Fuzz it (proposed by tester-1)"


@pytest.mark.parametrize("state", ["failed", "skipped", "pending"])
def test_that_a_task_that_was_not_done_is_missing(state: str) -> None:
    report = report_of(result("security-1", SECURITY), result("tester-1", "The CLI crashed.", state=state))

    assert report.missing == (f"Task of tester-1 (tester-1, t-tester-1) is {state}: The CLI crashed.",)
    assert "1 of 2 tasks done" in report.summary


def test_that_a_report_of_another_form_is_quoted_as_it_is() -> None:
    report = report_of(result("analyst-1", "I think that it is fine.\n" * 500))
    (found,) = report.findings

    assert found.title == "analyst-1: Task of analyst-1"
    assert found.detail.startswith("I think that it is fine.")
    assert found.confidence is Confidence.LOW
    assert "nothing that calls for a change" in report.summary


def test_that_no_results_make_a_report_all_the_same() -> None:
    report = report_of()

    assert report.findings == ()
    assert "0 of 0 tasks done; 0 findings." in report.summary


def test_that_real_reports_of_two_folders_make_different_syntheses() -> None:
    def synthesised(files: dict[str, str]) -> dict[str, Any]:
        results = [result(f"{role}-1", investigate(role, files).report) for role in ("security", "tester")]
        return make_report(SynthesisPrompt("Look", tuple(results)))

    assert synthesised({"a.py": "eval(x)\n"}) != synthesised({"b.go": 'exec.Command("x")\n'})
