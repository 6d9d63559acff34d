"""`refimpl run silhouette.*`: golden digits from anybody's table, clusters named in a column, refusals."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from running import invoke, refused

from refimpl.numbers import certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case

CASES = [
    case
    for task in ("silhouette.samples", "silhouette.clusters")
    for case in store.cases(store.fixtures(), task=task)
    if case.expected is not None
]
IRIS = store.fixtures() / "data" / "iris.csv"
THREE = "x,who\n0,ann\n1,ann\n10,bob\n"


def refusal(stdin: str, *arguments: object, task: str = "silhouette.samples") -> str:
    return str(refused(task, "-", *arguments, stdin=stdin))


def flat(tree: Any) -> list[str]:
    return [str(x) for x in tree] if isinstance(tree, list) else [str(tree)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", ["ball", "exact", "float", "high"])
def test_every_golden_case_can_be_run(case: Case, kind: str) -> None:
    document = json.dumps({"input": case.input, "params": {}})
    done = invoke(case.task, "-", "--kind", kind, "--digits", 20, "--format", "json", stdin=document)
    found: dict[str, Any] = json.loads(done.stdout)["results"]
    expected: Any = case.expected
    for name, golden in expected.items():
        for text, right in zip(flat(found[name]), flat(golden), strict=True):
            unit = certified(text)[1] if kind in ("ball", "exact") else parse("1e-12")
            assert abs(parse(text) - parse(right)) <= unit


def test_clusters_are_named_by_a_column_of_any_words() -> None:
    done = invoke("silhouette.samples", "-", "--labels", "who", "--kind", "exact", stdin=THREE).stdout
    assert "ann     2  0.8888888889       0.9        0" in done
    assert "mean silhouette = 161/270 = 0.5962962963, above 1/2: the clustering is good" in done
    (said,) = [json.loads(invoke("silhouette.samples", "-", "--labels", 1, "--format", "json", stdin=THREE).stdout)]
    assert said["results"]["names"] == ["ann", "bob"]
    assert said["columns"] == ["x"]
    assert said["options"] == {"labels": "1"}


def test_csv_has_the_data_and_a_column_more() -> None:
    done = invoke("silhouette.samples", "-", "--labels", "who", "--format", "csv", "--kind", "exact", stdin=THREE)
    assert list(csv.reader(io.StringIO(done.stdout))) == [
        ["x", "who", "silhouette"],
        ["0", "ann", "9/10"],
        ["1", "ann", "8/9"],
        ["10", "bob", "0"],
    ]
    done = invoke("silhouette.clusters", "-", "--labels", "who", "--format", "csv", "--kind", "exact", stdin=THREE)
    assert done.stdout == "cluster,size,silhouette\nann,2,17/19\nbob,1,1\n"


def test_the_labels_of_k_means_can_be_judged_at_once() -> None:
    labelled = invoke("kmeans.fit", IRIS, "--columns", "0-3", "--k", 3, "--start", "first", "--format", "csv").stdout
    done = invoke("silhouette.samples", "-", "--columns", "0-3", "--labels", "label", "--digits", 6, stdin=labelled)
    assert "mean silhouette = 0.55" in done.stdout


def test_other_columns_may_be_chosen_beside_the_labels() -> None:
    table = "x,y,who\n0,7,a\n1,-3,a\n10,1,b\n11,9,b\n"
    done = invoke("silhouette.samples", "-", "--columns", "x", "--labels", "who", "--kind", "exact", stdin=table).stdout
    assert "= 359/399 = " in done


def test_labels_of_kmeans_update_may_be_a_column_too() -> None:
    table = "x,label\n0,0\n2,0\n9,1\n"
    done = invoke("kmeans.update", "-", "--labels", "label", "--start", "0; 5", "--format", "csv", stdin=table).stdout
    assert done == "cluster,x\n0,1\n1,9\n"


@pytest.mark.parametrize(
    ("stdin", "arguments", "words"),
    [
        (THREE, [], "column 'who': 'ann' is not a number"),
        ("x,y\n1,2\n3,4\n", [], "silhouette.samples needs labels; give the name of their column by --labels"),
        (THREE, ["--labels", "nobody"], "there is no column 'nobody'; the columns are 'x', 'who'"),
        (THREE, ["--labels", ""], "--labels is empty"),
        (THREE, ["--labels", "who", "--columns", "x,who"], "'who' has the labels, and is no coordinate"),
        ("who\na\nb\n", ["--labels", "who"], "there is no column beside the labels"),
        ("x,who\n1,a\n2,\n", ["--labels", "who"], "line 3: the label is missing ('')"),
        ("x,who\n1,a\n2,a\n", ["--labels", "who"], "all points are in one cluster"),
        (THREE, ["--labels", "who", "--k", "2"], "--k has no use in silhouette.samples"),
    ],
)
def test_refusals(stdin: str, arguments: list[str], words: str) -> None:
    assert words in refusal(stdin, *arguments)


def test_labels_have_no_use_elsewhere() -> None:
    said = refusal("x,l\n1,0\n2,1\n", "--labels", "l", "--k", 1, task="kmeans.fit")
    assert "--labels has no use in kmeans.fit" in said


@pytest.mark.parametrize(
    ("task", "bars"), [("silhouette.samples", {"cluster-0": 2, "cluster-1": 2}), ("silhouette.clusters", {})]
)
def test_the_drawing_has_a_bar_for_each_row_and_the_mean(task: str, bars: dict[str, int], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    table = "x,who\n0,ann\n1,$\\alpha$\n10,$\\alpha$\n-1,ann\n"
    for name in ("a.svg", "b.svg", "c.png"):
        invoke(task, "-", "--labels", "who", "--plot", tmp_path / name, stdin=table)
    root = ET.parse(tmp_path / "a.svg").getroot()
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    ids = {element.get("id"): element for element in root.iter()}
    assert "mean" in ids
    for name, count in bars.items():
        assert sum(element.get("id") == name for element in root.iter()) == count
