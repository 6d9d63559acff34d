"""K-medoids: K-means for any dissimilarity V, with data points as centers (Peking lecture, "V(x, mu)").

Notation: N points known only by V, N x N, V_nm >= 0 how unlike x_n is to x_m; medoids m_1, ..., m_K, which are indices
of points; labels l_n in 0..K-1, G_k the set of points with label k; cost J = sum_n V_(n, m_(l_n)).

    1. assign   l_n = the lowest k that minimises V_(n, m_k)                                (Z1)
    2. update   m_k = the member m of G_k with the least sum of V_nm over the n in G_k, the lowest on a
                tie; the medoid that entered stays if every member's sum is greater         (Z2)
    3. step     assign, then update; J is that of these labels and these medoids            (Z3)
    4. trace    repeat 3 for ever; `fit` stops when a step returns the labels before it     (Z4)
    5. swap     of all exchanges of one medoid for another point, the one that lowers most the sum of V
                to the nearest medoid; None where none lowers it                            (Z5)

V need be no distance: row n holds what x_n makes of each medoid, so that V may be asymmetric, and its diagonal other
than 0. Neither half of a step raises J, because (Z1) takes the least of every term and (Z2) the least of a set of sums
that holds the present one. For that the second half of (Z2) is needed. Where V_nn < V_nm for m != n, or where V is a
function of points with V(x, x) = 0 < V(x, y), a medoid outside its own cluster has an empty cluster, and (Z2) says
what K-means says: it stays. Otherwise it may serve members that have no good medoid among themselves.

Points that coincide may leave two clusters with one medoid; the cluster with the higher index is empty from then on.
There is no quotient and no root: integers stay integers. A cluster of two points ties whenever V is symmetric, which
exact numbers see and balls do not unless their radius is 0. (Z1) to (Z4) are K-means with a medoid in place of the
mean; (Z5) is the SWAP of PAM (Kaufman and Rousseeuw 1990, chapter 2), which leaves some local minima of J.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from refimpl import kmeans, linear, trace as reader
from refimpl.errors import BadInput, Undecided
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, least


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    labels: list[int]
    """l, length N: the assignment of this step, made to the medoids that entered it."""
    medoids: list[int]
    """m, length K: indices of points."""
    cost: N
    """J of these labels and these medoids, in the unit of V."""


def dissimilarities(points: Matrix[N], v: Callable[[Vector[N], Vector[N]], N]) -> list[list[N]]:
    """Return V, N x N, with V_nm = v(x_n, x_m) for any function v of two points. Raises EmptyData or BadInput."""
    linear.shape(points, "points")
    return [[v(x, y) for y in points] for x in points]


def assign(dissimilarity: Matrix[N], medoids: Sequence[int]) -> list[int]:
    """Return the label of the nearest medoid for each of N points, the lowest on a tie. Raises as `check` does."""
    check(dissimilarity, medoids)
    # l_n = the lowest k that minimises V_(n, m_k)                                          (Z1)
    return [min(range(len(medoids)), key=[row[m] for m in medoids].__getitem__) for row in dissimilarity]


def update(dissimilarity: Matrix[N], labels: Sequence[int], medoids: Sequence[int]) -> list[int]:
    """Return the K medoids of the labelled points; an empty cluster keeps its medoid.

    Raises as `check` does, and BadInput unless there are N labels in 0..K-1.
    """
    check(dissimilarity, medoids)
    kmeans.check_labels(labels, len(dissimilarity), len(medoids))
    found = []
    for k, entered in enumerate(medoids):
        members = [n for n, label in enumerate(labels) if label == k]
        if not members:
            found.append(entered)
            continue
        # the least sum of V_nm over G_k; min takes the first, which is the lowest member      (Z2)
        candidates = members if entered in members else [*members, entered]
        sums = {m: linear.total(dissimilarity[n][m] for n in members) for m in candidates}
        found.append(min(candidates, key=sums.__getitem__))
    return found


def cost(dissimilarity: Matrix[N], labels: Sequence[int], medoids: Sequence[int]) -> N:
    """Return J = sum_n V_(n, m_(l_n)), in the unit of V. Raises as `update` does."""
    check(dissimilarity, medoids)
    kmeans.check_labels(labels, len(dissimilarity), len(medoids))
    return linear.total(row[medoids[label]] for row, label in zip(dissimilarity, labels, strict=True))


def start(dissimilarity: Matrix[N], medoids: Sequence[int]) -> State[N]:
    """Return the state before any step: the given medoids, and the labels and J that they imply.

    Raises as `check` does, and BadInput unless the medoids are different.
    """
    labels = assign(dissimilarity, medoids)
    for k, m in enumerate(medoids):
        if m in medoids[:k]:
            raise BadInput(f"medoids[{k}] is {m}, as is medoids[{medoids.index(m)}]; give different points")
    return State(labels, list(medoids), cost(dissimilarity, labels, medoids))


def step(dissimilarity: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one assignment to the medoids of `state` and one update.  (Z3)"""
    labels = assign(dissimilarity, state.medoids)
    medoids = update(dissimilarity, labels, state.medoids)
    return State(labels, medoids, cost(dissimilarity, labels, medoids))


