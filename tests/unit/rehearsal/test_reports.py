from __future__ import annotations

from collections.abc import Sequence

from maos_desktop.agents.prompting import quote as quoted_in_prompt
from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.conversation import Outcome
from maos_desktop.rehearsal.findings import LARGE_FILE, NOTE, SECRET, Findings
from maos_desktop.rehearsal.reports import MAX_PLACES, NOTICE, read_report, write_report
from maos_desktop.rehearsal.tool_output import Hits, Spot


def written(findings: Findings, outcomes: Sequence[Outcome] = (), **parts: list[str]) -> str:
    given: dict[str, list[str]] = {"team": [], "empty": [], "problems": []}
    return write_report("Tester: Look", findings, outcomes=outcomes, **(given | parts))


def test_that_a_report_says_that_no_model_is_involved() -> None:
    report = written(Findings())

    assert report.startswith(f"# Tester: Look\n\n{NOTICE}")
    assert "nothing to report" in report
    assert "No tool was called." in report


def test_that_places_stand_under_their_category_the_most_pressing_first() -> None:
    findings = Findings()
    findings.add(NOTE, [Spot("a.py", 3, "# TODO: x")])
    findings.add(SECRET, Hits((Spot("b.py", 1, 'token = "0123456789"'),), more=True))
    report = written(findings)

    assert '### Secret-like strings (1+)\n- `b.py:1` `token = "0123…"`' in report
    assert "### Open notes (TODO, FIXME, HACK) (1)\n- `a.py:3` `# TODO: x`" in report
    assert report.index("Secret-like") < report.index("Open notes")


def test_that_a_long_list_is_cut_and_counted() -> None:
    findings = Findings()
    findings.add(NOTE, [Spot("a.py", n, "# TODO") for n in range(1, MAX_PLACES + 4)])
    report = written(findings)

    assert f"({MAX_PLACES + 3})" in report
    assert "- and 3 more" in report


def test_that_sections_without_content_are_left_out() -> None:
    report = written(Findings())

    for heading in ("Counts", "Remarks", "From the team", "Not done"):
        assert f"## {heading}" not in report


def test_that_counts_remarks_talk_and_problems_have_sections() -> None:
    findings = Findings()
    findings.counts["Tests"] = 3
    findings.remarks.append("It is small.")
    report = written(findings, team=["tester-1 said so."], problems=["Bash `x`: no", "Bash `x`: no"])

    assert "## Counts\n\n- Tests: 3" in report
    assert "## Remarks\n\n- It is small." in report
    assert "## From the team\n\n- tester-1 said so." in report
    assert report.endswith("## Not done\n\n- Bash `x`: no")


def test_that_a_report_says_how_it_was_made() -> None:
    outcomes = [Outcome(Call("Grep", {}), ""), Outcome(Call("Grep", {}), ""), Outcome(Call("mcp__maos__reply", {}), "")]
    report = written(Findings(), outcomes, empty=["skipped tests", "skipped tests"])

    assert "2 tool calls (Grep 2). Looked for without a find: skipped tests." in report


def test_that_a_report_can_be_read_back() -> None:
    findings = Findings()
    findings.add(NOTE, [Spot("a.py", n, "# TODO") for n in range(1, MAX_PLACES + 3)])
    findings.add(LARGE_FILE, [Spot("b.py", note="900 lines")])
    findings.counts["Tests"] = 3
    read = read_report(written(findings))

    assert [spot.where for spot in read.places[NOTE]] == [f"a.py:{n}" for n in range(1, MAX_PLACES + 1)]
    assert read.places[LARGE_FILE] == [Spot("b.py", 0, note="900 lines")]
    assert read.hidden == {NOTE: 2}
    assert read.counts == {"Tests": 3}


def test_that_a_report_quoted_in_a_prompt_can_be_read_back() -> None:
    findings = Findings()
    findings.add(NOTE, [Spot("a.py", 1, "# TODO: <b>")])
    findings.counts["Tests"] = 3
    read = read_report(quoted_in_prompt(written(findings)))

    assert [spot.where for spot in read.places[NOTE]] == ["a.py:1"]
    assert read.counts == {"Tests": 3}


def test_that_other_text_yields_nothing() -> None:
    read = read_report("I looked at `a.py:3`.\n\n- `b.py:1` is bad\n- Tests: 3")

    assert read.places == {}
    assert read.counts == {}
