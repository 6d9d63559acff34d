"""The global optimum by four roads, held against each other and against optima known in closed form."""

from fractions import Fraction as Q
from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import RANGES, matrices

from refimpl import kmeans, linear
from refimpl.certify import partition
from refimpl.errors import Unsupported

lines = st.sampled_from(RANGES).flatmap(lambda numbers: st.lists(numbers, min_size=1, max_size=7))
few = st.integers(1, 4)


def attained(points: Any, labels: list[int]) -> Q:
    """Return sum |x|^2 - |S|^2 / n over clusters."""
    value = Q(0)
    for g in set(labels):
        group = [x for x, label in zip(points, labels, strict=True) if label == g]
        value += sum((a * a for x in group for a in x), Q(0))
        value -= sum((sum(column) ** 2 for column in zip(*group, strict=True)), Q(0)) / len(group)
    return value


def by_all_labellings(points: Any, k: int) -> Q:
    """The definition: the least J over all k^N labellings."""
    return min(attained(points, list(labels)) for labels in product(range(k), repeat=len(points)))


@given(matrices(n=(1, 6), d=(2, 2)), st.integers(1, 3))
def test_the_roads_for_few_points_agree_with_the_definition(points: Any, k: int) -> None:
    if len(points) == 6 and k == 3:
        points = points[:5]
    truth = by_all_labellings(points, k)
    j, labels = partition.by_enumeration(points, k)
    assert j == attained(points, labels) == truth
    assert partition.by_subsets(points, k) == truth
    assert max(labels) < k


@given(lines, few)
def test_all_four_roads_agree_on_the_line(xs: list[Q], k: int) -> None:
    points = [[x] for x in xs]
    j, labels = partition.by_prefixes(xs, k)
    assert j == attained(points, labels)
    assert 0 <= min(labels) <= max(labels) < k
    assert partition.by_suffixes(xs, k) == j
    assert partition.by_subsets(points, k) == j
    assert partition.by_enumeration(points, k)[0] == j


@given(st.lists(st.integers(-40, 40).map(Q), min_size=11, max_size=24), st.integers(1, 6))
def test_the_roads_for_many_points_agree(xs: list[Q], k: int) -> None:
    j, labels = partition.by_prefixes(xs, k)
    assert partition.by_suffixes(xs, k) == j == attained([[x] for x in xs], labels)
    assert partition.optimum([[x] for x in xs], k) == (j, labels)
    assert partition.optimum_again([[x] for x in xs], k) == j


@given(lines, few)
def test_clusters_on_the_line_are_intervals_numbered_from_the_left(xs: list[Q], k: int) -> None:
    _, labels = partition.by_prefixes(xs, k)
    ordered = [label for _, label in sorted(zip(xs, labels, strict=True))]
    assert ordered == sorted(ordered)
    assert sorted(set(labels)) == list(range(len(set(labels))))


@given(matrices(n=(1, 6), d=(1, 2)), st.integers(1, 3))
def test_the_optimum_is_a_lower_bound_that_one_more_cluster_does_not_raise(points: Any, k: int) -> None:
    j = partition.optimum_again(points, k)
    assert 0 <= partition.optimum_again(points, k + 1) <= j
    assert (j == 0) == (len({tuple(x) for x in points}) <= k)
    start = (points * 3)[: min(k, len(points))]
    assert kmeans.fit(points, start)[0].distortion >= j


def test_equally_spaced_points_in_closed_form() -> None:
    """A row of m neighbours costs m (m^2 - 1) / 12: 12 points cost 3 * 5 in 3 clusters, 3/2 + 2 * 2 in 5."""
    xs = [Q(x) for x in range(12)]
    for k, j in ((1, Q(143)), (2, Q(35)), (3, Q(15)), (4, Q(8)), (5, Q(11, 2)), (12, Q(0)), (20, Q(0))):
        assert partition.by_prefixes(xs, k)[0] == j
        assert partition.by_suffixes(xs, k) == j


def test_the_corners_of_a_square() -> None:
    """Sides 1: two pairs cost 1/2 each; three and one 4/3; with three clusters one pair is left."""
    square = [[Q(0), Q(0)], [Q(0), Q(1)], [Q(1), Q(0)], [Q(1), Q(1)]]
    for k, j in ((1, 2), (2, 1), (3, Q(1, 2)), (4, 0)):
        assert partition.by_enumeration(square, k)[0] == j
        assert partition.by_subsets(square, k) == j
    assert partition.by_enumeration(square, 2)[1] == [0, 0, 1, 1]


def test_every_partition_is_enumerated_once() -> None:
    """Stirling numbers: 5 elements in at most 3 blocks, 1 + 15 + 25 = 41."""
    seen: list[int] = []
    original = partition.cost
    points = [[Q(2**i)] for i in range(5)]
    try:
        partition.cost = lambda group: seen.append(int(sum(x for (x,) in group))) or original(group)
        partition.by_enumeration(points, 3)
    finally:
        partition.cost = original
    partitions = []
    while seen:
        blocks = []
        while sum(blocks) < 31:
            blocks.append(seen.pop(0))
        partitions.append(frozenset(blocks))
    assert len(partitions) == len(set(partitions)) == 41


def test_the_cost_of_a_group_is_about_its_mean() -> None:
    assert partition.cost([[Q(0)], [Q(2)], [Q(7)]]) == 26
    assert partition.cost([[Q(3), Q(4)]]) == 0


def test_optima_are_proven_by_two_different_roads() -> None:
    plane = [[Q(x), Q(x * x % 5)] for x in range(6)]
    assert partition.optimum(plane, 2)[0] == partition.optimum_again(plane, 2)
    line = [[Q(x * x)] for x in range(9)]
    assert partition.optimum(line, 3)[0] == partition.optimum_again(line, 3) == partition.by_enumeration(line, 3)[0]


def test_many_points_of_the_plane_are_refused() -> None:
    with pytest.raises(Unsupported, match="11 points in 2 dimensions"):
        partition.optimum([[Q(x), Q(0)] for x in range(11)], 2)


def test_the_optimum_does_not_depend_on_the_order_of_points() -> None:
    points = [[Q(x), Q(y)] for x, y in ((0, 0), (5, 1), (1, 4), (2, 2), (7, 0), (6, 6))]
    for k in (1, 2, 3):
        assert partition.by_enumeration(points, k)[0] == partition.by_enumeration(points[::-1], k)[0]
        assert partition.by_subsets(points, k) == partition.by_subsets(points[::-1], k)
    assert linear.mean(points) == linear.mean(points[::-1])
