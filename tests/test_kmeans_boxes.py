"""K-means by boxes is weighted K-means: labels, ties, centers and J, however the boxes are cut."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st

from refimpl import kmeans_boxes, kmeans_weighted
from refimpl.certify import nearest_means
from refimpl.errors import BadInput, EmptyData

LEVELS = st.sampled_from([st.integers(0, 3), st.integers(0, 255), st.integers(-(10**9), 10**9)])
FEW = pytest.mark.parametrize("few", [1, 3, 100])


@st.composite
def coloured(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], list[int], list[list[Q]]]:
    """Points of three integers, weights, and centers: points, or fractions between them."""
    level = draw(LEVELS)
    points = draw(st.lists(st.tuples(level, level, level), min_size=1, max_size=25))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(points), max_size=len(points)))
    half = st.builds(lambda a, b: [Q(x + y, 2) for x, y in zip(a, b, strict=True)], *[st.sampled_from(points)] * 2)
    third = st.lists(st.builds(Q, level, st.sampled_from([1, 3])), min_size=3, max_size=3)
    most = min(5, sum(weights))
    return points, weights, draw(st.lists(st.one_of(half, third), min_size=1, max_size=most))


@FEW
@given(coloured())
def test_a_step_is_that_of_weighted_k_means(few: int, case: Any) -> None:
    points, weights, centers = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kmeans_boxes, "FEW", few)
        box = kmeans_boxes.boxed(points, weights)
        for _ in range(3):
            assert kmeans_boxes.assign(box, centers) == kmeans_weighted.assign(points, centers)
            other = kmeans_weighted.step(points, weights, kmeans_weighted.start(points, weights, centers))
            state = kmeans_boxes.step(box, centers)
            assert (state.centers, state.distortion) == (other.centers, other.distortion)
            assert state.masses == [
                sum(w for w, label in zip(weights, other.labels, strict=True) if label == k)
                for k in range(len(centers))
            ]
            centers = state.centers


@given(coloured())
def test_a_fit_ends_where_weighted_k_means_ends(case: Any) -> None:
    points, weights, centers = case
    box = kmeans_boxes.boxed(points, weights)
    state, steps = kmeans_boxes.fit(box, centers)
    other, count = kmeans_weighted.fit(points, weights, centers)
    assert (kmeans_boxes.assign(box, state.centers), state.centers) == (other.labels, other.centers)
    assert state.distortion == other.distortion
    assert abs(steps - count) <= 1  # centers may repeat a step before labels do, or with them
    nearest_means.check(points, weights, other.labels, state.centers)


def test_a_tie_goes_to_the_lowest_index_and_an_empty_cluster_keeps_its_center() -> None:
    points, weights = [(0, 0, 0), (2, 0, 0), (4, 0, 0)], [1, 1, 1]
    box = kmeans_boxes.boxed(points, weights)
    assert kmeans_boxes.assign(box, [[0, 0, 0], [4, 0, 0]]) == [0, 0, 1]
    assert kmeans_boxes.assign(box, [[4, 0, 0], [0, 0, 0]]) == [1, 0, 0]
    twins = kmeans_boxes.step(box, [[Q(2), Q(0), Q(0)], [Q(2), Q(0), Q(0)]])
    assert (twins.masses, twins.centers[1]) == ([3, 0], [2, 0, 0])


def test_few_boxes_are_asked_where_clusters_are_apart() -> None:
    """Two cubes of 1000 points: the box of each is given away as a whole."""
    cube = [(x, y, z) for x in range(10) for y in range(10) for z in range(10)]
    points = cube + [(x + 100, y, z) for x, y, z in cube]
    box = kmeans_boxes.boxed(points, [1] * len(points))
    parts = list(kmeans_boxes.parts(box, [[Q(0), Q(0), Q(0)], [Q(105), Q(5), Q(5)]]))
    assert sorted((k, len(indices), mass) for k, indices, mass, _ in parts) == [(0, 1000, 1000), (1, 1000, 1000)]


def test_equal_points_without_end_are_one_box() -> None:
    points = [(7, 7, 7)] * 50
    box = kmeans_boxes.boxed(points, [2] * 50)
    assert box.halves() == ()
    assert kmeans_boxes.step(box, [[Q(7), Q(7), Q(8)]]).centers == [[7, 7, 7]]


@pytest.mark.parametrize(
    ("points", "weights", "sentence"),
    [
        ([(1, 2)], [1], "points have 2 columns; give three, as colours have"),
        ([(1, 2, 0.5)], [1], r"points\[0\]\[2\] is 0.5 of type float; give an integer"),
        ([(1, 2, 3)], [0], r"weights\[0\] is 0; give an integer from 1 on"),
    ],
)
def test_what_is_no_colour_is_refused(points: Any, weights: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=f"^{sentence}$"):
        kmeans_boxes.boxed(points, weights)


def test_no_points_and_other_centers_are_refused() -> None:
    with pytest.raises(EmptyData):
        kmeans_boxes.boxed([], [])
    with pytest.raises(BadInput, match=r"^centers have 2 columns; give three, as the points have$"):
        kmeans_boxes.step(kmeans_boxes.boxed([(1, 2, 3)], [1]), [[Q(1), Q(2)]])
