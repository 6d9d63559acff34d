"""K-means of points that count more than once: Lloyd's algorithm with whole weights.

Notation as in `kmeans`; w_n >= 1, an integer, is how often x_n occurs, W = sum_n w_n,

    J = sum_n w_n |x_n - mu_(l_n)|^2.                                                      (KW0)

    1. assign    as in `kmeans`: no weight moves the nearest center                        (KW1)
    2. update    mu_k = sum_(n in G_k) w_n x_n / sum_(n in G_k) w_n; an empty cluster      (KW2)
                 keeps its center
    3. step      assign, then update; J is that of these labels and these centers          (KW3)
    4. trace     repeat 3 for ever; `fit` stops as `kmeans.fit` does                       (KW4)
    5. plus_plus_starts   x_n is drawn first with probability w_n / W, then with           (KW5)
                 w_n D(x_n)^2 / sum_m w_m D(x_m)^2

All of it is what `kmeans` and `kmeans_starts` do to W points among which each x_n stands w_n times. Proof: equal points
have equal nearest centers, so that (KW1) gives copies one label; a sum over copies is w_n times its term, hence (KW0)
and (KW2); and copies that stand together share an interval of (S4) that is as long as w_n of theirs, hence (KW5).
A photograph has more pixels than colours, and is the same to both.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, repeat
from operator import add, mul
from random import Random
from typing import cast

from refimpl import kmeans, linear, trace as reader
from refimpl.errors import BadInput, KTooLarge
from refimpl.kmeans import State, assign
from refimpl.linear import Matrix
from refimpl.numbers import N

__all__ = ["State", "assign", "distortion", "fit", "plus_plus_starts", "start", "step", "trace", "update"]


def update(points: Matrix[N], weights: Sequence[int], labels: Sequence[int], centers: Matrix[N]) -> list[list[N]]:
    """Return the K x D weighted means of the labelled points; an empty cluster keeps its row of `centers`.

    Raises BadInput unless there are N weights from 1 on and N labels in 0..K-1.
    """
    kmeans.check(points, centers)
    check_weights(weights, len(points))
    kmeans.check_labels(labels, len(points), len(centers))
    (points,), scale = linear.cleared(points)
    weighted = [[x * w for x in row] for w, row in zip(weights, points, strict=True)]
    masses = [0] * len(centers)
    for w, label in zip(weights, labels, strict=True):
        masses[label] += w
    # mu_k = sum w_n x_n / sum w_n over G_k; an empty cluster keeps its center             (KW2)
    return [
        [linear.quotient(linear.total(column), mass * scale) for column in zip(*group, strict=True)]
        if group
        else list(kept)
        for group, mass, kept in zip(kmeans.split(weighted, labels, len(centers)), masses, centers, strict=True)
    ]


def distortion(points: Matrix[N], weights: Sequence[int], labels: Sequence[int], centers: Matrix[N]) -> N:
    """Return J of N points, weights and labels, and K centers, in the squared unit of the points."""
    kmeans.check(points, centers)
    check_weights(weights, len(points))
    kmeans.check_labels(labels, len(points), len(centers))
    (points, centers), scale = linear.cleared(points, centers)
    # J = sum_n w_n |x_n - mu_(l_n)|^2, computed on L x_n and L mu_k, hence divided by L^2  (KW0)
    terms = (
        linear.squared_distance(x, centers[label]) * w for x, w, label in zip(points, weights, labels, strict=True)
    )
    return linear.quotient(linear.total(terms), scale * scale)


def start(points: Matrix[N], weights: Sequence[int], centers: Matrix[N]) -> State[N]:
    """Return the state before any step: the given centers, and the labels and J that they imply.

    Raises BadInput, and KTooLarge where there are more centers than points, each counted as often as it occurs.
    """
    kmeans.check(points, centers)
    check_weights(weights, len(points))
    if len(centers) > sum(weights):
        raise KTooLarge(f"there are {len(centers)} centers for a weight of {sum(weights)}; give at most as many")
    labels = assign(points, centers)
    return State(labels, [list(center) for center in centers], distortion(points, weights, labels, centers))


def step(points: Matrix[N], weights: Sequence[int], state: State[N]) -> State[N]:
    """Return the state after one assignment to the centers of `state` and one update.  (KW3)"""
    labels = assign(points, state.centers)  # (KW1)
    centers = update(points, weights, labels, state.centers)
    return State(labels, centers, distortion(points, weights, labels, centers))


def trace(points: Matrix[N], weights: Sequence[int], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever."""
    while True:
        yield state
        state = step(points, weights, state)


def fit(points: Matrix[N], weights: Sequence[int], centers: Matrix[N]) -> tuple[State[N], int]:
    """Return the first state whose step returned the labels of the step before it, and the steps taken.  (KW4)"""
    return reader.after_start(lambda state: state.labels, trace(points, weights, start(points, weights, centers)))


def plus_plus_starts(
    points: Matrix[Fraction], weights: Sequence[int], k: int, *, seed: int, count: int
) -> list[list[list[Fraction]]]:
    """Return `count` starts of k different points each, drawn by k-means++, a function of the arguments alone.  (KW5)

    points: exact numbers, integers among them. Raises EmptyData, BadInput, and KTooLarge where fewer than k differ.
    """
    linear.shape(points, "points")
    check_weights(weights, len(points))
    kmeans.check_k(k, len({tuple(x) for x in points}))
    (rows,), _ = linear.cleared(points)
    columns = [(column, set(column)) for column in cast(list[list[int]], linear.transpose(rows))]
    source = Random(seed)
    starts = []
    for _ in range(count):
        chosen = [drawn(weights, source.random())]
        law: list[int] = []
        while len(chosen) < k:
            last = [column[chosen[-1]] for column, _ in columns]
            # w_n D(x_n)^2, D being the distance to the nearest chosen point               (KW5)
            terms = list(map(mul, weights, _squared_distances(columns, last)))
            law = list(map(min, law, terms)) if law else terms
            chosen.append(drawn(law, source.random()))
        starts.append([list(points[n]) for n in chosen])
    return starts


def drawn(law: Sequence[int], u: float) -> int:
    """Return the lowest n with law_0 + ... + law_n > u (law_0 + ... + law_(N-1)), for 0 <= u < 1, decided exactly."""
    return drawn_of(list(accumulate(law)), u)


def drawn_of(reached: Sequence[int], u: float) -> int:
    """Return the same of the sums law_0, law_0 + law_1, ..."""
    numerator, denominator = u.as_integer_ratio()
    # of integers: r > t is r > floor(t)
    return bisect_right(reached, numerator * reached[-1] // denominator)


def check_weights(weights: Sequence[int], n: int) -> None:
    """Raise BadInput unless there are n integers from 1 on."""
    if len(weights) != n:
        raise BadInput(f"there are {len(weights)} weights for {n} points; give one for each point")
    for i, weight in enumerate(weights):
        if not isinstance(weight, int) or weight < 1:
            raise BadInput(f"weights[{i}] is {weight}; give an integer from 1 on")


def _squared_distances(columns: Sequence[tuple[Sequence[int], set[int]]], x: Sequence[int]) -> Iterator[int]:
    """Yield |x_n - x|^2 of all points, from their columns and the different entries of each, squared once."""
    squares: Iterator[int] = repeat(0)
    for (column, entries), a in zip(columns, x, strict=True):
        table = {b: (b - a) * (b - a) for b in entries}
        squares = map(add, squares, map(table.__getitem__, column))
    return squares
