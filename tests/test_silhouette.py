"""Silhouettes: by mpmath pair after pair, exact on a line, what moves them and what does not, refusals."""

from fractions import Fraction as Q
from math import sqrt
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings, strategies as st
from strategies import FAR, MIXED, RATIONAL, SMALL

from refimpl import distances, silhouette
from refimpl.errors import BadInput, EmptyData, Undefined, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, ball, greatest, high, least, rounded

B = ball(40)
FEW = settings(max_examples=30, deadline=None)
Rows = list[list[Q]]


@st.composite
def clusterings(draw: st.DrawFn, width: tuple[int, int] = (1, 3)) -> tuple[Rows, list[int]]:
    """Points of two clusters or more, some perhaps without points."""
    d, coordinate = draw(st.integers(*width)), draw(st.sampled_from([SMALL, RATIONAL, FAR, MIXED]))
    row = st.lists(coordinate, min_size=d, max_size=d)
    points = draw(st.lists(row, min_size=2, max_size=8))
    labels = draw(st.lists(st.integers(0, 3), min_size=len(points), max_size=len(points)))
    assume(len(set(labels)) > 1)
    return points, labels


def distance(x: list[Q], y: list[Q]) -> Any:
    """To 60 digits."""
    square = sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Q(0))
    return mpmath.sqrt(mpmath.mpf(square.numerator) / square.denominator)


def average(values: list[Any]) -> Any:
    return mpmath.fsum(values) / len(values)


def compared(a: Any, b: Any) -> Any:
    return (b - a) / max(a, b) if max(a, b) else mpmath.mpf(0)


def witness(points: Rows, labels: list[int]) -> tuple[list[Any], list[Any]]:
    """The definitions, word for word: samples and classes."""
    members = {k: [x for x, label in zip(points, labels, strict=True) if label == k] for k in sorted(set(labels))}
    samples = []
    for n, (x, label) in enumerate(zip(points, labels, strict=True)):
        own = [y for m, (y, other) in enumerate(zip(points, labels, strict=True)) if other == label and m != n]
        if not own:
            samples.append(mpmath.mpf(0))
            continue
        a = average([distance(x, y) for y in own])
        b = min(average([distance(x, y) for y in group]) for k, group in members.items() if k != label)
        samples.append(compared(a, b))
    classes = []
    for k, group in members.items():
        pairs = [(i, j) for i in range(len(group)) for j in range(i)]
        a = average([distance(group[i], group[j]) for i, j in pairs]) if pairs else mpmath.mpf(0)
        others = [other for j, other in members.items() if j != k]
        b = min(average([distance(x, y) for x in group for y in other]) for other in others)
        classes.append(compared(a, b))
    return samples, classes


def exact(x: Any) -> Q:
    return Q(str(x)) if not isinstance(x, Q) else x


