"""Means, covariances, correlations, seeding laws and online centers, held against identities.

Notation as in `moments`, `kmeans_starts` and `kmeans_online`; n observations x_i, y_i.

    1. mean         n m = sum x_i                                                          (I1)
    2. covariance   n (n - ddof) c = n sum x_i y_i - sum x_i sum y_i                       (I2)
    3. correlation  r has the sign of c_xy, and (|r| - h)^2 <= c_xy^2 / (c_xx c_yy)
                    <= (|r| + h)^2 where h is half a unit of the last printed digit        (I3)
    4. seeding      p_n sum_m D_m^2 = D_n^2, D_n^2 by expanded squares                     (I4)
    5. online       after the points x_1, ..., x_m a center that started at c is their mean
                    under 1/n, and (1-r)^m c + sum_i r (1-r)^(m-i) x_i under a rate r      (I5)

None of these is the formula by which the rooms compute.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl.certify.margin import Row, Rows
from refimpl.errors import Refuted


def check_mean(points: Rows, mean: Row) -> None:
    """Raise Refuted unless (I1) holds in every column."""
    if len(mean) != len(points[0]):
        raise Refuted("mean does not have an entry for each column")
    for d, m in enumerate(mean):
        if len(points) * m != sum(x[d] for x in points):
            raise Refuted(f"mean[{d}] is not the mean of column {d}")


def covariance(points: Rows, j: int, k: int, ddof: int) -> Fraction:
    """Return the covariance of columns j and k by (I2)."""
    n = len(points)
    products = n * sum((x[j] * x[k] for x in points), Fraction(0))
    return (products - sum(x[j] for x in points) * sum(x[k] for x in points)) / (n * (n - ddof))


def check_correlation(
    printed: tuple[Fraction, Fraction], c_xy: Fraction, c_xx: Fraction, c_yy: Fraction, where: str
) -> None:
    """Raise Refuted unless printed = (value, half a unit of the last digit) rounds the correlation.  (I3)"""
    r, half = printed
    square = c_xy * c_xy / (c_xx * c_yy)
    low, high = max(abs(r) - half, Fraction(0)), abs(r) + half
    same_sign = r * c_xy > 0 or (r == 0 and c_xy == 0)
    if not (same_sign and low * low <= square <= high * high):
        raise Refuted(f"{where} is not the correlation of its columns")


def check_seeding(points: Rows, chosen: Sequence[int], probabilities: Row) -> None:
    """Raise Refuted unless (I4) holds for every point."""

    def squared(x: Row, y: Row) -> Fraction:
        return sum((a * a + b * b - 2 * a * b for a, b in zip(x, y, strict=True)), Fraction(0))

    weights = [min(squared(x, points[i]) for i in chosen) for x in points]
    for n, (p, weight) in enumerate(zip(probabilities, weights, strict=True)):
        if p * sum(weights) != weight:
            raise Refuted(f"probabilities[{n}] is not the share of the squared distance")


def online_center(start: Row, received: Rows, rate: Fraction | None) -> list[Fraction]:
    """Return a center after the points it received, by the closed form (I5); rate None is 1/n."""
    m = len(received)
    if m == 0:
        return list(start)
    if rate is None:
        return [sum(column, Fraction(0)) / m for column in zip(*received, strict=True)]
    kept = 1 - rate
    return [
        kept**m * c + sum(rate * kept ** (m - i) * x[d] for i, x in enumerate(received, 1)) for d, c in enumerate(start)
    ]
