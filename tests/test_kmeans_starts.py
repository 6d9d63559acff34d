"""Where K-means starts: the law of k-means++, seeded starts that never change, and restarts."""

from collections import Counter
from fractions import Fraction as Q
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, assert_agree, assert_type, exactly, in_kind, tasks

from refimpl import kmeans, kmeans_starts
from refimpl.errors import BadInput, EmptyData, KTooLarge, Undecided, Undefined
from refimpl.numbers import FLOAT, ball, high

BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

# ---------------------------------------------------------------------- seeding


def test_the_law_is_that_of_squared_distances() -> None:
    """0, 0, 1, 3 after choosing 0: 0, 0, 1, 9 over 10. Unsquared distances would give 1/4 and 3/4."""
    assert kmeans_starts.seeding([[0], [0], [1], [3]], [0]) == [0, 0, Q(1, 10), Q(9, 10)]


def test_the_nearest_chosen_point_counts() -> None:
    assert kmeans_starts.seeding([[0], [1], [3], [10]], [0, 3]) == [0, Q(1, 10), Q(9, 10), 0]


@given(tasks(), st.data())
def test_probabilities_are_shares_of_the_squared_distance(task: Any, data: st.DataObject) -> None:
    points = task.points
    chosen = data.draw(st.lists(st.integers(0, len(points) - 1), min_size=1, max_size=3))
    weights = [min(sum((a - b) ** 2 for a, b in zip(x, points[i], strict=True)) for i in chosen) for x in points]
    if not any(weights):
        with pytest.raises(Undefined, match="coincides"):
            kmeans_starts.seeding(points, chosen)
        return
    law = kmeans_starts.seeding(points, chosen)
    assert sum(law) == 1
    assert [p * sum(weights) for p in law] == weights
    assert all(law[i] == 0 for i in chosen)


@given(tasks(), st.fractions(Q(1, 9), 9, max_denominator=9), st.fractions(-9, 9, max_denominator=9))
def test_the_law_has_no_unit_and_no_origin(task: Any, a: Q, b: Q) -> None:
    if any(x != task.points[0] for x in task.points):
        moved = [[a * x + b for x in row] for row in task.points]
        assert kmeans_starts.seeding(moved, [0]) == kmeans_starts.seeding(task.points, [0])
    else:
        with pytest.raises(Undefined):
            kmeans_starts.seeding(task.points, [0])


@BY_KIND
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any) -> None:
    points = [[Q(1, 3), Q(0)], [Q(1, 2), Q(1)], [Q(5, 7), Q(-2)], [Q(1, 10), Q(1, 10)]]
    law = kmeans_starts.seeding(in_kind(kind, points), [1, 2])
    assert_type(law, kind(0))
    assert_agree(law, kmeans_starts.seeding(points, [1, 2]))


def test_seeding_refuses_by_field_and_index() -> None:
    for points, chosen, error, words in (
        ([], [0], EmptyData, "points is empty"),
        ([[1]], [], BadInput, "chosen is empty"),
        ([[1], [2]], [0, 2], BadInput, r"chosen\[1\] is 2; give an index from 0 to 1"),
        ([[1], [2]], [-1], BadInput, r"chosen\[0\] is -1"),
        ([[1], [2, 3]], [0], BadInput, r"points\[1\] has 2 entries"),
    ):
        with pytest.raises(error, match=words):
            kmeans_starts.seeding(points, chosen)


# ---------------------------------------------------------------------- seeded starts


@given(st.integers(1, 8), st.data(), st.integers(0, 2**40))
def test_seeded_starts_are_different_points(n: int, data: st.DataObject, seed: int) -> None:
    k = data.draw(st.integers(1, n))
    points = [[Q(i)] for i in range(n)]
    starts = kmeans_starts.seeded_starts(points, k, seed=seed, count=4)
    assert len(starts) == 4
    for start in starts:
        assert len(start) == k
        assert len({x for (x,) in start}) == k
        assert all(center in points for center in start)


