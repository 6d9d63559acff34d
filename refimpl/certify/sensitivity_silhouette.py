"""The sensitivity of silhouettes; see `sensitivity`.

Notation: a the mean distance of pairs within a cluster, b that of pairs of two clusters, the least of several; d_nm the
distance of x_n and x_m.

    1. distance  d d_nm / dx_n = (x_n - x_m) / d_nm and its negative for x_m; where d_nm = 0 the entries are   (E1)
                 at most 1
    2. mean      da and db are means of (E1) over their pairs                                                 (E2)
    3. s         ds = a db / b^2 - da / b where a <= b, else db / a - b da / a^2                              (E3)
    4. ratio     d(a / b) = da / b - a db / b^2, a and b means over all pairs                                 (E4)

Where several clusters are equally near, S is the largest that one of them alone would give. All is computed in
binary64, by + - * / and roots alone, so that it is the same everywhere; S is a tolerance.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import TypeAlias

from refimpl import linear
from refimpl.certify.margin import Rows

Pairs: TypeAlias = Sequence[tuple[int, int]]
Mean: TypeAlias = tuple[float, dict[int, list[float]]]
"""A mean distance, and its derivative by the coordinates of every point on which it depends."""

NEARLY = 1 + 2.0**-40
"""Means within this factor of the least count as equal to it."""


def of_samples(points: Rows, labels: Sequence[int]) -> list[Fraction]:
    """Return S of each of N silhouettes; that of a singleton is 0."""
    points, _ = scaled(points)
    return [
        _of(points, [(n, m) for m in own if m != n], [[(n, m) for m in others] for others in rest])
        for n, (own, rest) in enumerate(_around(labels, label) for label in labels)
    ]


def of_classes(points: Rows, labels: Sequence[int]) -> list[Fraction]:
    """Return S of the silhouette of every cluster that has points."""
    points, _ = scaled(points)
    return [
        _of(
            points,
            [(n, m) for n in own for m in own if n < m],
            [[(n, m) for n in own for m in others] for others in rest],
            alone=True,
        )
        for own, rest in (_around(labels, k) for k in sorted(set(labels)))
    ]


def of_ratio(points: Rows, labels: Sequence[int]) -> Fraction:
    """Return S of the mean distance within clusters over that between them."""
    points, _ = scaled(points)
    pairs = [(n, m) for m in range(len(labels)) for n in range(m)]
    within, between = (
        mean_distance(points, [(n, m) for n, m in pairs if (labels[n] == labels[m]) is same]) for same in (True, False)
    )
    (a, _), (b, _) = within, between
    # da / b - a db / b^2                                                                   (E4)
    return _moved(points, within, between, (1 / b, -a / b / b))


def scaled(points: Rows) -> tuple[Rows, Fraction]:
    """Return the points in a unit that is a power of 2 near their spread, because floats have a range, and the unit."""
    spread = max(abs(a - b) for x in points for a, b in zip(x, points[0], strict=True)) or Fraction(1)
    unit = Fraction(2) ** (spread.numerator.bit_length() - spread.denominator.bit_length())
    return [[a / unit for a in x] for x in points], unit


def _around(labels: Sequence[int], k: int) -> tuple[list[int], list[list[int]]]:
    """Return the members of cluster k, and those of every other one."""
    members = {j: [n for n, label in enumerate(labels) if label == j] for j in sorted(set(labels))}
    return members[k], [others for j, others in members.items() if j != k]


def _of(points: Rows, within: Pairs, between: Sequence[Pairs], *, alone: bool = False) -> Fraction:
    """Return S; alone: whether a is 0 where there is no pair within, rather than s."""
    if not within and not alone:
        return Fraction(0)
    a, da = mean_distance(points, within)
    means = [mean_distance(points, pairs) for pairs in between]
    least = min(b for b, _ in means)
    return max(_size(points, (a, da), (b, db)) for b, db in means if b <= least * NEARLY)


def of_mean(points: Rows, pairs: Pairs) -> Fraction:
    """Return S of the mean distance of pairs of points, which `scaled` has made."""
    return _moved(points, mean_distance(points, pairs), (0.0, {}), (1.0, 0.0))


def mean_distance(points: Rows, pairs: Pairs) -> Mean:
    """Return the mean distance of pairs of points, and what moves it."""
    found = 0.0
    moved: dict[int, list[float]] = {}
    for n, m in pairs:
        differences = [float(p - q) for p, q in zip(points[n], points[m], strict=True)]
        distance = sqrt(linear.dot(differences, differences))
        found += distance / len(pairs)
        for point, sign in ((n, 1.0), (m, -1.0)):
            before = moved.get(point, [0.0] * len(differences))
            # (x_n - x_m) / d_nm                                                            (E1)
            slopes = [sign * x / distance if distance else 1.0 for x in differences]
            moved[point] = [x + slope / len(pairs) for x, slope in zip(before, slopes, strict=True)]
    return found, moved


def _size(points: Rows, within: Mean, between: Mean) -> Fraction:
    (a, _), (b, _) = within, between
    if not max(a, b):
        return Fraction(0)
    # a db / b^2 - da / b, or db / a - b da / a^2                                           (E3)
    return _moved(points, within, between, (-1 / b, a / b / b) if a <= b else (-b / a / a, 1 / a))


def _moved(points: Rows, within: Mean, between: Mean, slopes: tuple[float, float]) -> Fraction:
    """Return S of a function of two means with these derivatives."""
    (_, da), (_, db), (by_a, by_b) = within, between, slopes
    nothing, size = [0.0] * len(points[0]), Fraction(0)
    for point in sorted({*da, *db}):
        moves = zip(da.get(point, nothing), db.get(point, nothing), points[point], strict=True)
        size += sum((abs(Fraction(by_a * p + by_b * q) * x) for p, q, x in moves), Fraction(0))
    return size
