"""Mini-batches: closed forms of what a batch does, its order, online learning as batches of one, seeded batches."""

from collections import Counter
from fractions import Fraction as Q
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, Task, assert_agree, assert_type, in_kind, mean, tasks

from refimpl import kmeans, kmeans_mini_batch, kmeans_online
from refimpl.errors import BadInput, EmptyData, Undecided
from refimpl.kmeans_mini_batch import State
from refimpl.numbers import ball

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@st.composite
def with_batches(draw: st.DrawFn) -> tuple[Task, list[list[int]]]:
    task = draw(tasks())
    batch = st.lists(st.integers(0, len(task.points) - 1), min_size=1, max_size=5)
    return task, draw(st.lists(batch, max_size=4))


@st.composite
def amidst(draw: st.DrawFn) -> tuple[Task, State[Q]]:
    """A state with any centers and any counts."""
    task = draw(tasks())
    count = st.integers(0, 9)
    k = len(task.centers)
    return task, State([], task.centers, draw(st.lists(count, min_size=k, max_size=k)))


# ---------------------------------------------------------------------- closed forms


@given(with_batches())
def test_a_center_is_the_mean_of_what_it_received(case: Any) -> None:
    (points, centers), batches = case
    states = list(kmeans_mini_batch.trace(points, centers, batches))
    assert states[0] == State([], centers, [0] * len(centers))
    assert len(states) == len(batches) + 1
    for t, state in enumerate(states):
        for k, center in enumerate(state.centers):
            group = [
                points[n]
                for batch, after in zip(batches[:t], states[1:], strict=False)
                for n, label in zip(batch, after.labels, strict=True)
                if label == k
            ]
            assert len(group) == state.received[k]
            assert center == ([mean(list(column)) for column in zip(*group, strict=True)] if group else centers[k])


@given(with_batches())
def test_a_batch_is_assigned_to_the_centers_that_entered_it(case: Any) -> None:
    (points, centers), batches = case
    states = list(kmeans_mini_batch.trace(points, centers, batches))
    for batch, before, after in zip(batches, states, states[1:], strict=False):
        assert after.labels == kmeans.assign([points[n] for n in batch], before.centers)


@given(amidst())
def test_a_batch_of_all_points_weighs_the_past_by_its_counts(case: Any) -> None:
    """After m points of sum s a center with the count v is (v mu + s) / (v + m)."""
    (points, _), state = case
    after = kmeans_mini_batch.step(points, state, range(len(points)))
    for k, (v, center) in enumerate(zip(state.received, state.centers, strict=True)):
        group = [x for x, label in zip(points, after.labels, strict=True) if label == k]
        assert after.received[k] == v + len(group)
        total = [v * c + sum(x[d] for x in group) for d, c in enumerate(center)]
        assert [c * (v + len(group)) for c in after.centers[k]] == (total if group else [c * v for c in center])
        assert group or after.centers[k] == center


@given(tasks())
def test_the_first_batch_of_all_points_is_a_step_of_lloyds_algorithm(task: Any) -> None:
    *_, last = kmeans_mini_batch.trace(*task, [range(len(task.points))])
    step = kmeans.step(task.points, kmeans.start(*task))
    assert (last.labels, last.centers) == (step.labels, step.centers)


def test_a_later_batch_of_all_points_is_none() -> None:
    """The first batch gives 0 and 9 a count of 1 each; in the second, 0 and 4 join 0: (0 + 0 + 4) / 3, not 4 / 2."""
    points, centers = [[0], [4], [9]], [[0], [9]]
    *_, last = kmeans_mini_batch.trace(points, centers, [[0, 2], [0, 1, 2]])
    assert last == State([0, 0, 1], [[Q(4, 3)], [9]], [3, 2])
    assert kmeans.step(points, kmeans.start(points, centers)).centers == [[2], [9]]


@given(with_batches(), st.randoms(use_true_random=False))
def test_the_order_within_a_batch_does_not_matter(case: Any, source: Random) -> None:
    (points, centers), batches = case
    shuffled = [source.sample(batch, len(batch)) for batch in batches]
    one, other = (list(kmeans_mini_batch.trace(points, centers, b)) for b in (batches, shuffled))
    assert [(s.centers, s.received) for s in one] == [(s.centers, s.received) for s in other]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_batches_matters_and_that_of_a_batch_does_not(order: tuple[int, ...]) -> None:
    """1, 2, 3 from 0 and 4, as in the test of online learning, which ends in three ways; 2 is a tie, label 0."""
    *_, last = kmeans_mini_batch.trace([[1], [2], [3]], [[0], [4]], [order])
    assert last.centers == [[Q(3, 2)], [3]]
    ends = {
        str(list(kmeans_online.trace([[n + 1] for n in o], [[0], [4]]))[-1].centers) for o in permutations(range(3))
    }
    assert len(ends) == 3


