"""`refimpl run kmedoids.run` and `kmedians.run`: golden results from anybody's table, and refusals."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from running import invoke, refused

from refimpl.numbers import parse
from refimpl.oracle import store
from refimpl.oracle.case import Case

CASES = [
    case
    for task in ("kmedoids.run", "kmedians.run")
    for case in store.cases(store.fixtures(), task=task)
    if case.expected is not None
]
LINE = "x\n0\n1\n3\n10\n12\n15\n"
TABLE = "0,1,9\n1,0,7\n9,7,0\n"


def found(task: str, *arguments: object, stdin: str) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(invoke(task, "-", *arguments, "--format", "json", stdin=stdin).stdout)
    return results


def refusal(task: str, stdin: str, *arguments: object) -> str:
    return str(refused(task, "-", *arguments, stdin=stdin))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", ["exact", "float", "high"])
def test_every_golden_case_can_be_run(case: Case, kind: str) -> None:
    document = json.dumps({"input": case.input, "params": case.params})
    results = found(case.task, "--kind", kind, "--digits", 20, stdin=document)["results"]
    expected: Any = case.expected
    for name in expected:
        if name == "cost":
            assert abs(parse(results[name]) - parse(expected[name])) <= parse("1e-6")
        elif name == "centers":
            assert [list(map(parse, row)) for row in results[name]] == [list(map(parse, row)) for row in expected[name]]
        else:
            assert results[name] == expected[name]


def test_the_dissimilarity_may_be_that_of_squares_or_of_moduli_or_the_table_itself() -> None:
    squared = found("kmedoids.run", "--start", "0,1", "--iterations", 2, stdin=LINE)
    assert squared["results"]["cost"] == "18"
    moduli = found("kmedoids.run", "--start", "0,1", "--iterations", 2, "--dissimilarity", "manhattan", stdin=LINE)
    assert moduli["results"] == {"labels": [0, 0, 0, 1, 1, 1], "medoids": [1, 4], "cost": "8"}
    assert moduli["options"]["dissimilarity"] == "manhattan"
    table = found("kmedoids.run", "--start", "0,2", "--iterations", 1, "--dissimilarity", "table", stdin=TABLE)
    assert table["results"]["labels"] == [0, 0, 1]


def test_a_medoid_is_shown_as_the_row_that_it_is() -> None:
    done = invoke("kmedoids.run", "-", "--k", 2, "--start", "first", "--iterations", 3, stdin=LINE).stdout
    assert "cluster  size  medoid   x" in done
    assert "      1     3   row 4  12" in done
    assert "J = 18" in done
    done = invoke(
        "kmedoids.run", "-", "--start", "0,2", "--iterations", 1, "--dissimilarity", "table", stdin=TABLE
    ).stdout
    assert "cluster  size  medoid\n" in done


def test_starts_are_rows_that_differ() -> None:
    twins = "x\n0\n0\n5\n9\n"
    chosen = found("kmedoids.run", "--k", 2, "--start", "first", "--iterations", 0, stdin=twins)["results"]["medoids"]
    assert chosen == [0, 2]
    for rule in ("random", "k-means++"):
        asked = ("--k", 2, "--start", rule, "--seed", 5, "--iterations", 0)
        one, two = (found("kmedoids.run", *asked, stdin=LINE)["results"]["medoids"] for _ in range(2))
        assert one == two
        assert len(set(one)) == 2
    table = ("--dissimilarity", "table", "--iterations", 0)
    assert found("kmedoids.run", *table, "--k", 2, "--start", "first", stdin=TABLE)["results"]["medoids"] == [0, 1]
    drawn = found("kmedoids.run", *table, "--k", 2, "--start", "random", "--seed", 1, stdin=TABLE)["results"]["medoids"]
    assert len(set(drawn)) == 2


def test_medians_start_as_means_do_and_their_trace_never_rises() -> None:
    said = found("kmedians.run", "--k", 2, "--start", "first", "--iterations", 4, stdin=LINE)
    costs = [parse(step["objective"]) for step in said["trace"]]
    assert costs == sorted(costs, reverse=True)
    assert said["results"]["centers"] == [["1"], ["12"]]
    done = invoke("kmedians.run", "-", "--start", "0; 12", "--iterations", 1, "--format", "csv", stdin=LINE).stdout
    assert list(csv.reader(io.StringIO(done)))[:2] == [["x", "label"], ["0", "0"]]


@pytest.mark.parametrize("task", ["kmedoids.run", "kmedians.run"])
def test_the_drawing_has_the_clusters_and_the_cost(task: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plane = "x,y\n0,0\n1,2\n2,1\n9,9\n9,8\n7,9\n"
    invoke(task, "-", "--k", 2, "--start", "first", "--iterations", 2, "--plot", tmp_path / "a.svg", stdin=plane)
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert 'id="cluster-1"' in drawn
    assert 'id="centers"' in drawn
    one = "0,1\n1,0\n"
    arguments = ("--dissimilarity", "table", "--start", "0", "--iterations", 2, "--plot", tmp_path / "b.svg")
    invoke("kmedoids.run", "-", *arguments, stdin=one)
    assert 'id="cluster-0"' not in (tmp_path / "b.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("task", "stdin", "arguments", "words"),
    [
        ("kmedoids.run", LINE, ["--iterations", 1], "needs a start; give --start first, random, k-means++ or indices"),
        ("kmedoids.run", LINE, ["--start", "0,1"], "kmedoids.run needs --iterations"),
        ("kmedoids.run", LINE, ["--start", "0,6", "--iterations", 1], "standard input has the rows 0 to 5"),
        ("kmedoids.run", LINE, ["--start", "0,-1", "--iterations", 1], "--start has the index -1"),
        ("kmedoids.run", LINE, ["--start", "0.5", "--iterations", 1], "--start is '0.5'"),
        ("kmedoids.run", LINE, ["--start", "0;1", "--iterations", 1], "or the indices of rows, from 0, such as 0,3"),
        ("kmedoids.run", LINE, ["--start", "a.csv", "--iterations", 1], "--start is 'a.csv'"),
        ("kmedoids.run", LINE, ["--start", "1,1", "--iterations", 1], "medoids[1] is 1, as is medoids[0]"),
        ("kmedoids.run", LINE, ["--start", "0,1", "--k", 3, "--iterations", 1], "--k is 3, but --start has 2 indices"),
        ("kmedoids.run", LINE, ["--start", "0", "--seed", 3, "--iterations", 1], "--seed has no use"),
        ("kmedoids.run", LINE, ["--start", "0", "--iterations", 1, "--dissimilarity", "cosine"], "give one of squared"),
        ("kmedoids.run", LINE, ["--start", "0", "--iterations", 1, "--dissimilarity", "table"], "is 6 x 1; give a sq"),
        (
            "kmedoids.run",
            TABLE,
            ["--start", "k-means++", "--k", 2, "--seed", 1, "--iterations", 1, "--dissimilarity", "table"],
            "needs points",
        ),
        (
            "kmedoids.run",
            TABLE,
            ["--scale", "--start", "0", "--iterations", 1, "--dissimilarity", "table"],
            "--scale has no use with --dissimilarity table",
        ),
        (
            "kmedoids.run",
            '{"input": {"dissimilarity": [["0"]], "medoids": [0]}}',
            ["--k", 1, "--iterations", 1],
            "--k has no use with the medoids of standard input",
        ),
        (
            "kmedoids.run",
            "0,-1\n-1,0\n",
            ["--start", "0", "--iterations", 1, "--dissimilarity", "table"],
            "[0][1] is -1",
        ),
        ("kmedoids.run", "x\n" + "1\n" * 1001, ["--start", "0", "--iterations", 1], "1001 rows are too many"),
        ("kmedians.run", LINE, ["--k", 2, "--start", "first"], "kmedians.run needs --iterations"),
        ("kmedians.run", LINE, ["--iterations", 1], "kmedians.run needs a start"),
        (
            "kmedians.run",
            LINE,
            ["--start", "0", "--iterations", 1, "--dissimilarity", "table"],
            "has no use in kmedians",
        ),
        ("kmeans.fit", LINE, ["--start", "0", "--dissimilarity", "table"], "--dissimilarity has no use in kmeans.fit"),
    ],
)
def test_refusals(task: str, stdin: str, arguments: list[object], words: str) -> None:
    assert words in refusal(task, stdin, *arguments)
