"""K-medoids: every small dissimilarity there is, against brute force; ties, asymmetry, swaps, balls, refusals.

worlds        dissimilarities of                         matrices
symmetric     4 points, 0 on the diagonal, else 0..2     3^6 = 729
asymmetric    3 points, 0 on the diagonal, else 0..2     3^6 = 729
any           2 points, all entries 0..2; 3 points, 0..1 3^4 + 2^9 = 593
"""

from collections.abc import Iterator
from fractions import Fraction as Q
from itertools import combinations, islice, pairwise, permutations, product
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import KINDS, Rows, assert_agree, assert_type, in_kind, tasks

from refimpl import kmeans, kmedoids, linear
from refimpl.errors import BadInput, EmptyData, Undecided
from refimpl.kmedoids import State
from refimpl.numbers import EXACT, FLOAT, ball, high

Table = list[list[int]]
BY_KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def manhattan(x: Any, y: Any) -> Any:
    """The 1-norm."""
    return linear.total(abs(a - b) for a, b in zip(x, y, strict=True))


def squares(points: Rows) -> Rows:
    return kmedoids.dissimilarities(points, linear.squared_distance)


def symmetric() -> Iterator[Table]:
    pairs = list(combinations(range(4), 2))
    for values in product(range(3), repeat=len(pairs)):
        table = [[0] * 4 for _ in range(4)]
        for (i, j), value in zip(pairs, values, strict=True):
            table[i][j] = table[j][i] = value
        yield table


def asymmetric() -> Iterator[Table]:
    for a, b, c, d, e, f in product(range(3), repeat=6):
        yield [[0, a, b], [c, 0, d], [e, f, 0]]


def anything() -> Iterator[Table]:
    for n, top in ((2, 3), (3, 2)):
        for values in product(range(top), repeat=n * n):
            yield [list(values[i * n : i * n + n]) for i in range(n)]


WORLDS = {"symmetric": symmetric, "asymmetric": asymmetric, "any": anything}
BY_WORLD = pytest.mark.parametrize("world", WORLDS)


def starts(n: int) -> Iterator[list[int]]:
    """Every ordered choice of one or two different points, and every three of them in ascending order."""
    for k in range(1, min(2, n) + 1):
        yield from map(list, permutations(range(n), k))
    yield from map(list, combinations(range(n), 3))


def payment(table: Any, medoids: Any) -> Any:
    """What all points pay to their nearest medoid."""
    return sum(min(row[m] for m in medoids) for row in table)


def cost(table: Any, labels: list[int], medoids: list[int]) -> Any:
    return sum(table[n][medoids[label]] for n, label in enumerate(labels))


# ---------------------------------------------------------------------- small worlds


@BY_WORLD
def test_an_assignment_is_the_first_of_the_cheapest_of_all(world: str) -> None:
    for table in WORLDS[world]():
        n = len(table)
        for medoids in starts(n):
            every = product(range(len(medoids)), repeat=n)  # in lexicographic order, so that min takes the lowest
            cheapest = min(every, key=lambda labels, m=medoids, v=table: cost(v, labels, m))
            assert kmedoids.assign(table, medoids) == list(cheapest)


@BY_WORLD
def test_an_update_chooses_as_the_definition_says(world: str) -> None:
    """For every start, labels being those of the start."""
    for table in WORLDS[world]():
        for medoids in starts(len(table)):
            labels = kmedoids.assign(table, medoids)
            for k, (before, after) in enumerate(zip(medoids, kmedoids.update(table, labels, medoids), strict=True)):
                members = [n for n, label in enumerate(labels) if label == k]
                sums = [sum(table[n][m] for n in members) for m in range(len(table))]
                least = min([sums[m] for m in members], default=0)
                if not members or least > sums[before]:
                    assert after == before
                else:
                    assert after == min(m for m in members if sums[m] == least)


@BY_WORLD
def test_neither_half_of_a_step_raises_the_cost_and_every_run_ends(world: str) -> None:
    for table in WORLDS[world]():
        for medoids in starts(len(table)):
            states = [kmedoids.start(table, medoids)]
            assert states[0].cost == payment(table, medoids)
            while len(states) < 3 or states[-1].labels != states[-2].labels:
                before, after = states[-1], kmedoids.step(table, states[-1])
                between = cost(table, after.labels, before.medoids)
                assert before.cost >= between >= after.cost == cost(table, after.labels, after.medoids)
                states.append(after)
                assert len(states) < 12, "the run does not end"
            fitted, steps = kmedoids.fit(table, medoids)
            assert (fitted, steps) == (states[-1], len(states) - 1)
            assert kmedoids.step(table, fitted) == fitted
            for one, other in pairwise(states[1:-1]):
                assert (other.cost, sum(other.labels)) < (one.cost, sum(one.labels))


