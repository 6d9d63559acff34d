"""K-means learning from one point at a time (Peking lecture, section 1, "online learning").

Notation as in `kmeans`; eta_n is the rate of the n-th point, n_k the number of points that center k has
received so far, the present one included.

    1. nearest   k = the lowest index that minimises |x_n - mu_k|^2                        (O1)
    2. move      mu_k <- mu_k + eta_n (x_n - mu_k)                                         (O2)

With eta_n = 1/n_k every center is the mean of what it has received: its first point replaces the start.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from refimpl import kmeans, linear
from refimpl.errors import BadInput
from refimpl.linear import Matrix
from refimpl.numbers import N


@dataclass(frozen=True)
class State(Generic[N]):
    """What one point of the online algorithm leaves behind."""

    label: int | None
    """The center that received the point; None at the start."""
    centers: list[list[N]]
    """mu, K x D."""
    received: list[int]
    """Length K: how many points each center has received."""


def trace(points: Matrix[N], centers: Matrix[N], rates: Sequence[N] | None = None) -> Iterator[State[N]]:
    """Yield the start, then the state after each point in turn (Peking lecture, "online learning").

    rates: eta_1, ..., eta_N, one for each point; None stands for 1/n with n the number of points that the
    center has received, this one included, so that the first point replaces the start and a center is the
    mean of what it received.
    """
    kmeans.check(points, centers)
    if rates is not None and len(rates) != len(points):
        raise BadInput(f"there are {len(rates)} rates for {len(points)} points; give one for each point")
    state = State(None, [list(center) for center in centers], [0] * len(centers))
    yield state
    for n, x in enumerate(points):
        k = kmeans.nearest(x, state.centers)
        received = [count + (j == k) for j, count in enumerate(state.received)]
        difference = linear.subtract(x, state.centers[k])
        if rates is None:
            change = [linear.quotient(a, received[k]) for a in difference]
        else:
            change = [rates[n] * a for a in difference]
        # mu_k <- mu_k + eta_n (x_n - mu_k)                                                 (O2)
        moved = [a + b for a, b in zip(state.centers[k], change, strict=True)]
        state = State(k, [moved if j == k else c for j, c in enumerate(state.centers)], received)
        yield state
