"""Centers of weighted points that are the means of the points nearest to them: a fixed point of K-means, proven.

Notation as in `kmeans_weighted`; points of integers, l the label of x, d = |x - mu_l|.

    1. nearest   the other centers are asked in the order of their distance from mu_l, as long as         (NM1)
                 |mu_l - mu_j| <= 2 d: one further away has |x - mu_j| >= |mu_l - mu_j| - d > d;
                 no |x - mu_j| < d, and none = d for j < l
    2. means     m_k mu_k = sum of w_n x_n over the points of k, m_k their weight; a center without       (NM2)
                 points may be anywhere

All comparisons are those of integers. What computed labels and centers is neither asked nor needed.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from refimpl import linear
from refimpl.errors import Refuted

Point = Sequence[int]


def check(
    points: Sequence[Point], weights: Sequence[int], labels: Sequence[int], centers: Sequence[Sequence[Fraction]]
) -> None:
    """Raise Refuted unless labels are the lowest of nearest centers, and centers the means of their points."""
    if not len(points) == len(weights) == len(labels):
        raise Refuted(f"there are {len(points)} points, {len(weights)} weights and {len(labels)} labels")
    if any(not 0 <= label < len(centers) for label in labels):
        raise Refuted(f"a label is none of 0..{len(centers) - 1}")
    check_nearest(points, labels, centers)
    check_means(points, weights, labels, centers)


def check_nearest(points: Sequence[Point], labels: Sequence[int], centers: Sequence[Sequence[Fraction]]) -> None:
    """Raise Refuted unless every label is the lowest of the nearest centers.  (NM1)"""
    scales = [lcm(*(c.denominator for c in center)) for center in centers]
    scaled = [[int(c * m) for c in center] for center, m in zip(centers, scales, strict=True)]
    others: list[list[tuple[int, int]]] = []
    for l, (center, m) in enumerate(zip(centers, scales, strict=True)):
        row = []
        for j in range(len(centers)):
            # |mu_l - mu_j|^2 > 4 d^2  <=>  (m d)^2 < m^2 |mu_l - mu_j|^2 / 4
            quarter = linear.squared_distance(center, centers[j]) * m * m / 4
            if j != l:
                row.append((-(-quarter.numerator // quarter.denominator), j))
        others.append(sorted(row))
    for n, (x, l) in enumerate(zip(points, labels, strict=True)):
        m = scales[l]
        own = _square(x, scaled[l], m)
        for further, j in others[l]:
            if own < further:
                break
            there, here = _square(x, scaled[j], scales[j]) * m * m, own * scales[j] * scales[j]
            if there < here or (there == here and j < l):
                raise Refuted(f"points[{n}] has the label {l}, but center {j} is nearer or as near and comes first")


def check_means(
    points: Sequence[Point],
    weights: Sequence[int],
    labels: Sequence[int],
    centers: Sequence[Sequence[Fraction]],
) -> None:
    """Raise Refuted unless every center with points is their weighted mean.  (NM2)"""
    masses, sums = [0] * len(centers), [[0] * len(center) for center in centers]
    for x, w, l in zip(points, weights, labels, strict=True):
        masses[l] += w
        row = sums[l]
        for d, a in enumerate(x):
            row[d] += w * a
    for k, (mass, row, center) in enumerate(zip(masses, sums, centers, strict=True)):
        if mass and any(mass * c != s for c, s in zip(center, row, strict=True)):
            raise Refuted(f"centers[{k}] is not the mean of its points")


def _square(x: Point, center: Point, m: int) -> int:
    """Return |m x - center|^2, center being m mu."""
    return sum([(m * a - c) ** 2 for a, c in zip(x, center, strict=True)])