@BY_WORLD
def test_a_swap_is_the_best_of_all_exchanges(world: str) -> None:
    for table in WORLDS[world]():
        n = len(table)
        for medoids in starts(n):
            exchanges = [
                (payment(table, [*medoids[:k], m, *medoids[k + 1 :]]), k, m)
                for k in range(len(medoids))
                for m in set(range(n)) - set(medoids)
            ]
            lowest, k, m = min(exchanges, default=(payment(table, medoids), 0, 0))
            better = lowest < payment(table, medoids)
            assert kmedoids.swap(table, medoids) == ([*medoids[:k], m, *medoids[k + 1 :]] if better else None)


@BY_WORLD
def test_medoids_stay_members_and_different_where_points_differ(world: str) -> None:
    """Where nothing is as near to a point as itself, every cluster of a step has its medoid, and none is empty."""
    counted = 0
    for table in WORLDS[world]():
        if all(row[n] < v for n, row in enumerate(table) for m, v in enumerate(row) if m != n):
            for medoids in starts(len(table)):
                state = kmedoids.step(table, kmedoids.start(table, medoids))
                assert [state.labels[m] for m in state.medoids] == list(range(len(medoids)))
                counted += 1
    assert counted > 10


# ---------------------------------------------------------------------- traps


def test_the_members_alone_would_raise_the_cost() -> None:
    """Points 1 and 2 go to medoid 3, which itself goes to medoid 0: of the members each costs 9, medoid 3 costs 2."""
    table = [[0, 9, 9, 9], [9, 0, 9, 1], [9, 9, 0, 1], [0, 9, 9, 0]]
    first = kmedoids.start(table, [0, 3])
    assert first == State([0, 1, 1, 0], [0, 3], 2)
    assert kmedoids.step(table, first) == first
    assert kmedoids.update(table, [0, 1, 1, 0], [0, 1]) == [0, 1]


def test_a_run_goes_on_where_points_coincide() -> None:
    """Points 0 and 1 coincide, and the cluster of medoid 1 chooses 0, which is a medoid already."""
    table = kmedoids.dissimilarities([[0], [0], [5]], manhattan)
    states = list(islice(kmedoids.trace(table, kmedoids.start(table, [1, 0])), 4))
    assert [state.medoids for state in states] == [[1, 0], [0, 0], [0, 0], [0, 0]]
    assert [state.labels for state in states] == [[0, 0, 0]] * 4
    assert kmedoids.swap(table, states[-1].medoids) == [2, 0]
    assert kmedoids.fit(table, [1, 0]) == (states[2], 2)


def test_a_step_that_leaves_the_cost_is_not_the_last() -> None:
    """The medoid of 0, 0, 1, 1 moves from 1 to the lowest of equals, 0, at no gain; the next step has one."""
    table = kmedoids.dissimilarities([[0], [0], [1], [1], [2]], manhattan)
    states = list(islice(kmedoids.trace(table, kmedoids.start(table, [4, 2])), 5))
    assert [state.medoids for state in states] == [[4, 2], [4, 0], [2, 0], [2, 0], [2, 0]]
    assert [state.cost for state in states] == [2, 2, 1, 1, 1]
    assert kmedoids.fit(table, [4, 2]) == (states[3], 3)


def test_asymmetry_is_read_along_the_rows() -> None:
    """Point 2 finds medoid 0 near (1), medoid 1 far (5); they would say the opposite of it."""
    table = [[0, 7, 5], [7, 0, 1], [1, 5, 0]]
    assert kmedoids.assign(table, [0, 1]) == [0, 1, 0]
    assert kmedoids.update(table, [0, 1, 0], [0, 1]) == [0, 1]  # 0 costs 1, 2 costs 5
    assert kmedoids.cost(table, [0, 1, 0], [0, 1]) == 1
    turned = linear.transpose(table)
    assert kmedoids.assign(turned, [0, 1]) == [0, 1, 1]
    assert kmedoids.cost(turned, [0, 1, 1], [0, 1]) == 1


