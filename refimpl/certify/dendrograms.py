"""Every tree of clusters that merging nearest pairs may lead to, with d computed from the members of clusters.

Notation: N points; a cluster is a set of items, written as the bits of an integer; d(a, b) in the unit of the points.

    1. single    the least |x_i - x_j| of an i in a and a j in b                                         (D1)
    2. complete  the greatest                                                                           (D2)
    3. average   their mean                                                                             (D3)
    4. ward      sqrt(2 n_a n_b / (n_a + n_b)) |m_a - m_b|, m the means                                  (D4)
    5. size      S = sum over the inputs v of |dd/dv| |v|; see `sensitivity`                            (D5)
    6. near      a pair that binary64 cannot tell from the nearest: (d - least) / (S + S_least) is less (D6)
                 than LEAST_SEEN; exact ties are such pairs
    7. options   the near pairs that hang together with the first of them. All others can wait: they    (D7)
                 stay as they are, and by the inequalities of `linkage` no d falls below the least; where
                 not the nearest pair of Ward's is merged but one a little further apart, by less than that
    8. trees     all states that options lead to; a tree is the set of its clusters                     (D8)
    9. order     merges by d, the lowest numbers first on a tie, are numbered N, N + 1, ...             (D9)

`linkage` updates d by the formula of Lance and Williams and looks at one tree; here no d depends on another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import sqrt

from refimpl import linear
from refimpl.certify import surds
from refimpl.certify.margin import LEAST_SEEN, Rows
from refimpl.certify.sensitivity_silhouette import of_mean, scaled
from refimpl.certify.silhouettes import expanded_squares
from refimpl.certify.surds import Surd
from refimpl.errors import Unsupported

MOST_TREES = 64
"""A case with more branches than this could not be read by anybody, and is not made."""

MOST_STATES = 1000
"""Of all trees together."""


@dataclass(frozen=True)
class Measure:
    """How far two clusters are apart."""

    d: Surd
    """In the unit of `Dendrograms.unit`."""
    size: Fraction
    """S, in the unit of the points."""


@dataclass(frozen=True)
class Tree:
    """One tree."""

    merges: list[tuple[int, int]]
    """The numbers of the two clusters that each merge joins."""
    measures: list[Measure]
    """Of each merge."""


@dataclass(frozen=True)
class Closest:
    """The closest of all decisions on the way to the first tree, between pairs that exclude each other."""

    relative: Fraction
    """(d - least) / (S + S_least)."""
    step: int
    """The merge, counted from 1."""
    pair: tuple[int, int]
    """The numbers of the clusters that are merged."""
    rival: tuple[int, int]
    """Those of the pair that came closest to it, one of which is the same."""


class Dendrograms:
    """The trees of some points; `method` is one of `linkage.METHODS`."""

    def __init__(self, points: Rows, method: str) -> None:
        """Make integers of the points, all distances, and floats for S."""
        (rows,), self.unit = linear.cleared(points)
        self._rows = [[int(x) for x in row] for row in rows]
        self._squares = expanded_squares(self._rows)
        self._roots = [[surds.root(s) for s in row] for row in self._squares]
        self._scaled, self._float_unit = scaled(points)
        self._method = method
        self._known: dict[tuple[int, int], Measure] = {}

    def measure(self, a: int, b: int) -> Measure:
        """Return d and S of two clusters."""
        key = min(a, b), max(a, b)
        if key not in self._known:
            x, y = _members(key[0]), _members(key[1])
            found = {"average": self._mean, "ward": self._between_means}.get(self._method, self._extreme)(x, y)
            self._known[key] = Measure(found[0], found[1] * self._float_unit)
        return self._known[key]

    def _extreme(self, a: Sequence[int], b: Sequence[int]) -> tuple[Surd, Fraction]:
        # the least or the greatest                                                        (D1), (D2)
        pairs = [(i, j) for i in a for j in b]
        pick = min if self._method == "single" else max
        most = pick(self._squares[i][j] for i, j in pairs)
        tied = [(i, j) for i, j in pairs if self._squares[i][j] == most]
        return self._roots[tied[0][0]][tied[0][1]], max(of_mean(self._scaled, [pair]) for pair in tied)

    def _mean(self, a: Sequence[int], b: Sequence[int]) -> tuple[Surd, Fraction]:
        # their mean                                                                       (D3)
        pairs = [(i, j) for i in a for j in b]
        return surds.total(self._roots[i][j] for i, j in pairs) / len(pairs), of_mean(self._scaled, pairs)

    def _between_means(self, a: Sequence[int], b: Sequence[int]) -> tuple[Surd, Fraction]:
        n, m = len(a), len(b)
        columns = list(zip(*self._rows, strict=True))
        # n m (m_a - m_b) = m S_a - n S_b in integers                                      (D4)
        apart = [m * sum(column[i] for i in a) - n * sum(column[i] for i in b) for column in columns]
        d = surds.root(2 * n * m * (n + m) * linear.integer_dot(apart, apart)) / (n * m * (n + m))
        sums = [
            [sum((abs(self._scaled[i][k]) for i in c), Fraction(0)) / len(c) for c in (a, b)]
            for k in range(len(columns))
        ]
        far = [
            float(
                sum((self._scaled[i][k] for i in a), Fraction(0)) / n
                - sum((self._scaled[i][k] for i in b), Fraction(0)) / m
            )
            for k in range(len(columns))
        ]
        length = sqrt(linear.dot(far, far))
        # dd/dx_i = sqrt(2 n m / (n + m)) (m_a - m_b) / |m_a - m_b| / n                      (D5)
        slopes = [sqrt(2 * n * m / (n + m)) * (abs(x) / length if length else 1.0) for x in far]
        return d, sum((Fraction(slope) * (p + q) for slope, (p, q) in zip(slopes, sums, strict=True)), Fraction(0))

    def relative(self, rival: Measure, least: Measure) -> Fraction:
        """Return the margin by which one d is greater than the least; 0 on a tie.  (D6)"""
        if rival.d == least.d:
            return Fraction(0)
        sizes = rival.size + least.size
        return (rival.d.near - least.d.near) / self.unit / sizes

    @cached_property
    def first(self) -> tuple[Tree, Closest | None]:
        """The tree that the lowest of several nearest pairs leads to, and the closest decision on the way."""
        numbers = {1 << i: i for i in range(len(self._rows))}
        merges, measures = [], []
        closest: Closest | None = None
        for t in range(len(self._rows) - 1):
            clusters = sorted(numbers, key=lambda c: numbers[c])
            (a, b), least = self._nearest(clusters)
            merges.append((numbers[a], numbers[b]))
            measures.append(least)
            for x, y in ((x, y) for x in (a, b) for y in clusters if y not in (a, b)):
                found = self.relative(self.measure(x, y), least)
                if closest is None or found < closest.relative:
                    low, high = sorted((numbers[x], numbers[y]))
                    closest = Closest(found, t + 1, merges[-1], (low, high))
            numbers[a | b] = len(self._rows) + t
            del numbers[a], numbers[b]
        return Tree(merges, measures), closest

    def _nearest(self, clusters: Sequence[int]) -> tuple[tuple[int, int], Measure]:
        """Return the first of the nearest pairs."""
        best: tuple[tuple[int, int], Measure] | None = None
        for place, a in enumerate(clusters):
            for b in clusters[place + 1 :]:
                found = self.measure(a, b)
                if best is None or found.d < best[1].d:
                    best = (a, b), found
        assert best is not None
        return best

    @cached_property
    def trees(self) -> list[Tree]:
        """All trees, `first` first. Raises Unsupported where there are too many."""
        n = len(self._rows)
        states: dict[frozenset[int], list[tuple[int, int]]] = {frozenset(): []}
        for _ in range(n - 1):
            further: dict[frozenset[int], list[tuple[int, int]]] = {}
            for made, path in states.items():
                taken = {c for pair in path for c in pair}
                clusters = [c for c in [*(1 << i for i in range(n)), *(a | b for a, b in path)] if c not in taken]
                for a, b in self._options(clusters):
                    further.setdefault(made | {a | b}, [*path, (a, b)])
                if len(further) > MOST_STATES:
                    raise Unsupported(f"ties admit more than {MOST_STATES} parts of trees; give fewer items")
            states = further
        if len(states) > MOST_TREES:
            raise Unsupported(f"ties admit {len(states)} trees; give data with at most {MOST_TREES}")
        first = self.first[0]
        found = sorted((self._ordered(path) for path in states.values()), key=lambda tree: tree.merges)
        rest = [tree for tree in found if tree.merges != first.merges]
        if len(rest) == len(found):
            raise Unsupported("the first tree is not among those that its ties admit")
        return [first, *rest]

    def _options(self, clusters: Sequence[int]) -> list[tuple[int, int]]:
        """Return the near pairs that hang together with the first nearest one.  (D7)"""
        first, least = self._nearest(clusters)
        near = [
            (a, b)
            for place, a in enumerate(clusters)
            for b in clusters[place + 1 :]
            if self.relative(self.measure(a, b), least) < LEAST_SEEN
        ]
        reached = set(first)
        while more := {c for pair in near if reached.intersection(pair) for c in pair} - reached:
            reached |= more
        return [pair for pair in near if pair[0] in reached]

    def _ordered(self, path: Sequence[tuple[int, int]]) -> Tree:
        """Return the tree with its merges in order.  (D9)"""
        numbers = {1 << i: i for i in range(len(self._rows))}
        waiting = list(path)
        merges, measures = [], []
        while waiting:
            ready = [(a, b) for a, b in waiting if a in numbers and b in numbers]
            ready.sort(key=lambda pair: sorted((numbers[pair[0]], numbers[pair[1]])))
            a, b = min(ready, key=lambda pair: self.measure(*pair).d)
            low, high = sorted((numbers[a], numbers[b]))
            merges.append((low, high))
            measures.append(self.measure(a, b))
            numbers[a | b] = len(self._rows) + len(merges) - 1
            waiting.remove((a, b))
        return Tree(merges, measures)


def parents(merges: Sequence[tuple[int, int]]) -> list[int]:
    """Return for items and clusters but the last the number of the cluster into which each is merged, -1 of none."""
    n = len(merges) + 1
    found = {c: n + t for t, pair in enumerate(merges) for c in pair}
    return [found.get(c, -1) for c in range(2 * n - 2)]


def sizes(parents: Sequence[int]) -> list[int]:
    """Return how many items every item and every cluster has."""
    found = [1] * (len(parents) // 2 + 1) + [0] * (len(parents) // 2)
    for child, parent in enumerate(parents):
        found[parent] += found[child]
    return found


def _members(cluster: int) -> list[int]:
    return [i for i in range(cluster.bit_length()) if cluster >> i & 1]
