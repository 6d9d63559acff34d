"""`refimpl run linkage.fit` and `dbscan.fit`: golden results from anybody's table, cuts, drawings, refusals."""

import csv
import io
import json
import re
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
    for task in ("linkage.fit", "dbscan.fit")
    for case in store.cases(store.fixtures(), task=task)
    if case.expected is not None
]
IRIS = store.fixtures() / "data" / "iris.csv"
LINE = "x\n0\n1\n3\n7\n"
BRIDGE = "x,y\n0,0\n1,0\n2,0\n4,0\n6,0\n7,0\n8,0\n30,5\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", ["ball", "exact", "float", "high"])
def test_every_golden_case_can_be_run(case: Case, kind: str) -> None:
    if kind == "float" and case.id.endswith(("-numbers", "large-single", "irrational-tie", "tenths")):
        return  # squares leave the range of binary64, and ties of roots are broken by rounding
    document = json.dumps({"input": case.input, "params": case.params})
    done = invoke(case.task, "-", "--kind", kind, "--digits", 20, "--format", "json", stdin=document)
    found: dict[str, Any] = json.loads(done.stdout)["results"]
    expected: Any = case.expected
    for name, golden in expected.items():
        if name != "heights":
            assert found[name] == golden
            continue
        for text, right in zip(found[name], golden, strict=True):
            unit = certified(text)[1] if kind in ("ball", "exact") else parse("1e-12") * max(parse(right), 1)
            assert abs(parse(text) - parse(right)) <= unit


# --- trees ------------------------------------------------------------------------------------------


def test_a_tree_is_a_table_of_merges() -> None:
    done = invoke("linkage.fit", "-", "--method", "average", "--kind", "exact", stdin=LINE).stdout
    assert "merge  of  and       height  size" in done
    assert "    2   3    5  5.666666667     4" in done
    assert "rows count from 0, and merge t makes cluster 4 + t" in done
    assert "label" not in done
    done = invoke("linkage.fit", "-", "--method", "average", "--kind", "exact", "--format", "csv", stdin=LINE).stdout
    assert done == "merge,a,b,height,size\n0,0,1,1,2\n1,2,4,5/2,3\n2,3,5,17/3,4\n"


def test_a_tree_is_cut_into_k_clusters() -> None:
    done = invoke("linkage.fit", "-", "--method", "ward", "--k", 2, stdin=LINE).stdout
    assert "      0     3\n      1     1\n" in done
    done = invoke("linkage.fit", "-", "--method", "ward", "--k", 2, "--format", "csv", stdin=LINE).stdout
    assert list(csv.reader(io.StringIO(done)))[1:] == [["0", "0"], ["1", "0"], ["3", "0"], ["7", "1"]]


def test_ties_of_irrational_means_are_decided() -> None:
    table = "0,0\n2,2\n-4,-4\n-5,-11\n"
    said = json.loads(invoke("linkage.fit", "-", "--method", "average", "--format", "json", stdin=table).stdout)
    assert said["kind"] == "ball"
    assert said["options"] == {"method": "average"}
    assert said["results"]["heights"][1] == "7.071067812"