@FEW
@given(clusterings())
def test_balls_contain_the_definition(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    with mpmath.workdps(60):
        samples, classes = witness(points, labels)
        for found, expected in (
            (silhouette.samples(points, labels, B), samples),
            (silhouette.clusters(points, labels, B), classes),
        ):
            for s, truth in zip(found, expected, strict=True):
                assert abs(s.mid - exact(truth)) <= s.rad + Q(1, 10**50)
                assert s.rad <= Q(1, 10**30)
                assert -1 <= s.mid <= 1


@FEW
@given(clusterings())
def test_floats_and_mpf_agree_with_balls(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    truth = silhouette.samples(points, labels, B)
    for numbers, digits in ((FLOAT, 12), (high(30), 28)):
        for s, t in zip(silhouette.samples(points, labels, numbers), truth, strict=True):
            assert abs(exact(repr(s) if isinstance(s, float) else s) - t.mid) <= Q(1, 10**digits)


@FEW
@given(clusterings())
def test_points_of_the_kind_itself_serve_as_well(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    numbers = high(30)
    own = [[numbers(x) for x in row] for row in points]
    for s, t in zip(silhouette.samples(own, labels, numbers), silhouette.samples(points, labels, B), strict=True):
        assert abs(exact(s) - t.mid) <= Q(1, 10**8)  # points far away have lost some of their digits


@FEW
@given(clusterings(width=(1, 1)))
def test_on_a_line_silhouettes_are_rational(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    for form in (silhouette.samples, silhouette.clusters):
        for s, t in zip(form(points, labels, EXACT), form(points, labels, B), strict=True):
            assert t.contains(s)


def test_four_points_a_hundred_million_away() -> None:
    """1e8 + {0, 1, 10, 11}: the outer points have 1 - 1/10.5, the inner ones 1 - 1/9.5."""
    points = [[Q(10**8 + x)] for x in (0, 1, 10, 11)]
    assert silhouette.samples(points, [0, 0, 1, 1], EXACT) == [Q(19, 21), Q(17, 19), Q(17, 19), Q(19, 21)]
    assert silhouette.samples([[float(x) for x in row] for row in points], [0, 0, 1, 1], FLOAT) == [
        pytest.approx(x, rel=1e-15) for x in (19 / 21, 17 / 19, 17 / 19, 19 / 21)
    ]


def test_classes_are_not_means_of_samples() -> None:
    points = [[Q(x)] for x in (0, 2, 10, 11, 15)]
    labels = [0, 0, 1, 1, 1]
    samples, classes = silhouette.samples(points, labels, EXACT), silhouette.clusters(points, labels, EXACT)
    # class 0: a = 2, b = 11; class 1: a = (1 + 5 + 4) / 3, b = 11
    assert classes == [Q(9, 11), Q(23, 33)]
    assert sum(samples[:2]) / 2 == (Q(12 - 2, 12) + Q(10 - 2, 10)) / 2 != classes[0]


def test_singletons_and_coincident_points_have_nothing_to_tell() -> None:
    points = [[Q(0)], [Q(5)], [Q(6)]]
    assert silhouette.samples(points, [0, 1, 1], EXACT)[0] == 0
    assert silhouette.samples(points, [0, 1, 2], EXACT) == [0, 0, 0]
    assert silhouette.clusters(points, [0, 1, 1], EXACT) == [1, Q(9, 11)]
    same = [[Q(1), Q(1)]] * 4
    for numbers in (EXACT, FLOAT, B):
        assert silhouette.samples(same, [0, 0, 1, 1], numbers) == [0, 0, 0, 0]


@FEW
@given(clusterings(), st.fractions(Q(1, 9), 9, max_denominator=9), st.permutations(range(4)), st.randoms())
def test_what_does_not_move_them(case: tuple[Rows, list[int]], factor: Q, names: list[int], source: Any) -> None:
    """Translation, scale, a rotation, the names of clusters; and the order of the points goes along."""
    points, labels = case
    order = list(range(len(points)))
    source.shuffle(order)
    moved = [[-factor * x + 17 for x in points[n]][::-1] for n in order]
    there = silhouette.samples(moved, [names[labels[n]] for n in order], B)
    here = silhouette.samples(points, labels, B)
    for n, s in zip(order, there, strict=True):
        assert s.overlaps(here[n])


def test_the_ratio_of_distances_within_and_between() -> None:
    points = [[Q(x)] for x in (0, 2, 10, 11)]
    # within 2 and 1, between 10, 11, 8, 9
    assert silhouette.ratio(points, [0, 0, 1, 1], EXACT) == Q(3, 2) / Q(38, 4)
    assert silhouette.ratio(points, [0, 3, 0, 3], EXACT) == Q(10 + 9, 2) / Q(2 + 11 + 8 + 1, 4)


@pytest.mark.parametrize(("mean", "word"), [(-1, "poor"), (0, "fair"), (Q(1, 2), "fair"), (Q(3, 5), "good")])
def test_the_lecture_s_verdict(mean: Any, word: str) -> None:
    assert silhouette.verdict(Q(mean)) == word


@pytest.mark.parametrize(
    ("points", "labels", "error", "words"),
    [
        ([], [], EmptyData, "points is empty"),
        ([[Q(1)], [Q(2)]], [0, 0], Undefined, "one cluster"),
        ([[Q(1)], [Q(2)]], [1, 1], Undefined, "one cluster"),
        ([[Q(1)], [Q(2)]], [0], BadInput, "1 labels for 2 points"),
        ([[Q(1)], [Q(2)]], [0, -1], BadInput, r"labels\[1\] is -1"),
        ([[Q(1)], [Q(2), Q(3)]], [0, 1], BadInput, r"points\[1\] has 2 entries"),
    ],
)
@pytest.mark.parametrize("form", [silhouette.samples, silhouette.clusters, silhouette.ratio])
def test_refusals(form: Any, points: Rows, labels: list[int], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        form(points, labels, B)


def test_ratios_without_a_pair_are_refused() -> None:
    with pytest.raises(Undefined, match="single point"):
        silhouette.ratio([[Q(1)], [Q(2)]], [0, 1], EXACT)
    with pytest.raises(Undefined, match="coincide"):
        silhouette.ratio([[Q(1)], [Q(1)], [Q(1)]], [0, 0, 1], EXACT)


def test_irrational_distances_have_no_exact_silhouette() -> None:
    with pytest.raises(Unsupported, match="irrational"):
        silhouette.samples([[Q(0), Q(0)], [Q(1), Q(1)], [Q(5), Q(0)]], [0, 0, 1], EXACT)


# ---------------------------------------------------------------------- what they are made of


@FEW
@given(clusterings())
def test_sums_of_distances_are_exact_where_they_can_be(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    with mpmath.workdps(60):
        for x, row in zip(points, distances.sums(points, labels, 4, B), strict=True):
            for k, found in enumerate(row):
                expected = mpmath.fsum(distance(x, y) for y, label in zip(points, labels, strict=True) if label == k)
                assert abs(found.mid - exact(expected)) <= found.rad + Q(1, 10**30) * abs(found.mid)
                assert found.rad <= abs(found.mid) / 10**35
    triangle = [[Q(0), Q(0)], [Q(3), Q(4)], [Q(5), Q(12)]]
    assert distances.sums(triangle, [0, 1, 1], 2, B)[0] == [0, 18]
    assert distances.sums(triangle, [0, 1, 1], 2, FLOAT)[1] == [5.0, pytest.approx(sqrt(68))]


@given(clusterings())
@FEW
def test_sums_of_cells_added_up_are_those_of_their_unions(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    cells = distances.sums(points, labels, 4, B)
    into = [1, 0, 1, 0]  # and no cell becomes a part of the third
    union = [into[label] for label in labels]
    for found, right in zip(distances.merged(cells, into, 3, B), distances.sums(points, union, 3, B), strict=True):
        assert all(abs(x - y) <= Q(1, 10**30) * (1 + abs(y.mid)) for x, y in zip(found, right, strict=True))
        assert found[2] == 0
    if len(set(union)) > 1:
        merged = distances.merged(cells, into, 2, B)
        for form in (silhouette.samples, silhouette.clusters):
            pairs = zip(form(points, union, B, merged), form(points, union, B), strict=True)
            assert all(abs(x - y) <= Q(1, 10**20) for x, y in pairs)


def test_distances_of_very_different_sizes_keep_their_digits() -> None:
    points = [[Q(0), Q(0)], [Q(1, 10**60), Q(1, 10**60)], [Q(10**20), Q(0)]]
    (near, far) = distances.sums(points, [0, 0, 1], 2, B)[0]
    assert rounded(near, 30) == "1.41421356237309504880168872421e-60"
    assert far.contains(10**20)


@given(st.lists(st.fractions(-3, 3, max_denominator=9), min_size=1, max_size=5))
def test_extremes_enclose_whatever_the_balls_hold(values: list[Q]) -> None:
    balls = [Ball.between(x - Q(1, 10), x + Q(1, 10), 60) for x in values]
    assert least(balls).contains(min(values))
    assert greatest(balls).contains(max(values))
    assert least(balls).rad <= Q(11, 100)
    assert least(balls).lower >= min(ball.lower for ball in balls) - Q(1, 10**6)
    assert (least(values), greatest(values)) == (min(values), max(values))
