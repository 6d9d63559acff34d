"""Silhouettes are proven root by root: zeros exactly, every digit needed, sensitivity as difference quotients say."""

from fractions import Fraction as Q
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings, strategies as st

from refimpl import silhouette
from refimpl.certify import radicals, sensitivity_silhouette, silhouettes
from refimpl.errors import Refuted, Unsupported
from refimpl.numbers import EXACT, Ball, ball
from refimpl.oracle import recheck, store

FEW = settings(max_examples=60, deadline=None)
Rows = list[list[Q]]


@st.composite
def labelled(draw: st.DrawFn, d: int | None = None) -> tuple[Rows, list[int]]:
    """Points on a small grid, where mean distances are often equal."""
    width = d or draw(st.integers(1, 2))
    row = st.lists(st.integers(-2, 2).map(Q), min_size=width, max_size=width)
    points = draw(st.lists(row, min_size=2, max_size=7))
    labels = draw(st.lists(st.integers(0, 2), min_size=len(points), max_size=len(points)))
    assume(len(set(labels)) > 1)
    return points, labels


@FEW
@given(labelled())
def test_another_formula_gives_what_the_room_gives(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    for form, room in ((silhouettes.samples, silhouette.samples), (silhouettes.classes, silhouette.clusters)):
        for proven, found in zip(form(points, labels, ball(60)), room(points, labels, ball(40)), strict=True):
            if isinstance(proven, Ball):
                assert found.overlaps(proven)
                assert not proven.contains(0)
            else:
                assert found.contains(proven)


@FEW
@given(labelled(d=1))
def test_on_a_line_both_are_exactly_the_same(case: tuple[Rows, list[int]]) -> None:
    points, labels = case
    assert silhouettes.samples(points, labels, EXACT) == silhouette.samples(points, labels, EXACT)
    assert silhouettes.classes(points, labels, EXACT) == silhouette.clusters(points, labels, EXACT)


def test_in_exact_numbers_every_root_must_be_rational() -> None:
    with pytest.raises(Unsupported, match="irrational"):
        silhouettes.samples([[Q(0), Q(0)], [Q(1), Q(1)], [Q(5), Q(0)]], [0, 0, 1], EXACT)


def test_equal_sums_of_different_roots_are_seen() -> None:
    """Sqrt 2 + sqrt 2 = sqrt 8, so that the point (0, 0) is as far from its own cluster as from the other."""
    points = [[Q(0), Q(0)], [Q(1), Q(1)], [Q(-1), Q(1)], [Q(2), Q(2)], [Q(0), Q(0)]]
    labels = [0, 0, 0, 1, 1]
    # own: (sqrt 2 + sqrt 2) / 2; other: (sqrt 8 + 0) / 2
    assert silhouettes.samples(points, labels, ball(50))[0] == Q(0)


# ---------------------------------------------------------------------- radicals


@pytest.mark.parametrize(
    ("terms", "zero"),
    [
        ([], True),
        ([(Q(0), 5)], True),
        ([(Q(3), 0)], True),
        ([(Q(1), 2)], False),
        ([(Q(2), 2), (Q(-1), 8)], True),
        ([(Q(2), 2), (Q(-1), 18)], False),
        ([(Q(1), 2), (Q(1), 3), (Q(-1), 5)], False),
        ([(Q(1), 4), (Q(-2, 3), 9)], True),
        ([(Q(1, 2), 12), (Q(-1), 3), (Q(5), 7), (Q(-5, 3), 63)], True),
        ([(Q(1), 10**40 + 1), (Q(-1), 10**40)], False),
    ],
)
def test_sums_of_roots_are_zero_exactly_or_not(terms: list[tuple[Q, int]], zero: bool) -> None:
    assert radicals.is_zero(terms) is zero
    assert radicals.is_zero(reversed(terms)) is zero


def test_small_sums_of_roots_exhaustively() -> None:
    """All a sqrt m + b sqrt n + c sqrt 6 with small integers, against 60 digits."""
    numbers = ball(60)
    for m, n, a, b, c in product((1, 2, 8, 9), (3, 6, 24, 50), (-2, 1), (-1, 0, 2), (0, 1)):
        total = numbers.sqrt(numbers(m)) * a + numbers.sqrt(numbers(n)) * b + numbers.sqrt(numbers(6)) * c
        assert radicals.is_zero([(Q(a), m), (Q(b), n), (Q(c), 6)]) == total.contains(0)


# ---------------------------------------------------------------------- every digit is needed


def last_digit(text: str) -> str:
    if "." not in text:
        return str(Q(text) + Q(1, 7))
    return text[:-1] + str((int(text[-1]) + 1) % 10)


@pytest.mark.parametrize("identity", ["samples/plane", "samples/exact-zero", "clusters/weights"])
def test_a_digit_that_is_changed_is_refuted(identity: str) -> None:
    case = store.find(store.fixtures(), f"silhouette.{identity}")
    recheck.prove(case)
    expected: Any = case.expected
    for name, tree in expected.items():
        for i in range(len(tree)) if isinstance(tree, list) else [None]:
            wrong = last_digit(tree) if i is None else [last_digit(x) if j == i else x for j, x in enumerate(tree)]
            with pytest.raises(Refuted, match=name):
                recheck.prove(msgspec.structs.replace(case, expected={**expected, name: wrong}))


# ---------------------------------------------------------------------- sensitivity


PLANE = [[Q(x), Q(y)] for x, y in ((0, 0), (1, 2), (2, 1), (7, 7), (8, 9), (9, 6), (20, 3))]
LABELS = [0, 0, 0, 1, 1, 1, 2]


@pytest.mark.parametrize("factor", [Q(1), Q(2) ** 600, Q(1, 2**600)])
@pytest.mark.parametrize("labels", [LABELS, [0, 1, 0, 1, 0, 1, 2]])
def test_sensitivity_is_that_of_difference_quotients(labels: list[int], factor: Q) -> None:
    points = [[x * factor for x in row] for row in PLANE]
    numbers, step = ball(80), Q(1, 10**30)
    for room, sizes in (
        (silhouette.samples, sensitivity_silhouette.of_samples(points, labels)),
        (silhouette.clusters, sensitivity_silhouette.of_classes(points, labels)),
    ):
        at = [s.mid for s in room(points, labels, numbers)]
        expected = [Q(0)] * len(at)
        for n, row in enumerate(points):
            for i in range(len(row)):
                nudged = [[y * (1 + step * ((m, j) == (n, i))) for j, y in enumerate(r)] for m, r in enumerate(points)]
                there = [s.mid for s in room(nudged, labels, numbers)]
                expected = [s + abs(b - a) / step for s, a, b in zip(expected, at, there, strict=True)]
        for a, b in zip(sizes, expected, strict=True):
            assert abs(a - b) <= Q(1, 10**8)


def test_coincident_points_count_as_moving_apart_at_full_speed() -> None:
    points = [[Q(3)], [Q(3)], [Q(9)]]
    # s = 1 - a / b with a = 0, b = 6: |da| (3 + 3) / 6
    sizes = sensitivity_silhouette.of_samples(points, [0, 0, 1])
    assert [round(size, 12) for size in sizes] == [1, 1, 0]
