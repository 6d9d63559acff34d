"""Learning point by point: the closed forms of centers under 1/n and under a rate, and what a state tells."""

from fractions import Fraction as Q
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, Task, assert_agree, assert_type, in_kind, largest, mean, tasks

from refimpl import kmeans_online
from refimpl.errors import BadInput, EmptyData

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def squared(x: list[Q], y: list[Q]) -> Q:
    return sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Q(0))


@st.composite
def with_rates(draw: st.DrawFn) -> tuple[Task, list[Q]]:
    task = draw(tasks())
    rate = st.fractions(0, 1, max_denominator=9)
    return task, draw(st.lists(rate, min_size=len(task.points), max_size=len(task.points)))


@given(tasks())
def test_the_first_state_is_the_start(task: Task) -> None:
    first = next(kmeans_online.trace(*task))
    assert first == kmeans_online.State(None, task.centers, [0] * len(task.centers))


@given(with_rates(), st.booleans())
def test_each_point_moves_its_nearest_center_and_no_other(case: Any, harmonic: bool) -> None:
    (points, centers), rates = case
    states = list(kmeans_online.trace(points, centers, None if harmonic else rates))
    assert len(states) == len(points) + 1
    for n, (x, before, after) in enumerate(zip(points, states[:-1], states[1:], strict=True)):
        k = min(range(len(centers)), key=lambda k, x=x, before=before: squared(x, before.centers[k]))
        assert after.label == k
        assert after.received == [count + (j == k) for j, count in enumerate(before.received)]
        assert all(after.centers[j] == c for j, c in enumerate(before.centers) if j != k)
        eta = Q(1, after.received[k]) if harmonic else rates[n]
        assert after.centers[k] == [c + eta * (a - c) for a, c in zip(x, before.centers[k], strict=True)]


@given(tasks())
def test_under_one_over_n_a_center_is_the_mean_of_what_it_received(task: Task) -> None:
    """The start carries no weight: its first point replaces it."""
    states = list(kmeans_online.trace(*task))
    for t, state in enumerate(states):
        for k, center in enumerate(state.centers):
            group = [x for x, s in zip(task.points[:t], states[1:], strict=False) if s.label == k]
            assert len(group) == state.received[k]
            expected = [mean(list(column)) for column in zip(*group, strict=True)] if group else task.centers[k]
            assert center == expected


@given(tasks(k=(1, 1)), st.fractions(0, 1, max_denominator=9))
def test_under_a_rate_the_past_fades_geometrically(task: Task, rate: Q) -> None:
    """Here mu = (1-r)^m c + sum_i r (1-r)^(m-i) x_i, and the weights add up to 1."""
    m = len(task.points)
    weights = [(1 - rate) ** m, *(rate * (1 - rate) ** (m - i) for i in range(1, m + 1))]
    assert sum(weights) == 1
    *_, last = kmeans_online.trace(*task, [rate] * m)
    columns = zip(*[task.centers[0], *task.points], strict=True)
    assert last.centers == [[sum(w * x for w, x in zip(weights, column, strict=True)) for column in columns]]


def test_rate_zero_stands_still_and_rate_one_jumps() -> None:
    points, centers = [[Q(1)], [Q(6)]], [[Q(0)], [Q(9)]]
    assert [s.centers for s in kmeans_online.trace(points, centers, [Q(0), Q(0)])] == [centers] * 3
    *_, last = kmeans_online.trace(points, centers, [Q(1), Q(1)])
    assert (last.centers, last.label) == ([[1], [6]], 1)


@BY_KIND
def test_a_tie_goes_to_the_lowest_index(kind: Any) -> None:
    states = list(kmeans_online.trace(in_kind(kind, [[1]]), in_kind(kind, [[0], [2], [2]])))
    assert (states[-1].label, states[-1].received) == (0, [1, 0, 0])
    assert_agree(states[-1].centers, [[1], [2], [2]])


def test_states_and_start_are_not_changed_afterwards() -> None:
    centers = [[Q(0)], [Q(9)]]
    states = list(kmeans_online.trace([[Q(1)], [Q(2)], [Q(8)]], centers))
    assert centers == [[0], [9]]
    assert [s.centers for s in states] == [[[0], [9]], [[1], [9]], [[Q(3, 2)], [9]], [[Q(3, 2)], [8]]]
    assert [s.label for s in states] == [None, 0, 0, 1]


@pytest.mark.parametrize(
    ("order", "ends"), [((1, 3, 2), [[Q(3, 2)], [3]]), ((2, 3, 1), [[2], [4]]), ((3, 2, 1), [[1], [Q(5, 2)]])]
)
def test_the_order_of_points_matters(order: tuple[int, ...], ends: Any) -> None:
    """By hand, from 0 and 4; the ties of 1, 3, 2 and of 2, 3, 1 go to center 0."""
    *_, last = kmeans_online.trace([[x] for x in order], [[0], [4]])
    assert last.centers == ends


@BY_KIND
@given(case=with_rates())
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any, case: Any) -> None:
    """Until a point comes within 10^-9 of a tie, in units of the data's square."""
    (points, centers), rates = case
    scale = largest(points, centers)
    for eta in (None, rates):
        exact = list(kmeans_online.trace(points, centers, eta))
        mine = kmeans_online.trace(
            in_kind(kind, points), in_kind(kind, centers), None if eta is None else in_kind(kind, eta)
        )
        assert_agree(next(mine).centers, centers, scale)
        for x, before, after in zip(points, exact, exact[1:], strict=False):
            first, second = sorted([squared(x, c) for c in before.centers] + [scale**2 * 100])[:2]
            if second - first < scale**2 / 10**9 and kind.name != "exact":
                break
            state = next(mine)
            assert_type(state.centers, kind(0))
            assert (state.label, state.received) == (after.label, after.received)
            assert_agree(state.centers, after.centers, scale)


def test_integers_give_fractions_where_they_must() -> None:
    *_, last = kmeans_online.trace([[1], [2]], [[0]])
    assert last.centers == [[Q(3, 2)]]
    assert_type(last.centers, Q(0))


def test_input_is_refused_by_field() -> None:
    for points, centers, rates, error, words in (
        ([], [[1]], None, EmptyData, "points is empty"),
        ([[1]], [], None, EmptyData, "centers is empty"),
        ([[1]], [[1, 2]], None, BadInput, "centers have 2 columns but points have 1"),
        ([[1], [2, 3]], [[1]], None, BadInput, r"points\[1\] has 2 entries"),
        ([[1], [2]], [[1]], [Q(1)], BadInput, "there are 1 rates for 2 points"),
    ):
        with pytest.raises(error, match=words):
            next(kmeans_online.trace(points, centers, rates))
