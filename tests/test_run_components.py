"""`refimpl run pca.fit`: golden digits from anybody's table, all kinds of number, ties, many columns, the drawing."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from fractions import Fraction as F
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import Result
from running import invoke, refused

from refimpl import own_data, pca
from refimpl.errors import RefimplError
from refimpl.numbers import certified, parse, rounded
from refimpl.oracle import case as cases, store
from refimpl.own_data import Options, Outcome, spectrum

CASES, IRIS = store.fixtures() / "cases" / "pca.fit", store.fixtures() / "data" / "iris.csv"
PLANE = "x,y\n2,1\n0,3\n5,4\n1,1\n7,9\n"
WIDE = "1,2,3,4,5,6\n6,5,4,1,2,3\n9,1,0,3,4,5\n"
SQUARE = "1,0,0\n-1,0,0\n0,1,0\n0,-1,0\n0,0,9\n0,0,-9\n"
GOLDEN = sorted(path.stem for path in CASES.glob("*.json") if path.stem != "digits")
"""Without one of 64 columns, whose proof takes minutes."""
SVG = "{http://www.w3.org/2000/svg}"


def components(*arguments: object, stdin: str | None = None) -> Result:
    return invoke("pca.fit", *arguments, stdin=stdin)


def results(stdin: str, *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(components("-", *arguments, "--format", "json", stdin=stdin).stdout)["results"]
    return found


def refusal(stdin: str, *arguments: object) -> RefimplError:
    return refused("pca.fit", "-", *arguments, stdin=stdin)


def written(rows: Sequence[Sequence[object]]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def iris() -> list[list[str]]:
    return [row[:4] for row in csv.reader(io.StringIO(IRIS.read_text()))][1:]


def flat(tree: object) -> list[str]:
    return [x for part in tree for x in flat(part)] if isinstance(tree, list) else [str(tree)]


@pytest.mark.parametrize("name", GOLDEN)
def test_case_files_give_their_digits_or_are_refused(name: str) -> None:
    case = cases.read(CASES / f"{name}.json")
    if case.refused is not None:
        assert refusal((CASES / f"{name}.json").read_text()).kind == case.refused
        return
    assert case.expected is not None
    found = results((CASES / f"{name}.json").read_text(), "--kind", "exact", "--digits", 50)
    assert {x: found[x] for x in case.expected} == case.expected


def test_iris_as_a_table_has_the_digits_of_the_golden_case() -> None:
    golden = cases.read(CASES / "iris.json").expected
    assert golden is not None
    done = components(IRIS, "--columns", "0-3", "--format", "json")
    assert json.loads(done.stdout)["kind"] == "ball"
    found = json.loads(done.stdout)["results"]
    for name, tree in golden.items():
        assert flat(found[name]) == [rounded(certified(text)[0], 10) for text in flat(tree)]
    # the first digits of prcomp(iris[, 1:4]) in R, in millimetres: 2.056269, 0.492616, 0.279660, 0.154386
    assert [x[:7] for x in found["deviations"]] == ["20.5626", "4.92616", "2.79659", "1.54386"]
    # 50 digits: roots and sums once more
    exact = results(IRIS.read_text(), "--columns", "0-3", "--digits", 50)
    for root, text in zip(exact["deviations"], golden["variances"], strict=True):  # type: ignore[arg-type]
        assert abs(parse(root) ** 2 - parse(str(text))) < F(1, 10**46)
    shares = [parse(str(x)) for x in golden["ratio"]]  # type: ignore[union-attr]
    assert all(abs(parse(a) - b) < F(1, 10**49) for a, b in zip(exact["cumulated"], accumulate(shares), strict=True))
    assert F(exact["cumulated"][-1]) == 1


def test_the_order_of_rows_and_columns_changes_nothing_else() -> None:
    table = [["31", "2.5", "-1", "8"], ["4", "3.25", "5", "1"], ["9", "-7", "6", "2"], ["5", "3", "58", "0"]]
    table += [["9", "7", "9", "3"], ["2", "3", "8", "46"]]
    plain, order, columns = results(written(table)), [3, 1, 5, 0, 4, 2], [2, 0, 3, 1]
    shuffled = results(written([[table[n][j] for j in columns] for n in order]))
    for name in ("variances", "deviations", "ratio", "cumulated"):
        assert shuffled[name] == plain[name]
    assert shuffled["components"] == [[w[j] for j in columns] for w in plain["components"]]
    assert shuffled["scores"] == [plain["scores"][n] for n in order]


@pytest.mark.parametrize("text", [PLANE, WIDE, written(iris()[::7])], ids=["plane", "wide", "iris"])
@pytest.mark.parametrize("kind", ["float", "high"])
def test_rounded_kinds_agree_with_what_is_proven(kind: str, text: str) -> None:
    proven, found = results(text, "--digits", 12), results(text, "--kind", kind, "--digits", 12)
    assert list(found) == list(proven)
    for name in proven:
        assert len(flat(found[name])) == len(flat(proven[name]))
        for a, b in zip(flat(found[name]), flat(proven[name]), strict=True):
            assert abs(parse(a) - parse(b)) < max(F(1), abs(parse(b))) / 10**11


def test_more_columns_than_rows_have_as_many_components_as_are_determined() -> None:
    for kind in ("ball", "exact", "float", "high"):
        found = results(WIDE, "--kind", kind)
        assert len(found["variances"]) == len(found["components"]) == len(found["scores"][0]) == 2
        assert abs(parse(found["cumulated"][1]) - 1) < F(1, 10**9)
        assert len(results(WIDE, "--kind", kind, "--k", 1)["variances"]) == 1
        assert str(refusal(WIDE, "--kind", kind, "--k", 3)) == (
            "--k is 3, but 3 rows have at most 2 components of a variance above 0; give at most that"
        )
    assert "determined are 2 of 6 components" in components("-", stdin=WIDE).stdout
    assert "determined" not in components("-", "--k", 2, stdin=WIDE).stdout
    # the same points in a line: only one, whatever the number of rows
    line = "0,0,0,0\n1,2,3,4\n2,4,6,8\n"
    assert [len(results(line, "--kind", kind)["ratio"]) for kind in ("ball", "float")] == [1, 1]


def test_ties_are_told_and_what_comes_before_them_is_kept() -> None:
    found = results(SQUARE, "--kind", "exact")
    assert (found["variances"], found["tied"]) == (["162/5", "2/5", "2/5"], [[1, 2]])
    assert "variances 1, 2 are equal, so that any other basis" in components("-", stdin=SQUARE).stdout
    assert len(results(SQUARE, "--kind", "float")["variances"]) == 1
    for kind, sentence in (("ball", "component 1 is not determined"), ("float", "variances 1 and 2 are equal at this")):
        error = refusal(SQUARE, "--kind", kind, "--k", 2)
        assert error.kind == "tied-eigenvalues"
        assert sentence in str(error)
    # two equal blocks, with the irrational variances 3 +- sqrt 5 twice each
    block = [[1, 0], [-1, 0], [1, 1], [-1, -1]]
    rows = [[*x, 0, 0, 0] for x in block] + [[0, 0, *x, 0] for x in block] + [[0, 0, 0, 0, 9], [0, 0, 0, 0, -9]]
    assert [len(results(written(rows), "--kind", kind)["ratio"]) for kind in ("ball", "float")] == [1, 1]
    assert str(refusal(written(rows), "--k", 3)).endswith("; give a lesser --k")


def test_the_rank_is_that_of_the_lines() -> None:
    assert spectrum.rank([[F(0), F(0)], [F(0), F(0)]]) == 0
    assert spectrum.rank([[F(0), F(1, 3)], [F(1, 3), F(0)]]) == 2
    assert spectrum.rank([[F(0), F(0), F(1)], [F(0), F(2), F(0)], [F(1), F(0), F(3)]]) == 3
    source = Random(1)
    thin = [[F(source.randrange(-9, 9), 7) for _ in range(3)] for _ in range(6)]
    assert spectrum.rank([[sum((x * y for x, y in zip(a, b, strict=True)), F(0)) for b in thin] for a in thin]) == 3


def test_scores_stand_beside_the_rows_and_long_tables_are_cut() -> None:
    lines = list(csv.reader(io.StringIO(components(IRIS, "--columns", "0-3", "--k", 2, "--format", "csv").stdout)))
    assert lines[0][4:] == ["species", "score_0", "score_1"]
    assert len(lines) == 151
    found = results(IRIS.read_text(), "--columns", "0-3", "--k", 2)
    assert [line[5:] for line in lines[1:]] == found["scores"]
    said = components(IRIS, "--columns", "0-3", "--k", 2).stdout
    assert ["component", "variance", "standard", "deviation", "ratio", "cumulated"] in map(str.split, said.splitlines())
    assert "petal_width_mm  11.99333333    0.3582891972" in said
    assert len(said.splitlines()) < 40
    assert "the scores of every row are in --format csv and json" in said
    said = components("-", "--k", 1, "--format", "csv", stdin="score_0,y\n1,2\n3,5\n").stdout
    assert said.startswith("score_0,y,score_0_\n")


def test_the_divisor_and_the_scale_are_those_asked_for() -> None:
    one, none = results(PLANE, "--kind", "exact"), results(PLANE, "--kind", "exact", "--ddof", 0)
    pairs = zip(one["variances"], none["variances"], strict=True)
    assert all(abs(parse(a) * 4 - parse(b) * 5) < F(1, 10**7) for a, b in pairs)
    assert results(PLANE, "--scale", "--kind", "exact")["mean"] == ["3/7", "13/40"]


LARGE = written([[Random(i + 100 * j).randrange(99) for j in range(65)] for i in range(70)])

BAD: dict[tuple[object, ...], tuple[str, str]] = {
    ("--k", 3): (PLANE, "--k is 3 for 2 columns; give at most 2"),
    ("--k", 0): (PLANE, "--k is 0; give at least 1"),
    ("--ddof", 5): (PLANE, "ddof is 5 for 5 observations; give an integer with 0 <= ddof < 5"),
    ("--start", "first"): (PLANE, "--start has no use in pca.fit; leave it out"),
    ("--seed", 1): (PLANE, "--seed has no use in pca.fit; leave it out"),
    ("--iterations", 1): (PLANE, "--iterations has no use in pca.fit; leave it out"),
    ("--digits", 9): ("a,b\n1,2\n", "ddof is 1 for 1 observations; give an integer with 0 <= ddof < 1"),
    ("--digits", 8): ("a,b\n1,2\n1,2\n", "all points are equal, and shares of a variance of 0 are undefined"),
    ("--digits", 7): ("a,b\n1,2\n2,nan\n", "line 3, column 'b': the value is missing ('nan')"),
    ("--kind", "ball"): (LARGE, "the proof for 70 rows of 65 columns would take too long, and is offered up to 64"),
    ("--kind", "exact"): (LARGE, "give --kind float, or fewer --columns"),
    ("--kind", "high"): (LARGE, "70 rows of 65 columns have too many components to find all; give --k"),
}


@pytest.mark.parametrize("arguments", BAD, ids=lambda arguments: " ".join(map(str, arguments)))
def test_what_cannot_be_done_is_one_sentence(arguments: tuple[object, ...]) -> None:
    text, sentence = BAD[arguments]
    assert sentence in str(refusal(text, *arguments))


def test_many_columns_are_taken_on_where_few_components_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found = results(LARGE, "--kind", "float", "--k", 1)
    assert len(found["components"][0]) == 65
    monkeypatch.setattr(pca, "fit", None)  # which is slow for more columns than rows
    assert len(results(WIDE, "--kind", "float")["components"][0]) == 6


# --- the drawing ------------------------------------------------------------------------------------


def outcome(text: str) -> Outcome:
    return own_data.run("pca.fit", own_data.parsed(text.encode(), "data.csv"), Options())


def marks(root: ET.Element, name: str) -> list[tuple[float, float]]:
    (group,) = (g for g in root.iter(f"{SVG}g") if g.get("id") == name)
    return [(float(u.get("x", "")), -float(u.get("y", ""))) for u in group.iter(f"{SVG}use")]


def is_affine(places: Sequence[float], cells: Sequence[str]) -> bool:
    values = [float(x) for x in cells]
    low, high = values.index(min(values)), values.index(max(values))
    scale = (places[high] - places[low]) / (values[high] - values[low])
    return scale > 0 and all(
        abs(p - places[low] - scale * (v - values[low])) < 1e-3 for p, v in zip(places, values, strict=True)
    )


def test_shares_and_scores_are_drawn_where_they_are_and_always_the_same(tmp_path: Path) -> None:
    plot = pytest.importorskip("refimpl.own_data.plot", reason="matplotlib is not installed", exc_type=ValueError)
    rows = iris()[::3]
    (tmp_path / "data.csv").write_text(written(rows))
    found = outcome(written(rows))
    for form in plot.FORMATS:
        path = tmp_path / f"a.{form}"
        components(tmp_path / "data.csv", "--plot", path)
        assert path.read_bytes() == plot.draw(found, form) == plot.draw(found, form)
    root, shares = ET.fromstring(plot.draw(found, "svg")), found.found.results
    scores: Any = shares["scores"]
    assert is_affine([x for x, _ in marks(root, "scores")], [row[0] for row in scores])
    assert is_affine([y for _, y in marks(root, "scores")], [row[1] for row in scores])
    assert is_affine([y for _, y in marks(root, "cumulated")], flat(shares["cumulated"]))
    heights = []
    for l in range(4):
        (bar,) = (g for g in root.iter(f"{SVG}g") if g.get("id") == f"bar-{l}")
        (path,) = bar.iter(f"{SVG}path")
        ys = [float(y) for y in path.get("d", "").replace("\n", " ").split()[2::3]]
        heights.append(max(ys) - min(ys))
    assert is_affine([*heights, 0.0], [*flat(shares["ratio"]), "0"])
    said = {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}
    assert {"pca.fit, data.csv", "share of the total variance", "cumulated"} <= said
    assert sum(name.startswith("score in component ") for name in said) == 2


def test_one_component_is_drawn_as_a_strip_with_the_numbers_of_the_rows() -> None:
    plot = pytest.importorskip("refimpl.own_data.plot", reason="matplotlib is not installed", exc_type=ValueError)
    root = ET.fromstring(plot.draw(outcome("1\n6\n9\n"), "svg"))
    places = marks(root, "scores")
    assert is_affine([x for x, _ in places], ["1", "6", "9"])
    assert len({y for _, y in places}) == 1
    assert {"0", "1", "2", "score in component 0 (100.0 %)"} <= {
        "".join(element.itertext()) for element in root.iter(f"{SVG}text")
    }
