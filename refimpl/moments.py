"""Mean, variance, covariance and correlation (Nankai lecture, "variance and covariance").

Notation: n observations x_1, ..., x_n and y_1, ..., y_n; E(X) their mean; ddof the number that is
subtracted from n in the divisor: 1 in the lecture (unbiased), 0 for the mean of the squares.

    1. mean          E(X)      = (1/n) sum x_i                                             (V1)
    2. covariance    cov(X, Y) = (1/(n-ddof)) sum (x_i - E(X)) (y_i - E(Y))                (V2)
    3. variance      Var(X)    = cov(X, X)                                                 (V3)
    4. correlation   corr(X, Y) = cov(X, Y) / sqrt(Var(X) Var(Y)), free of ddof            (V4)

Steps 1 to 3 are rational: numbers come out in the type in which they went in. Step 4 has a square root
and takes the `Numbers` to work in.
"""

from refimpl import linear
from refimpl.errors import BadInput, EmptyData, Undefined, Unsupported
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers


def mean(x: Vector[N]) -> N:
    """Return E(X) of at least one observation, in the unit of X. Raises EmptyData."""
    if not x:
        raise EmptyData("x is empty; give at least one observation")
    # E(X) = (1/n) sum x_i                                                                  (V1)
    return linear.quotient(linear.total(x), len(x))


def covariance(x: Vector[N], y: Vector[N], *, ddof: int) -> N:
    """Return cov(X, Y), in the unit of X times that of Y.

    Raises BadInput unless both have the same length n and 0 <= ddof < n.
    """
    if len(x) != len(y):
        raise BadInput(f"y has {len(y)} observations but x has {len(x)}; give them in pairs")
    _check_ddof(ddof, len(x))
    mean_x, mean_y = mean(x), mean(y)
    # cov(X, Y) = (1/(n-ddof)) sum (x_i - E(X)) (y_i - E(Y))                                (V2)
    products = linear.dot([a - mean_x for a in x], [b - mean_y for b in y])
    return linear.quotient(products, len(x) - ddof)


def variance(x: Vector[N], *, ddof: int) -> N:
    """Return Var(X) = cov(X, X), in the squared unit of X. Raises as covariance does.  (V3)"""
    return covariance(x, x, ddof=ddof)


def correlation(x: Vector[N], y: Vector[N], numbers: Numbers[N]) -> N:
    """Return Pearson's corr(X, Y), without unit, in [-1, 1] up to the rounding of the numbers.

    Raises BadInput as covariance does, and Undefined where X or Y is constant.
    """
    # The divisors n - ddof cancel in (V4), so any ddof serves.
    cov_xy, var_x, var_y = covariance(x, y, ddof=0), variance(x, ddof=0), variance(y, ddof=0)
    if not (_varies(x) and _varies(y)):
        raise Undefined("the correlation of a constant is undefined; give observations that vary")
    # corr(X, Y) = cov(X, Y) / sqrt(Var(X) Var(Y))                                          (V4)
    try:  # root by root, because floats may not hold the product
        return cov_xy / numbers.sqrt(var_x) / numbers.sqrt(var_y)
    except Unsupported:  # exact numbers: two irrational roots may have a rational product
        return cov_xy if linear.equals(cov_xy, 0) else cov_xy / numbers.sqrt(var_x * var_y)


def covariance_matrix(points: Matrix[N], *, ddof: int) -> list[list[N]]:
    """Return the D x D matrix of cov(X_j, X_k) between the columns of N x D points."""
    linear.shape(points, "points")
    columns = linear.transpose(points)
    return [[covariance(x, y, ddof=ddof) for y in columns] for x in columns]


def correlation_matrix(points: Matrix[N], numbers: Numbers[N]) -> list[list[N | None]]:
    """Return the D x D matrix of corr(X_j, X_k); None where column j or k is constant."""
    linear.shape(points, "points")
    columns = linear.transpose(points)
    varies = [_varies(column) for column in columns]
    return [
        [correlation(x, y, numbers) if vx and vy else None for y, vy in zip(columns, varies, strict=True)]
        for x, vx in zip(columns, varies, strict=True)
    ]


def _varies(x: Vector[N]) -> bool:
    # From the first observation, not from the mean: rounded means leave a constant with a variance above 0.
    return not linear.equals(variance([a - x[0] for a in x], ddof=0), 0)


def _check_ddof(ddof: int, n: int) -> None:
    if not n:
        raise EmptyData("x is empty; give at least one observation")
    if not 0 <= ddof < n:
        raise BadInput(f"ddof is {ddof} for {n} observations; give an integer with 0 <= ddof < {n}")
