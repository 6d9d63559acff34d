"""K-medians: medians and the rule for even counts, a cost that never rises, small worlds, kinds of number, refusals.

The worlds are every multiset of 1 to 5 points of the grid 0..4 with every start of one or two of its positions, and
every multiset of 1 to 4 points of the grid 2 x 3 with the same.
"""

from collections.abc import Iterator
from fractions import Fraction as Q
from itertools import combinations_with_replacement, islice, pairwise, product
from statistics import median
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import FAR, KINDS, MIXED, RATIONAL, SMALL, Rows, assert_agree, assert_type, in_kind, labelled, tasks

from refimpl import kmeans, kmedians
from refimpl.errors import BadInput, EmptyData, KTooLarge, Undecided
from refimpl.kmedians import State
from refimpl.numbers import FLOAT, Ball, ball, high, ranked

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
numbers_of_a_range = st.sampled_from([SMALL, RATIONAL, FAR, MIXED]).flatmap(
    lambda x: st.lists(x, min_size=1, max_size=9)
)


def distance(x: Any, y: Any) -> Any:
    return sum(max(a - b, b - a) for a, b in zip(x, y, strict=True))


def cost(points: Rows, labels: list[int], centers: Rows) -> Q:
    return sum((distance(x, centers[label]) for x, label in zip(points, labels, strict=True)), Q(0))


# ---------------------------------------------------------------------- the median


@given(numbers_of_a_range)
def test_the_median_is_that_of_the_standard_library(values: list[Q]) -> None:
    assert kmedians.median(values) == median(values)


@given(numbers_of_a_range, st.sampled_from([Q(-1), Q(2), Q(-2, 3)]), RATIONAL)
def test_the_median_turns_and_moves_with_the_data(values: list[Q], a: Q, b: Q) -> None:
    assert kmedians.median([a * x + b for x in values]) == a * kmedians.median(values) + b


@given(numbers_of_a_range, RATIONAL)
def test_the_median_minimises_the_cost_and_so_does_all_between_the_middle_two(values: list[Q], other: Q) -> None:
    """Convex and linear between data, so that it is enough to compare with these, and any other number costs more."""
    least = min(sum(abs(x - m) for x in values) for m in values)
    low, high_ = ranked(values, (len(values) - 1) // 2), ranked(values, len(values) // 2)
    for m in (kmedians.median(values), low, high_, (low + 3 * high_) / 4):
        assert sum(abs(x - m) for x in values) == least
    if not low <= other <= high_:
        assert sum(abs(x - other) for x in values) > least


def test_even_counts_take_the_midpoint_also_of_integers() -> None:
    assert kmedians.median([4, 1, 9, 2]) == 3
    assert_type(kmedians.median([1, 2]), Q(0))
    assert kmedians.median([1, 2]) == Q(3, 2)
    assert type(kmedians.median([5])) is int


def test_one_far_point_moves_a_mean_and_no_median() -> None:
    for far in (10, 10**9):
        points = [[0], [1], [2], [3], [far]]
        assert kmedians.update(points, [0] * 5, [[0]]) == [[2]]
        assert kmeans.update(points, [0] * 5, [[0]]) == [[Q(6 + far, 5)]]


@given(st.lists(st.fractions(-3, 3, max_denominator=9), min_size=1, max_size=6), st.data())
def test_ranks_of_balls_enclose_whatever_the_balls_hold(values: list[Q], data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(values) - 1))
    radii = data.draw(st.lists(st.sampled_from([Q(0), Q(1, 10), Q(1)]), min_size=len(values), max_size=len(values)))
    held = [data.draw(st.fractions(x - r, x + r, max_denominator=99)) for x, r in zip(values, radii, strict=True)]
    balls = [Ball.between(x - r, x + r, 60) for x, r in zip(values, radii, strict=True)]
    found = ranked(balls, i)
    assert found.contains(sorted(held)[i])
    assert found.lower >= sorted(ball.lower for ball in balls)[i] - Q(1, 10**9)
    assert found.upper <= sorted(ball.upper for ball in balls)[i] + Q(1, 10**9)
    assert ranked(values, i) == sorted(values)[i]


