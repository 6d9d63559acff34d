"""Principal component analysis (Nankai lecture, "principal component analysis" and "eigenfaces").

Notation: N points x_n in D dimensions, mean m, X the N x D matrix of rows x_n - m; Sigma the covariance with
eigenvalues lambda_1 >= ... >= lambda_D >= 0; W the L x D matrix of rows w_l, the components; Y, N x L, the scores.

    1. centre                m = (1/N) sum x_n,  X = (x_n - m)                             (C1)
    2. fit                   Sigma = X^T X / (N - ddof),  Sigma w_l = lambda_l w_l,  W W^T = I   (C2)
       by_gram               G = X X^T / (N - ddof),  G u = lambda u,  w = X^T u / |X^T u|       (C3)
    3. transform             Y = X W^T;  lambda_l is the variance of column l of Y         (C4)
    4. reconstruct           x^_n = m + W^T y_n                                            (C5)
       reconstruction_error  sum_n |x_n - x^_n|^2 = (N - ddof) (lambda_(L+1) + ... + lambda_D)   (C6)
    5. whiten                y_nl / sqrt(lambda_l)                                         (C7)

Why eigenvectors: the variance of the scores is tr(W Sigma W^T). Under W W^T = I Lagrange's condition for its maximum
leads to Sigma w_l = lambda_l w_l, and the maximum is lambda_1 + ... + lambda_L. The lecture prints two other
constraints, its W being our W^T: under W^T Sigma W = I the trace is L for every W, and nothing is left to maximise;
under w_l^T w_l = 1 alone the maximum is L lambda_1, with the first component L times. Since tr(A B) = tr(B A), a trace
is the sum of the eigenvalues, and `total_variance` = tr Sigma = tr G.
(C3) serves D > N: Sigma X^T u = X^T G u = lambda X^T u, and G has N^2 entries where Sigma has D^2.

Eigenpairs come from `power_iteration`, by deflation and many steps at once. Exact numbers and balls never stand still
there, so 2 works in FLOAT or high(digits), and proves nothing; whatever needs no eigenvector takes every kind.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from sys import float_info
from typing import Generic

from refimpl import linear, moments, power_iteration, squaring
from refimpl.errors import BadInput, TiedEigenvalues, Undefined, ZeroVector
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers

SAFETY = 64
"""The default tolerance is so many times (N + D) times the distance from 1 to the next number.

