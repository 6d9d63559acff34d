"""DBSCAN: by the definitions, by scikit-learn, decimals exactly, borders between clusters, refusals."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from strategies import RANGES, SMALL, in_kind, matrices

from refimpl import dbscan, linkage
from refimpl.dbscan import NOISE
from refimpl.errors import BadInput, EmptyData, Undecided
from refimpl.numbers import FLOAT, Ball, ball
from refimpl.set_partitions import renamed

FEW = settings(max_examples=60, deadline=None)
Rows = list[list[Q]]

radii = st.sampled_from([Q(0), Q(1), Q(3, 2), Q(2), Q(5)])
counts = st.integers(1, 5)
clouds = matrices(n=(1, 12), d=(1, 2), entries=st.sampled_from([SMALL]))


def square(x: list[Q], y: list[Q]) -> Q:
    return sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Q(0))


def witness(points: Rows, eps: Q, least: int) -> tuple[list[bool], list[list[int]]]:
    """Core points, and the clusters that each point may belong to: density-reachability as a closure of sets."""
    n = len(points)
    near = [{m for m in range(n) if square(points[i], points[m]) <= eps**2} for i in range(n)]
    core = [len(found) >= least for found in near]
    reached = [{i} | (near[i] if core[i] else set()) for i in range(n)]
    for _ in range(n):
        reached = [set().union(*(near[m] if core[m] else {m} for m in found)) for found in reached]
    clusters: list[set[int]] = []
    for i in range(n):
        if core[i] and not any(i in cluster and core[i] for cluster in clusters):
            clusters.append(reached[i])
    return core, [[k for k, cluster in enumerate(clusters) if i in cluster] for i in range(n)]


@FEW
@given(clouds, radii, counts)
def test_everything_is_by_the_definition(points: Rows, eps: Q, least: int) -> None:
    found = dbscan.fit(points, eps, least)
    n = range(len(points))
    near = [[m for m in n if square(points[i], points[m]) <= eps**2] for i in n]
    assert dbscan.neighbours(points, eps) == near
    core, reach = witness(points, eps, least)
    assert (found.core, found.reach) == (core, reach)
    assert found.labels == [min(clusters, default=NOISE) for clusters in reach]
    assert found.ambiguous == [i for i, clusters in enumerate(reach) if len(clusters) > 1]
    assert not any(core[i] for i in found.ambiguous)


@FEW
@given(clouds, radii, counts)
def test_scikit_learn_finds_the_same_labels(points: Rows, eps: Q, least: int) -> None:
    """Squares of small integers and these radii are binary64 numbers; a radius of 0 it refuses."""
    cluster = pytest.importorskip("sklearn.cluster")
    if eps:
        floats = [[float(x) for x in row] for row in points]
        theirs = cluster.DBSCAN(eps=float(eps), min_samples=least).fit(floats)
        found = dbscan.fit(points, eps, least)
        assert found.labels == theirs.labels_.tolist()
        assert [i for i, core in enumerate(found.core) if core] == theirs.core_sample_indices_.tolist()


@FEW
@given(clouds, radii, counts, st.randoms(use_true_random=False))
def test_the_order_of_the_points_only_moves_ambiguous_ones(points: Rows, eps: Q, least: int, source: Any) -> None:
    order = list(range(len(points)))
    source.shuffle(order)
    here, there = dbscan.fit(points, eps, least), dbscan.fit([points[i] for i in order], eps, least)
    back = [order.index(i) for i in range(len(order))]
    assert {order[i] for i in there.ambiguous} == set(here.ambiguous)
    sure = [i for i in range(len(points)) if i not in here.ambiguous]
    assert renamed([here.labels[i] for i in sure]) == renamed([there.labels[back[i]] for i in sure])
    assert [here.labels[i] == NOISE for i in sure] == [there.labels[back[i]] == NOISE for i in sure]


@FEW
@given(matrices(n=(1, 9), d=(1, 2), entries=st.sampled_from(RANGES)), radii)
def test_with_a_single_neighbour_it_is_single_linkage(points: Rows, eps: Q) -> None:
    merges = linkage.fit(linkage.squares(points), "single")
    k = len(points) - sum(merge.height <= eps**2 for merge in merges)
    assert dbscan.fit(points, eps, 1).labels == linkage.cut(merges, k)


def test_decimals_are_what_they_say() -> None:
    """0.4 - 0.3 > 0.1 in binary64, and 3/10 and 4/10 are at a distance of 1/10."""
    for a, b in (("0.3", "0.4"), ("0.7", "0.8")):
        assert dbscan.fit([[Q(a)], [Q(b)]], Q("0.1"), 2).labels == [0, 0]
        assert dbscan.fit([[float(a)], [float(b)]], 0.1, 2).labels == [NOISE, NOISE]
        # as the binary64 numbers that they are
        assert dbscan.fit([[Q(float(a))], [Q(float(b))]], Q(0.1), 2).labels == [NOISE, NOISE]
    assert dbscan.fit([[Q("0.2")], [Q("0.3")]], Q("0.1"), 2).labels == [0, 0]
    assert dbscan.fit([[Q("0.2")], [Q("0.3")]], Q("0.1") - Q(1, 10**30), 2).labels == [NOISE, NOISE]


def test_a_border_point_between_two_clusters_goes_to_the_first() -> None:
    """10 is near to the core points 9 and 11, which are not near to each other, and has only 3 neighbours."""
    points = [[Q(x)] for x in (10, 8, 8, 8, 9, 11, 12, 12, 12, 30)]
    found = dbscan.fit(points, Q(1), 4)
    assert found.labels == [0, 0, 0, 0, 0, 1, 1, 1, 1, NOISE]
    assert found.reach[0] == [0, 1]
    assert found.ambiguous == [0]
    assert dbscan.fit(points[::-1], Q(1), 4).labels == [NOISE, 0, 0, 0, 0, 1, 1, 1, 1, 0]


def test_clusters_count_by_their_first_core_points() -> None:
    """Point 0 is of the border of the cluster whose first core point comes last."""
    points = [[Q(x)] for x in (12, 0, 0, 0, 11, 10, 10)]
    assert dbscan.fit(points, Q(1), 3).labels == [1, 0, 0, 0, 1, 1, 1]


@FEW
@given(clouds, radii, counts)
def test_dissimilarities_and_other_kinds_serve_as_well(points: Rows, eps: Q, least: int) -> None:
    found = dbscan.fit(points, eps, least)
    assert dbscan.clustering(dbscan.within(linkage.squares(points), eps**2), least) == found
    for numbers in (FLOAT, ball(20)):  # both hold these numbers exactly
        assert dbscan.fit(in_kind(numbers, points), in_kind(numbers, [eps])[0], least) == found


def test_a_ball_on_the_border_is_undecided() -> None:
    wide = Ball.between(Q(99, 100), Q(101, 100), 60)
    points = [[ball(20)(0)], [wide]]
    assert dbscan.fit(points, ball(20)(2), 2).labels == [0, 0]
    with pytest.raises(Undecided):
        dbscan.fit(points, ball(20)(1), 2)


@pytest.mark.parametrize(
    ("points", "eps", "least", "error", "words"),
    [
        ([], Q(1), 1, EmptyData, "points is empty"),
        ([[Q(1)], [Q(2), Q(3)]], Q(1), 1, BadInput, r"points\[1\] has 2 entries"),
        ([[Q(1)]], Q(-1, 2), 1, BadInput, "eps is -1/2; give a radius that is 0 or more"),
        ([[Q(1)]], Q(1), 0, BadInput, "least is 0; give at least 1 neighbour"),
        ([[1.0]], float("nan"), 1, BadInput, "eps is nan; give a radius that is 0 or more"),
    ],
)
def test_refusals(points: Any, eps: Any, least: int, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        dbscan.fit(points, eps, least)


def test_dissimilarities_are_square_and_symmetric() -> None:
    with pytest.raises(BadInput, match="1 x 2; give a square matrix"):
        dbscan.within([[Q(0), Q(1)]], Q(1))
    with pytest.raises(BadInput, match="symmetric"):
        dbscan.within([[Q(0), Q(1)], [Q(2), Q(0)]], Q(1))
