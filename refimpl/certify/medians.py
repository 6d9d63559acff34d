"""K-medians as comparisons of 1-norms and of sums about every value of a column; see `descent`.

Notation as in `kmedians`; u = 2^-53. For a point x, its center a and a rival b:

    1. gap       g = sum_d max(b - x, x - b)_d - max(a - x, x - a)_d; 0 or more of every rival   (E1)
    2. scale     s = sum over the inputs v of a bound on |dg/dv| |v|: a coordinate of x counts twice where it lies
                 between a and b and not where it does not, and a and b count once each          (E2)
    3. middle    of a column: the values v of the column with the least sum |x - v|, the least and the greatest of
                 them; their midpoint is the median, and between them all centers cost the same   (E3)
    4. size      of a center: half the moduli of both, by which it moves where they do            (E4)
    5. cost      S of J <= sum |x_d| + |c_d|, and where c is the median it does not count, nor does a single x that is
                 the median itself                                                                (E5)

(E3) is no ranking, by which `kmedians` finds the median: the sums themselves are compared. Their minimum is at a value
of the column, because between two neighbours the sum is linear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from refimpl import linear
from refimpl.certify.lloyd import ALWAYS, Admission, Labels, absolute, groups
from refimpl.certify.margin import Choice, Row, Rows, decided, is_binary64

Centers = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Medians:
    """N points and K starting centers: a problem of `descent`."""

    points: Rows
    start: Centers

    def choices(self, before: Sequence[Labels], places: Centers) -> list[Choice]:
        """Return the label of every point.  (E1)"""
        sizes = sizes_after(self.points, self.start, before)
        # g and s are of degree 1: on integers they are `unit` times as large, and their quotient is the same.
        (points, centers, sizes), unit = linear.cleared(self.points, places, sizes)
        return [_nearest(n, x, centers, sizes, unit) for n, x in enumerate(points)]

    def updates(self, labels: Labels, entered: Centers) -> tuple[list[tuple[Centers, Admission]], list[Choice]]:
        """Return the medians; an empty cluster keeps its center.  (E3)"""
        found = tuple(
            tuple((low + high) / 2 for low, high in middles(group)) if group else kept
            for group, kept in zip(groups(self.points, labels, len(entered)), entered, strict=True)
        )
        return [(found, ALWAYS)], []

    def cost(self, labels: Sequence[int], places: Centers) -> Fraction:
        """Return J, cluster by cluster and column by column."""
        (points, centers), unit = linear.cleared(self.points, places)
        j = linear.total(
            _spread(column, c)
            for group, center in zip(groups(points, labels, len(places)), centers, strict=True)
            for column, c in zip(zip(*group, strict=True), center, strict=False)  # no column where it is empty
        )
        return linear.quotient(j, unit)


def _nearest(n: int, x: Row, places: Rows, sizes: Rows, unit: int) -> Choice:
    return decided(
        n,
        range(len(places)),
        lambda a, b: _gap(x, places[a], places[b]),
        lambda a, b: _scale(x, places[a], places[b], sizes[a], sizes[b]),
        lambda k: _exact([Fraction(z, unit) for z in x], [Fraction(z, unit) for z in places[k]]),
        unit,
    )


def middles(group: Rows) -> list[tuple[Fraction, Fraction]]:
    """Return (least, greatest) of the values that are cheapest as a center, for each column of some points.  (E3)"""
    found = []
    (group,), unit = linear.cleared(group)
    for column in zip(*group, strict=True):
        sums = {v: _spread(column, v) for v in set(column)}
        least = min(sums.values())
        cheapest = [v for v, cost in sums.items() if cost == least]
        found.append((Fraction(min(cheapest), unit), Fraction(max(cheapest), unit)))
    return found


def sizes_after(points: Rows, start: Rows, labellings: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """Return the sizes of the centers after steps with these labels.  (E4)"""
    sizes = absolute(start)
    for labels in labellings:
        sizes = [
            [(abs(low) + abs(high)) / 2 for low, high in middles(group)] if group else kept
            for group, kept in zip(groups(points, labels, len(sizes)), sizes, strict=True)
        ]
    return sizes


def cost_size(points: Rows, labels: Sequence[int], centers: Rows, sizes: Rows | None) -> Fraction:
    """Return a bound on S of J; sizes is None where the centers are the medians of their clusters.  (E5)"""
    size = Fraction(0)
    for k, group in enumerate(groups(points, labels, len(centers))):
        for d, column in enumerate(zip(*group, strict=True)):
            c = centers[k][d]
            if sizes:
                size += len(column) * sizes[k][d]
            alone = not sizes and column.count(c) == 1
            size += sum((abs(x) for x in column if x != c or not alone), Fraction(0))
    return size


def _spread(column: Row, v: Fraction) -> Fraction:
    return linear.total([Fraction(0), *(max(x - v, v - x) for x in column)])


def _gap(x: Row, a: Row, b: Row) -> Fraction:
    return linear.total(max(q - z, z - q) - max(p - z, z - p) for z, p, q in zip(x, a, b, strict=True))


def _scale(x: Row, a: Row, b: Row, size_a: Row, size_b: Row) -> Fraction:
    terms = zip(x, a, b, size_a, size_b, strict=True)
    return linear.total((0 if (z - p) * (z - q) > 0 else 2 * abs(z)) + sp + sq for z, p, q, sp, sq in terms)


def _exact(x: Row, c: Row) -> bool:
    """Return whether sum_d |x_d - c_d|, summed in order, is free of rounding in binary64."""
    partial = Fraction(0)
    for a, b in zip(x, c, strict=True):
        partial += abs(a - b)
        if not all(map(is_binary64, (a, b, a - b, partial))):
            return False
    return True