def test_seeded_starts_depend_on_the_seed_alone() -> None:
    points = [[Q(i)] for i in range(50)]
    first = kmeans_starts.seeded_starts(points, 3, seed=7, count=5)
    Random(7).random()
    assert kmeans_starts.seeded_starts(points, 3, seed=7, count=5) == first
    assert kmeans_starts.seeded_starts(points, 3, seed=7, count=2) == first[:2]
    assert kmeans_starts.seeded_starts(points, 3, seed=8, count=5) != first
    assert len({str(start) for start in first}) > 1


def test_seeded_starts_have_the_documented_value() -> None:
    """Python promises that Random(0).random() begins 0.8444, 0.7580, 0.4206, 0.2589, 0.5113, 0.4049.

    First start of 3 out of 0..9: j = 0 + floor(8.444) = 8; then j = 1 + floor(6.82) = 7; then
    j = 2 + floor(3.36) = 5. Second: j = floor(2.589) = 2; j = 1 + floor(4.60) = 5; j = 2 + floor(3.24) = 5,
    where the second place's 1 stands since.
    """
    points = [[i] for i in range(10)]
    expected = [[[8], [7], [5]], [[2], [5], [1]]]
    assert kmeans_starts.seeded_starts(points, 3, seed=0, count=2) == expected


def test_seeded_starts_are_drawn_evenly() -> None:
    """Each of the 12 ordered pairs out of 4 has probability 1/12: 6000 draws give 500 with deviation 21.4.

    The draws are fixed by the seed; 5 deviations are allowed.
    """
    points = [[i] for i in range(4)]
    drawn = Counter(tuple(x for (x,) in start) for start in kmeans_starts.seeded_starts(points, 2, seed=1, count=6000))
    assert set(drawn) == set(permutations(range(4), 2))
    assert all(abs(times - 500) < 107 for times in drawn.values())


def test_seeded_starts_are_copies() -> None:
    points = [[Q(1)], [Q(2)]]
    kmeans_starts.seeded_starts(points, 2, seed=0, count=1)[0][0][0] = Q(9)
    assert points == [[1], [2]]


def test_seeded_starts_refuse_by_name() -> None:
    for points, k, error, words in (
        ([], 1, EmptyData, "points is empty"),
        ([[1]], 0, BadInput, "k is 0"),
        ([[1]], 2, KTooLarge, "k is 2 for 1 points"),
        ([[1], [2, 3]], 1, BadInput, r"points\[1\] has 2 entries"),
    ):
        with pytest.raises(error, match=words):
            kmeans_starts.seeded_starts(points, k, seed=0, count=1)


# ---------------------------------------------------------------------- seeded k-means++


def test_plus_plus_starts_have_the_documented_value() -> None:
    """Python promises that Random(0).random() begins 0.8444, 0.7580, 0.4206, 0.2589, 0.5113, 0.4049.

    Of 0, 1, 3, 4, 10 the first is number floor(4.222) = 4, the 10. D^2 is 100, 81, 49, 36, 0, in all 266: the sums
    reach 100, 181, 230, and 0.7580 of 266 is 201.6, so that 3 is drawn. D^2 is now 9, 4, 0, 1, 0, in all 14: 0.4206 of
    14 is 5.9, and 0 is drawn. The second start begins with number floor(0.2589 * 5) = 1, the 1; D^2 is 1, 0, 4, 9, 81,
    in all 95: 0.5113 of 95 is 48.6, and 10 is drawn; then 1, 0, 4, 9, 0: 0.4049 of 14 is 5.7, and 4 is drawn.
    """
    points = [[0], [1], [3], [4], [10]]
    expected = [[[10], [3], [0]], [[1], [10], [4]]]
    assert kmeans_starts.plus_plus_starts(points, 3, seed=0, count=2) == expected