# ---------------------------------------------------------------------- the halves of a step


@given(tasks())
def test_every_label_is_the_lowest_of_the_nearest_centers(task: Any) -> None:
    points, centers = task
    for x, label in zip(points, kmedians.assign(points, centers), strict=True):
        away = [distance(x, c) for c in centers]
        assert label == away.index(min(away))


@given(labelled())
def test_centers_are_medians_column_by_column(case: Any) -> None:
    points, labels, centers = case
    for k, center in enumerate(kmedians.update(points, labels, centers)):
        group = [x for x, label in zip(points, labels, strict=True) if label == k]
        assert center == ([median(column) for column in zip(*group, strict=True)] if group else centers[k])
    assert kmedians.cost(points, labels, centers) == cost(points, labels, centers)


@given(tasks(k=(2, 3)))
def test_neither_half_of_a_step_raises_the_cost_and_a_fit_is_a_fixed_point(task: Any) -> None:
    points, centers = task
    states = list(islice(kmedians.trace(points, kmedians.start(points, centers)), 5))
    for before, after in pairwise(states):
        between = cost(points, after.labels, before.centers)
        assert before.cost >= between >= after.cost == cost(points, after.labels, after.centers)
    fitted, _ = kmedians.fit(points, centers)
    assert kmedians.step(points, fitted) == fitted


@given(tasks(), st.sampled_from([Q(2), Q(-1), Q(-3, 7)]), RATIONAL)
def test_runs_move_with_the_data(task: Any, a: Q, b: Q) -> None:
    def image(rows: Rows) -> Rows:
        return [[a * x + b for x in row] for row in rows]

    state, steps = kmedians.fit(*task)
    moved, moved_steps = kmedians.fit(image(task.points), image(task.centers))
    assert (moved.labels, moved_steps) == (state.labels, steps)
    assert (moved.centers, moved.cost) == (image(state.centers), abs(a) * state.cost)


def test_the_norm_decides() -> None:
    """From 0,0 the point 3,3 is at 6 and at 18 squared, the point 5,0 at 5 and at 25 squared."""
    assert kmedians.assign([[0, 0]], [[3, 3], [5, 0]]) == [1]
    assert kmeans.assign([[0, 0]], [[3, 3], [5, 0]]) == [0]


def test_an_empty_cluster_keeps_its_center_and_a_tie_goes_to_the_lowest() -> None:
    assert kmedians.update([[5], [6], [7]], [2, 2, 2], [[6], [100], [-3]]) == [[6], [100], [6]]
    assert kmedians.assign([[1], [4]], [[0], [2], [2]]) == [0, 1]


# ---------------------------------------------------------------------- small worlds


def worlds() -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    for grid, most in ((list(product(range(5))), 5), (list(product(range(2), range(3))), 4)):
        for n in range(1, most + 1):
            for points in combinations_with_replacement(grid, n):
                for k in range(1, min(2, n) + 1):
                    for centers in combinations_with_replacement(sorted(set(points)), k):
                        yield [list(x) for x in points], [list(c) for c in centers]


def test_every_small_run_ends_by_cost_and_then_by_labels() -> None:
    """Where the cost stays, no label rises: what the proof of `fit` says, case by case."""
    still = 0
    for points, centers in worlds():
        states = [kmedians.start(points, centers)]
        while len(states) < 3 or states[-1].labels != states[-2].labels:
            states.append(kmedians.step(points, states[-1]))
            assert len(states) < 20, "the run does not end"
        assert kmedians.fit(points, centers) == (states[-1], len(states) - 1)
        for before, after in pairwise(states[1:]):
            assert before.cost >= after.cost
            if before.cost == after.cost:
                assert all(a >= b for a, b in zip(before.labels, after.labels, strict=True))
                still += before.labels != after.labels
    assert still > 10


