"""Agglomerative hierarchical clustering: join the two nearest clusters until one is left (Peking lecture, by name).

Notation: N items; a cluster c has n_c items and a number, items 0, ..., N-1 and then N + t for the one that merge t
makes; d(a, b) the dissimilarity of two clusters, to begin with that of two items: V, N x N, symmetric, V_ij >= 0.

    1. pair     (a, b), a < b, with the least d(a, b); of several pairs the lowest (a, b)   (L1)
    2. merge    a and b become c, of n_a + n_b items, at height h = d(a, b); from Lance and
                Williams (1967), for every other cluster k,
                    single     d(k, c) = min(d(k, a), d(k, b))                              (L2)
                    complete   d(k, c) = max(d(k, a), d(k, b))                              (L3)
                    average    d(k, c) = (n_a d(k, a) + n_b d(k, b)) / (n_a + n_b)          (L4)
                    ward       d(k, c) = ((n_a + n_k) d(k, a) + (n_b + n_k) d(k, b)
                                          - n_k d(a, b)) / (n_a + n_b + n_k)                (L5)
    3. trace    repeat 1 and 2 until one cluster is left; `fit` gives the N - 1 merges      (L6)
    4. cut      K clusters are what the first N - K merges leave                            (L7)
    5. trees    every tree that (L1) may lead to if any of several nearest pairs may be
                taken, each once                                                            (L8)

By (L2) to (L4), d(a, b) is the least, the greatest and the mean V_ij of an i in a and a j in b. Of `increases`, (L5)
keeps d(a, b) = n_a n_b / (n_a + n_b) |m_a - m_b|^2, m the means: what merging adds to the distortion J of K-means. So
the heights of N - K merges add up to the J of the K clusters; SciPy's height of Ward is sqrt(2 h). Single and complete
linkage only compare, so that `squares` serve for Euclidean distances: SciPy's height is sqrt(h). The mean of distances
needs them themselves (`roots`), and a tie of irrational ones stays Undecided in balls; `certify.surds` decides it.

Heights never fall. If d(a, b) is the least, then d(k, c) >= d(a, b) in each of the four: (L2) to (L4) lie between
d(k, a) and d(k, b), or are one of them, and in (L5) the weights add up to 1 and the only negative one stands at
d(a, b), so that putting d(a, b) for the other two can but lower the value to d(a, b). All d depend on the clusters
alone, not on how they came about. Hence merges of equal height commute, and a tree stands for all their orders.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, NamedTuple, TypeAlias, cast

from refimpl import linear, trace as reader
from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.kmeans import check_k
from refimpl.linear import Matrix
from refimpl.numbers import N, Numbers, greatest, least
from refimpl.set_partitions import renamed

Method: TypeAlias = Literal["single", "complete", "average", "ward"]
METHODS: tuple[Method, ...] = ("single", "complete", "average", "ward")


class Merge(NamedTuple, Generic[N]):
    """A row of SciPy's Z."""

    a: int
    """The number of one cluster."""
    b: int
    """That of the other, a < b."""
    height: N
    """d(a, b), in the unit of V."""
    size: int
    """n_a + n_b."""


@dataclass(frozen=True)
class State(Generic[N]):
    """What some merges leave behind."""

    clusters: list[int]
    """The numbers of the clusters that there are, ascending."""
    sizes: list[int]
    """n, in the same order."""
    between: list[list[N]]
    """d, in the same order; row i has the i entries left of the diagonal."""
    merges: list[Merge[N]]
    """The merges so far."""


def squares(points: Matrix[N]) -> list[list[N]]:
    """Return |x_i - x_j|^2, N x N, which order pairs as distances do. Raises EmptyData or BadInput."""
    linear.shape(points, "points")
    (rows,), unit = linear.cleared(points)
    return [[linear.quotient(linear.squared_distance(x, y), unit * unit) for y in rows] for x in rows]


