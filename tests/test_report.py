"""Reports for people and for machines: the table, the notes, JSON and JUnit, and what they count."""

import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from refimpl.numbers import parse
from refimpl.oracle import store
from refimpl.oracle.journal import Entry
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported
from refimpl.oracle.report import machine, tally, text
from refimpl.oracle.report.tally import Report
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS

HELLO = Hello(
    "fake & <co>",
    "1.0",
    "none",
    "binary64",
    ("kmeans.assign", "kmeans.step", "coins.step"),
    conventions={"labels": "used"},
    omits={"kmeans.step": {"distortion": "there is none"}, "kmeans.fit": {"iterations": "not told"}},
)


def case(identity: str) -> Any:
    return store.find(store.fixtures(), identity)


def golden(identity: str) -> dict[str, Any]:
    return dict(case(identity).expected)


def answers() -> list[tuple[str, Answer]]:
    """One answer of every verdict."""
    step = golden("kmeans.step/plain")
    near = [[float(parse(row[0])) * (1 + 1e-9)] for row in step["centers"]]
    final = case("kmeans.run/one-iteration")
    return [
        ("kmeans.assign/plain", Result(golden("kmeans.assign/plain"))),
        ("kmeans.assign/tie-lowest-index", Result({"labels": [9, 9, 9]})),
        ("kmeans.step/plain", Result({**step, "centers": near})),
        ("kmeans.step/stale-objective", Result({**golden("kmeans.step/stale-objective"), "centers": [["1"], ["2"]]})),
        ("kmeans.step/small-spread", Refused("bad-input", "I do not\nlike \x00 <it>")),
        ("kmeans.step/refuse-no-centers", Refused("empty-data", "no centers")),
        ("kmeans.run/one-iteration", Result({**final.expected, **final.alternatives["labels=final"][0].result})),
        ("kmeans.fit/plain", Unsupported("the task is not offered")),
        ("coins.step/lecture", Unsupported("coins are odd & even")),
        ("coins.step/equal-coins", Unsupported("coins are odd & even")),
        ("coins.step/one-toss-each", Result({**golden("coins.step/one-toss-each"), "log_likelihood": math.nan})),
    ]


def made(pairs: Sequence[tuple[str, Answer]] | None = None) -> Report:
    pairs = answers() if pairs is None else pairs
    entries = [Entry(score(case(identity), HELLO, answer), answer) for identity, answer in pairs]
    return Report(HELLO, entries, "refimpl verify fake", len(entries))


def to_json(report: Report) -> str:
    return "".join(machine.to_json(report))


def to_junit(report: Report) -> bytes:
    return "".join(machine.to_junit(report)).encode()


def printed(report: Report, width: int = 200) -> str:
    out = Console(file=StringIO(), width=width, highlight=False, markup=False)
    out.print(text.table(report))
    return out.file.getvalue()  # type: ignore[attr-defined, no-any-return]


VERDICTS = {
    "kmeans.assign/plain": "pass",
    "kmeans.assign/tie-lowest-index": "wrong branch",
    "kmeans.step/plain": "weak",
    "kmeans.step/stale-objective": "fail",
    "kmeans.step/small-spread": "error",
    "kmeans.step/refuse-no-centers": "pass",
    "kmeans.run/one-iteration": "convention",
    "kmeans.fit/plain": "unsupported",
    "coins.step/lecture": "unsupported",
    "coins.step/equal-coins": "unsupported",
    "coins.step/one-toss-each": "fail",
}


def test_the_answers_of_these_tests_have_one_of_every_verdict() -> None:
    assert {e.score.case_id: e.score.verdict for e in made().entries} == VERDICTS
    assert set(VERDICTS.values()) == {*tally.VERDICTS, "unsupported"}


def test_rows_count_executed_applicable_and_total() -> None:
    rows = {row.task: (row.executed, row.applicable, row.total) for row in made().rows}
    assert rows == {
        "kmeans.assign": (2, 2, 2),
        "kmeans.step": (3, 4, 4),
        "kmeans.run": (1, 1, 1),
        "kmeans.fit": (0, 0, 1),
        "coins.step": (1, 1, 3),
    }
    assert list(rows) == [task for task in TASKS if task in rows]
    for row in made().rows:
        counted = {v: sum(VERDICTS[i] == v for i in VERDICTS if i.startswith(f"{row.task}/")) for v in tally.VERDICTS}
        assert row.verdicts == counted


def test_the_worst_case_of_a_row_is_the_one_that_falls_most_short() -> None:
    def found(identity: str, digits: float, attainable: float) -> Score:
        return Score(identity, "pass", "", {"centers": digits}, {"centers": attainable})

    scores = [
        found("kmeans.update/a", 7.0, 7.5),
        found("kmeans.update/b", 12.0, 15.0),
        found("kmeans.update/c", 15, 15),
    ]
    (row,) = Report(HELLO, [Entry(s, Unsupported("")) for s in scores], "", len(scores)).rows
    assert row.worst == (12.0, 15.0)
    assert row.median == (12.0, 15.0)


def test_a_peer_passes_if_all_that_applies_passes_and_something_does() -> None:
    assert not made().passed
    good = [pair for pair in answers() if VERDICTS[pair[0]] in ("pass", "unsupported")]
    assert made(good).passed
    assert list(made(good).failures) == []
    assert not replace(made(good), asked=len(good) + 1).passed  # a partial report passes nothing
    assert not made([pair for pair in good if VERDICTS[pair[0]] == "unsupported"]).passed
    assert not made([]).passed
    for pair in answers():
        if VERDICTS[pair[0]] not in ("pass", "unsupported"):
            assert not made([*good, pair]).passed


