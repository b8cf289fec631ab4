from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from maos_desktop.rehearsal.answer import Call
from maos_desktop.rehearsal.desk import READ_LINES, Desk, Search
from maos_desktop.rehearsal.inquiry import Concluded, Evidence, Inquiry, Step, advance
from maos_desktop.rehearsal.prompts import read_task_prompt
from maos_desktop.rehearsal.tool_output import Spot
from tests.unit.rehearsal.bodies import (
    AGENT_TOOLS,
    ENVIRONMENT,
    FOLDER,
    assistant,
    conversation,
    task,
    tool_result,
    tool_use,
    user,
)

T = TypeVar("T")
Result = tuple[str, bool]


class Bench:
    """Runs one inquiry of a desk: ``result`` answers each call with its text and whether it is an error."""

    def __init__(self, result: Callable[[Call], Result], tools: tuple[str, ...] = AGENT_TOOLS) -> None:
        self.calls: list[Call] = []
        self.said: list[str] = []
        self.desk = self._desk([], tools)
        self._result = result
        self._tools = tools

    def run(self, inquire: Callable[[Desk], Inquiry[T]]) -> T:
        messages: list[Mapping[str, Any]] = []
        while True:
            self.desk = self._desk(messages, self._tools)
            step = advance(inquire(self.desk), Evidence(self.desk.conversation))
            if isinstance(step, Concluded):
                return step.value
            messages += self._carried_out(step)

    def _carried_out(self, step: Step) -> list[Mapping[str, Any]]:
        self.said.append(step.say)
        self.calls += step.calls
        messages: list[Mapping[str, Any]] = [
            assistant(*(tool_use(call.tool, call.id, **call.input) for call in step.calls))
        ]
        for call in step.calls:
            text, is_error = self._result(call)
            messages.append(tool_result(text, call.id, is_error=is_error))
        return messages

    @staticmethod
    def _desk(messages: list[Mapping[str, Any]], tools: tuple[str, ...]) -> Desk:
        read = conversation(user(task()), ENVIRONMENT, *messages, tools=tools)
        return Desk(read, read_task_prompt(read.prompts))


def always(text: str, *, is_error: bool = False) -> Callable[[Call], Result]:
    return lambda _: (text, is_error)


def test_that_searches_run_at_the_same_time_and_return_their_matches() -> None:
    bench = Bench(lambda call: (f"a.py:1:{call.input['pattern']}", False))
    one, other = bench.run(lambda desk: desk.search("I look.", Search("ones", "x"), Search("others", "y", limit=5)))

    assert one.spots == (Spot("a.py", 1, "x"),)
    assert other.spots == (Spot("a.py", 1, "y"),)
    assert bench.said == ["I look."]
    assert bench.calls[1].input["head_limit"] == 5
    assert "node_modules" in bench.calls[0].input["glob"]


def test_that_a_search_in_one_file_names_the_file() -> None:
    bench = Bench(always("3:x"))
    (hits,) = bench.run(lambda desk: desk.search("", Search("x", "x", path="a.py")))

    assert hits.spots == (Spot("a.py", 3, "x"),)
    assert "glob" not in bench.calls[0].input


def test_that_what_was_not_found_is_remembered_by_its_name() -> None:
    bench = Bench(always("No matches found"))
    bench.run(lambda desk: desk.search("", Search("skipped tests", "x")))

    assert bench.desk.empty == ["skipped tests"]
    assert bench.desk.problems == []


def test_that_a_failed_search_is_a_problem_and_has_no_matches() -> None:
    bench = Bench(always("Search failed\nrg: regex parse error", is_error=True))
    (hits,) = bench.run(lambda desk: desk.search("", Search("x", "(")))

    assert hits.spots == ()
    assert bench.desk.empty == []
    assert bench.desk.problems == ["Grep `(`: Search failed – rg: regex parse error"]


def test_that_the_survey_counts_lines() -> None:
    bench = Bench(always("a.py:10\n\nFound 10 total occurrences across 1 file."))

    assert bench.run(lambda desk: desk.survey()).code == {"a.py": 10}
    assert bench.calls[0].input["output_mode"] == "count"


def test_that_files_are_found_by_content_and_by_name() -> None:
    bench = Bench(always("Found 1 files\na.py"))
    found = bench.run(lambda desk: desk.find("", "*.py"))

    assert found.listed == ("a.py",)
    assert bench.calls[0] == Call("Glob", {"pattern": "*.py"})


def test_that_files_are_read_by_their_whole_path() -> None:
    bench = Bench(always("1\tx\n2\t"))
    (lines,) = bench.run(lambda desk: desk.read("", ["sub/a.py"]))

    assert lines == {1: "x"}
    assert bench.calls[0].input == {"file_path": f"{FOLDER}/sub/a.py", "limit": READ_LINES}


def test_that_a_file_that_cannot_be_read_is_empty_and_named_without_the_folder() -> None:
    bench = Bench(always("File does not exist.", is_error=True))
    (lines,) = bench.run(lambda desk: desk.read("", ["sub/a.py"]))

    assert lines == {}
    assert bench.desk.problems == ["Read `sub/a.py`: File does not exist."]


def test_that_a_place_is_read_with_the_lines_around_it() -> None:
    bench = Bench(always("8\ta\n9\tb\n10\tc\n11\td"))
    found = bench.run(lambda desk: desk.look_at("", [Spot("a.py", 10), Spot("a.py", 99)]))

    assert found == ["c", None]
    assert bench.calls[0].input["offset"] == 8


def test_that_nothing_to_look_at_needs_no_call() -> None:
    bench = Bench(always(""))

    assert bench.run(lambda desk: desk.look_at("", [])) == []
    assert bench.calls == []


def test_that_a_command_runs_only_where_bash_is_offered() -> None:
    with_bash, without = Bench(always("abc First")), Bench(always("abc First"), tools=("Read",))

    assert with_bash.run(lambda desk: desk.run("", "git log", "Show")) == "abc First"
    assert without.run(lambda desk: desk.run("", "git log", "Show")) is None
    assert without.desk.problems == []


def test_that_a_command_that_failed_has_no_output() -> None:
    bench = Bench(always("Exit code 128\nfatal: not a git repository", is_error=True))

    assert bench.run(lambda desk: desk.run("", "git log", "Show")) is None
    assert bench.desk.problems == ["Bash `git log`: Exit code 128 – fatal: not a git repository"]


def test_that_a_tool_that_is_not_offered_is_a_problem() -> None:
    bench = Bench(always(""), tools=("Read",))
    bench.run(lambda desk: desk.survey())

    assert bench.desk.problems == ["Grep `^`: The tool Grep is not offered to this agent."]