def test_no_partition_beats_one_that_enumeration_finds() -> None:
    """The optimum over all labellings, on the line; every run ends at it or above, and some run at it."""
    for points in combinations_with_replacement(range(5), 4):
        rows = [[x] for x in points]
        every = [kmedians.update(rows, labels, [[0], [0]]) for labels in product(range(2), repeat=4)]
        best = min(sum(min(distance(x, c) for c in centers) for x in rows) for centers in every)
        found = [kmedians.fit(rows, [[a], [b]])[0].cost for a in points for b in points]
        assert min(found) == best


def test_another_minimiser_costs_the_same_now_and_may_cost_less_later() -> None:
    """Cluster 0, 4 may stand at 0 or at 2; from 0 the point 4 goes on to the center 7."""
    points = [[0], [4], [7]]
    first = kmedians.step(points, kmedians.start(points, [[1], [7]]))
    assert first == State([0, 0, 1], [[2], [7]], 4)
    assert kmedians.cost(points, first.labels, [[0], [7]]) == 4
    assert kmedians.fit(points, [[0], [7]])[0].cost == 3


# ---------------------------------------------------------------------- kinds of number


@BY_KIND
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any) -> None:
    points = [[Q(1, 3), Q(0)], [Q(1, 2), Q(1)], [Q(5, 7), Q(-2)], [Q(1, 10), Q(1, 10)], [Q(9), Q(7, 9)]]
    centers = [[Q(1, 7), Q(1, 9)], [Q(8), Q(3)]]
    truth, steps = kmedians.fit(points, centers)
    fitted, mine = kmedians.fit(in_kind(kind, points), in_kind(kind, centers))
    assert (fitted.labels, mine) == (truth.labels, steps)
    assert_type([fitted.centers, fitted.cost], kind(0))
    assert_agree([fitted.centers, fitted.cost], [truth.centers, truth.cost], 10)


def test_medians_of_equal_balls_need_no_decision_but_ties_of_centers_do() -> None:
    third = ball(20)("1/3")
    ((center,),) = kmedians.update([[third]] * 4, [0] * 4, [[third]])
    assert center.contains(Q(1, 3))
    with pytest.raises(Undecided):
        kmedians.assign([[third]], [[third * 0], [third * 2]])


def test_exact_ties_are_seen_where_binary64_sees_none() -> None:
    """0.3 - 0.2 < 0.1 in binary64, so that 0.3 seems nearer to 0.2 than 0.2 to 0.1; the truth is a tie, label 0."""
    exact = [[[Q(2, 10)]], [[Q(1, 10)], [Q(3, 10)]]]
    assert kmedians.assign(*exact) == [0]
    assert kmedians.assign(*in_kind(FLOAT, exact)) == [1]
    assert kmedians.assign(*in_kind(high(30), [[[2]], [[1], [3]]])) == [0]


# ---------------------------------------------------------------------- refusals


def test_what_was_given_is_not_changed() -> None:
    centers = [[Q(1)], [Q(9)]]
    kmedians.update([[Q(1)]], [0], centers)[1][0] = Q(0)
    kmedians.start([[Q(1)], [Q(2)]], centers).centers[0][0] = Q(0)
    assert centers == [[1], [9]]


def test_input_is_refused_by_field_and_index() -> None:
    for call in (kmedians.assign, kmedians.start):
        for points, centers, error, words in (
            ([], [[1]], EmptyData, "points is empty"),
            ([[1]], [], EmptyData, "centers is empty"),
            ([[1]], [[1, 2]], BadInput, "centers have 2 columns but points have 1"),
            ([[1], [2, 3]], [[1]], BadInput, r"points\[1\] has 2 entries"),
        ):
            with pytest.raises(error, match=words):
                call(points, centers)
    with pytest.raises(KTooLarge, match="there are 2 centers for 1 points; give at most as many"):
        kmedians.start([[1]], [[1], [2]])
    for call in (kmedians.update, kmedians.cost):
        with pytest.raises(BadInput, match=r"labels\[0\] is 1; give an index from 0 to 0"):
            call([[1]], [1], [[1]])
        with pytest.raises(BadInput, match="there are 0 labels for 1 points"):
            call([[1]], [], [[1]])
