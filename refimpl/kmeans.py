"""K-means: Lloyd's algorithm (Peking lecture, section 1; Nankai lecture, "K-means clustering").

Notation: N points x_n in D dimensions, K centers mu_k, labels l_n in 0..K-1 (the lecture's one-hot r_nk is
1 where k = l_n), G_k the set of points with label k, distortion

    J = sum_n |x_n - mu_(l_n)|^2.                                                          (K0)

    1. assign    l_n = the lowest k that minimises |x_n - mu_k|^2                          (K1)
    2. update    mu_k = mean of G_k; an empty cluster keeps its center                     (K2)
    3. step      assign, then update; J is that of these labels and these centers          (K3)
    4. trace     repeat 3 for ever; `fit` stops when a step returns the labels before it   (K4)
    5. variance_view   J = sum_k |G_k| var(G_k), the same objective seen as variances      (K5)

What to start from is told in `kmeans_starts`, learning point by point in `kmeans_online`. Everything is rational,
so numbers come out in the type in which they went in, and exact input has exact ties.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from refimpl import linear, trace as reader
from refimpl.errors import BadInput, KTooLarge
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    labels: list[int]
    """l, length N: the assignment of this step, made to the centers that entered it."""
    centers: list[list[N]]
    """mu, K x D: the means of these labels."""
    distortion: N
    """J of these labels and these centers, in the squared unit of the points."""


def assign(points: Matrix[N], centers: Matrix[N]) -> list[int]:
    """Return the label of the nearest center for each of N points; a tie goes to the lowest index.

    Raises BadInput on ragged or empty input, Undecided where a ball cannot tell which center is nearer.
    """
    check(points, centers)
    # Scaling by L > 0 keeps the order of squared distances, and exact numbers become integers.
    (points, centers), _ = linear.cleared(points, centers)
    return [nearest(x, centers) for x in points]


def nearest(x: Vector[N], centers: Matrix[N]) -> int:
    """Return argmin_k |x - mu_k|^2, the lowest index on a tie."""
    # l_n = the lowest k that minimises |x_n - mu_k|^2                                     (K1)
    best, least = 0, linear.squared_distance(x, centers[0])
    for k in range(1, len(centers)):
        if (distance := linear.squared_distance(x, centers[k])) < least:
            best, least = k, distance
    return best


def update(points: Matrix[N], labels: Sequence[int], centers: Matrix[N]) -> list[list[N]]:
    """Return the K x D means of the labelled points; an empty cluster keeps its row of `centers`.

    Raises BadInput unless there are N labels in 0..K-1.
    """
    check(points, centers)
    check_labels(labels, len(points), len(centers))
    groups = split(points, labels, len(centers))
    # mu_k = mean of G_k; an empty cluster keeps its center                                 (K2)
    return [linear.mean(group) if group else list(kept) for group, kept in zip(groups, centers, strict=True)]


def distortion(points: Matrix[N], labels: Sequence[int], centers: Matrix[N]) -> N:
    """Return J of N points, N labels and K centers, in the squared unit of the points."""
    check(points, centers)
    check_labels(labels, len(points), len(centers))
    (points, centers), scale = linear.cleared(points, centers)
    # J = sum_n |x_n - mu_(l_n)|^2, computed on L x_n and L mu_k, hence divided by L^2      (K0)
    terms = (linear.squared_distance(x, centers[label]) for x, label in zip(points, labels, strict=True))
    return linear.quotient(linear.total(terms), scale * scale)


def start(points: Matrix[N], centers: Matrix[N]) -> State[N]:
    """Return the state before any step: the given centers, and the labels and J that they imply.

    Raises BadInput, and KTooLarge where there are more centers than points.
    """
    check_start(points, centers)
    labels = assign(points, centers)
    return State(labels, [list(center) for center in centers], distortion(points, labels, centers))


def step(points: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one assignment to the centers of `state` and one update.  (K3)"""
    labels = assign(points, state.centers)
    centers = update(points, labels, state.centers)
    return State(labels, centers, distortion(points, labels, centers))


def trace(points: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever."""
    while True:
        yield state
        state = step(points, state)


def fit(points: Matrix[N], centers: Matrix[N]) -> tuple[State[N], int]:
    """Return the first state whose step returned the labels of the step before it, and the steps taken.

    It ends for exact numbers. A step either leaves the centers, and then the next labels repeat, or it
    lowers J, because the mean is the only minimiser of (K0); J is a function of the labels, and there are
    no more than K^N labellings.                                                           (K4)
    """
    return reader.after_start(lambda state: state.labels, trace(points, start(points, centers)))


def variance_view(points: Matrix[N], labels: Sequence[int], k: int) -> list[tuple[int, N]]:
    """Return (|G_k|, var(G_k)) of each non-empty cluster, var being the mean of |x - mu_k|^2 over G_k.

    The sum of the products is J at the means of the clusters (Nankai lecture, "another view").  (K5)
    """
    linear.shape(points, "points")
    check_labels(labels, len(points), k)
    view = []
    for group in split(points, labels, k):
        if group:
            center = linear.mean(group)
            spread = linear.total(linear.squared_distance(x, center) for x in group)
            view.append((len(group), linear.quotient(spread, len(group))))
    return view


def split(points: Matrix[N], labels: Sequence[int], k: int) -> list[list[Vector[N]]]:
    """Return G_0, ..., G_(k-1), each in the order of the points."""
    groups: list[list[Vector[N]]] = [[] for _ in range(k)]
    for x, label in zip(points, labels, strict=True):
        groups[label].append(x)
    return groups


def check(points: Matrix[N], centers: Matrix[N]) -> None:
    """Raise EmptyData or BadInput unless both are matrices with the same number of columns."""
    _, d = linear.shape(points, "points")
    _, width = linear.shape(centers, "centers")
    if width != d:
        raise BadInput(f"centers have {width} columns but points have {d}; give both the same dimension")


def check_start(points: Matrix[N], centers: Matrix[N]) -> None:
    """Raise as `check` does, and KTooLarge where there are more centers than points."""
    check(points, centers)
    if len(centers) > len(points):
        raise KTooLarge(f"there are {len(centers)} centers for {len(points)} points; give at most as many")


def check_labels(labels: Sequence[int], n: int, k: int, what: str = "point") -> None:
    """Raise BadInput unless there are n labels in 0..k-1; `what` names the things that they label."""
    if len(labels) != n:
        raise BadInput(f"there are {len(labels)} labels for {n} {what}s; give one for each {what}")
    for i, label in enumerate(labels):
        if not 0 <= label < k:
            raise BadInput(f"labels[{i}] is {label}; give an index from 0 to {k - 1}")


def check_k(k: int, n: int) -> None:
    """Raise BadInput or KTooLarge unless 1 <= k <= n."""
    if k < 1:
        raise BadInput(f"k is {k}; give at least 1 cluster")
    if k > n:
        raise KTooLarge(f"k is {k} for {n} points; give at most as many clusters as points")