def written_out(points: list[list[Q]], k: int, seed: int) -> list[list[Q]]:
    """The first point evenly, each next one where the sum of the law first exceeds the draw."""
    source = Random(seed)
    chosen = [int(Q(source.random()) * len(points))]
    while len(chosen) < k:
        draw, reached = Q(source.random()), Q(0)
        for n, probability in enumerate(kmeans_starts.seeding(points, chosen)):
            reached += probability
            if draw < reached:
                chosen.append(n)
                break
    return [list(points[n]) for n in chosen]


@given(tasks(k=(1, 4)), st.integers(0, 2**40))
def test_plus_plus_starts_are_the_rule_written_out(task: Any, seed: int) -> None:
    points = task.points
    k = min(len(task.centers), len(set(map(tuple, points))))
    (start,) = kmeans_starts.plus_plus_starts(points, k, seed=seed, count=1)
    assert start == written_out(points, k, seed)
    assert len(set(map(tuple, start))) == k
    assert all(center in points for center in start)


@given(tasks(k=(1, 4)), st.integers(0, 2**40))
def test_all_kinds_draw_the_same_points(task: Any, seed: int) -> None:
    """Numbers that are held exactly; a float has the draws of the Fraction that it is."""
    points = task.points
    k = min(len(task.centers), len({tuple(map(float, x)) for x in points}))
    for kind in (FLOAT, high(40)):
        rounded = in_kind(kind, points)
        starts = kmeans_starts.plus_plus_starts(rounded, k, seed=seed, count=2)
        assert_type(starts, kind(0))
        values = [[exactly(x) for x in row] for row in rounded]
        assert [[[exactly(x) for x in c] for c in start] for start in starts] == kmeans_starts.plus_plus_starts(
            values, k, seed=seed, count=2
        )


def test_balls_draw_the_same_points_where_they_can_tell() -> None:
    points = [[Q(1, 3), Q(0)], [Q(1, 2), Q(1)], [Q(5, 7), Q(-2)], [Q(1, 10), Q(1, 10)]]
    exact = kmeans_starts.plus_plus_starts(points, 3, seed=3, count=5)
    starts = kmeans_starts.plus_plus_starts(in_kind(ball(40), points), 3, seed=3, count=5)
    assert_agree(starts, exact)
    with pytest.raises(Undecided):
        kmeans_starts.plus_plus_starts([[ball(5)("1/3")]] * 2, 2, seed=0, count=1)


def test_a_draw_on_the_edge_goes_to_the_next_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """0, 1, 2 after choosing 1: 1/2, 0, 1/2. 1/2 is the edge, where point 1 has no share; just below it is point 0."""
    for u, drawn in ((0.5, 2), (0.5 - 2**-54, 0), (0.0, 0), (1 - 2**-53, 2)):
        for points in ([[0], [1], [2]], [[0.0], [1.0], [2.0]]):
            draws = iter([0.4, u])
            monkeypatch.setattr(kmeans_starts.Random, "random", lambda _, draws=draws: next(draws))
            assert kmeans_starts.plus_plus_starts(points, 2, seed=0, count=1) == [[points[1], points[drawn]]]


def test_tenths_in_binary64_are_drawn_by_their_exact_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """In floats the law of ten equal distances adds up to 0.9999999999999999, below the largest draw."""
    points = [[0.0] * 10] + [[float(i == j) for j in range(10)] for i in range(10)]
    law = kmeans_starts.seeding(points, [0])
    assert sum(Q(p) for p in law) != 1
    reached = 0.0
    for p in law:
        reached += p
    assert reached <= 1 - 2**-53
    draws = iter([0.0, 1 - 2**-53])
    monkeypatch.setattr(kmeans_starts.Random, "random", lambda _: next(draws))
    assert kmeans_starts.plus_plus_starts(points, 2, seed=0, count=1) == [[points[0], points[10]]]


