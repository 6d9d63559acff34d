"""Candidates: the made-up structures, the elbow of a wide span, the members nearest the centers, and the command."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from fractions import Fraction as Q
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from refimpl import choose_k, cli
from refimpl.applications import candidates, structures
from refimpl.errors import BadInput, RefimplError
from refimpl.numbers import ball
from refimpl.oracle import store

DIGEST = "663c86a97e75045494dd819f529534cd8030f52494bb68e1b08032f578b4f0c9"
"""SHA-256 of the table of 1287 structures: on another machine, or in ten years, it is the same."""

IRIS = store.fixtures() / "data" / "iris.csv"
QUICK = ("--k", "9-13", "--restarts", 3)


def run(*arguments: object, stdin: str | None = None) -> str:
    words = ["run", "candidates", *map(str, arguments)]
    return CliRunner().invoke(cli.commands, words, input=stdin, catch_exceptions=False).stdout


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up table as a file."""
    path = tmp_path_factory.mktemp("structures") / "structures.csv"
    path.write_bytes(structures.csv(structures.table()))
    return path


# ---------------------------------------------------------------------- the made-up structures


def test_the_structures_are_the_same_everywhere(file: Path) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == DIGEST


def test_the_table_has_the_shape_of_the_lectures_example() -> None:
    rows = structures.table()
    assert len(rows) == 1287
    assert len(structures.header()) == 9  # a name and eight features
    assert len({row[0] for row in rows}) == 1287
    assert len({(row[1], row[2]) for row in rows}) == structures.FAMILIES
    for row in rows:
        assert (row[1] in "1234", row[2] in "123") == (True, True)
        for cell, feature in zip(row[3:], structures.FEATURES, strict=True):
            assert re.fullmatch(rf"[0-9]+\.[0-9]{{{feature.decimals}}}", cell)
    sizes = sorted(Counter((row[1], row[2]) for row in rows).values())
    assert sizes[0] < sizes[-1] / 4  # unequal families


def test_the_structures_follow_their_seed_and_more_rows_leave_the_first_as_they_are() -> None:
    assert structures.table(30, 4, seed=5) == structures.table(50, 4, seed=5)[:30]
    assert structures.table(30, 4, seed=5) != structures.table(30, 4, seed=6)


@pytest.mark.parametrize(("count", "families"), [(10, 0), (50, 13), (3, 4)])
def test_families_and_rows_have_limits(count: int, families: int) -> None:
    with pytest.raises(BadInput, match=r"families"):
        structures.table(count, families)


# ---------------------------------------------------------------------- the elbow


def test_the_ratio_sees_the_elbow_that_the_bend_does_not() -> None:
    js = {k: Q(j) for k, j in {1: 1000, 2: 500, 3: 250, 4: 125, 5: 120, 6: 116}.items()}
    assert candidates.elbow(js) == 4
    assert choose_k.elbow(js) == 2
    assert candidates.ratios(js)[2] == 1
    assert candidates.ratios(js)[4] == Q(250 * 120, 125**2)


@given(st.lists(st.fractions(Q(1, 9), 9), min_size=3, max_size=7), st.fractions(Q(1, 9), 9))
def test_the_unit_of_j_does_not_matter(js: list[Q], unit: Q) -> None:
    found = candidates.elbow(dict(enumerate(js, 1)))
    assert candidates.elbow({k: j * unit for k, j in enumerate(js, 1)}) == found
    assert candidates.ratios(dict(enumerate(js, 1)))[found] == max(candidates.ratios(dict(enumerate(js, 1))).values())


def test_the_least_k_wins_a_tie_and_a_j_of_0_wins() -> None:
    assert candidates.elbow({k: Q(2) ** -k for k in range(1, 6)}) == 2
    assert candidates.elbow({1: Q(8), 2: Q(1), 3: Q(1), 4: Q(0), 5: Q(0), 6: Q(0)}) == 4


@pytest.mark.parametrize("ks", [(1, 2), (1, 2, 4), ()])
def test_an_elbow_needs_neighbours(ks: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="three or more, without a gap"):
        candidates.elbow({k: Q(1) for k in ks})


# ---------------------------------------------------------------------- the choice