def trace(dissimilarity: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever."""
    while True:
        yield state
        state = step(dissimilarity, state)


def fit(dissimilarity: Matrix[N], medoids: Sequence[int]) -> tuple[State[N], int]:
    """Return the first state whose step returned the labels of the step before it, and the steps taken.

    It ends for exact numbers. No step raises J. Where a step leaves J, every term of J was the least already, so
    that (Z1) moved points to lower labels only. So J falls, or the sum of the labels does, or the labels repeat; and
    there are finitely many labels and medoids. The state is a fixed point: the medoid that (Z2) chose is among those
    that it chooses from again, and nothing else has joined them.                           (Z4)
    """
    return reader.after_start(lambda state: state.labels, trace(dissimilarity, start(dissimilarity, medoids)))


def swap(dissimilarity: Matrix[N], medoids: Sequence[int]) -> list[int] | None:
    """Return the medoids after the exchange that lowers the cost most, or None where none lowers it.  (Z5)

    On a tie the lowest k, and then the lowest point. It adds K N^2 terms. Raises as `check` does.
    """
    check(dissimilarity, medoids)
    best, lowest = None, linear.total(least([row[m] for m in medoids]) for row in dissimilarity)
    for k in range(len(medoids)):
        others = [[row[m] for j, m in enumerate(medoids) if j != k] for row in dissimilarity]
        # what each point pays without m_k; nothing to choose from where it is the only medoid
        nearest = [[least(row)] if row else [] for row in others]
        for n in range(len(dissimilarity)):
            if n in medoids:
                continue
            pairs = zip(nearest, dissimilarity, strict=True)
            # the sum of V to the nearest medoid after the exchange of m_k for x_n            (Z5)
            found = linear.total(least([*kept, row[n]]) for kept, row in pairs)
            if found < lowest:
                best, lowest = [n if j == k else m for j, m in enumerate(medoids)], found
    return best


def check(dissimilarity: Matrix[N], medoids: Sequence[int]) -> None:
    """Raise EmptyData or BadInput unless V is square without negative entries, and medoids are indices of points."""
    n = linear.check_square(dissimilarity, "dissimilarity", "point")
    for i, row in enumerate(dissimilarity):
        for j, v in enumerate(row):
            if _is_negative(v):
                raise BadInput(f"dissimilarity[{i}][{j}] is {v}; give a number that is 0 or more")
    if not medoids:
        raise BadInput("medoids is empty; give the index of at least one point")
    for k, m in enumerate(medoids):
        if not 0 <= m < n:
            raise BadInput(f"medoids[{k}] is {m}; give an index from 0 to {n - 1}")


def _is_negative(v: N) -> bool:
    """Return whether v is certainly negative; a ball around 0 may be 0."""
    try:
        return v < 0
    except Undecided:
        return False
