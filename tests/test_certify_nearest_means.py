"""The proof of a fixed point of weighted K-means accepts what is one, and nothing else."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st

from refimpl import kmeans_weighted
from refimpl.certify import nearest_means
from refimpl.errors import Refuted

POINTS = [(0, 0, 0), (2, 0, 0), (10, 0, 0), (11, 3, 0)]
WEIGHTS = [1, 3, 2, 2]
CENTERS = [[Q(3, 2), Q(0), Q(0)], [Q(21, 2), Q(3, 2), Q(0)]]


def test_a_fixed_point_is_accepted() -> None:
    nearest_means.check(POINTS, WEIGHTS, [0, 0, 1, 1], CENTERS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": [0, 1, 1, 1]}, r"points\[1\] has the label 1, but center 0 is nearer"),
        ({"weights": [1, 3, 2, 3]}, r"centers\[1\] is not the mean"),
        ({"centers": [[Q(3, 2), Q(0), Q(0)], [Q(21, 2), Q(3, 2), Q(1, 100)]]}, r"centers\[1\] is not the mean"),
        ({"labels": [0, 0, 1]}, "there are 4 points, 4 weights and 3 labels"),
        ({"labels": [0, 0, 1, 2]}, r"a label is none of 0\.\.1"),
        ({"labels": [0, 0, 1, -1]}, r"a label is none of 0\.\.1"),
    ],
)
def test_what_is_none_is_refuted(change: dict[str, Any], sentence: str) -> None:
    given_ = {"points": POINTS, "weights": WEIGHTS, "labels": [0, 0, 1, 1], "centers": CENTERS}
    with pytest.raises(Refuted, match=sentence):
        nearest_means.check(**{**given_, **change})


def test_a_center_at_twice_the_distance_is_asked_and_one_further_away_need_not_be() -> None:
    """4 is as far from 2 as 0 is, and comes first."""
    centers = [[Q(4), Q(0), Q(0)], [Q(0), Q(0), Q(0)]]
    with pytest.raises(Refuted, match="or as near and comes first"):
        nearest_means.check_nearest([(2, 0, 0)], [1], centers)
    nearest_means.check_nearest([(2, 0, 0)], [1], [[Q(401, 100), Q(0), Q(0)], centers[1]])


def test_a_tie_is_the_lowest_index() -> None:
    points, centers = [(0, 0, 0), (2, 0, 0), (4, 0, 0)], [[Q(1), Q(0), Q(0)], [Q(3), Q(0), Q(0)]]
    nearest_means.check_nearest(points, [0, 0, 1], centers)
    with pytest.raises(Refuted, match="or as near and comes first"):
        nearest_means.check_nearest(points, [0, 1, 1], centers)


def test_a_center_without_points_may_be_anywhere_but_not_nearer() -> None:
    points, weights = [(0, 0, 0), (2, 0, 0)], [1, 1]
    mean = [Q(1), Q(0), Q(0)]
    nearest_means.check(points, weights, [0, 0], [mean, [Q(9), Q(0), Q(0)]])
    with pytest.raises(Refuted, match=r"points\[1\]"):
        nearest_means.check(points, weights, [0, 0], [mean, [Q(2), Q(0), Q(0)]])


@given(st.data())
def test_the_order_of_centers_forgets_none(data: st.DataObject) -> None:
    """Labels are accepted if they are those of `kmeans`, and only then, however centers lie."""
    level = data.draw(st.sampled_from([st.integers(0, 3), st.integers(0, 255)]))
    colour = st.tuples(level, level, level)
    points = data.draw(st.lists(colour, min_size=1, max_size=8))
    centers = data.draw(
        st.lists(st.tuples(*[st.builds(Q, level, st.integers(1, 3))] * 3).map(list), min_size=1, max_size=6)
    )
    right = kmeans_weighted.assign(points, centers)
    nearest_means.check_nearest(points, right, centers)
    wrong = data.draw(st.lists(st.integers(0, len(centers) - 1), min_size=len(points), max_size=len(points)))
    if wrong != right:
        with pytest.raises(Refuted):
            nearest_means.check_nearest(points, wrong, centers)
