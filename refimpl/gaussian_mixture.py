"""Gaussian mixtures by EM (Peking lecture, section 2; Bishop, Pattern Recognition and Machine Learning, 9.2).

Notation: N points x_n in D dimensions; K components with weights pi_k, means mu_k and covariances Sigma_k, which
are symmetric and positive definite; r_nk the responsibility of component k for point n; N_k = sum_n r_nk.

    1. e_step  r_nk = pi_k N(x_n | mu_k, Sigma_k) / sum_j pi_j N(x_n | mu_j, Sigma_j)      (G1)
    2. m_step  pi_k = N_k / N,  mu_k = (1/N_k) sum_n r_nk x_n                              (G2)
               Sigma_k = (1/N_k) sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T, mu_k the new one   (G3)
    3. trace   repeat (1, 2); see `em`

    log_likelihood  ln p = sum_n ln sum_k pi_k N(x_n | mu_k, Sigma_k)                      (G4)
    score           d ln p / d mu_k = Sigma_k^-1 sum_n r_nk (x_n - mu_k)                   (G5)

A component without mass keeps its mean and covariance. Other shapes of the covariance replace (G3):

    tied       one for all: sum_k (N_k / N) Sigma_k                                        (G6)
    diag       the diagonal of Sigma_k                                                     (G7)
    spherical  the mean of that diagonal, times I                                          (G8)

A regularisation c > 0 adds c I to the covariances of every M-step. That is no maximum of the likelihood any more,
which may fall then. Without it a component may shrink to a point or into a plane, where the likelihood has no
bound: an M-step that leaves a singular covariance raises Diverges.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Generic, Literal, TypeAlias, get_args

from refimpl import em, gaussian, linear, mixture
from refimpl.errors import BadInput, Diverges, NoMass, NotPositiveDefinite, Undecided
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers

CovarianceType: TypeAlias = Literal["full", "tied", "diag", "spherical"]
COVARIANCE_TYPES: tuple[CovarianceType, ...] = get_args(CovarianceType)

Responsibilities: TypeAlias = list[list[N]]


@dataclass(frozen=True)
class Theta(Generic[N]):
    """The parameters."""

    weights: Vector[N]
    """pi, length K, sum 1."""
    means: Matrix[N]
    """mu, K x D, in the unit of the points."""
    covariances: Sequence[Matrix[N]]
    """Sigma, K x D x D for every covariance type, in the squared unit of the points."""


@dataclass(frozen=True)
class Shape(Generic[N]):
    """How covariances are estimated. Raises BadInput for an unknown type or a negative regularisation."""

    covariance_type: CovarianceType = "full"
    regularisation: N | int = 0
    """c, in the squared unit of the points; 0 for the maximum of the likelihood."""

    def __post_init__(self) -> None:
        if self.covariance_type not in COVARIANCE_TYPES:
            raise BadInput(f"covariance_type is {self.covariance_type!r}; give one of {', '.join(COVARIANCE_TYPES)}")
        infinite = isinstance(self.regularisation, float) and not isfinite(self.regularisation)
        if infinite or self.regularisation < 0:
            raise BadInput(f"regularisation is {self.regularisation}; give a number of at least 0")


def log_joint(points: Matrix[N], theta: Theta[N], numbers: Numbers[N]) -> em.Logarithms[N]:
    """Return ln pi_k + ln N(x_n | mu_k, Sigma_k), N x K; None where pi_k is 0.

    Raises BadInput for shapes that do not fit and weights that do not sum to 1, and NotPositiveDefinite.
    """
    check(points, theta)
    return _log_joint(points, theta, numbers)


def _log_joint(points: Matrix[N], theta: Theta[N], numbers: Numbers[N]) -> em.Logarithms[N]:
    columns: list[list[N | None]] = []
    for k, (weight, mean, covariance) in enumerate(zip(theta.weights, theta.means, theta.covariances, strict=True)):
        name, log_weight = f"covariances[{k}]", mixture.logarithm(weight, numbers)
        densities = gaussian.log_density(points, mean, covariance, numbers, name, log_weight)
        columns.append([*densities] if log_weight is not None else [None] * len(points))
    return list(zip(*columns, strict=True))


def e_step(points: Matrix[N], theta: Theta[N], numbers: Numbers[N]) -> Responsibilities[N]:
    """Return the responsibilities, N x K. Raises as `log_joint` does.  (G1)"""
    return mixture.responsibilities(log_joint(points, theta, numbers), numbers)


def log_likelihood(points: Matrix[N], theta: Theta[N], numbers: Numbers[N]) -> N:
    """Return ln p in nats, the total of all points with all constants. Raises as `log_joint` does.  (G4)"""
    return mixture.log_likelihood(log_joint(points, theta, numbers), numbers)


def predict(points: Matrix[N], theta: Theta[N], numbers: Numbers[N]) -> list[int]:
    """Return the most responsible component of every point, the lowest index on a tie."""
    return mixture.labels(e_step(points, theta, numbers))


def m_step(
    points: Matrix[N], r: Responsibilities[N], kept: Theta[N] | None = None, shape: Shape[N] | None = None
) -> Theta[N]:
    """Return the parameters that maximise the expected ln p(points, components).  (G2, G3)

    kept: gives the mean and the covariance of a component without mass; NoMass where there is one and nothing kept.
    Raises BadInput unless there is a row of responsibilities for each point, and Diverges.
    """
    n, _ = linear.shape(points, "points")
    mixture.check_responsibilities(r, n)
    mixture.check_kept(kept.means if kept else None, len(r[0]))
    return _maximum(points, r, kept, shape or Shape())


def _maximum(points: Matrix[N], r: Responsibilities[N], kept: Theta[N] | None, shape: Shape[N]) -> Theta[N]:
    n = len(points)
    sizes, columns = mixture.sizes(r), linear.transpose(points)
    means: list[Vector[N]] = []
    scatters: list[list[list[N]] | None] = []
    for k, (size, share) in enumerate(zip(sizes, linear.transpose(r), strict=True)):
        if linear.equals(size, 0):
            means.append(_kept(kept, k).means[k])
            scatters.append(None)
            continue
        # mu_k = (1/N_k) sum_n r_nk x_n                                                    (G2)
        mean = [linear.quotient(linear.dot(share, column), size) for column in columns]
        means.append(mean)
        scatters.append(_scatter(columns, share, mean))
    if shape.covariance_type == "tied":
        # Sigma = sum_k (N_k / N) Sigma_k = (1/N) sum_k sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T   (G6)
        every = zip(*(scatter for scatter in scatters if scatter is not None), strict=True)
        pooled = [[linear.total(entries) for entries in zip(*rows, strict=True)] for rows in every]
        covariances: list[Matrix[N]] = [_estimate(pooled, n, shape)] * len(sizes)
    else:
        covariances = [
            _kept(kept, k).covariances[k] if scatter is None else _estimate(scatter, size, shape)
            for k, (scatter, size) in enumerate(zip(scatters, sizes, strict=True))
        ]
    # pi_k = N_k / N                                                                       (G2)
    return Theta([linear.quotient(size, n) for size in sizes], means, covariances)


def _scatter(columns: Matrix[N], share: Vector[N], mean: Vector[N]) -> list[list[N]]:
    """Return sum_n r_n (x_n - mu)(x_n - mu)^T, symmetric to the last digit."""
    offsets = [[x - m for x in column] for column, m in zip(columns, mean, strict=True)]
    half = [[linear.weighted_dot(share, offsets[i], offsets[j]) for j in range(i + 1)] for i in range(len(columns))]
    return [[half[max(i, j)][min(i, j)] for j in range(len(columns))] for i in range(len(columns))]


def _estimate(scatter: Matrix[N], size: N | int, shape: Shape[N]) -> list[list[N]]:
    """Return scatter / size in its shape. Raises Diverges where it is singular."""
    # Sigma_k = (1/N_k) sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T                              (G3)
    covariance = [[linear.quotient(x, size) for x in row] for row in scatter]
    d = len(covariance)
    if shape.covariance_type in ("diag", "spherical"):
        zero = covariance[0][0] ** 0 - 1
        variances = [covariance[i][i] for i in range(d)]
        if shape.covariance_type == "spherical":
            variances = [linear.quotient(linear.total(variances), d)] * d  # (G8)
        covariance = [[variances[i] if i == j else zero for j in range(d)] for i in range(d)]  # (G7)
    for i in range(d):
        covariance[i][i] = covariance[i][i] + shape.regularisation
    try:
        gaussian.factors(covariance)
    except NotPositiveDefinite:
        raise Diverges(
            "a component collapses: its covariance becomes singular, where the likelihood has no bound; "
            "give another start, or a regularisation"
        ) from None
    return covariance


def _kept(theta: Theta[N] | None, k: int) -> Theta[N]:
    if theta is None:
        raise NoMass(f"component {k} has no mass: all its responsibilities are 0; give it some, or leave it out")
    return theta


def score(points: Matrix[N], theta: Theta[N], r: Responsibilities[N]) -> list[list[N]]:
    """Return d ln p / d mu, K x D, at the theta that the responsibilities are of.

    By the gradient identity of `em` it is the posterior mean of the gradient of ln p(points, components). Raises
    BadInput for responsibilities of another shape.
    """
    mixture.check_responsibilities(r, len(points), len(theta.means))
    found = []
    for mean, covariance, share in zip(theta.means, theta.covariances, linear.transpose(r), strict=True):
        # d ln p / d mu_k = Sigma_k^-1 sum_n r_nk (x_n - mu_k)                             (G5)
        offsets = [linear.subtract(x, mean) for x in points]
        pull = [linear.dot(share, column) for column in zip(*offsets, strict=True)]
        found.append(linear.solve(covariance, pull))
    return found


def model(numbers: Numbers[N], shape: Shape[N] | None = None) -> em.Model[Matrix[N], Theta[N], Responsibilities[N]]:
    """Return the pair of steps that `em` repeats; they check nothing that `trace` has checked of the start."""
    return em.Model(
        lambda points, theta: mixture.responsibilities(_log_joint(points, theta, numbers), numbers),
        lambda points, r, theta: _maximum(points, r, theta, shape or Shape()),
    )


def trace(
    points: Matrix[N], theta: Theta[N], numbers: Numbers[N], shape: Shape[N] | None = None
) -> Iterator[em.State[Theta[N], Responsibilities[N]]]:
    """Yield the start, then the state after each step, for ever. Raises BadInput for a start of another shape."""
    check(points, theta)
    check_type(theta, (shape or Shape()).covariance_type)
    mixtures = model(numbers, shape)
    return em.trace(mixtures, points, em.start(mixtures, points, theta))


def check(points: Matrix[N], theta: Theta[N]) -> None:
    """Raise BadInput unless points, weights, means and covariances fit together."""
    _, d = linear.shape(points, "points")
    k, columns = linear.shape(theta.means, "means")
    if columns != d:
        raise BadInput(f"means[0] has {columns} entries for points of {d} dimensions; give {d}")
    mixture.check_weights(theta.weights, k)
    if len(theta.covariances) != k:
        raise BadInput(f"covariances has {len(theta.covariances)} matrices for {k} components; give one for each")
    for i, covariance in enumerate(theta.covariances):
        gaussian.check_covariance(covariance, d, f"covariances[{i}]")


def check_type(theta: Theta[N], covariance_type: CovarianceType) -> None:
    """Raise BadInput unless the covariances are of that type."""
    for k, covariance in enumerate(theta.covariances):
        for i, row in enumerate(covariance):
            for j, x in enumerate(row):
                wanted = _of_type(theta, covariance_type, k, i, j)
                with contextlib.suppress(Undecided):  # balls that overlap may be equal
                    if wanted is not None and x != wanted:
                        raise BadInput(
                            f"covariances[{k}][{i}][{j}] is {x}; for the type {covariance_type!r} give {wanted}"
                        )


def _of_type(theta: Theta[N], covariance_type: CovarianceType, k: int, i: int, j: int) -> N | None:
    """Return what an entry of a covariance has to equal; None where it is free."""
    first = theta.covariances[k][0][0]
    if covariance_type == "tied":
        return theta.covariances[0][i][j]
    if covariance_type == "full":
        return None
    if i != j:
        return first**0 - 1
    return first if covariance_type == "spherical" else None
