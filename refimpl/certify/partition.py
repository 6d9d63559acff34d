"""The global optimum of the distortion over all partitions into at most K clusters.

Notation: N points, cost(G) = sum_(x in G) |x - mean(G)|^2, optimum = min over partitions of sum cost(G_k).

Two roads for few points in any dimension:
    1. by_enumeration  every partition once, as restricted growth strings                  (P1)
    2. by_subsets      best(k, S) = min over T containing the first of S of
                       cost(T) + best(k-1, S without T), cost by pairs of points           (P2)
Two roads for many points on a line, where some optimal clusters are intervals of the sorted points:
    3. by_prefixes     best(k, j) = min_i best(k-1, i) + cost(x_i..x_(j-1)), from the left  (P3)
    4. by_suffixes     the same from the right, cost by sums about the first point         (P4)

An optimum found by one road is certified by the other. Proof that intervals suffice for D = 1: take an optimum of
as few clusters as possible. Its means differ, because clusters of one mean can be joined without changing J. Every
point x of a cluster of n points with mean a is nearer to a than to any other mean b: else |x - b| <= |x - a|, so
that x is not a and n > 1, and moving x to the m points of b changes J by m/(m+1) |x - b|^2 - n/(n-1) |x - a|^2 < 0.
The points of a line that are nearer to one of several means than to all others form an interval.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from refimpl import linear
from refimpl.errors import Unsupported

Rows = Sequence[Sequence[Fraction]]

MOST_ENUMERATED = 10
"""Subsets of N points cost 3^N steps."""


def cost(group: Rows) -> Fraction:
    """Return the sum of squared distances to the mean."""
    center = linear.mean(group)
    return linear.total(linear.squared_distance(x, center) for x in group)


def roads(points: Rows) -> list[str]:
    """Return the names of the two roads that `optimum` and `optimum_again` take."""
    line, few = len(points[0]) == 1, len(points) <= MOST_ENUMERATED
    return ["prefixes" if line else "enumeration", "subsets" if few else "suffixes"]


def optimum(points: Rows, k: int) -> tuple[Fraction, list[int]]:
    """Return (J, labels) of a global minimum, by (P3) on a line and by (P1) elsewhere. Raises Unsupported."""
    if len(points[0]) == 1:
        return by_prefixes([x for (x,) in points], k)
    if len(points) <= MOST_ENUMERATED:
        return by_enumeration(points, k)
    raise Unsupported(f"no proof for {len(points)} points in {len(points[0])} dimensions; give {MOST_ENUMERATED}")


def optimum_again(points: Rows, k: int) -> Fraction:
    """Return J of a global minimum by the other road: (P2) for few points, (P4) for many on a line."""
    if len(points) <= MOST_ENUMERATED:
        return by_subsets(points, k)
    if len(points[0]) > 1:
        raise Unsupported(f"no proof for {len(points)} points in {len(points[0])} dimensions; give {MOST_ENUMERATED}")
    return by_suffixes([x for (x,) in points], k)


def by_enumeration(points: Rows, k: int) -> tuple[Fraction, list[int]]:
    """Return (J, labels), the first minimum in the order of restricted growth strings.

    l_0 = 0 and l_n <= 1 + max(l_0..l_(n-1)) < k: each partition into at most k parts appears once.  (P1)
    """
    best: tuple[Fraction, list[int]] | None = None
    labels = [0] * len(points)

    def extend(n: int, used: int) -> None:
        nonlocal best
        if n == len(points):
            groups = [[x for x, label in zip(points, labels, strict=True) if label == g] for g in range(used)]
            j = linear.total(map(cost, groups))
            if best is None or j < best[0]:
                best = j, list(labels)
            return
        for label in range(min(used + 1, k)):
            labels[n] = label
            extend(n + 1, max(used, label + 1))

    extend(0, 0)
    assert best is not None
    return best


def by_subsets(points: Rows, k: int) -> Fraction:
    """Return J. The cost of a set is its sum of squared distances over pairs, divided by its size.  (P2)"""
    n = len(points)
    pair = {(1 << i) | (1 << j): linear.squared_distance(points[i], points[j]) for i, j in combinations(range(n), 2)}
    costs = [Fraction(0)] * (1 << n)
    for subset in range(1, 1 << n):
        rest = subset & (subset - 1)  # without its lowest element
        low = subset ^ rest
        # sum over pairs of the set = sum over pairs without the lowest + pairs with it
        pairs = costs[rest] * rest.bit_count()
        pairs += sum(pair[low | 1 << j] for j in range(n) if rest >> j & 1)
        costs[subset] = pairs / subset.bit_count()
    best = list(costs)  # one cluster
    for _ in range(k - 1):
        better = list(best)
        for subset in range(1, 1 << n):
            low = subset & -subset
            part = others = subset ^ low
            while part:  # part runs over the non-empty subsets that leave the lowest element in the other cluster
                better[subset] = min(better[subset], costs[subset ^ part] + best[part])
                part = (part - 1) & others
        best = better
    return best[-1]


def by_prefixes(xs: Sequence[Fraction], k: int) -> tuple[Fraction, list[int]]:
    """Return (J, labels) of points on a line; clusters are numbered from the left.  (P3)"""
    order = sorted(range(len(xs)), key=lambda i: xs[i])
    ordered = [[xs[i]] for i in order]
    (integers,), scale = linear.cleared(ordered)
    cuts = _interval_programme([x for (x,) in integers], k)
    labels = [0] * len(xs)
    for cluster, (i, j) in enumerate(cuts):
        for place in range(i, j):
            labels[order[place]] = cluster
    j_scaled = linear.total(cost(integers[i:j]) for i, j in cuts)
    return linear.quotient(j_scaled, scale * scale), labels


def _interval_programme(xs: Sequence[Fraction], k: int) -> list[tuple[int, int]]:
    """Return the intervals [i, j) of an optimum, of sorted integers."""
    n = len(xs)
    sums, squares = [Fraction(0)], [Fraction(0)]
    for x in xs:
        sums.append(sums[-1] + x)
        squares.append(squares[-1] + x * x)

    def interval(i: int, j: int) -> Fraction:
        s = sums[j] - sums[i]
        return squares[j] - squares[i] - s * s / (j - i)

    best = [[Fraction(0)] + [interval(0, j) for j in range(1, n + 1)]]
    cut: list[list[int]] = [[0] * (n + 1)]
    for _ in range(1, min(k, n)):
        row, where = [Fraction(0)], [0]
        for j in range(1, n + 1):
            j_best, i_best = min((best[-1][i] + interval(i, j), i) for i in range(j))
            row.append(j_best)
            where.append(i_best)
        best.append(row)
        cut.append(where)
    intervals, j = [], n
    for where in reversed(cut):
        if j == 0:
            break
        i = where[j]
        intervals.append((i, j))
        j = i
    return intervals[::-1]


def by_suffixes(xs: Sequence[Fraction], k: int) -> Fraction:
    """Return J of points on a line, from the right, with costs updated point by point.  (P4)"""
    xs = sorted(map(Fraction, xs))
    best = _tail_costs(xs, [None] * len(xs) + [Fraction(0)])
    for _ in range(1, min(k, len(xs))):
        best = _tail_costs(xs, best)
    return best[0]


def _tail_costs(xs: Sequence[Fraction], after: Sequence[Fraction | None]) -> list[Fraction]:
    """Return for each i <= N the least cost(x_i..x_(j-1)) + after[j] over j > i; None forbids j."""
    n = len(xs)
    best = [Fraction(0)] * (n + 1)
    for i in range(n):
        mean, spread, least = xs[i], Fraction(0), None
        for j in range(i + 1, n + 1):
            # Welford: adding x moves the mean by (x - mean)/m and the spread by (x - mean)(x - new mean)
            move = xs[j - 1] - mean
            mean += move / (j - i)
            spread += move * (xs[j - 1] - mean)
            rest = after[j]
            if rest is not None and (least is None or spread + rest < least):
                least = spread + rest
        assert least is not None  # j = N is never forbidden
        best[i] = least
    return best