@pytest.mark.parametrize("k", [None, 1, 3, 4])
def test_the_drawing_has_a_bracket_for_each_merge_and_the_cut(k: int | None, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    cut = [] if k is None else ["--k", k]
    for name in ("a.svg", "b.svg", "c.png"):
        invoke("linkage.fit", "-", "--method", "complete", *cut, "--plot", tmp_path / name, stdin=LINE)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    ids = [element.get("id") for element in ET.parse(tmp_path / "a.svg").getroot().iter()]
    assert [name for name in ids if name and name.startswith("merge-")] == ["merge-0", "merge-1", "merge-2"]
    assert ("cut" in ids) == (k is not None and k > 1)


def test_brackets_are_as_high_as_heights_and_do_not_cross(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    invoke("linkage.fit", "-", "--method", "average", "--k", 2, "--plot", tmp_path / "a.svg", stdin=LINE)
    root = ET.parse(tmp_path / "a.svg").getroot()
    brackets = []
    for t in range(3):
        (group,) = (g for g in root.iter() if g.get("id") == f"merge-{t}")
        (path,) = (p for p in group.iter() if p.tag.endswith("path"))
        places = [(float(x), -float(y)) for x, y in re.findall(r"[ML] ([-0-9.]+) ([-0-9.]+)", path.get("d", ""))]
        places.sort(key=lambda place: place[0])
        assert places[0][0] == places[1][0] < places[2][0] == places[3][0]
        places = [*sorted(places[:2]), *sorted(places[2:], reverse=True)]
        assert places[1][1] == places[2][1]
        brackets.append(places)
    ground = brackets[0][0][1]
    one = brackets[0][1][1] - ground
    for places, height in zip(brackets, (1, 5 / 2, 17 / 3), strict=True):
        assert abs((places[1][1] - ground) / one - height) < 1e-3
    (group,) = (g for g in root.iter() if g.get("id") == "cut")
    (level,) = {y for p in group.iter() for _, y in re.findall(r"[ML] ([-0-9.]+) ([-0-9.]+)", p.get("d", ""))}
    assert abs((-float(level) - ground) / one - (17 / 3 + 5 / 2) / 2) < 1e-3
    middle = (brackets[0][0][0] + brackets[0][3][0]) / 2
    assert any(abs(x - middle) < 1e-3 for x in (brackets[1][0][0], brackets[1][3][0]))


# --- dense clusters ---------------------------------------------------------------------------------


def test_clusters_noise_and_border_points_are_told() -> None:
    done = invoke("dbscan.fit", "-", "--eps", 2, "--min-points", 4, stdin=BRIDGE).stdout
    assert "2 core points, 5 border points, 1 points of noise" in done
    assert "several clusters reach row 3 (from 0): here the first of them has it" in done
    assert "      0     4\n      1     3\n  noise     1\n" in done
    done = invoke("dbscan.fit", "-", "--eps", 2, "--min-points", 4, "--format", "csv", stdin=BRIDGE).stdout
    assert [row[-1] for row in csv.reader(io.StringIO(done))] == ["label", "0", "0", "0", "0", "1", "1", "1", "-1"]


def test_tenths_are_tenths() -> None:
    tenths = "0.2\n0.3\n0.4\n0.5\n"
    labels = {}
    for kind in ("exact", "float"):
        done = invoke(
            "dbscan.fit", "-", "--eps", "0.1", "--min-points", 2, "--kind", kind, "--format", "json", stdin=tenths
        )
        labels[kind] = json.loads(done.stdout)["results"]["labels"]
    assert labels == {"exact": [0, 0, 0, 0], "float": [0, 0, 1, 1]}


def test_noise_is_drawn_apart(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    invoke("dbscan.fit", "-", "--eps", 2, "--min-points", 4, "--plot", tmp_path / "a.svg", stdin=BRIDGE)
    root = ET.parse(tmp_path / "a.svg").getroot()
    for name, count in (("cluster-0", 4), ("cluster-1", 3), ("noise", 1)):
        (group,) = (g for g in root.iter() if g.get("id") == name)
        marks = [g for g in group.iter() if g.tag.endswith("use")] or [
            p for p in group.iter() if p.tag.endswith("path") and p.get("id") is None
        ]
        assert len(marks) == count


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "stdin", "arguments", "words"),
    [
        ("linkage.fit", LINE, [], "linkage.fit needs --method; see refimpl run --help"),
        (
            "linkage.fit",
            LINE,
            ["--method", "centroid"],
            "method is 'centroid'; give one of single, complete, average, ward",
        ),
        ("linkage.fit", LINE, ["--method", "ward", "--k", 5], "k is 5 for 4 points"),
        ("linkage.fit", LINE, ["--method", "ward", "--k", 0], "k is 0; give at least 1 cluster"),
        ("linkage.fit", LINE, ["--method", "ward", "--eps", 1], "--eps has no use in linkage.fit"),
        ("linkage.fit", "x\n1\n", ["--method", "ward"], "there is nothing to merge; give at least two"),
        ("linkage.fit", "x\n" + "1\n" * 151, ["--method", "ward"], "points has 151 rows; give at most 150"),
        (
            "linkage.fit",
            "x\n" + "1\n" * 401,
            ["--method", "ward", "--kind", "float"],
            "points has 401 rows; give at most 400",
        ),
        ("dbscan.fit", LINE, [], "dbscan.fit needs --eps; see refimpl run --help"),
        ("dbscan.fit", LINE, ["--eps", 1], "dbscan.fit needs --min-points; see refimpl run --help"),
        ("dbscan.fit", LINE, ["--eps", -1, "--min-points", 1], "eps is -1; give a radius that is 0 or more"),
        ("dbscan.fit", LINE, ["--eps", "wide", "--min-points", 1], "eps: 'wide' is not a number"),
        ("dbscan.fit", LINE, ["--eps", 1, "--min-points", 0], "--min-points is 0; give at least 1"),
        ("dbscan.fit", LINE, ["--eps", 1, "--min-points", 2, "--k", 2], "--k has no use in dbscan.fit"),
        ("dbscan.fit", LINE, ["--eps", 1, "--min-points", 2, "--plot", "p.svg"], "drawn in two dimensions"),
        ("kmeans.fit", LINE, ["--k", 2, "--start", "first", "--method", "ward"], "--method has no use in kmeans.fit"),
    ],
)
def test_refusals(task: str, stdin: str, arguments: list[str], words: str) -> None:
    assert words in str(refused(task, "-", *arguments, stdin=stdin))
