"""Weighted K-means is K-means of points that stand as often as they weigh, in every kind of number."""

from collections.abc import Sequence
from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, Rows, in_kind, tasks

from refimpl import kmeans, kmeans_starts, kmeans_weighted, trace
from refimpl.errors import BadInput, EmptyData, KTooLarge, Undefined
from refimpl.numbers import FLOAT


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Rows, list[int], Rows]:
    """Points, how often each occurs, and centers."""
    points, centers = draw(tasks())
    return points, draw(st.lists(st.integers(1, 4), min_size=len(points), max_size=len(points))), centers


def repeated(rows: Sequence[Any], weights: Sequence[int]) -> list[Any]:
    """Every row as often as it weighs, copies side by side."""
    return [row for row, w in zip(rows, weights, strict=True) for _ in range(w)]


@given(weighted())
def test_every_state_is_that_of_the_repeated_points(case: Any) -> None:
    points, weights, centers = case
    copies = repeated(points, weights)
    ours = kmeans_weighted.trace(points, weights, kmeans_weighted.start(points, weights, centers))
    theirs = kmeans.trace(copies, kmeans.start(copies, centers))
    for mine, other in zip(trace.take(4, ours), theirs, strict=False):
        assert repeated(mine.labels, weights) == other.labels
        assert (mine.centers, mine.distortion) == (other.centers, other.distortion)


@given(weighted())
def test_the_fit_is_that_of_the_repeated_points(case: Any) -> None:
    points, weights, centers = case
    mine, steps = kmeans_weighted.fit(points, weights, centers)
    other, count = kmeans.fit(repeated(points, weights), centers)
    assert (repeated(mine.labels, weights), mine.centers, mine.distortion, steps) == (
        other.labels,
        other.centers,
        other.distortion,
        count,
    )


@given(weighted(), st.integers(0, 5), st.data())
def test_the_starts_are_those_of_the_repeated_points(case: Any, seed: int, data: st.DataObject) -> None:
    points, weights, _ = case
    k = data.draw(st.integers(1, len({tuple(x) for x in points})))
    mine = kmeans_weighted.plus_plus_starts(points, weights, k, seed=seed, count=3)
    assert mine == kmeans_starts.plus_plus_starts(repeated(points, weights), k, seed=seed, count=3)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6).filter(any), st.floats(0, 1, exclude_max=True))
def test_a_draw_has_the_probability_of_its_share(law: list[int], u: float) -> None:
    n = kmeans_weighted.drawn(law, u)
    assert sum(law[:n]) <= Q(u) * sum(law) < sum(law[: n + 1])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_number_has_weights(kind: Any) -> None:
    points, centers = in_kind(kind, [[0], [3], [10]]), in_kind(kind, [[1], [9], [50]])
    state = kmeans_weighted.step(points, [3, 1, 2], kmeans_weighted.start(points, [3, 1, 2], centers))
    assert state.labels == [0, 0, 1]
    assert state.centers == in_kind(kind, [[Q(3, 4)], [10], [50]])  # the third is empty and stays
    assert state.distortion == kind(Q(27, 4))


def test_a_weight_moves_the_mean_and_not_the_labels() -> None:
    light, heavy = (kmeans_weighted.step([[0], [4]], w, kmeans.State([], [[Q(0)]], Q(0))) for w in ([1, 1], [1, 3]))
    assert (light.centers, heavy.centers) == ([[2]], [[3]])
    assert kmeans_weighted.assign([[1.0]], [[0.0], [2.0]]) == [0]


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([1], "there are 1 weights for 2 points; give one for each point"),
        ([1, 0], r"weights\[1\] is 0; give an integer from 1 on"),
        ([1.5, 1], r"weights\[0\] is 1.5; give an integer from 1 on"),
    ],
)
def test_weights_that_are_no_counts_are_refused(weights: list[Any], sentence: str) -> None:
    points = [[Q(0)], [Q(1)]]
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        kmeans_weighted.start(points, weights, points)
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        kmeans_weighted.plus_plus_starts(points, weights, 1, seed=0, count=1)
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        kmeans_weighted.update(points, weights, [0, 0], points)
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        kmeans_weighted.distortion(points, weights, [0, 0], points)


def test_no_more_centers_than_points_each_counted_as_often_as_it_occurs() -> None:
    centers = [[Q(x)] for x in (0, 1, 2)]
    assert kmeans_weighted.start([[Q(0)]], [3], centers).labels == [0]
    with pytest.raises(KTooLarge, match=r"^there are 3 centers for a weight of 2; give at most as many$"):
        kmeans_weighted.start([[Q(0)]], [2], centers)


def test_a_start_needs_as_many_different_points() -> None:
    with pytest.raises(KTooLarge):
        kmeans_weighted.plus_plus_starts([[Q(1)], [Q(1)]], [1, 2], 2, seed=0, count=1)
    with pytest.raises(Undefined):  # as the repeated points are refused, by another word
        kmeans_starts.plus_plus_starts([[Q(1)], [Q(1)]], 2, seed=0, count=1)
    with pytest.raises(EmptyData):
        kmeans_weighted.plus_plus_starts([], [], 1, seed=0, count=1)


def test_floats_stay_floats() -> None:
    state, _ = kmeans_weighted.fit([[0.0], [1.0], [9.0]], [1, 2, 1], [[0.0], [9.0]])
    assert state.centers == [[FLOAT(2) / 3], [9.0]]
    assert type(state.distortion) is float