Rounding moves an entry of Sigma by a few N, and one of B by a few D of these, times the total variance.
"""


@dataclass(frozen=True)
class Fit(Generic[N]):
    """The components of some points."""

    mean: list[N]
    """m, length D."""
    variances: list[N]
    """lambda, length L, descending, in the squared unit of the points."""
    ratio: list[N]
    """lambda / tr Sigma, length L: shares of the total variance of all D dimensions."""
    components: list[list[N]]
    """W, L x D: orthonormal rows, the entry of largest modulus positive, the lowest on a tie."""
    scores: list[list[N]]
    """Y, N x L."""


def centre(points: Matrix[N]) -> tuple[list[N], list[list[N]]]:
    """Return m, length D, and X, N x D. Raises EmptyData or BadInput.  (C1)"""
    linear.shape(points, "points")
    mean = linear.mean(points)
    return mean, [linear.subtract(x, mean) for x in points]


def total_variance(points: Matrix[N], *, ddof: int) -> N:
    """Return tr Sigma, the variances of all D columns added up. Raises BadInput unless 0 <= ddof < N."""
    linear.shape(points, "points")
    return linear.total(moments.variance(column, ddof=ddof) for column in linear.transpose(points))


def variances(points: Matrix[N], *, ddof: int, numbers: Numbers[N], tolerance: N | None = None) -> list[N]:
    """Return all D eigenvalues of Sigma, descending, tied or not. Raises as `fit` does, but for ties and constants."""
    _, centred = centre(points)
    tolerance, total = _tolerance(points, numbers, tolerance), total_variance(points, ddof=ddof)
    if _constant(points):
        return [total - total for _ in points[0]]
    _check_range(total)
    sigma = moments.covariance_matrix(points, ddof=ddof)
    pairs = squaring.eigenpairs(sigma, len(sigma), numbers, tolerance)
    return sorted((_variance_along(centred, w, ddof) for _, w in pairs), reverse=True)


def fit(points: Matrix[N], *, components: int, ddof: int, numbers: Numbers[N], tolerance: N | None = None) -> Fit[N]:
    """Return the first so many components of N points in D dimensions.  (C2)

    tolerance: the share of the total variance by which Sigma w - lambda w may differ from 0, and up to which two
    eigenvalues count as tied; None for what rounding may do. Raises BadInput unless 1 <= components <= D and
    0 <= ddof < N; TiedEigenvalues where a component is not determined, among several of variance 0 for example;
    Undefined where all points are equal; Unsupported for exact numbers and balls, and for a tolerance out of reach.
    """
    _, d = linear.shape(points, "points")
    tolerance, total = _tolerance(points, numbers, tolerance), check(points, components, d, ddof)
    # Sigma = X^T X / (N - ddof),  Sigma w_l = lambda_l w_l                                 (C2)
    sigma = moments.covariance_matrix(points, ddof=ddof)
    pairs = squaring.eigenpairs(sigma, min(components + 1, d), numbers, tolerance)
    errors = _errors([value for value, _ in pairs], components, total * tolerance)
    return _fitted(points, [w for _, w in pairs[:components]], errors, total, ddof)


def by_gram(
    points: Matrix[N], *, components: int, ddof: int, numbers: Numbers[N], tolerance: N | None = None
) -> Fit[N]:
    """Return what `fit` returns, by the N x N matrix G of inner products.  (C3)

    Raises as `fit` does, BadInput also for more components than points, and ZeroVector for one of variance 0, which
    G does not know, because X^T u = 0. At most N - 1 have another.
    """
    n, d = linear.shape(points, "points")
    tolerance, total = _tolerance(points, numbers, tolerance), check(points, components, min(n, d), ddof)
    _, centred = centre(points)
    # G = X X^T / (N - ddof),  G u = lambda u                                               (C3)
    gram = [[linear.quotient(linear.dot(x, y), n - ddof) for y in centred] for x in centred]
    pairs = squaring.eigenpairs(gram, min(components + 1, n), numbers, tolerance)
    for l, (value, _) in enumerate(pairs[:components]):
        if not value > total * tolerance:
            raise ZeroVector(
                f"component {l} has variance 0, so that X^T u = 0 has no direction; ask for at most {l}, or use fit"
            )
    errors = _errors([value for value, _ in pairs], components, total * tolerance)
    # w = X^T u / |X^T u|                                                                   (C3)
    columns = linear.transpose(centred)
    vectors = [power_iteration.unit(linear.matvec(columns, u), numbers) for _, u in pairs[:components]]
    return _fitted(points, vectors, errors, total, ddof)


def check(points: Matrix[N], components: int, most: int, ddof: int) -> N:
    """Return the total variance. Raises BadInput, for more than `most` components as well, and Undefined."""
    total = total_variance(points, ddof=ddof)
    if not 1 <= components <= most:
        size = f"{len(points)} points of {len(points[0])} dimensions"
        raise BadInput(f"components is {components} for {size}; give an integer from 1 to {most}")
    if _constant(points):
        raise Undefined("all points are equal, and shares of a variance of 0 are undefined; give points that vary")
    _check_range(total)
    return total


def transform(points: Matrix[N], fitted: Fit[N]) -> list[list[N]]:
    """Return Y, N x L, for points of D dimensions, those of the fit or others. Raises BadInput.  (C4)"""
    _check_width(points, "points", len(fitted.mean))
    # Y = X W^T                                                                             (C4)
    return [linear.matvec(fitted.components, linear.subtract(x, fitted.mean)) for x in points]


def reconstruct(scores: Matrix[N], fitted: Fit[N]) -> list[list[N]]:
    """Return x^, N x D, for N x L scores. Raises BadInput.  (C5)"""
    _check_width(scores, "scores", len(fitted.components))
    columns = linear.transpose(fitted.components)
    # x^_n = m + W^T y_n                                                                    (C5)
    return [[m + z for m, z in zip(fitted.mean, linear.matvec(columns, y), strict=True)] for y in scores]


def reconstruction_error(points: Matrix[N], fitted: Fit[N]) -> N:
    """Return sum_n |x_n - x^_n|^2, in the squared unit of the points. Raises BadInput.  (C6)"""
    rebuilt = reconstruct(transform(points, fitted), fitted)
    return linear.total(map(linear.squared_distance, points, rebuilt))


def whiten(scores: Matrix[N], fitted: Fit[N], numbers: Numbers[N]) -> list[list[N]]:
    """Return N x L scores with every variance made 1. Raises BadInput, and Undefined where a variance is 0.  (C7)"""
    _check_width(scores, "scores", len(fitted.components))
    for l, variance in enumerate(fitted.variances):
        if linear.equals(variance, 0):
            raise Undefined(f"variances[{l}] is 0, so that its scores cannot be whitened; ask for fewer components")
    # y_nl / sqrt(lambda_l)                                                                 (C7)
    roots = [numbers.sqrt(variance) for variance in fitted.variances]
    return [[z / root for z, root in zip(y, roots, strict=True)] for y in scores]


def _errors(values: Vector[N], components: int, bound: N) -> list[N]:
    """Return how far each component may be off; `values` are theirs and the next. Raises TiedEigenvalues."""
    gaps = [a - b for a, b in pairwise(values)]
    for l, gap in enumerate(gaps):
        if not gap > bound:
            raise TiedEigenvalues(
                f"variances {l} and {l + 1} are equal at this precision, so that component {l} is not determined; "
                "ask for fewer components, for more digits, or for the variances alone"
            )
    # A matrix that is off by E turns an eigenvector by |E| / gap (Davis and Kahan; Golub and Van Loan, 8.1).
    nearest = [min(gaps[max(l - 1, 0) : l + 1], default=None) for l in range(components)]
    return [bound - bound if gap is None else bound / gap for gap in nearest]


def _fitted(points: Matrix[N], vectors: Matrix[N], errors: Vector[N], total: N, ddof: int) -> Fit[N]:
    mean, centred = centre(points)
    components = [_turned(w, error) for w, error in zip(vectors, errors, strict=True)]
    # Y = X W^T;  lambda_l is the variance of column l, which rounding makes never negative (C4)
    scores = [linear.matvec(components, x) for x in centred]
    found = [_variance_along(centred, w, ddof) for w in components]
    return Fit(mean, found, [variance / total for variance in found], components, scores)


def _variance_along(centred: Matrix[N], w: Vector[N], ddof: int) -> N:
    column = linear.matvec(centred, w)
    return linear.dot(column, column) / (len(centred) - ddof)


def _turned(w: Vector[N], error: N) -> list[N]:
    """Return w or -w; moduli that may be equal, as far as w is known, are a tie, and the lowest index decides."""
    most = abs(w[power_iteration.largest(w)])
    deciding = next(x for x in w if abs(x) + error * 2 >= most)
    return [x if deciding > 0 else -x for x in w]


def _constant(points: Matrix[N]) -> bool:
    """Return whether all points are equal; a rounded mean would leave them a variance above 0."""
    return all(linear.equals(a - b, 0) for x in points for a, b in zip(x, points[0], strict=True))


def _tolerance(points: Matrix[N], numbers: Numbers[N], tolerance: N | None) -> N:
    if tolerance is None:
        return squaring.spacing(numbers) * SAFETY * (len(points) + len(points[0]))
    return tolerance


def _check_range(total: N) -> None:
    if isinstance(total, float) and not (isfinite(total) and total >= float_info.min):
        raise BadInput(f"the variance of points is {total} in binary64; scale them, or compute in high(digits)")


def _check_width(rows: Matrix[N], name: str, width: int) -> None:
    _, columns = linear.shape(rows, name)
    if columns != width:
        raise BadInput(f"{name} have {columns} columns for a fit of {width}; give {width}")