def test_swaps_leave_a_minimum_of_steps() -> None:
    """0 alone and 1 to 4 around 2 cost 4, and no step changes that; 3 in place of 2 costs 3."""
    table = kmedoids.dissimilarities([[x] for x in range(5)], manhattan)
    stuck, _ = kmedoids.fit(table, [1, 0])
    assert stuck == State([1, 0, 0, 0, 0], [2, 0], 4)
    assert kmedoids.swap(table, [2, 0]) == [3, 0]
    assert kmedoids.start(table, [3, 0]).cost == 3
    assert kmedoids.swap(table, [3, 0]) is None


# ---------------------------------------------------------------------- V as a function


def test_the_dissimilarity_decides_who_is_the_medoid() -> None:
    """Of 0, 0, 0, 4, 9 the 1-norm takes 0, with 13 against 17; the squares take 4, with 73 against 97."""
    line = [[0], [0], [0], [4], [9]]
    near, square = (kmedoids.dissimilarities(line, v) for v in (manhattan, linear.squared_distance))
    assert kmedoids.fit(near, [4])[0] == State([0] * 5, [0], 13)
    assert kmedoids.fit(square, [4])[0] == State([0] * 5, [3], 73)


@given(tasks(k=(1, 1)))
def test_of_the_1_norm_on_a_line_the_medoid_is_a_median(task: Any) -> None:
    line = [[x] for x, *_ in task.points]
    (medoid,) = kmedoids.update(kmedoids.dissimilarities(line, manhattan), [0] * len(line), [0])
    ranked = sorted(x for (x,) in line)
    assert line[medoid][0] in (ranked[(len(line) - 1) // 2], ranked[len(line) // 2])


@given(tasks(k=(1, 1)))
def test_of_squares_the_medoid_is_the_member_nearest_to_the_mean(task: Any) -> None:
    """The sum of squares to m is that to the mean and N |m - mean|^2 more."""
    points = task.points
    table = kmedoids.dissimilarities(points, linear.squared_distance)
    (medoid,) = kmedoids.update(table, [0] * len(points), [0])
    (mean,) = kmeans.update(points, [0] * len(points), points[:1])
    away = [linear.squared_distance(x, mean) for x in points]
    assert medoid == away.index(min(away))


@given(tasks(k=(2, 3)), st.sampled_from([manhattan, linear.squared_distance]))
def test_k_medoids_never_beat_the_best_and_swaps_never_lose(task: Any, v: Any) -> None:
    table = kmedoids.dissimilarities(task.points, v)
    medoids = list(range(len(task.centers)))
    fitted, _ = kmedoids.fit(table, medoids)
    best = min(payment(table, chosen) for chosen in combinations(range(len(table)), len(medoids)))
    now = fitted.medoids
    while (better := kmedoids.swap(table, now)) is not None:
        assert payment(table, better) < payment(table, now)
        now = better
    assert best <= payment(table, now) <= fitted.cost


# ---------------------------------------------------------------------- kinds of number


@BY_KIND
def test_the_type_that_goes_in_comes_out_and_all_kinds_agree(kind: Any) -> None:
    points = [[Q(1, 3), Q(0)], [Q(1, 2), Q(1)], [Q(5, 7), Q(-2)], [Q(1, 10), Q(1, 10)], [Q(9), Q(7, 9)]]
    exact, mine = squares(points), squares(in_kind(kind, points))
    truth, steps = kmedoids.fit(exact, [1, 4])
    fitted, mine_steps = kmedoids.fit(mine, [1, 4])
    assert (fitted.labels, fitted.medoids, mine_steps) == (truth.labels, truth.medoids, steps)
    assert_type(fitted.cost, kind(0))
    assert_agree([fitted.cost], [truth.cost])
    assert kmedoids.swap(mine, [1, 2]) == kmedoids.swap(exact, [1, 2]) is not None


def test_integers_stay_integers() -> None:
    state, _ = kmedoids.fit([[0, 1, 5], [1, 0, 5], [5, 5, 0]], [0, 2])
    assert (state.cost, type(state.cost)) == (1, int)


def test_a_ball_around_0_is_no_negative_number() -> None:
    """The difference x - x of a ball holds numbers on both sides of 0, however many its digits."""
    third = ball(20)("1/3")
    table = squares([[third], [third + 1], [third + 7]])
    assert table[0][0].lower < 0
    assert kmedoids.assign(table, [0, 2]) == [0, 0, 1]
    with pytest.raises(BadInput, match=r"dissimilarity\[0\]\[1\] is .*; give a number that is 0 or more"):
        kmedoids.assign([[third, -third], [third, third]], [0])


def test_a_ball_that_cannot_tell_says_so_and_an_exact_number_takes_the_lowest() -> None:
    """Two points are always tied under a symmetric V."""
    for kind in (EXACT, FLOAT, high(30)):
        assert kmedoids.update(in_kind(kind, [[Q(0), Q(1, 3)], [Q(1, 3), Q(0)]]), [0, 0], [1]) == [0]
    with pytest.raises(Undecided):
        kmedoids.update(in_kind(ball(20), [[Q(0), Q(1, 3)], [Q(1, 3), Q(0)]]), [0, 0], [1])
    with pytest.raises(Undecided):
        kmedoids.assign(in_kind(ball(20), [[Q(1, 3), Q(1, 3)]] * 2), [0, 1])
    assert kmedoids.update(in_kind(ball(20), [[Q(0), Q(1)], [Q(1), Q(0)]]), [0, 0], [1]) == [0]


def test_a_swap_of_balls_needs_no_decision_between_two_nearest_medoids() -> None:
    """Point 2 is at 1/3 from both medoids, and only the sums are compared."""
    third = Q(1, 3)
    table = [[0, 3, 4, 9], [2, 0, 4, 9], [third, third, 0, 9], [9, 9, 9, 0]]
    assert kmedoids.swap(table, [0, 1]) == kmedoids.swap(in_kind(ball(20), table), [0, 1]) == [0, 3]
    with pytest.raises(Undecided):
        kmedoids.assign(in_kind(ball(20), table), [0, 1])


def test_a_swap_of_balls_needs_none_between_the_medoids_that_stay_either() -> None:
    """Point 3 is at 1/3 from all three medoids."""
    third = Q(1, 3)
    table = [[0, 5, 6, 7, 9], [4, 0, 6, 7, 9], [2, 6, 0, 7, 9], [third, third, third, 0, 9], [9, 9, 9, 9, 0]]
    assert kmedoids.swap(table, [0, 1, 2]) == kmedoids.swap(in_kind(ball(20), table), [0, 1, 2]) == [0, 1, 4]


def test_what_was_given_is_not_changed() -> None:
    medoids = [2, 0]
    state = kmedoids.start([[0, 1, 5], [1, 0, 5], [5, 5, 0]], medoids)
    kmedoids.step([[0, 1, 5], [1, 0, 5], [5, 5, 0]], state)
    state.medoids[0] = 1
    assert medoids == [2, 0]


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("table", "medoids", "error", "words"),
    [
        ([], [0], EmptyData, "dissimilarity is empty; give at least one row"),
        ([[0, 1]], [0], BadInput, "dissimilarity is 1 x 2; give a square matrix"),
        ([[0, 1], [1]], [0], BadInput, r"dissimilarity\[1\] has 1 entries"),
        ([[0, -1], [1, 0]], [0], BadInput, r"dissimilarity\[0\]\[1\] is -1; give a number that is 0 or more"),
        ([[0, 1], [float("nan"), 0]], [0], BadInput, r"dissimilarity\[1\]\[0\] is nan; give a finite number"),
        ([[0]], [], BadInput, "medoids is empty; give the index of at least one point"),
        ([[0]], [1], BadInput, r"medoids\[0\] is 1; give an index from 0 to 0"),
        ([[0]], [-1], BadInput, r"medoids\[0\] is -1"),
        ([[0, 1], [1, 0]], [1, 1], BadInput, r"medoids\[1\] is 1, as is medoids\[0\]; give different points"),
    ],
)
def test_input_is_refused_by_field_and_index(table: Any, medoids: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        kmedoids.start(table, medoids)


def test_labels_and_points_are_refused_as_in_k_means() -> None:
    for call in (kmedoids.update, kmedoids.cost):
        with pytest.raises(BadInput, match="there are 1 labels for 2 points"):
            call([[0, 1], [1, 0]], [0], [0])
        with pytest.raises(BadInput, match=r"labels\[1\] is 1"):
            call([[0, 1], [1, 0]], [0, 1], [0])
    with pytest.raises(BadInput, match="square"):
        kmedoids.swap([[0, 1]], [0])
    with pytest.raises(EmptyData, match="points is empty"):
        kmedoids.dissimilarities([], manhattan)