POINTS = [[Q(x)] for x in (0, 2, 4, 1, 10, 14, 13, 30)]
LABELS = [0, 0, 0, 0, 1, 1, 1, 2]
CENTERS = [[Q(7, 4)], [Q(37, 3)], [Q(30)]]


def rows(members: list[candidates.Member]) -> list[int]:
    return [member.row for member in members]


def test_members_are_ranked_by_exact_distances() -> None:
    found = candidates.ranked(POINTS, LABELS, CENTERS)
    assert list(map(rows, found)) == [[1, 3, 0, 2], [6, 5, 4], [7]]
    assert found[0][0].square == Q(1, 16)
    assert [member.rank for member in found[0]] == [0, 1, 2, 3]
    assert candidates.distance(found[0][0], ball(10)) == Q(1, 4)
    assert candidates.distance(found[2][0], ball(10)) == 0


def test_of_equal_distances_the_lowest_row_counts() -> None:
    (found,) = candidates.ranked([[Q(2)], [Q(0)], [Q(2)], [Q(1)]], [0] * 4, [[Q(1)]])
    assert rows(found) == [3, 0, 1, 2]


def test_so_many_of_each_or_all_that_there_are() -> None:
    members = candidates.ranked(POINTS, LABELS, CENTERS)
    assert rows(candidates.each(members, 2)) == [1, 3, 6, 5, 7]
    assert len(candidates.each(members, 9)) == 8


@pytest.mark.parametrize(
    ("count", "found"),
    [(1, [7]), (2, [1, 7]), (3, [1, 6, 7]), (4, [1, 3, 6, 7]), (5, [1, 3, 6, 5, 7]), (8, [1, 3, 0, 2, 6, 5, 4, 7])],
)
def test_so_many_in_all_go_round_the_clusters(count: int, found: list[int]) -> None:
    assert rows(candidates.in_all(candidates.ranked(POINTS, LABELS, CENTERS), count)) == found


def test_a_tight_cluster_does_not_take_all() -> None:
    points = [[Q(x)] for x in (0, 1, 2, 100, 140)]
    members = candidates.ranked(points, [0, 0, 0, 1, 1], [[Q(1)], [Q(120)]])
    assert rows(candidates.in_all(members, 2)) == [1, 3]
    assert rows(candidates.in_all(members, 4)) == [1, 0, 3, 4]


def test_there_are_limits_to_what_can_be_chosen() -> None:
    members = candidates.ranked(POINTS, LABELS, CENTERS)
    for count in (0, 9):
        with pytest.raises(BadInput, match="give a number from 1 to 8"):
            candidates.in_all(members, count)
    with pytest.raises(BadInput, match="give at least 1"):
        candidates.each(members, 0)


# ---------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def document(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        run(file, "--id", "structure", "--scale", "--count", 88, "--format", "json", *QUICK)
    )
    return found


def test_eighty_eight_of_1287_are_chosen_eight_of_each_of_eleven_clusters(document: dict[str, Any]) -> None:
    assert document["k"] == 11
    assert len(document["labels"]) == 1287
    assert len(document["chosen"]) == 88
    assert Counter(row["cluster"] for row in document["chosen"]) == dict.fromkeys(range(11), 8)


def test_the_clusters_are_the_families_that_were_drawn(document: dict[str, Any]) -> None:
    pairs = {(label, row[1], row[2]) for label, row in zip(document["labels"], structures.table(), strict=True)}
    assert len(pairs) == 11


def test_the_chosen_are_the_nearest_to_the_means_by_another_road(document: dict[str, Any]) -> None:
    table = [[float(x) for x in row[1:]] for row in structures.table()]
    spans = [(min(c), max(c)) for c in zip(*table, strict=True)]
    points = [[(x - a) / (b - a) for x, (a, b) in zip(row, spans, strict=True)] for row in table]
    for k in range(11):
        group = [n for n, label in enumerate(document["labels"]) if label == k]
        mean = [sum(points[n][d] for n in group) / len(group) for d in range(8)]
        far = sorted((sum((a - b) ** 2 for a, b in zip(points[n], mean, strict=True)) ** 0.5, n) for n in group)
        chosen = [row for row in document["chosen"] if row["cluster"] == k]
        assert [row["row"] for row in chosen] == [n for _, n in far[:8]]
        for row, (distance, n) in zip(chosen, far, strict=False):
            assert abs(float(row["distance"]) - distance) < 1e-6
            assert row["id"] == f"S{n + 1:04}"