def test_plus_plus_starts_follow_the_law() -> None:
    """0, 1, 3 in pairs: a third each, times the shares 1/10, 9/10; 1/5, 4/5; 9/13, 4/13. 3000 draws, 5 deviations."""
    starts = kmeans_starts.plus_plus_starts([[0], [1], [3]], 2, seed=1, count=3000)
    drawn = Counter(tuple(x for (x,) in start) for start in starts)
    law = {(0, 1): Q(1, 10), (0, 3): Q(9, 10), (1, 0): Q(1, 5), (1, 3): Q(4, 5), (3, 0): Q(9, 13), (3, 1): Q(4, 13)}
    assert set(drawn) == set(law)
    for pair, share in law.items():
        p = share / 3
        assert (drawn[pair] - 3000 * p) ** 2 < 25 * 3000 * p * (1 - p)


def test_plus_plus_starts_are_copies_and_depend_on_the_seed_alone() -> None:
    points = [[Q(i)] for i in range(50)]
    first = kmeans_starts.plus_plus_starts(points, 3, seed=7, count=3)
    Random(7).random()
    assert kmeans_starts.plus_plus_starts(points, 3, seed=7, count=3) == first
    assert kmeans_starts.plus_plus_starts(points, 3, seed=7, count=2) == first[:2]
    assert kmeans_starts.plus_plus_starts(points, 3, seed=8, count=3) != first
    first[0][0][0] = Q(99)
    assert points == [[i] for i in range(50)]


def test_plus_plus_starts_refuse_by_name() -> None:
    for points, k, error, words in (
        ([], 1, EmptyData, "points is empty"),
        ([[1]], 0, BadInput, "k is 0"),
        ([[1]], 2, KTooLarge, "k is 2 for 1 points"),
        ([[1], [2, 3]], 1, BadInput, r"points\[1\] has 2 entries"),
        ([[0], [0], [1], [1]], 3, Undefined, "every point coincides with a chosen one"),
    ):
        with pytest.raises(error, match=words):
            kmeans_starts.plus_plus_starts(points, k, seed=0, count=1)


def test_the_law_of_balls_needs_no_decision_between_two_chosen_points() -> None:
    """1/3 is as far from 0 as from 2/3."""
    law = kmeans_starts.seeding(in_kind(ball(20), [[Q(0)], [Q(1, 3)], [Q(2, 3)], [Q(1)]]), [0, 2])
    assert law[1].contains(Q(1, 2))
    assert law[3].contains(Q(1, 2))


# ---------------------------------------------------------------------- restarts


@given(tasks(k=(2, 3)), st.integers(0, 99))
def test_restarts_keep_the_lowest_fit_and_the_first_of_equals(task: Any, seed: int) -> None:
    starts = [*kmeans_starts.seeded_starts(task.points, 2, seed=seed, count=3), task.centers]
    fits = [kmeans.fit(task.points, start)[0] for start in starts]
    least = min(fit.distortion for fit in fits)
    best = kmeans_starts.restarts(task.points, starts)
    assert best == next(fit for fit in fits if fit.distortion == least)


def test_a_restart_escapes_a_local_minimum() -> None:
    """Two pairs far apart, (0,0), (0,1), (9,0), (9,1): split by the short side J = 81, by the long side J = 1."""
    points = [[0, 0], [0, 1], [9, 0], [9, 1]]
    bad, good = [[4, 0], [4, 1]], [[0, 0], [9, 0]]
    assert kmeans.fit(points, bad)[0].distortion == 81
    assert kmeans_starts.restarts(points, [bad, good]).distortion == 1
    assert kmeans_starts.restarts(points, [good, bad]).distortion == 1


def test_equal_restarts_keep_the_first() -> None:
    points = [[0], [9]]
    assert kmeans_starts.restarts(points, [[[9], [0]], [[0], [9]]]).labels == [1, 0]
    assert kmeans_starts.restarts(points, [[[0], [9]], [[9], [0]]]).labels == [0, 1]


def test_no_starts_are_refused() -> None:
    with pytest.raises(BadInput, match="starts is empty"):
        kmeans_starts.restarts([[1]], [])