def test_the_table_prints_every_offered_task_and_the_sums() -> None:
    shown = printed(made())
    assert "fake & <co> 1.0 against 11 golden cases" in shown
    lines = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert lines["kmeans.step"][1:4] == ["3", "4", "4"]
    assert lines["kmeans.run"][1:4] == ["1", "1", "1"]
    assert "kmeans.fit" not in lines
    assert lines["together"][1:4] == ["7", "8", "10"]
    assert lines["together"][4:] == ["2", "1", "2", "1", "1", "1"]


def test_the_table_is_as_wide_as_a_terminal_and_nothing_is_cut_in_a_wide_one() -> None:
    for width in (80, 100, 132):
        assert max(len(line.rstrip()) for line in printed(made(), width).splitlines()) <= width
    shown = printed(made(), 132)
    assert "…" not in shown
    assert all(verdict.split()[-1] in shown for verdict in tally.VERDICTS)


def test_verdicts_that_nothing_got_have_no_column() -> None:
    shown = printed(made([pair for pair in answers() if VERDICTS[pair[0]] == "pass"]))
    assert "pass" in shown
    assert all(verdict not in shown for verdict in ("weak", "fail", "branch", "convention", "error"))


def test_notes_tell_what_is_not_offered_not_applicable_and_not_judged() -> None:
    notes = list(text.notes(made()))
    assert "not offered: kmeans.fit" in notes
    assert "not applicable: 2 cases, because coins are odd & even" in notes
    assert "not judged: distortion of kmeans.step, because there is none" in notes
    assert not any("iterations" in note for note in notes)  # the task itself is not offered


def test_every_failure_names_the_case_and_the_command_that_reproduces_it() -> None:
    failures = list(text.failures(made()))
    expected = [i for i, verdict in VERDICTS.items() if verdict not in ("pass", "unsupported")]
    assert [sentence.partition(":")[0] for sentence, _ in failures] == expected
    assert [command for _, command in failures] == [f"refimpl verify fake --case {i}" for i in expected]
    for sentence, _ in failures:
        assert VERDICTS[sentence.partition(":")[0]] in sentence


def test_the_json_report_is_strict_json_and_complete() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    report = made()
    document = json.loads(to_json(report), parse_constant=refuse)
    assert document["format"] == "refimpl-report/1"
    assert document["passed"] is False
    assert document["peer"]["name"] == "fake & <co>"
    assert {found["id"]: found["verdict"] for found in document["cases"]} == VERDICTS
    for found in document["cases"]:
        assert found["reproduce"] == f"refimpl verify fake --case {found['id']}"
        assert set(found["answer"]) <= {"result", "error", "unsupported"}
        assert set(found["digits"]) == set(found["attainable"])
    by_id = {found["id"]: found for found in document["cases"]}
    assert by_id["coins.step/one-toss-each"]["answer"]["result"]["log_likelihood"] == "nan"
    assert by_id["kmeans.step/small-spread"]["answer"]["error"]["kind"] == "bad-input"
    assert by_id["kmeans.fit/plain"]["answer"]["unsupported"] == "the task is not offered"
    assert {row["task"]: (row["executed"], row["applicable"], row["total"]) for row in document["tasks"]} == {
        row.task: (row.executed, row.applicable, row.total) for row in report.rows
    }
    assert to_json(report).endswith("}\n")


def test_the_junit_report_parses_and_its_counts_are_those_of_its_cases() -> None:
    report = made()
    root = ET.fromstring(to_junit(report))
    assert root.tag == "testsuites"
    seen = {}
    for suite in root:
        found = list(suite)
        assert all(element.tag == "testcase" for element in found)
        assert suite.get("tests") == str(len(found))
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(attribute) == str(sum(element.find(tag) is not None for element in found))
        for element in found:
            assert element.get("classname") == suite.get("name")
            seen[element.get("name")] = next(iter(element), None)
    assert set(seen) == set(VERDICTS)
    for identity, verdict in VERDICTS.items():
        child = seen[identity]
        if verdict == "pass":
            assert child is None
            continue
        assert child is not None
        assert child.tag == {"unsupported": "skipped", "error": "error"}.get(verdict, "failure")
        assert child.get("message", "").startswith(f"{verdict}: ")
        if verdict != "unsupported":
            assert child.text == f"refimpl verify fake --case {identity}"


@pytest.mark.parametrize("detail", ["\x00\x1b[31m", "\ud800", "\ufffe", "]]>&<\"'", "a\nb\tc", "Ωμέγα 合计"])
def test_the_machine_reports_stay_readable_whatever_a_peer_says(detail: str) -> None:
    answer = Refused("bad-input", detail)
    report = made([("kmeans.step/plain", answer), ("coins.step/lecture", Unsupported(detail))])
    root = ET.fromstring(to_junit(report))
    assert len(list(root.iter("testcase"))) == 2
    document = json.loads(to_json(report).encode("utf-8", "surrogatepass"))
    assert document["cases"][0]["answer"]["error"]["message"] == detail


def test_an_infinite_or_undefined_number_anywhere_in_an_answer_does_not_break_the_json() -> None:
    results = {"labels": [math.inf, None, [math.nan]], "centers": [[-math.inf]], "distortion": 10**400}
    report = made([("kmeans.step/plain", Result(results))])
    document = json.loads(to_json(report))
    assert document["cases"][0]["answer"]["result"]["labels"] == ["inf", None, ["nan"]]
    assert document["cases"][0]["verdict"] == "fail"