def test_the_file_of_the_chosen_and_the_drawing(file: Path, document: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    chosen, drawn = tmp_path / "chosen.csv", tmp_path / "elbow.svg"
    arguments = [file, "--id", "structure", "--scale", "--per-cluster", 8, *QUICK]
    assert run(*arguments, "--output", chosen, "--plot", drawn) == ""
    found = list(csv.DictReader(io.StringIO(chosen.read_text("utf-8"))))
    assert list(found[0]) == ["row", "id", "cluster", "distance"]
    assert [(row["row"], row["distance"]) for row in found] == [
        (str(row["row"]), row["distance"]) for row in document["chosen"]
    ]
    text = drawn.read_text("utf-8")
    for words in ("elbow: K = 11", "distortion J", "J, logarithmic", "candidates, structures.csv"):
        assert words in text


def test_people_read_the_elbow_and_the_first_and_the_last_of_the_chosen() -> None:
    said = run(IRIS, "--id", "species", "--k", "1-6", "--restarts", 6, "--elbow", "bend", "--per-cluster", 15)
    assert "150 rows of sepal_length_mm, sepal_width_mm, petal_length_mm, petal_width_mm\n" in said
    assert "K = 2, by the elbow (bend)" in said
    assert "30 rows chosen" in said
    assert re.search(r"^ ?\.\.\. +\.\.\. +\.\.\. +\.\.\.$", said, re.MULTILINE)


def test_with_one_k_there_is_nothing_to_choose() -> None:
    table = "0,0\n1,0\n0,1\n9,9\n9,8\n"
    said = run("-", "--k", 2, "--per-cluster", 1, stdin=table)
    assert "K = 2, as given" in said
    found = run("-", "--k", 2, "--count", 2, "--format", "csv", "--digits", 5, stdin=table)
    assert found == "row,cluster,distance\n0,0,0.47140\n3,1,0.50000\n"
    assert run("-", "--k", 5, "--count", 1, "--format", "csv", stdin=table).splitlines()[1].endswith(",0")


@pytest.mark.parametrize(
    ("stdin", "arguments", "said"),
    [
        ("1\n2\n3\n4\n", [], "give either --per-cluster M or --count C"),
        ("1\n2\n3\n4\n", ["--count", 1, "--per-cluster", 1], "give either --per-cluster M or --count C"),
        ("1\n2\n3\n4\n", ["--count", 5, "--k", "1-3"], "--count is 5, but standard input has 4 rows"),
        ("1\n2\n3\n4\n", ["--count", 1, "--k", "1-2"], "an elbow needs three K or more"),
        ("1\n2\n3\n4\n", ["--count", 1, "--k", "0-3"], "give from-to with 1 <= from <= to"),
        ("1\n2\n3\n4\n", ["--count", 1, "--k", "1-5"], "k is 5 for 4 points"),
        ("1\n1\n1\n4\n", ["--count", 1, "--k", "1-3"], "only 2 points differ"),
        ("1\n2\n3\n4\n", ["--count", 1, "--k", "2", "--plot", "a.svg"], "--plot draws J over K"),
        ("a,b\n1,x\n2,y\n", ["--count", 1, "--k", "1"], "--columns can leave a column out"),
        ("a,b\n1,x\n1,y\n", ["--count", 1, "--k", "1", "--id", "b", "--scale"], "has one value only"),
        ("a,b\n1,x\n1,y\n", ["--count", 1, "--k", "1", "--id", "c"], "there is no column 'c'"),
    ],
)
def test_refusals_are_one_sentence(stdin: str, arguments: list[object], said: str) -> None:
    done = CliRunner().invoke(cli.commands, ["run", "candidates", "-", *map(str, arguments)], input=stdin)
    assert isinstance(done.exception, RefimplError), (done.output, done.exception)
    assert said in str(done.exception)
    assert len(str(done.exception).splitlines()) == 1
    assert done.stdout == ""