def increases(points: Matrix[N]) -> list[list[N]]:
    """Return |x_i - x_j|^2 / 2, N x N, what Ward's method starts from. Raises EmptyData or BadInput."""
    return [[linear.quotient(square, 2) for square in row] for row in squares(points)]


def roots(points: Matrix[N] | Matrix[Fraction], numbers: Numbers[N]) -> list[list[N]]:
    """Return |x_i - x_j|, N x N, of points that are exact or of the kind that is given. Raises as `squares` does."""
    zero, found = numbers(0), squares(cast(Matrix[N], points))
    rows = [[numbers(cast(Fraction, s)) if isinstance(s, Fraction | int) else s for s in row] for row in found]
    return [[zero if i == j else numbers.sqrt(s) for j, s in enumerate(row)] for i, row in enumerate(rows)]


def start(dissimilarity: Matrix[N]) -> State[N]:
    """Return the state before any merge: every item a cluster. Raises EmptyData or BadInput."""
    check(dissimilarity)
    n = len(dissimilarity)
    return State(list(range(n)), [1] * n, [list(row[:i]) for i, row in enumerate(dissimilarity)], [])


def nearest(state: State[N]) -> list[tuple[int, int]]:
    """Return all pairs of positions (i, j), i < j, at the least d, the lowest first; of one cluster none.

    Raises Undecided where balls cannot tell which pairs are the nearest.
    """
    n = len(state.clusters)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    if not pairs:
        return []
    bound = least([state.between[j][i] for i, j in pairs])
    found: list[tuple[int, int]] = []
    for i, j in pairs:
        d = state.between[j][i]
        with suppress(Undecided):  # whatever overlaps the least is compared below, and nothing else is
            if d > bound:
                continue
        if not found or d < state.between[found[0][1]][found[0][0]]:
            found = [(i, j)]
        elif d == state.between[found[0][1]][found[0][0]]:
            found.append((i, j))
    return found


def step(method: Method, state: State[N]) -> State[N]:
    """Return the state after the merge of the nearest pair; a single cluster stays. Raises as `nearest` does."""
    # the least d(a, b); of several pairs the lowest                                        (L1)
    pairs = nearest(state)
    return merge(method, state, *pairs[0]) if pairs else state


def merge(method: Method, state: State[N], i: int, j: int) -> State[N]:
    """Return the state after the merge of the clusters in positions i < j. Raises BadInput on another method."""
    if method not in METHODS:
        raise BadInput(f"method is {method!r}; give one of {', '.join(METHODS)}")

    def d(p: int, q: int) -> N:
        return state.between[max(p, q)][min(p, q)]

    n, height = state.sizes, d(i, j)
    rest = [k for k in range(len(n)) if k not in (i, j)]
    row = [_updated(method, d(k, i), d(k, j), height, (n[i], n[j], n[k])) for k in rest]
    size = n[i] + n[j]
    number = state.clusters[-1] + 1 if state.merges else len(state.clusters)
    return State(
        [*(state.clusters[k] for k in rest), number],
        [*(n[k] for k in rest), size],
        [*([d(k, other) for other in rest[:place]] for place, k in enumerate(rest)), row],
        [*state.merges, Merge(state.clusters[i], state.clusters[j], height, size)],
    )


def _updated(method: Method, x: N, y: N, height: N, sizes: tuple[int, int, int]) -> N:
    """Return d(k, c) from x = d(k, a), y = d(k, b) and the sizes of a, b and k."""
    a, b, k = sizes
    if method == "single":
        # the less of the two, which balls enclose without a decision                       (L2)
        return least([x, y])
    if method == "complete":
        # the greater                                                                       (L3)
        return greatest([x, y])
    if method == "average":
        # the mean of the two, weighted by sizes                                            (L4)
        return linear.quotient(x * a + y * b, a + b)
    # what merging adds to J                                                                (L5)
    return linear.quotient(x * (a + k) + y * (b + k) - height * k, a + b + k)


def trace(method: Method, state: State[N]) -> Iterator[State[N]]:
    """Yield `state`, then the state after each further merge, until one cluster is left.  (L6)"""
    yield state
    while len(state.clusters) > 1:
        state = step(method, state)
        yield state