@given(with_batches())
def test_batches_of_one_are_online_learning(case: Any) -> None:
    (points, centers), batches = case
    order = [n for batch in batches for n in batch] or [0]
    mine = list(kmeans_mini_batch.trace(points, centers, [[n] for n in order]))
    online = list(kmeans_online.trace([points[n] for n in order], centers))
    assert [(s.centers, s.received) for s in mine] == [(s.centers, s.received) for s in online]
    assert [s.labels for s in mine[1:]] == [[s.label] for s in online[1:]]


# ---------------------------------------------------------------------- kinds of number


@BY_KIND
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any) -> None:
    points = [[Q(1, 3), Q(0)], [Q(1, 2), Q(1)], [Q(5, 7), Q(-2)], [Q(1, 10), Q(1, 10)], [Q(9), Q(7, 9)]]
    centers, batches = [[Q(1, 7), Q(1, 9)], [Q(8), Q(3)]], [[0, 4, 4], [1, 2, 3]]
    *_, truth = kmeans_mini_batch.trace(points, centers, batches)
    *_, mine = kmeans_mini_batch.trace(in_kind(kind, points), in_kind(kind, centers), batches)
    assert (mine.labels, mine.received) == (truth.labels, truth.received)
    assert_type(mine.centers, kind(0))
    assert_agree(mine.centers, truth.centers, 10)


def test_integers_give_fractions_and_ties_take_the_lowest() -> None:
    *_, last = kmeans_mini_batch.trace([[1], [2]], [[0], [3]], [[0, 0, 1]])
    assert last.centers == [[1], [2]]
    assert_type(last.centers, Q(0))
    *_, last = kmeans_mini_batch.trace([[1]], [[0], [2]], [[0]])
    assert last.labels == [0]
    third = ball(20)("1/3")
    with pytest.raises(Undecided):
        list(kmeans_mini_batch.trace([[third]], [[third * 0], [third * 2]], [[0]]))


def test_states_are_not_changed_afterwards() -> None:
    centers = [[Q(0)], [Q(9)]]
    states = list(kmeans_mini_batch.trace([[Q(1)], [Q(2)], [Q(8)]], centers, [[0], [1, 2]]))
    assert centers == [[0], [9]]
    assert [s.centers for s in states] == [[[0], [9]], [[1], [9]], [[Q(3, 2)], [8]]]
    assert [s.received for s in states] == [[0, 0], [1, 0], [2, 1]]
    states[1].centers[1][0] = Q(7)  # it has not moved, and is a copy all the same
    assert states[0].centers == [[0], [9]]


# ---------------------------------------------------------------------- seeded batches


def test_seeded_batches_have_the_documented_value() -> None:
    """Python promises that Random(0).random() begins 0.8444, 0.7580, 0.4206, 0.2589, 0.5113, 0.4049."""
    assert kmeans_mini_batch.seeded_batches(10, 3, seed=0, count=2) == [[8, 7, 4], [2, 5, 4]]


def test_seeded_batches_depend_on_the_seed_alone_and_repeat_points() -> None:
    first = kmeans_mini_batch.seeded_batches(7, 3, seed=5, count=400)
    Random(5).random()
    assert kmeans_mini_batch.seeded_batches(7, 3, seed=5, count=400) == first
    assert kmeans_mini_batch.seeded_batches(7, 3, seed=6, count=400) != first
    assert any(len(set(batch)) < 3 for batch in first)
    drawn = Counter(n for batch in first for n in batch)
    assert set(drawn) == set(range(7))
    assert all(abs(times - 1200 / 7) < 61 for times in drawn.values())  # five deviations of 12.1


# ---------------------------------------------------------------------- refusals


def test_input_is_refused_by_field_and_index() -> None:
    for points, centers, batches, error, words in (
        ([], [[1]], [[0]], EmptyData, "points is empty"),
        ([[1]], [], [[0]], EmptyData, "centers is empty"),
        ([[1]], [[1, 2]], [[0]], BadInput, "centers have 2 columns but points have 1"),
        ([[1], [2]], [[1]], [[0], []], EmptyData, r"batches\[1\] is empty; give the index of at least one point"),
        ([[1], [2]], [[1]], [[0], [1, 2]], BadInput, r"batches\[1\]\[1\] is 2; give an index from 0 to 1"),
        ([[1], [2]], [[1]], [[-1]], BadInput, r"batches\[0\]\[0\] is -1"),
    ):
        with pytest.raises(error, match=words):
            next(kmeans_mini_batch.trace(points, centers, batches))
    with pytest.raises(BadInput, match=r"batch\[0\] is 5"):
        kmeans_mini_batch.step([[1]], kmeans_mini_batch.start([[1]], [[1]]), [5])
    for n, size, words in ((0, 1, "n is 0; give at least 1"), (1, 0, "size is 0; give at least 1")):
        with pytest.raises(BadInput, match=words):
            kmeans_mini_batch.seeded_batches(n, size, seed=0, count=1)
