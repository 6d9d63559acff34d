"""Modularity: how many more edges lie within communities than chance would put there (Newman and Girvan 2004).

Notation: n nodes, weights A, n x n, symmetric, A_uv >= 0 the weight of the edge between u and v; a loop stands on the
diagonal with twice its weight, because both of its ends are there. k_u = sum_v A_uv the strength of u, 2m = sum_u k_u;
communities are labels l_u in 0..K-1, and w_cd the sum of A_uv over u in c and v in d, s_c that of k_u over u in c.

    1. modularity   Q = sum_c (w_cc / 2m - (s_c / 2m)^2)                                    (Q1)
                      = sum over u, v with l_u = l_v of B_uv / (2m)^2,  B_uv = 2m A_uv - k_u k_v
    2. optimum      the greatest Q of all partitions, and every partition that has it       (Q2)
    3. gain         merging c and d adds 2 (w_cd / 2m - s_c s_d / (2m)^2) to Q              (Q3)
    4. step         of all pairs c < d merge the one with the greatest gain, the lowest
                    (c, d) on a tie, if the gain is positive; else nothing changes          (Q4)
    5. trace        from single nodes repeat 4; `fit` stops where nothing changes           (Q5)

3 to 5 is what Newman (2004) proposed and Clauset, Newman and Moore (2004) made fast. By (Q3) gains add up: that of
merging c with d and e together is that of c with d and that of c with e. So once no gain is positive none will ever
be, and 5 may stop. It is greedy, and 2 shows what it misses, among all B_n partitions of up to `MOST` nodes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic

from refimpl import linear, trace as reader
from refimpl.errors import Undefined
from refimpl.kmeans import check_labels
from refimpl.linear import Matrix
from refimpl.numbers import N
from refimpl.set_partitions import check_few, joined, renamed

MOST = 12
"""Nodes up to which all partitions are visited: 4213597 of them."""


@dataclass(frozen=True)
class State(Generic[N]):
    """What one step leaves behind."""

    labels: list[int]
    """l, length n, communities in the order of their first nodes."""
    modularity: N
    """Q of these labels."""


@dataclass(frozen=True)
class Optimum(Generic[N]):
    """The best of all partitions."""

    partitions: list[list[int]]
    """Every l of the greatest Q, communities in the order of their first nodes; the partitions in lexicographic order.
    """
    modularity: N
    """Q, the same of all."""


def modularity(weights: Matrix[N], labels: Sequence[int]) -> N:
    """Return Q. Raises EmptyData, BadInput, and Undefined where there are no edges."""
    check(weights)
    between = _between(weights, labels)
    strengths = [linear.total(row) for row in between]
    twice = linear.total(strengths)
    shares = [linear.quotient(s, twice) for s in strengths]  # first, so that no square of a float overflows
    # sum_c (w_cc / 2m - (s_c / 2m)^2)                                                      (Q1)
    return linear.total(
        linear.quotient(row[c], twice) - p * p for c, (row, p) in enumerate(zip(between, shares, strict=True))
    )


def optimum(weights: Matrix[N]) -> Optimum[N]:
    """Return the greatest Q and its partitions. Of exact numbers the ties are the true ones.

    Raises as `modularity` does, Unsupported where there are more than `MOST` nodes, and Undecided on a tie of balls.
    """
    check(weights)
    check_few(len(weights), MOST)
    (rows,), _ = linear.cleared(weights)
    strengths = [linear.total(row) for row in rows]
    twice = linear.total(strengths)
    b = [
        [twice * a - k * s for a, s in zip(row, strengths, strict=True)] for row, k in zip(rows, strengths, strict=True)
    ]
    best: list[list[int]] = []
    most: list[N] = []
    # the greatest Q of all partitions, and every partition that has it                     (Q2)
    for labels, value in _valued(b, [], [], linear.total(b[u][u] for u in range(len(b)))):
        if not most or value > most[0]:
            best, most = [labels], [value]
        elif value == most[0]:
            best.append(labels)
    return Optimum(best, linear.quotient(most[0], twice * twice))


def _valued(b: Matrix[N], labels: list[int], blocks: list[list[int]], value: N) -> Iterator[tuple[list[int], N]]:
    """Yield all canonical labels that begin so, in lexicographic order, each with its sum of B_uv over l_u = l_v."""
    u = len(labels)
    if u == len(b):
        yield labels, value
        return
    for c, block in enumerate(blocks):
        more = linear.total(b[u][v] for v in block) * 2
        yield from _valued(b, [*labels, c], [*blocks[:c], [*block, u], *blocks[c + 1 :]], value + more)
    yield from _valued(b, [*labels, len(blocks)], [*blocks, [u]], value)


def start(weights: Matrix[N]) -> State[N]:
    """Return the state before any merge: every node a community. Raises as `modularity` does."""
    labels = list(range(len(weights)))
    return State(labels, modularity(weights, labels))


def step(weights: Matrix[N], state: State[N]) -> State[N]:
    """Return the state after the best merge, or the same where none has a positive gain."""
    check(weights)
    between = _between(weights, state.labels)
    strengths = [linear.total(row) for row in between]
    twice = linear.total(strengths)
    best: tuple[int, int] | None = None
    most = twice - twice
    for c, s in enumerate(strengths):
        for d in range(c + 1, len(strengths)):
            # (2m)^2 / 2 times what the merge adds to Q                                     (Q3)
            gain = between[c][d] * twice - s * strengths[d]
            # the greatest gain, the lowest (c, d) on a tie, if it is positive              (Q4)
            if gain > most:
                best, most = (c, d), gain
    if best is None:
        return state
    labels = joined(state.labels, *best)
    return State(labels, modularity(weights, labels))


def trace(weights: Matrix[N], state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further step, for ever.  (Q5)"""
    while True:
        yield state
        state = step(weights, state)


def fit(weights: Matrix[N]) -> tuple[State[N], int]:
    """Return the state that no step changes, and the merges made. Raises as `modularity` does."""
    states = list(reader.settled(lambda state: state.labels, trace(weights, start(weights))))
    return states[-1], len(states) - 2


def check(weights: Matrix[N]) -> None:
    """Raise EmptyData, BadInput or Undefined unless the weights are those of an undirected graph with edges."""
    linear.check_square(weights, "weights", "node")
    linear.check_not_negative(weights, "weights", "weight")
    linear.check_symmetric(weights, "weights")
    if all(linear.is_nothing(a) for row in weights for a in row):
        raise Undefined("all weights are 0, and a graph without edges has no communities; give an edge")


def _between(weights: Matrix[N], labels: Sequence[int]) -> list[list[N]]:
    """Return w, K x K. Raises BadInput on labels that are not one for each node."""
    k = max(labels, default=0) + 1
    check_labels(labels, len(weights), k, "node")
    labels = renamed(labels)  # names as large as one likes need no more room
    k = max(labels) + 1
    zero = weights[0][0] - weights[0][0]
    found = [[zero] * k for _ in range(k)]
    for row, c in zip(weights, labels, strict=True):
        for a, d in zip(row, labels, strict=True):
            found[c][d] = found[c][d] + a
    return found