def fit(dissimilarity: Matrix[N], method: Method) -> list[Merge[N]]:
    """Return the N - 1 merges; for "ward" the dissimilarities are those of `increases`. Raises as above."""
    return reader.last(trace(method, start(dissimilarity))).merges


def cut(merges: Sequence[Merge[N]], k: int) -> list[int]:
    """Return the labels of the K clusters that the first N - K merges leave, in the order of first appearance.

    merges: all N - 1 of them, of `fit` or `trees`. Raises BadInput or KTooLarge unless 1 <= K <= N.
    """
    n = len(merges) + 1
    check_k(k, n)
    members = [[i] for i in range(n)]
    labels = list(range(n))
    # K clusters are what the first N - K merges leave                                      (L7)
    for t, (a, b, _, _) in enumerate(merges[: n - k]):
        members.append(members[a] + members[b])
        for i in members[-1]:
            labels[i] = n + t
    return renamed(labels)


def trees(dissimilarity: Matrix[N], method: Method, most: int = 10_000) -> list[list[Merge[N]]]:
    """Return the merges of every tree that the nearest pairs admit, each tree once; what `fit` gives comes first.

    Of exact numbers the ties are the true ones. Within a tree, merges of one height come in the order of (L1). Raises
    Unsupported where there are more than `most` trees, and as `fit` does.
    """
    # a tree is the set of its clusters; states with the same clusters have the same future (L8)
    n, found = len(dissimilarity), {frozenset[int](): start(dissimilarity)}
    for _ in range(n - 1):
        further: dict[frozenset[int], State[N]] = {}
        for made, state in found.items():
            for i, j in _entangled(nearest(state)):
                after = merge(method, state, i, j)
                further.setdefault(made | {_items(after.merges, n)[-1]}, after)
                if len(further) > most:
                    raise Unsupported(f"ties admit more than {most} trees or parts of trees; give fewer items")
        found = further
    ordered = (_ordered(state.merges, n) for state in found.values())
    return sorted(ordered, key=lambda merges: [(a, b) for a, b, _, _ in merges])


def _entangled(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the pairs that hang together with the first.

    All others are still at the least d when these are done with: two clusters that do not hang together are further
    apart than that, and so is, by (L2) to (L5), whatever is made of the one from whatever is made of the other.
    """
    reached = set(pairs[0])
    while more := {place for pair in pairs if reached.intersection(pair) for place in pair} - reached:
        reached |= more
    return [pair for pair in pairs if pair[0] in reached]


def _items(merges: Sequence[Merge[N]], n: int) -> list[int]:
    """Return the items of every cluster, as the bits of an integer."""
    items = [1 << i for i in range(n)]
    for a, b, _, _ in merges:
        items.append(items[a] | items[b])
    return items


def _ordered(merges: Sequence[Merge[N]], n: int) -> list[Merge[N]]:
    """Return the merges of the same tree in the order of their heights, the lowest pair first on a tie."""
    items = _items(merges, n)
    waiting = {items[n + t]: (items[merge.a], items[merge.b], merge) for t, merge in enumerate(merges)}
    numbers = {1 << i: i for i in range(n)}
    ordered: list[Merge[N]] = []
    while waiting:
        ready = [
            (merge.height, min(numbers[x], numbers[y]), max(numbers[x], numbers[y]), made)
            for made, (x, y, merge) in waiting.items()
            if x in numbers and y in numbers
        ]
        height, a, b, made = min(ready)
        numbers[made] = n + len(ordered)
        ordered.append(Merge(a, b, height, waiting.pop(made)[2].size))
    return ordered


def check(dissimilarity: Matrix[N]) -> None:
    """Raise EmptyData or BadInput unless V is square and symmetric, without negative entries."""
    linear.check_square(dissimilarity, "dissimilarity", "item")
    linear.check_not_negative(dissimilarity, "dissimilarity")
    linear.check_symmetric(dissimilarity, "dissimilarity")
