"""Many starts of K-means, quickly: on a grid of integers as long as they compete, exactly where they end.

Notation as in `kmeans`; h is the grid's step, the widest column's width divided by STEPS; D(X_n) is the distance from
X_n to the nearest point that is chosen already.

    1. grid     X_n = (x_n - least of each column) / h, rounded to integers; from here to 4 all    (MS1)
                is exact in them
    2. start    a point drawn evenly, then K - 1 times the one of TRIALS points, drawn with        (MS2)
                the law of k-means++, that leaves the least sum of all D(X_n)^2
    3. assign   the lowest k of least |X_n - C_k|^2 = X_n . X_n + C_k . C_k - 2 X_n . C_k          (MS3)
    4. update   C_k is the mean of its points, rounded; an empty cluster keeps it; until the       (MS4)
                labels repeat, or J on the grid falls no more
    5. exactly  the means of these labels in fractions: if their nearest centers are the same      (MS5)
                labels, they are a fixed point of K-means, else `kmeans.fit` goes on from there
    6. closest  that it is one, proven by the margins of `certify`, and the least of these          (MS6)

(MS2) is the greedy k-means++ of Arthur and Vassilvitskii (2007, section 7 of the technical report). A product of small
integers costs a tenth of one of fractions, and unlike floats they add up alike everywhere: a seed gives the same
labels on every machine. What the grid decides is which local minimum a start falls to, and nothing else: (MS5) is
true, whatever was rounded before. Clusters come with the largest first, of equal ones that with the earliest point.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from operator import mul
from random import Random

from refimpl import kmeans, linear
from refimpl.certify import lloyd, margin
from refimpl.errors import BadInput, KTooLarge, Refuted
from refimpl.kmeans_weighted import drawn_of
from refimpl.linear import Matrix

STEPS = 2**14
"""Of the widest column: fine enough to tell points apart, and products of such integers fit a machine word."""

TRIALS = 3
"""Points of which the best becomes the next center."""

Point = Sequence[int]


@dataclass(frozen=True)
class Grid:
    """Points on a grid."""

    points: list[list[int]]
    """N x D, in steps."""
    step: Fraction
    """In the unit of the points."""


@dataclass(frozen=True)
class Ending:
    """Where one start ended on the grid."""

    labels: tuple[int, ...]
    """Length N, numbered as this module numbers clusters."""
    distortion: Fraction
    """J on the grid, which is J but for the rounding of points and means."""


@dataclass(frozen=True)
class Minimum:
    """A fixed point of K-means, exact."""

    labels: list[int]
    """Length N."""
    centers: list[list[Fraction]]
    """K x D, the means of the clusters; clusters without points are left out."""
    distortion: Fraction
    """J, in the squared unit of the points."""
    times: int
    """How many starts ended here."""
    first: int
    """The first of these, counted from 0."""
    steps: int
    """Exact steps that it took to get here from where the grid ended; 0 where that was the place already."""


def on_grid(points: Matrix[Fraction]) -> Grid:
    """Return the points as integers. Raises EmptyData or BadInput.  (MS1)"""
    linear.shape(points, "points")
    columns = linear.transpose(points)
    lows = list(map(min, columns))
    width = max(max(column) - low for column, low in zip(columns, lows, strict=True))
    step = Fraction(width, STEPS) or Fraction(1)
    return Grid([[round((x - low) / step) for x, low in zip(row, lows, strict=True)] for row in points], step)


def endings(grid: Grid, k: int, *, seed: int, restarts: int) -> Iterator[Ending]:
    """Yield where each of so many starts ends, a function of the arguments alone.

    Raises BadInput, and KTooLarge where there are fewer than k different points on the grid.
    """
    points = grid.points
    kmeans.check_k(k, len(points))
    if restarts < 1:
        raise BadInput(f"restarts is {restarts}; give at least 1")
    if (different := len(set(map(tuple, points)))) < k:
        raise KTooLarge(f"k is {k}, but only {different} points differ on a grid of {STEPS} steps; give at most that")
    source = Random(seed)
    squares = [linear.integer_dot(x, x) for x in points]
    for _ in range(restarts):
        labels, cost = _lloyd(points, squares, _start(points, squares, k, source))
        yield Ending(labels, cost * grid.step**2)


def lowest(points: Matrix[Fraction], found: Iterable[Ending], count: int = 1) -> list[Minimum]:
    """Return the `count` lowest different minima, or all if there are fewer, the lowest first.

    found: the endings of one K, in the order of the starts. Raises BadInput where there is none.
    """
    starts: dict[tuple[int, ...], list[int]] = {}
    heights: dict[tuple[int, ...], Fraction] = {}
    for i, ending in enumerate(found):
        starts.setdefault(ending.labels, []).append(i)
        heights[ending.labels] = ending.distortion
    if not starts:
        raise BadInput("found is empty; give the ending of one start at least")
    minima: dict[tuple[int, ...], Minimum] = {}
    for labels in sorted(starts, key=lambda labels: heights[labels]):
        minimum = exactly(points, labels, times=len(starts[labels]), first=starts[labels][0])
        key = tuple(minimum.labels)
        if (known := minima.get(key)) is not None:
            times, first = known.times + minimum.times, min(known.first, minimum.first)
            minimum = Minimum(known.labels, known.centers, known.distortion, times, first, known.steps)
        elif len(minima) == count:
            break
        minima[key] = minimum
    return sorted(minima.values(), key=lambda minimum: minimum.distortion)


def exactly(points: Matrix[Fraction], labels: Sequence[int], *, times: int = 1, first: int = 0) -> Minimum:
    """Return the fixed point of exact K-means to which labels lead; each cluster must have a point.  (MS5)"""
    k = max(labels) + 1
    centers = kmeans.update(points, labels, [[Fraction(0)] * len(points[0])] * k)
    state, steps = kmeans.start(points, centers), 0
    if state.labels != list(labels):
        state, steps = kmeans.fit(points, centers)
    order = _order(state.labels)
    centers = [state.centers[old] for old in order]
    return Minimum(_renamed(state.labels, order), centers, state.distortion, times, first, steps)


def closest(points: Matrix[Fraction], minimum: Minimum) -> Fraction | None:
    """Return the least relative margin by which a point is nearest to its own center; 0 at a tie, None for one cluster.

    Neither means nor margins are computed as K-means computes them. Raises Refuted unless the minimum is a fixed point,
    where a tie may go to any of the nearest.  (MS6)
    """
    centers = tuple(map(tuple, minimum.centers))
    lloyd.check_means(points, tuple(minimum.labels), centers, centers)
    found = margin.choices(points, centers, lloyd.absolute(centers))
    for n, (label, choice) in enumerate(zip(minimum.labels, found, strict=True)):
        if label not in (choice.label, *choice.ties):
            raise Refuted(f"labels[{n}] is {label}, but points[{n}] is nearest to center {choice.label}")
    return min((choice.margin.relative for choice in found if choice.margin is not None), default=None)


def _start(points: Sequence[Point], squares: Sequence[int], k: int, source: Random) -> list[list[int]]:
    """Return k centers.  (MS2)"""
    chosen = [int(source.random() * len(points))]
    least = _squared_distances(points, squares, points[chosen[0]])
    while len(chosen) < k:
        reached = list(accumulate(least))
        drawn = [drawn_of(reached, source.random()) for _ in range(TRIALS)]
        left = [list(map(min, least, _squared_distances(points, squares, points[i]))) for i in drawn]
        best = min(range(TRIALS), key=lambda t: sum(left[t]))
        chosen.append(drawn[best])
        least = left[best]
    return [list(points[i]) for i in chosen]


def _squared_distances(points: Sequence[Point], squares: Sequence[int], center: Point) -> list[int]:
    """Return |X_n - C|^2 of all points, whose |X_n|^2 are known."""
    own, double = sum(map(mul, center, center)), [-2 * c for c in center]
    return [square + own + sum(map(mul, x, double)) for x, square in zip(points, squares, strict=True)]


def _lloyd(points: Sequence[Point], squares: Sequence[int], centers: list[list[int]]) -> tuple[tuple[int, ...], int]:
    columns = [_squared_distances(points, squares, c) for c in centers]
    labels: list[int] = []
    cost: int | None = None
    while True:
        # the lowest k of least |X_n - C_k|^2                                              (MS3)
        nearest = [(least, row.index(least)) for row in zip(*columns, strict=True) for least in (min(row),)]
        before, labels = labels, [k for _, k in nearest]
        total = sum(least for least, _ in nearest)
        if labels == before or (cost is not None and total >= cost):
            return tuple(_renamed(labels, _order(labels))), total
        cost = total
        groups: list[list[Point]] = [[] for _ in centers]
        for x, label in zip(points, labels, strict=True):
            groups[label].append(x)
        for k, group in enumerate(groups):
            # the rounded mean; an empty cluster keeps its center                          (MS4)
            n = len(group)
            center = [(2 * sum(column) + n) // (2 * n) for column in zip(*group, strict=True)] or centers[k]
            if center != centers[k]:
                centers[k], columns[k] = center, _squared_distances(points, squares, center)


def _order(labels: Sequence[int]) -> list[int]:
    """Return the clusters that have points, the largest first."""
    present = list(dict.fromkeys(labels))  # in the order of their first points, which sorting keeps among equals
    return sorted(present, key=lambda k: -labels.count(k))


def _renamed(labels: Sequence[int], order: Sequence[int]) -> list[int]:
    new = {old: k for k, old in enumerate(order)}
    return [new[label] for label in labels]
