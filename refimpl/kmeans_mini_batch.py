"""K-means learning from a few points at a time (Sculley 2010, "Web-scale k-means clustering", algorithm 1).

Notation as in `kmeans`; M is a batch, that is a list of indices of points; n_k the number of points that center k has
received so far, the present one included.

    1. assign   l_n = the lowest k that minimises |x_n - mu_k|^2, for all n in M, before any center moves (M1)
    2. move     for each n in M in turn, k = l_n:  n_k <- n_k + 1,  mu_k <- mu_k + (x_n - mu_k) / n_k    (M2)
    3. seeded_batches   indices drawn evenly, with repetition, by an explicit seed                       (M3)

With batches of one point this is `kmeans_online` at the rate 1/n_k. Here too a center is the mean of what it has
received, each point as often as it was drawn, and its first point replaces the start. Within a batch the labels are
settled beforehand, so that in exact arithmetic the order of its points does not matter; between batches it does.
A batch of all points is no step of Lloyd's algorithm unless the centers have received nothing yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic

from refimpl import kmeans, linear
from refimpl.errors import BadInput, EmptyData
from refimpl.linear import Matrix
from refimpl.numbers import N


@dataclass(frozen=True)
class State(Generic[N]):
    """What one batch leaves behind."""

    labels: list[int]
    """The centers that received the points of the batch, in its order; empty at the start."""
    centers: list[list[N]]
    """mu, K x D."""
    received: list[int]
    """Length K: how many points each center has received."""


def start(points: Matrix[N], centers: Matrix[N]) -> State[N]:
    """Return the state before any batch: the given centers, which have received nothing. Raises BadInput."""
    kmeans.check(points, centers)
    return State([], [list(center) for center in centers], [0] * len(centers))


def step(points: Matrix[N], state: State[N], batch: Sequence[int]) -> State[N]:
    """Return the state after one batch of indices of points.

    Raises BadInput on an index that is not in 0..N-1, and EmptyData on a batch without any.
    """
    check_batch(batch, len(points), "batch")
    # l_n = the lowest k that minimises |x_n - mu_k|^2, before any center moves              (M1)
    labels = kmeans.assign([points[n] for n in batch], state.centers)
    centers, received = list(state.centers), list(state.received)
    for n, k in zip(batch, labels, strict=True):
        received[k] += 1
        # mu_k <- mu_k + (x_n - mu_k) / n_k                                                 (M2)
        change = [linear.quotient(a, received[k]) for a in linear.subtract(points[n], centers[k])]
        centers[k] = [a + b for a, b in zip(centers[k], change, strict=True)]
    return State(labels, [list(center) for center in centers], received)


def trace(points: Matrix[N], centers: Matrix[N], batches: Sequence[Sequence[int]]) -> Iterator[State[N]]:
    """Yield the start, then the state after each batch in turn. Raises as `start` and `step` do."""
    state = start(points, centers)
    for i, batch in enumerate(batches):
        check_batch(batch, len(points), f"batches[{i}]")
    yield state
    for batch in batches:
        state = step(points, state, batch)
        yield state


def seeded_batches(n: int, size: int, *, seed: int, count: int) -> list[list[int]]:
    """Return `count` batches of `size` indices in 0..n-1, a function of the seed alone.

    Each index is drawn evenly and put back, so that a batch may hold a point twice. Only Random.random() is used: it
    is the one method whose sequence Python promises never to change. Raises BadInput unless n and size are positive.
    """
    for name, value in (("n", n), ("size", size)):
        if value < 1:
            raise BadInput(f"{name} is {value}; give at least 1")
    source = Random(seed)
    # indices drawn evenly, with repetition                                                  (M3)
    return [[int(source.random() * n) for _ in range(size)] for _ in range(count)]


def check_batch(batch: Sequence[int], n: int, name: str) -> None:
    """Raise EmptyData or BadInput unless a batch holds indices in 0..n-1, and at least one."""
    if not batch:
        raise EmptyData(f"{name} is empty; give the index of at least one point")
    for i, index in enumerate(batch):
        if not 0 <= index < n:
            raise BadInput(f"{name}[{i}] is {index}; give an index from 0 to {n - 1}")
