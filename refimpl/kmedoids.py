"""K-medoids: K-means for any dissimilarity V, with members of the clusters as centers (Peking lecture, "V(x, mu)").

Notation: N points known only by V, N x N, V_nm >= 0 how unlike x_n and x_m are; medoids m_1, ..., m_K, K different
points; labels l_n in 0..K-1; cost J = sum_n V_(n, m_(l_n)).

    1. assign   l_n = the lowest k that minimises V_(n, m_k)                                (Z1)
    2. update   m_k = the member of cluster k with the least sum of V to its members, the
                lowest index on a tie; an empty cluster keeps its medoid                    (Z2)
    3. step     assign, then update; J is that of these labels and these medoids            (Z3)
    4. trace    repeat 3 for ever; `fit` stops with the step that does not lower J          (Z4)
    5. swap     of all exchanges of one medoid for one other point, the one that lowers the
                cost of the nearest medoids most; None where none does                      (Z5)

Neither half of a step raises J: (Z1) takes the least of every term, (Z2) the least sum of every cluster. V need not be
a distance, nor symmetric: row n holds what x_n thinks of each medoid. 3 is K-means with (Z2) in place of the mean; 5
is the SWAP of PAM (Kaufman and Rousseeuw 1990, chapter 2), which leaves some local minima of 3, and costs K N^2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic

from refimpl import kmeans, linear, trace as reader
from refimpl.errors import BadInput
from refimpl.linear import Matrix
from refimpl.numbers import N


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    labels: list[int]
    """l, length N: the assignment of this step, made to the medoids that entered it."""
    medoids: list[int]
    """m, length K: indices of points."""
    cost: N
    """J of these labels and these medoids, in the unit of V."""


def assign(dissimilarity: Matrix[N], medoids: Sequence[int]) -> list[int]:
    """Return the label of the nearest medoid for each of N points, the lowest on a tie. Raises as `check` does."""
    check(dissimilarity, medoids)
    # l_n = the lowest k that minimises V_(n, m_k)                                          (Z1)
    return [nearest.index(min(nearest)) for nearest in ([row[m] for m in medoids] for row in dissimilarity)]


def update(dissimilarity: Matrix[N], labels: Sequence[int], medoids: Sequence[int]) -> list[int]:
    """Return the K medoids of the labelled points. Raises as `check` does, and BadInput on other labels."""
    check(dissimilarity, medoids)
    kmeans.check_labels(labels, len(dissimilarity), len(medoids))
    found = []
    for k, kept in enumerate(medoids):
        members = [n for n, label in enumerate(labels) if label == k]
        # the member with the least sum of V to its members; min takes the first             (Z2)
        sums = [linear.total(dissimilarity[n][m] for n in members) for m in members]
        found.append(members[min(range(len(members)), key=sums.__getitem__)] if members else kept)
    return found


def cost(dissimilarity: Matrix[N], labels: Sequence[int], medoids: Sequence[int]) -> N:
    """Return J = sum_n V_(n, m_(l_n)), in the unit of V. Raises as `update` does."""
    check(dissimilarity, medoids)
    kmeans.check_labels(labels, len(dissimilarity), len(medoids))
    return linear.total(row[medoids[label]] for row, label in zip(dissimilarity, labels, strict=True))


def start(dissimilarity: Matrix[N], medoids: Sequence[int]) -> State[N]:
    """Return the state before any step: the medoids, and the labels and J that they imply. Raises as `check` does."""
    labels = assign(dissimilarity, medoids)
    return State(labels, list(medoids), cost(dissimilarity, labels, medoids))


def step(dissimilarity: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after one assignment to the medoids of `state` and one update.  (Z3)"""
    labels = assign(dissimilarity, state.medoids)
    medoids = update(dissimilarity, labels, state.medoids)
    return State(labels, medoids, cost(dissimilarity, labels, medoids))


def trace(dissimilarity: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever.  (Z4)"""
    while True:
        yield state
        state = step(dissimilarity, state)


def fit(dissimilarity: Matrix[N], medoids: Sequence[int]) -> tuple[State[N], int]:
    """Return the first state whose step did not lower the cost, and the steps taken.

    It ends for exact numbers: J falls with every step but the last, and is a function of labels and medoids.
    """
    steps = islice(trace(dissimilarity, start(dissimilarity, medoids)), 1, None)
    states = list(reader.settled(lambda state: state.cost, steps))
    return states[-1], len(states)


def swap(dissimilarity: Matrix[N], medoids: Sequence[int]) -> list[int] | None:
    """Return the medoids after the exchange that lowers the cost most, or None where none lowers it.  (Z5)

    On a tie the lowest k, and then the lowest point. Raises as `check` does.
    """
    check(dissimilarity, medoids)
    best, least = None, _nearest(dissimilarity, medoids)
    for k in range(len(medoids)):
        for n in range(len(dissimilarity)):
            if n not in medoids:
                exchanged = [n if j == k else m for j, m in enumerate(medoids)]
                if (found := _nearest(dissimilarity, exchanged)) < least:
                    best, least = exchanged, found
    return best


def _nearest(dissimilarity: Matrix[N], medoids: Sequence[int]) -> N:
    """Return the sum over all points of V to the nearest medoid."""
    return linear.total(min(row[m] for m in medoids) for row in dissimilarity)


def check(dissimilarity: Matrix[N], medoids: Sequence[int]) -> None:
    """Raise EmptyData or BadInput unless V is square without negative entries, and medoids are different points."""
    n, d = linear.shape(dissimilarity, "dissimilarity")
    if d != n:
        raise BadInput(f"dissimilarity is {n} x {d}; give a square matrix, a row and a column for each point")
    for i, row in enumerate(dissimilarity):
        for j, v in enumerate(row):
            if v < 0:
                raise BadInput(f"dissimilarity[{i}][{j}] is {v}; give a number that is 0 or more")
    if not medoids:
        raise BadInput("medoids is empty; give the index of at least one point")
    for k, m in enumerate(medoids):
        if not 0 <= m < n:
            raise BadInput(f"medoids[{k}] is {m}; give an index from 0 to {n - 1}")
        if m in medoids[:k]:
            raise BadInput(f"medoids[{k}] is {m}, which is there already; give different points")
