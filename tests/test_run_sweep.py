"""`refimpl run choose_k.sweep`: golden measures from anybody's table, the two habits, refusals."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from running import invoke, refused

from refimpl import cli
from refimpl.numbers import certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case

CASES = [case for case in store.cases(store.fixtures(), task="choose_k.sweep") if case.expected is not None]
IRIS = (store.fixtures() / "data" / "iris.csv", "--columns", "0-3")
GROUPS = "x\n0\n1\n2\n10\n11\n30\n32\n34\n"


def sweep(*arguments: object, stdin: str | None = None) -> Result:
    return invoke("choose_k.sweep", *arguments, stdin=stdin)


def refusal(*arguments: object, stdin: str = GROUPS) -> str:
    return str(refused("choose_k.sweep", "-", *arguments, stdin=stdin))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", ["ball", "exact", "float", "high"])
def test_every_golden_case_can_be_run(case: Case, kind: str) -> None:
    document = json.dumps({"input": case.input, "params": {}})
    found = json.loads(sweep("-", "--kind", kind, "--digits", 20, "--format", "json", stdin=document).stdout)
    expected: Any = case.expected
    for name, golden in expected.items():
        for text, right in zip(found["results"][name], golden, strict=True):
            assert (text is None) == (right is None)
            if text is not None:
                unit = certified(text)[1] if kind in ("ball", "exact") else abs(parse(right)) / 10**7
                assert abs(parse(text) - parse(right)) <= unit


def test_more_restarts_never_find_a_worse_clustering_and_one_is_that_of_kmeans_fit() -> None:
    asked = (*IRIS, "--k", "3-5", "--start", "random", "--seed", 3, "--kind", "float", "--format", "csv")

    def distortions(restarts: int) -> list[float]:
        done = csv.DictReader(io.StringIO(sweep(*asked, "--restarts", restarts).stdout))
        return [float(row["distortion"]) for row in done]

    one, ten = distortions(1), distortions(10)
    assert all(b <= a for a, b in zip(one, ten, strict=True))
    assert one != ten
    for k, j in zip((3, 4, 5), one, strict=True):
        given = ["run", "kmeans.fit", *map(str, asked[:3]), "--k", str(k), "--start", "random", "--seed", "3"]
        fitted = CliRunner().invoke(cli.commands, [*given, "--kind", "float", "--format", "json"])
        assert float(json.loads(fitted.stdout)["results"]["distortion"]) == j


def test_two_habits_choose_a_number_of_clusters() -> None:
    said = sweep("-", "--k", "1-5", "--start", "k-means++", "--seed", 1, stdin=GROUPS).stdout
    assert "the greatest mean silhouette is that of K = 3, above 1/2: the clustering is good" in said
    assert "J bends most at K = 2, its elbow" in said
    assert "1   1506     undefined         undefined" in said
    assert "elbow" not in sweep("-", "--k", "2-3", "--start", "first", stdin=GROUPS).stdout
    assert "silhouette is that" not in sweep("-", "--k", "1-1", "--start", "first", stdin=GROUPS).stdout


def test_a_row_for_each_k_as_csv() -> None:
    done = sweep("-", "--k", "1-2", "--start", "first", "--kind", "exact", "--format", "csv", stdin="0\n2\n7\n9\n")
    assert done.stdout == "k,distortion,silhouette,ratio\n1,53,,\n2,4,17/24,2/7\n"


def test_a_sweep_can_be_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "elbow.svg"
    sweep("-", "--k", "1-5", "--start", "first", "--plot", picture, stdin=GROUPS)
    tree = ET.fromstring(picture.read_text())
    drawn = {element.get("id") for element in tree.iter()}
    assert {"line-elbow", "line-best", "line-ratio", "chosen"} <= drawn
    first = picture.read_bytes()
    sweep("-", "--k", "1-5", "--start", "first", "--plot", picture, stdin=GROUPS)
    assert picture.read_bytes() == first


REFUSED = {
    ("--k", "2-3"): "needs --start first, random or k-means++",
    ("--k", "2-3", "--start", "0; 30"): "needs --start first, random or k-means++",
    ("--start", "first"): "give --k with a span such as 2-9",
    ("--k", "3", "--start", "first"): "--k of choose_k.sweep is a span such as 2-9; give that",
    ("--k", "2-9", "--start", "first"): "k is 9 for 8 points; give at most as many clusters",
    ("--k", "0-2", "--start", "first"): "k is 0; give at least 1",
    ("--k", "2-3", "--start", "random"): "give --seed with any integer",
    ("--k", "2-3", "--start", "first", "--seed", "1"): "--seed has no use with --start first",
    ("--k", "2-3", "--start", "first", "--restarts", "4"): "--restarts has no use with --start first",
    ("--k", "2-3", "--start", "random", "--seed", "1", "--restarts", "0"): "--restarts is 0; give at least 1",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_a_wrong_request_is_one_sentence(arguments: tuple[str, ...]) -> None:
    assert REFUSED[arguments] in refusal(*arguments)


def test_the_starts_of_a_document_stand_alone() -> None:
    document = '{"input": {"points": [[0], [1], [9]], "starts": [[[0], [9]]]}, "params": {}}'
    assert "leave --k, --seed and --restarts out" in refusal("--k", "2-3", stdin=document)
    assert "starts is empty" in refusal(stdin=document.replace("[[[0], [9]]]", "[]"))
    assert "starts[0][1] has 2 entries" in refusal(stdin=document.replace("[9]]]", "[9, 9]]]"))


@pytest.mark.parametrize("span", ["2-", "-2-3", "2:3", "two", "1.5"])
def test_what_is_no_span_is_told_by_the_command_line(span: str) -> None:
    done = CliRunner().invoke(cli.commands, ["run", "choose_k.sweep", "-", "--k", span], input=GROUPS)
    assert done.exit_code == 2
    assert "no integer and no span such as 2-9" in done.stderr


def test_other_tasks_take_one_number() -> None:
    error = refused("kmeans.fit", "-", "--k", "2-3", "--start", "first", stdin=GROUPS)
    assert str(error) == "--k of kmeans.fit is one number; give that"
