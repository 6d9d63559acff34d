"""K-medians: K-means under the 1-norm (Bradley, Mangasarian and Street 1997; Peking lecture, "V(x, mu)").

Notation: N points x_n in D dimensions, K centers mu_k, labels l_n in 0..K-1, G_k the set of points with label k,
|x - y|_1 = sum_d |x_d - y_d|, cost

    J = sum_n |x_n - mu_(l_n)|_1.                                                          (B0)

    1. assign   l_n = the lowest k that minimises |x_n - mu_k|_1                            (B1)
    2. update   mu_kd = median of the x_nd over G_k; an empty cluster keeps its center      (B2)
    3. step     assign, then update; J is that of these labels and these centers            (B3)
    4. trace    repeat 3 for ever; `fit` stops when a step returns the labels before it     (B4)

The median of an odd number of numbers is the one in the middle of their order; of an even number it is the midpoint of
the two in the middle, as in most libraries. All numbers between these two minimise J alike: each moves away from as
many x_nd as it moves towards. The midpoint is the choice that turns with the data: the medians of -x are those of x
with the other sign. What the next step makes of it may differ from what it makes of another choice.

One far point moves a mean as far as it likes, and a median not at all. Coordinates are taken one by one, so that the
median depends on the axes; it need not be a data point either (`kmedoids` has those). Numbers come out in the type in
which they went in; a midpoint of integers is a fraction. Medians of balls are enclosed and need no decision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, cast

from refimpl import kmeans, linear, trace as reader
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, ranked


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    labels: list[int]
    """l, length N: the assignment of this step, made to the centers that entered it."""
    centers: list[list[N]]
    """mu, K x D: the medians of these labels."""
    cost: N
    """J of these labels and these centers, in the unit of the points."""


def distance(x: Vector[N], y: Vector[N]) -> N:
    """Return |x - y|_1 of two vectors of one length."""
    return linear.total(cast(N, abs(a)) for a in linear.subtract(x, y))


def median(values: Sequence[N]) -> N:
    """Return the median of at least one number; of an even number of them the midpoint of the middle two."""
    half, odd = divmod(len(values), 2)
    if odd:
        return ranked(values, half)
    middle = [ranked(values, half - 1), ranked(values, half)]
    return linear.quotient(linear.total(middle), 2)


def assign(points: Matrix[N], centers: Matrix[N]) -> list[int]:
    """Return the label of the nearest center for each of N points; a tie goes to the lowest index.

    Raises BadInput on ragged or empty input, Undecided where a ball cannot tell which center is nearer.
    """
    kmeans.check(points, centers)
    # Scaling by L > 0 keeps the order of distances, and exact numbers become integers.
    (points, centers), _ = linear.cleared(points, centers)
    # l_n = the lowest k that minimises |x_n - mu_k|_1; min takes the first                 (B1)
    return [min(range(len(centers)), key=[distance(x, mu) for mu in centers].__getitem__) for x in points]


def update(points: Matrix[N], labels: Sequence[int], centers: Matrix[N]) -> list[list[N]]:
    """Return the K x D medians of the labelled points; an empty cluster keeps its row of `centers`.

    Raises BadInput unless there are N labels in 0..K-1.
    """
    kmeans.check(points, centers)
    kmeans.check_labels(labels, len(points), len(centers))
    groups = kmeans.split(points, labels, len(centers))
    # mu_kd = median of the x_nd over G_k; an empty cluster keeps its center                (B2)
    return [
        [median(column) for column in linear.transpose(group)] if group else list(kept)
        for group, kept in zip(groups, centers, strict=True)
    ]


def cost(points: Matrix[N], labels: Sequence[int], centers: Matrix[N]) -> N:
    """Return J of N points, N labels and K centers, in the unit of the points. Raises as `update` does."""
    kmeans.check(points, centers)
    kmeans.check_labels(labels, len(points), len(centers))
    (points, centers), scale = linear.cleared(points, centers)
    # J = sum_n |x_n - mu_(l_n)|_1, computed on L x_n and L mu_k, hence divided by L        (B0)
    terms = (distance(x, centers[label]) for x, label in zip(points, labels, strict=True))
    return linear.quotient(linear.total(terms), scale)


def start(points: Matrix[N], centers: Matrix[N]) -> State[N]:
    """Return the state before any step: the given centers, and the labels and J that they imply.

    Raises BadInput, and KTooLarge where there are more centers than points.
    """
    kmeans.check_start(points, centers)
    labels = assign(points, centers)
    return State(labels, [list(center) for center in centers], cost(points, labels, centers))


def step(points: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one assignment to the centers of `state` and one update.  (B3)"""
    labels = assign(points, state.centers)
    centers = update(points, labels, state.centers)
    return State(labels, centers, cost(points, labels, centers))


def trace(points: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever."""
    while True:
        yield state
        state = step(points, state)


def fit(points: Matrix[N], centers: Matrix[N]) -> tuple[State[N], int]:
    """Return the first state whose step returned the labels of the step before it, and the steps taken.

    It ends for exact numbers. No step raises J, as (B1) takes the least of every term and (B2) a minimiser. Medians
    are not the only minimisers, so that J may stay while centers move; but then every term of J was the least
    already, and (B1) moved points to lower labels only. So J falls, or the sum of the labels does, or the labels
    repeat, and with them the centers; and J after a step is a function of its labels, of which there are K^N.  (B4)
    """
    return reader.after_start(lambda state: state.labels, trace(points, start(points, centers)))
