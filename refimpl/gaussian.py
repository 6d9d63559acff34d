"""The multivariate normal distribution (Peking lecture, section 2; Bishop, section 2.3).

Notation: points x in D dimensions, mean mu, covariance Sigma, symmetric and positive definite.

    Sigma = L diag(p) L^T, L unit lower triangular, p > 0;  L z = x - mu                   (N1)
    1. log_density  ln N(x | mu, Sigma) = -(D ln 2 pi + sum_i ln p_i + sum_i z_i^2 / p_i) / 2  (N2)
    2. draw         x = mu + L (sqrt(p_1) g_1, ..., sqrt(p_D) g_D), g standard normal      (N3)

because ln det Sigma = sum_i ln p_i and (x - mu)^T Sigma^-1 (x - mu) = sum_i z_i^2 / p_i: neither an inverse nor a
determinant is formed.
"""

from collections.abc import Iterator
from sys import float_info

from refimpl import linear
from refimpl.errors import BadInput, NotPositiveDefinite, Undefined
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers


def log_density(
    points: Matrix[N],
    mean: Vector[N],
    covariance: Matrix[N],
    numbers: Numbers[N],
    name: str = "covariance",
    log_weight: N | None = None,
) -> list[N]:
    """Return ln N(x | mu, Sigma) of every point, length N, or ln(pi N(x | mu, Sigma)) where ln pi is given.  (N2)

    Raises NotPositiveDefinite, by that name.
    """
    lower, pivots = factors(covariance, name)
    log_det = linear.total(numbers.log(p) for p in pivots)
    constant = -linear.quotient(numbers.log(numbers.pi() * 2) * len(mean) + log_det, 2)
    if log_weight is not None:
        constant = constant + log_weight
    z, halves = list[list[N]](), list[N]()
    for row, pivot, column, m in zip(lower, pivots, zip(*points, strict=True), mean, strict=True):
        # L z = x - mu, forwards, for all points at once: z_i = x_i - mu_i - sum_{k<i} l_ik z_k   (N1)
        z_i = [x - m for x in column]
        for l, z_k in zip(row, z, strict=False):
            z_i = [y - l * w for y, w in zip(z_i, z_k, strict=True)]
        z.append(z_i)
        halves.append(linear.quotient(pivot**0, pivot * 2))
    # constant - sum_i z_i^2 / (2 p_i)                                                      (N2)
    return [constant - linear.weighted_dot(halves, y, y) for y in zip(*z, strict=True)]


def draw(mean: Vector[N], covariance: Matrix[N], normals: Iterator[N], numbers: Numbers[N]) -> list[N]:
    """Return a point made of D standard normal numbers. Raises NotPositiveDefinite.  (N3)"""
    lower, pivots = factors(covariance)
    scaled = [numbers.sqrt(p) * next(normals) for p in pivots]
    return [m + linear.dot(row, scaled) for m, row in zip(mean, lower, strict=True)]


def factors(covariance: Matrix[N], name: str = "covariance") -> tuple[list[list[N]], list[N]]:
    """Return (L, p) of (N1). Raises NotPositiveDefinite, or Undecided where balls are too wide to tell."""
    try:
        lower, pivots = linear.ldl(covariance)
        # a float below the least normal one, 2^-1022, has no finite reciprocal, or one of few digits
        singular = any(not p > 0 or (isinstance(p, float) and p < float_info.min) for p in pivots)
    except Undefined:
        singular = True
    if singular:
        raise NotPositiveDefinite(
            f"{name} is not positive definite: not every pivot of its LDL^T factorisation is above 0; give one that is"
        )
    return lower, pivots


def check_covariance(covariance: Matrix[N], d: int, name: str) -> None:
    """Raise BadInput unless the matrix is D x D and symmetric."""
    rows, columns = linear.shape(covariance, name)
    if (rows, columns) != (d, d):
        raise BadInput(f"{name} has {rows} x {columns} entries for points of {d} dimensions; give {d} x {d}")
    linear.check_symmetric(covariance, name)
