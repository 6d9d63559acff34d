"""Mixtures that are wrong on purpose: see `wrong`, of which this is the second half."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from collections.abc import Sequence
from typing import Any

from mistake import CONVENTION, ERROR, FAIL, WEAK, Wrong, single
from textbook_mixtures import (
    Counts,
    Direction,
    Expectation,
    Family,
    Gaussians,
    Matrices,
    Probabilities,
    Rows,
    Vector,
    numbers_of,
)

from refimpl.errors import BadInput

GMM_E = ("gmm.e_step", "gmm.step", "gmm.run", "gmm.fixed_point")
GMM_M = ("gmm.m_step", "gmm.step", "gmm.run", "gmm.fixed_point")
BERNOULLI_E = ("bernoulli.e_step", "bernoulli.step", "bernoulli.run", "bernoulli.fixed_point")
BERNOULLI_M = ("bernoulli.m_step", "bernoulli.step", "bernoulli.run", "bernoulli.fixed_point")
BINOMIAL = ("binomial.step", "binomial.run", "binomial.fixed_point")
EXPECTATIONS = (*GMM_E, *BERNOULLI_E, *BINOMIAL)
STEPS = ("gmm.step", "gmm.run", "bernoulli.step", "bernoulli.run", "binomial.step", "binomial.run")
LIMITS = ("gmm.fixed_point", "bernoulli.fixed_point", "binomial.fixed_point")


# --- responsibilities ---------------------------------------------------------------------------------


class RowsForComponents(Wrong):
    """Responsibilities are told as K rows of length N."""

    spoils = EXPECTATIONS
    caught = {"gmm.e_step/plain": (FAIL, "told as K rows of length N")}

    def told_expectation(self, found: Expectation) -> dict[str, Any]:
        told = super().told_expectation(found)
        return {**told, "responsibilities": list(zip(*told["responsibilities"], strict=True))}


class LeavesOutWeights(Wrong):
    """Every component counts the same, whatever its weight."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.e_step/unequal-weights": (FAIL, "weights that are left out"),
        "bernoulli.e_step/unequal-weights": (FAIL, "weights that are left out"),
        "binomial.step/unequal-weights": (FAIL, "weights that are left out of the responsibilities"),
    }

    def log_weight(self, weight: float) -> float:
        return 0.0


class LogarithmOfZero(Wrong):
    """The logarithm of every weight is taken."""

    spoils = ("gmm.e_step", "gmm.step", "gmm.run", "bernoulli.e_step", "binomial.step")
    caught = {
        "gmm.e_step/zero-weight": (ERROR, "the logarithm of 0"),
        "bernoulli.e_step/zero-weight": (ERROR, "the logarithm of 0"),
        "binomial.step/zero-weight": (ERROR, "the logarithm of 0"),
    }

    def log_of_no_weight(self) -> float:
        return math.log(0.0)


class PlainDensities(Wrong):
    """Densities are divided by their sum, and underflow to 0/0."""

    spoils = ("gmm.e_step", "gmm.run", "bernoulli.e_step", "binomial.step")
    caught = {
        "gmm.e_step/far-away": (ERROR, "densities that underflow to 0/0"),
        "bernoulli.e_step/many-columns": (ERROR, "which underflow to 0/0"),
        "binomial.step/thousand-tosses": (ERROR, "which underflow to 0/0"),
    }

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        if max(logs) == -math.inf:
            return self.nobody(logs)
        densities = [math.exp(a) for a in logs]
        whole = self.total(densities)
        return [density / whole for density in densities], math.log(whole)


class AddsToTheDenominator(Wrong):
    """1e-10 is added to the sum of the densities, so that it is never 0."""

    spoils = EXPECTATIONS
    caught = {"gmm.e_step/eight-deviations": (FAIL, "a small number that is added to the denominator")}

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        if max(logs) == -math.inf:
            return self.nobody(logs)
        densities = [math.exp(a) for a in logs]
        whole = self.total(densities) + 1e-10
        return [density / whole for density in densities], math.log(whole)


class AddsToEveryDensity(Wrong):
    """2^-52 is added to every density, so that none is 0."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.run/old-faithful-1": (FAIL, "a small number that is added to every density"),
        "gmm.run/thousand-deviations": (FAIL, "small numbers that are added to densities"),
    }

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        if max(logs) == -math.inf:
            return self.nobody(logs)
        densities = [math.exp(a) + 2.0**-52 for a in logs]
        whole = self.total(densities)
        return [density / whole for density in densities], math.log(whole)


class LastIsTheRest(Wrong):
    """The last responsibility is 1 minus the others, which cancels where it is small."""

    spoils = (*GMM_E, "bernoulli.e_step", "bernoulli.step", "bernoulli.run", *BINOMIAL)
    caught = {"gmm.e_step/small-share": (FAIL, "the last responsibility taken as 1 minus the others")}

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        found, term = super().shares(logs)
        return [*found[:-1], 1.0 - self.total([0.0, *found[:-1]])], term


class OthersAreTheRest(Wrong):
    """The responsibilities of all but the first component are 1 minus its own."""

    spoils = ("gmm.e_step", "gmm.run", "gmm.fixed_point", "bernoulli.step", "bernoulli.run", *BINOMIAL)
    caught = {"binomial.step/three-coins": (FAIL, "1 minus the first, as with two coins")}

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        found, term = super().shares(logs)
        return ([found[0], *(1.0 - found[0] for _ in found[1:])] if len(found) > 2 else found), term


class WhollyToTheLikeliest(Wrong):
    """An observation belongs to the likeliest component alone, to the first of several."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.e_step/identical-components": (FAIL, "given wholly to the likeliest component"),
        "gmm.run/overlapping": (FAIL, "given wholly to the likeliest component"),
        "bernoulli.e_step/identical-components": (FAIL, "given wholly to the first of two components"),
    }

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        found, term = super().shares(logs)
        return [float(k == found.index(max(found))) for k in range(len(found))], term


class LogOdds(Wrong):
    """The logarithms of the first two components are compared, even where there is one."""

    spoils = (*GMM_E, "bernoulli.fixed_point", "binomial.fixed_point")
    caught = {"gmm.e_step/one-component": (ERROR, "log-odds that need a second component")}

    def only_one(self, logs: Vector) -> tuple[list[float], float]:
        odds = logs[0] - logs[1]
        return [1 / (1 + math.exp(-odds))], logs[0]


class NeedsTwoComponents(Wrong):
    """K = 1 is no mixture, and refused."""

    spoils = ("gmm.e_step", "gmm.run", *LIMITS)
    caught = {"gmm.run/one-component": (ERROR, "a refusal of K = 1")}

    def only_one(self, logs: Vector) -> tuple[list[float], float]:
        raise BadInput("one component is no mixture")


class SingleShares(Wrong):
    """Responsibilities are held in binary32."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.run/iris-full": (FAIL, "responsibilities that are held in binary32"),
        "gmm.fixed_point/iris-full": (WEAK, "responsibilities in binary32"),
        "bernoulli.run/digits-2": (FAIL, "responsibilities that are held in binary32"),
        "bernoulli.fixed_point/four-columns": (FAIL, "responsibilities in binary32"),
        "binomial.run/three-coins": (WEAK, "responsibilities that are held in binary32"),
    }

    def shares(self, logs: Vector) -> tuple[list[float], float]:
        found, term = super().shares(logs)
        return [single(x) for x in found], term


class ImpossibleIsShared(Wrong):
    """An observation that is impossible under every component is shared evenly."""

    spoils = ("bernoulli.e_step", "bernoulli.step", "bernoulli.fixed_point", "binomial.step")
    caught = {
        "bernoulli.e_step/refuse-impossible": (FAIL, "NaN or even shares"),
        "bernoulli.step/refuse-impossible": (FAIL, "NaN or even shares"),
        "bernoulli.fixed_point/refuse-impossible": (FAIL, "NaN or even shares"),
        "binomial.step/refuse-impossible": (FAIL, "NaN or even shares"),
    }

    def nobody(self, logs: Vector) -> tuple[list[float], float]:
        return [1 / len(logs)] * len(logs), 0.0


# --- Gaussian densities -------------------------------------------------------------------------------


class ForgetsTwoPi(Wrong):
    """Densities lack the factor (2 pi)^(-D/2)."""

    spoils = GMM_E
    caught = {"gmm.e_step/natural-total": (FAIL, "a forgotten factor 2 pi")}

    def log_constant(self, d: int) -> float:
        return 0.0


class VarianceAsDeviation(Wrong):
    """A density that wants a standard deviation is given the variance."""

    spoils = GMM_E
    caught = {"gmm.e_step/unequal-variances": (FAIL, "a variance that is taken for a standard deviation")}

    def spreads(self, pivots: Vector) -> Vector:
        return [p * p for p in pivots]

    def log_determinant(self, covariance: Rows, pivots: Vector) -> float:
        return 2 * super().log_determinant(covariance, pivots)


class ForgetsTheHalf(Wrong):
    """The quadratic form is not halved."""

    spoils = GMM_E
    caught = {"gmm.e_step/unequal-variances": (FAIL, "a quadratic form that is not halved")}

    def squares(self, z: Rows, spreads: Vector) -> list[float]:
        return [2 * square for square in super().squares(z, spreads)]


class CovarianceForPrecision(Wrong):
    """The quadratic form is that of the covariance, not of its inverse."""

    spoils = GMM_E
    caught = {"gmm.e_step/correlated": (FAIL, "the covariance where its inverse belongs")}

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        _, pivots = self.factors(covariance)
        constant = self.log_constant(len(mean)) - self.log_determinant(covariance, pivots) / 2
        offsets = list(zip(*self.offsets(columns, mean), strict=True))
        return [constant - self.dot(x, [self.dot(row, x) for row in covariance]) / 2 for x in offsets]


class IgnoresCrossTerms(Wrong):
    """Densities see the diagonal of the covariance alone."""

    spoils = GMM_E
    caught = {"gmm.e_step/correlated": (FAIL, "cross terms that are left out")}

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        return super().log_densities(columns, mean, self.diagonal(covariance))


class NormForDeterminant(Wrong):
    """The norm of the covariance is taken for its determinant."""

    spoils = GMM_E
    caught = {"gmm.e_step/determinants": (FAIL, "a norm in place of the determinant")}

    def log_determinant(self, covariance: Rows, pivots: Vector) -> float:
        return math.log(math.hypot(*(x for row in covariance for x in row)))


class WholeDeterminant(Wrong):
    """The density is divided by the determinant, not by its root."""

    spoils = GMM_E
    caught = {"gmm.e_step/determinants": (FAIL, "a determinant whose root is not taken")}

    def log_determinant(self, covariance: Rows, pivots: Vector) -> float:
        return 2 * super().log_determinant(covariance, pivots)


class ProbabilitiesAtMostOne(Wrong):
    """Log-densities above 0 are cut off, for no probability is above 1."""

    spoils = ("gmm.e_step", "gmm.run", "gmm.fixed_point")
    caught = {"gmm.e_step/positive-log-density": (FAIL, "log-densities that are cut off at 0")}

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        return [min(a, 0.0) for a in super().log_densities(columns, mean, covariance)]


class ExpandsTheForm(Wrong):
    """x^2 - 2 x mu + mu^2, after both went through the factor of the covariance; it cancels far from the origin."""

    spoils = GMM_E
    caught = {
        "gmm.e_step/offset-1e8": (FAIL, "the quadratic form from expanded squares"),
        "gmm.step/offset-1e8": (FAIL, "expanded squares in the E-step"),
    }

    def log_densities(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        lower, pivots = self.factors(covariance)
        constant = self.log_constant(len(mean)) - self.log_determinant(covariance, pivots) / 2
        points, middle = self.solved(lower, columns), self.solved(lower, [[m] for m in mean])
        found = [constant] * len(columns[0])
        for column, (m,), p in zip(points, middle, pivots, strict=True):
            found = [a - (x * x - 2 * x * m + m * m) / p / 2 for a, x in zip(found, column, strict=True)]
        return found


class TwoColumns(Wrong):
    """Points are assigned in the plane of the first two columns."""

    spoils = ("gmm.e_step",)
    caught = {"gmm.e_step/iris": (FAIL, "columns that are left out")}

    def gmm_e_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices) -> dict[str, Any]:
        if not points or len(points[0]) <= 2:
            return super().gmm_e_step(points, weights, means, covariances)
        cut = [[row[:2] for row in covariance[:2]] for covariance in covariances]
        return super().gmm_e_step([x[:2] for x in points], weights, [mean[:2] for mean in means], cut)


# --- ln p ---------------------------------------------------------------------------------------------


class MeanLogLikelihood(Wrong):
    """ln p is divided by the number of observations."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.e_step/natural-total": (CONVENTION, "a mean over the points"),
        "bernoulli.e_step/natural-total": (CONVENTION, "a mean over the rows"),
        "binomial.step/natural-total": (CONVENTION, "a mean over the rounds"),
    }
    honest = {"scale": "per-sample"}

    def log_evidence(self, terms: Vector) -> float:
        return self.total(terms) / len(terms)


class BinaryLogarithm(Wrong):
    """ln p is told in bits."""

    spoils = EXPECTATIONS
    caught = {
        "gmm.e_step/natural-total": (FAIL, "a logarithm to base 2"),
        "bernoulli.e_step/natural-total": (FAIL, "a logarithm to base 2"),
        "binomial.step/natural-total": (FAIL, "a logarithm to base 2"),
    }

    def log_evidence(self, terms: Vector) -> float:
        return self.total(terms) / math.log(2)


class BinomialIncluded(Wrong):
    """ln C(h + t, h) is added for every round."""

    spoils = BINOMIAL
    caught = {"binomial.step/binomial-coefficient": (CONVENTION, "ln C(10, 5)")}
    honest = {"binomial": "included"}

    def coin_joint(self, heads: Counts, tails: Counts, weight: float, p: float) -> list[float]:
        ways = [math.log(math.comb(h + t, h)) for h, t in zip(heads, tails, strict=True)]
        return [a + b for a, b in zip(super().coin_joint(heads, tails, weight, p), ways, strict=True)]


class LogLikelihoodThatLeft(Wrong):
    """ln p is taken at the parameters that are returned."""

    spoils = STEPS
    caught = {
        "gmm.step/likelihood-before": (CONVENTION, "a log-likelihood at the parameters that leave the step"),
        "bernoulli.step/likelihood-before": (CONVENTION, "a log-likelihood at the parameters that leave the step"),
        "binomial.run/likelihood-before": (CONVENTION, "a log-likelihood at the parameters that leave the last step"),
    }
    honest = {"likelihood": "left"}

    def iterate(self, family: Family, theta: Any, iterations: int) -> tuple[Expectation, Any]:
        found, left = super().iterate(family, theta, iterations)
        return found._replace(log_likelihood=self.expectation(family.joint(left)).log_likelihood), left


class NextResponsibilities(Wrong):
    """Responsibilities are taken at the parameters that are returned."""

    spoils = STEPS
    caught = {
        "gmm.step/next-responsibilities": (FAIL, "responsibilities of the next E-step"),
        "bernoulli.step/next-responsibilities": (FAIL, "responsibilities of the next E-step"),
    }

    def iterate(self, family: Family, theta: Any, iterations: int) -> tuple[Expectation, Any]:
        found, left = super().iterate(family, theta, iterations)
        return self.expectation(family.joint(left))._replace(log_likelihood=found.log_likelihood), left


class TwoSteps(Wrong):
    """A first step warms up, unseen."""

    spoils = ("gmm.step", "bernoulli.step", "binomial.step")
    caught = {
        "gmm.step/next-responsibilities": (FAIL, "all results those of the second step"),
        "bernoulli.step/next-responsibilities": (FAIL, "all results those of the second step"),
    }

    def gmm_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices, **how: Any) -> dict[str, Any]:
        return self.gmm_run(points, weights, means, covariances, 2, **how)

    def bernoulli_step(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        return self.bernoulli_run(rows, weights, probabilities, 2)

    def binomial_step(self, heads: Counts, tails: Counts, weights: Vector, probabilities: Vector) -> dict[str, Any]:
        return self.binomial_run(heads, tails, weights, probabilities, 2)


# --- the M-step ---------------------------------------------------------------------------------------


class DividesByN(Wrong):
    """Sums are divided by the number of all observations."""

    spoils = (*GMM_M, *BERNOULLI_M)
    caught = {
        "gmm.m_step/soft": (FAIL, "divided by N in place of N_k"),
        "bernoulli.m_step/soft": (FAIL, "divided by N in place of N_k"),
    }

    def new_mean(self, columns: Rows, share: Vector, size: float) -> list[float]:
        return super().new_mean(columns, share, len(share))

    def share_of_ones(self, column: Counts, share: Vector, size: float) -> float:
        return super().share_of_ones(column, share, len(share))


class RoundsShares(Wrong):
    """The M-step rounds the responsibilities to 0 and 1."""

    spoils = (*GMM_M, *BERNOULLI_M)
    caught = {
        "gmm.m_step/soft": (FAIL, "responsibilities that are rounded"),
        "bernoulli.m_step/soft": (FAIL, "responsibilities that are rounded"),
    }

    def gaussian_maximum(self, columns: Rows, rows: Rows, *rest: Any) -> Gaussians:
        return super().gaussian_maximum(columns, [[float(round(x)) for x in row] for row in rows], *rest)

    def bernoulli_maximum(self, columns: Sequence[Counts], rows: Rows, theta: Probabilities | None) -> Probabilities:
        return super().bernoulli_maximum(columns, [[float(round(x)) for x in row] for row in rows], theta)


class OneLess(Wrong):
    """Covariances are divided by N_k - 1."""

    spoils = GMM_M
    caught = {"gmm.m_step/hard": (FAIL, "a divisor N_k - 1")}

    def divisor_of_scatter(self, share: Vector, size: float) -> float:
        return size - 1


class AboutTheOldMeans(Wrong):
    """Covariances are taken about the means that entered the step."""

    spoils = ("gmm.step", "gmm.run")
    caught = {
        "gmm.step/old-means": (FAIL, "covariances about the means that entered"),
        "gmm.run/iris-diag": (FAIL, "variances about the means that entered"),
    }

    def new_covariance(
        self, columns: Rows, share: Vector, size: float, mean: Vector, old: Vector | None
    ) -> list[list[float]]:
        return super().new_covariance(columns, share, size, old or mean, old)


class ExpandsCovariances(Wrong):
    """E[xx] - mu mu^T, which cancels far from the origin."""

    spoils = GMM_M
    caught = {
        "gmm.m_step/offset-1e8": (FAIL, "E[x^2] - mu^2"),
        "gmm.m_step/offset-1e8-plane": (FAIL, "E[xx] - mu mu^T"),
        "gmm.step/offset-1e8": (ERROR, "E[x^2] - mu^2 in the M-step"),
        "gmm.run/offset-1e8": (ERROR, "E[x^2] - mu^2"),
        "gmm.run/offset-1e8-plane": (ERROR, "E[xx] - mu mu^T"),
        "gmm.fixed_point/offset-1e8": (ERROR, "E[x^2] - mu^2"),
    }

    def new_covariance(
        self, columns: Rows, share: Vector, size: float, mean: Vector, old: Vector | None
    ) -> list[list[float]]:
        about_zero = self.scatter([list(column) for column in columns], share, size)
        return [[x - a * b for x, b in zip(row, mean, strict=True)] for row, a in zip(about_zero, mean, strict=True)]


class TakesMassForNone(Wrong):
    """A component with less than 1e-10 of an observation counts as empty."""

    spoils = ("gmm.m_step", "bernoulli.m_step")
    caught = {
        "gmm.m_step/little-mass": (ERROR, "a threshold below which a component counts as empty"),
        "bernoulli.m_step/little-mass": (ERROR, "a threshold below which a component counts as empty"),
    }

    def has_little_mass(self, size: float) -> bool:
        return size > 1e-10


class DividesByNoMass(Wrong):
    """A component without mass gets 0/0."""

    spoils = ("gmm.m_step", "gmm.step", "gmm.run", "bernoulli.m_step", "bernoulli.step")
    caught = {
        "gmm.m_step/refuse-no-mass": (ERROR, "0/0"),
        "gmm.step/without-mass": (ERROR, "0/0 in the M-step"),
        "bernoulli.m_step/refuse-no-mass": (ERROR, "0/0"),
        "bernoulli.step/without-mass": (ERROR, "0/0 in the M-step"),
    }

    def has_little_mass(self, size: float) -> bool:
        return True


class SetsAnew(Wrong):
    """A component without mass goes to the origin."""

    spoils = ("gmm.step", "gmm.run")
    caught = {"gmm.run/zero-weight": (FAIL, "set anew where it has no mass")}

    def kept(self, old: Any) -> Any:
        return [x if isinstance(x, list) else 0.0 for x in super().kept(old)]


class WeightsStay(Wrong):
    """Weights are what they were at the start."""

    spoils = (*GMM_E[1:], *BERNOULLI_E[1:], *BINOMIAL)
    caught = {
        "gmm.step/weights-move": (FAIL, "weights that stay as they were"),
        "gmm.run/blog-sample": (FAIL, "weights that stay at 1/K"),
        "bernoulli.step/digits-60": (FAIL, "weights that stay as they were"),
        "bernoulli.fixed_point/unequal-weights": (FAIL, "weights that stay at 1/2"),
        "binomial.step/lecture": (FAIL, "weights that are held at 1/2"),
        "binomial.run/lecture-10": (FAIL, "weights that stay at 1/2"),
        "binomial.fixed_point/lecture": (FAIL, "weights that are held at 1/2"),
    }

    def new_weight(self, size: float, n: int, old: float) -> float:
        return super().new_weight(size, n, old) if old is None else old


class WeightsOfTosses(Wrong):
    """A coin's weight is its share of the tosses."""

    spoils = BINOMIAL
    caught = {
        "binomial.step/unequal-rounds": (FAIL, "weights that are shares of the tosses"),
        "binomial.run/unequal-rounds": (FAIL, "weights that are shares of the tosses"),
    }

    def coins_maximum(self, heads: Counts, tails: Counts, rows: Rows, theta: Probabilities) -> Probabilities:
        tosses = [self.total(self.expected(heads, tails, share)) for share in zip(*rows, strict=True)]
        weights = [n / self.total(tosses) for n in tosses]
        return super().coins_maximum(heads, tails, rows, theta)._replace(weights=weights)


# --- types of covariances -----------------------------------------------------------------------------


class UnweighedTie(Wrong):
    """The tied covariance is the plain mean of those of the components."""

    spoils = GMM_M
    caught = {"gmm.m_step/tied": (FAIL, "the plain mean of both")}

    def tied(self, covariances: list[Any], sizes: Vector, means: Rows) -> Rows:
        return super().tied(covariances, [1.0] * len(sizes), means)


class TotalCovariance(Wrong):
    """The tied covariance is that of all points about their mean."""

    spoils = GMM_M
    caught = {
        "gmm.run/iris-tied": (FAIL, "the covariance of all points about their mean"),
        "gmm.fixed_point/iris-tied": (FAIL, "the covariance of all points"),
    }

    def tied(self, covariances: list[Any], sizes: Vector, means: Rows) -> Rows:
        within, shares = super().tied(covariances, sizes, means), [size / self.total(sizes) for size in sizes]
        mean = [self.dot(shares, column) for column in zip(*means, strict=True)]
        between = self.scatter(self.offsets(list(zip(*means, strict=True)), mean), shares, 1.0)
        return [[x + y for x, y in zip(row, other, strict=True)] for row, other in zip(within, between, strict=True)]


class NeverTied(Wrong):
    """Where one covariance for all is asked for, each component has its own."""

    spoils = GMM_M
    caught = {"gmm.step/tied": (FAIL, "covariances of their own")}

    def all_tied(self, covariances: list[Any], sizes: Vector, means: Rows) -> list[tuple[Any, bool]]:
        return self.shaped(covariances, sizes, means, "full")


class DiagonalIsFull(Wrong):
    """Where diagonal covariances are asked for they are full."""

    spoils = GMM_M
    caught = {
        "gmm.m_step/diag": (FAIL, "off-diagonal entries that are kept"),
        "gmm.step/diag": (FAIL, "full covariances where diagonal ones"),
        "gmm.fixed_point/iris-petals-diag": (FAIL, "full covariances where diagonal ones"),
    }

    def diagonal(self, covariance: Rows) -> Rows:
        return covariance


class FullIsDiagonal(Wrong):
    """Full covariances lose what lies beside their diagonal."""

    spoils = GMM_M
    caught = {"gmm.step/correlated": (FAIL, "off-diagonal entries that are dropped")}

    def full(self, covariance: Rows) -> Rows:
        return self.diagonal(covariance)


class SphericalIsDiagonal(Wrong):
    """Where one variance for all columns is asked for, each column has its own."""

    spoils = GMM_M
    caught = {"gmm.step/spherical": (FAIL, "a variance for each column")}

    def spherical(self, covariance: Rows) -> Rows:
        return self.diagonal(covariance)


class SumOfVariances(Wrong):
    """A spherical covariance has the sum of the variances, not their mean."""

    spoils = GMM_M
    caught = {
        "gmm.m_step/spherical": (FAIL, "the sum of the variances"),
        "gmm.run/iris-spherical": (FAIL, "the sum of four variances"),
    }

    def spherical(self, covariance: Rows) -> Rows:
        return [[x * len(row) for x in row] for row in super().spherical(covariance)]


class RegularisesEveryEntry(Wrong):
    """A regularisation is added to every entry of the covariance."""

    spoils = ("gmm.m_step",)
    caught = {"gmm.m_step/regularisation": (FAIL, "a regularisation that is added to every entry")}

    def regularised(self, covariance: Rows, regularisation: float) -> Rows:
        return [[x + regularisation for x in row] for row in covariance]


class RegularisationMultiplies(Wrong):
    """Variances are multiplied by 1 and the regularisation."""

    spoils = ("gmm.m_step", "gmm.step", "gmm.run")
    caught = {"gmm.m_step/regularisation-saves": (ERROR, "a regularisation that multiplies")}

    def regularised(self, covariance: Rows, regularisation: float) -> Rows:
        return [
            [x * (1 + regularisation) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(covariance)
        ]


class ForgetsRegularisation(Wrong):
    """A regularisation is read and never added."""

    spoils = ("gmm.m_step", "gmm.step", "gmm.run")
    caught = {"gmm.step/regularisation": (FAIL, "read and forgotten")}

    def regularised(self, covariance: Rows, regularisation: float) -> Rows:
        return covariance


class HiddenRegularisation(Wrong):
    """1e-6 is added to the variances, whatever is asked for."""

    spoils = GMM_M
    caught = {
        "gmm.run/old-faithful-scaled-1": (FAIL, "a hidden regularisation of 1e-6"),
        "gmm.fixed_point/old-faithful": (WEAK, "a hidden regularisation of 1e-6"),
    }

    def estimate(self, columns: Rows, covariance: Rows, regularisation: float) -> Rows:
        return super().estimate(columns, covariance, regularisation + 1e-6)


class LeastVariance(Wrong):
    """No variance is below 1e-6."""

    spoils = ("gmm.m_step", "gmm.step", "gmm.fixed_point")
    caught = {
        "gmm.step/refuse-collapse": (FAIL, "lifted in silence to a least one"),
        "gmm.fixed_point/refuse-collapse": (FAIL, "a limit of the variance at some least number"),
        "gmm.fixed_point/refuse-equal-points": (FAIL, "a variance that is lifted in silence"),
    }

    def certain(self, columns: Rows, covariance: Rows) -> Rows:
        return [[max(x, 1e-6) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(covariance)]


class ReturnsSingular(Wrong):
    """A singular covariance is a result as any other."""

    spoils = ("gmm.m_step", "gmm.step")
    caught = {
        "gmm.m_step/refuse-singular": (FAIL, "a singular covariance that is returned"),
        "gmm.step/refuse-collapse": (FAIL, "a variance of 0 that is returned"),
    }

    def collapsed(self, columns: Rows, covariance: Rows) -> Rows:
        return covariance


# --- Bernoulli mixtures -------------------------------------------------------------------------------


class IgnoresZeros(Wrong):
    """The likelihood of a row is that of its ones."""

    spoils = BERNOULLI_E
    caught = {"bernoulli.e_step/plain": (FAIL, "a likelihood of the ones alone")}

    def log_bits(self, p: float) -> tuple[float, float]:
        return 0.0, super().log_bits(p)[1]


class BitsTimesInfinity(Wrong):
    """x ln p + (1 - x) ln(1 - p), where 0 ln 0 is NaN."""

    spoils = ("bernoulli.e_step", "bernoulli.step", "bernoulli.run")
    caught = {"bernoulli.e_step/border": (FAIL, "0 log 0, which is NaN")}

    def bernoulli_joint(self, rows: Sequence[Counts], weight: float, probabilities: Vector) -> list[float]:
        constant, logs = self.log_weight(weight), [self.log_bits(p) for p in probabilities]
        return [
            constant + self.total(bit * one + (1 - bit) * zero for bit, (zero, one) in zip(row, logs, strict=True))
            for row in rows
        ]


class ClipsProbabilities(Wrong):
    """Before a logarithm is taken a probability is clipped to [1e-10, 1 - 1e-10]."""

    spoils = BERNOULLI_E
    caught = {
        "bernoulli.e_step/impossible-under-one": (WEAK, "probabilities that are clipped to 1e-10"),
        "bernoulli.run/border": (WEAK, "clipping, under which a probability of 0 does not stay 0"),
    }

    def log_bit(self, p: float) -> float:
        return super().log_bit(min(max(p, 1e-10), 1 - 1e-10))


class SmoothsBits(Wrong):
    """A one and a zero are added to the counts of every column."""

    spoils = BERNOULLI_M
    caught = {
        "bernoulli.m_step/constant-columns": (FAIL, "smoothing"),
        "bernoulli.step/constant-column": (FAIL, "smoothing"),
        "bernoulli.run/digits-120-10": (FAIL, "hidden smoothing"),
        "bernoulli.fixed_point/unequal-weights": (FAIL, "hidden smoothing"),
    }

    def share_of_ones(self, column: Counts, share: Vector, size: float) -> float:
        return (self.dot(share, column) + 1) / (size + 2)


class KeepsBitsOffTheBorder(Wrong):
    """Probabilities stay a millionth away from 0 and 1, for fear of 0 log 0."""

    spoils = ("bernoulli.m_step", "bernoulli.step", "bernoulli.run")
    caught = {"bernoulli.m_step/constant-columns": (FAIL, "clipping")}

    def share_of_ones(self, column: Counts, share: Vector, size: float) -> float:
        return min(max(super().share_of_ones(column, share, size), 1e-6), 1 - 1e-6)


# --- runs and limits ----------------------------------------------------------------------------------


class PushesApart(Wrong):
    """Components that are equal at the start are pushed apart."""

    spoils = ("gmm.step", "gmm.run", "gmm.fixed_point", "bernoulli.run", "bernoulli.fixed_point", *BINOMIAL)
    caught = {
        "gmm.step/identical-components": (FAIL, "a random push that tells equal components apart"),
        "gmm.run/identical-components": (FAIL, "a random push that tells equal components apart"),
        "gmm.fixed_point/identical-components": (FAIL, "a hidden perturbation of the start"),
        "bernoulli.run/identical-components": (FAIL, "a random push that tells equal components apart"),
        "bernoulli.fixed_point/identical-components": (FAIL, "a hidden perturbation of the start"),
        "binomial.run/equal-coins": (FAIL, "a random push that tells equal coins apart"),
        "binomial.fixed_point/equal-coins": (FAIL, "a hidden perturbation of the start"),
    }

    def first(self, theta: Any) -> Any:
        components = list(theta[1])
        if len(components) < 2 or any(component != components[0] for component in components):
            return theta
        first = components[0]
        pushed = [x * 1.001 for x in first] if isinstance(first, list) else first * 1.001
        return theta._replace(**{theta._fields[1]: [pushed, *components[1:]]})


class StopsByGain(Wrong):
    """A run ends where ln p gains less than 1e-3 for an observation."""

    spoils = ("gmm.run", "binomial.run")
    caught = {"gmm.run/old-faithful-scaled-100": (FAIL, "the log-likelihood per point gains less than 1e-3")}

    def done(self, before: Expectation | None, found: Expectation, entered: Any, left: Any) -> bool:
        least = 1e-3 * len(found.responsibilities)
        return before is not None and abs(found.log_likelihood - before.log_likelihood) < least


class StopsWhereItFalls(Wrong):
    """A run ends where ln p falls, for it never does."""

    spoils = ("gmm.run",)
    caught = {"gmm.run/regularisation": (FAIL, "a stop where the likelihood falls")}

    def done(self, before: Expectation | None, found: Expectation, entered: Any, left: Any) -> bool:
        return before is not None and found.log_likelihood < before.log_likelihood - 1e-9


class StopsByUnits(Wrong):
    """A run ends where no parameter of a Gaussian moves by 1."""

    spoils = ("gmm.run",)
    caught = {"gmm.run/old-faithful-100": (FAIL, "a stop when no parameter moves by 1")}

    def done(self, before: Expectation | None, found: Expectation, entered: Any, left: Any) -> bool:
        if not isinstance(left, Gaussians):
            return super().done(before, found, entered, left)
        pairs = zip(numbers_of(entered), numbers_of(left), strict=True)
        return all(abs(a - b) < 1 for a, b in pairs)


class StopsByMoves(Wrong):
    """A limit is where no parameter moves by a millionth of the largest of its kind."""

    spoils = LIMITS
    caught = {
        "gmm.fixed_point/old-faithful-scaled": (FAIL, "a stop by a tolerance"),
        "gmm.fixed_point/iris-spherical": (FAIL, "a stop when nothing moves by a millionth"),
        "gmm.fixed_point/overlapping": (FAIL, "a stop when nothing moves by more than a tolerance"),
        "bernoulli.fixed_point/closed-form": (FAIL, "a stop by a tolerance"),
        "binomial.fixed_point/unequal-rounds": (FAIL, "a stop by a tolerance"),
    }

    def arrived(self, strides: list[float]) -> bool:
        return strides[-1] < 1e-6


class RateOfMoves(Wrong):
    """The rate is the quotient of the last two moves."""

    spoils = LIMITS
    caught = {
        "gmm.fixed_point/well-separated": (FAIL, "a rate that is measured from the moves of the last steps"),
    }

    def arrived(self, strides: list[float]) -> bool:
        self.strides = strides
        return strides[-1] < 1e-11

    def rate_of_mixture(self, family: Family, theta: Any, responsibilities: list[list[float]]) -> float:
        before, moved = self.strides[-2:]
        return moved / before


class PowerIteration(Wrong):
    """The largest eigenvalue is found by a power iteration, which does not look whether there is anything left."""

    spoils = LIMITS
    caught = {
        "gmm.fixed_point/one-component": (ERROR, "a power iteration that divides 0 by 0"),
        "bernoulli.fixed_point/one-component": (ERROR, "a power iteration that divides 0 by 0"),
        "binomial.fixed_point/one-coin": (ERROR, "a power iteration that divides 0 by 0"),
    }

    def largest_root(self, matrix: Rows) -> tuple[float, list[float]]:
        vector = [1.0] * len(matrix)
        image = [self.dot(row, vector) for row in matrix]
        length = math.hypot(*image)
        vector = [x / length for x in image]
        return super().largest_root(matrix)[0], vector


class SumOfEigenvalues(Wrong):
    """The rate is the trace."""

    spoils = LIMITS
    caught = {
        "gmm.fixed_point/diag": (FAIL, "the sum of all eigenvalues"),
        "binomial.fixed_point/three-coins": (FAIL, "the sum of all eigenvalues"),
    }

    def rate_of_matrix(self, matrix: Rows) -> float:
        return self.total(row[i] for i, row in enumerate(matrix))


class SecondEigenvalue(Wrong):
    """The rate is the second largest eigenvalue."""

    spoils = LIMITS
    caught = {"binomial.fixed_point/three-coins-overlapping": (FAIL, "a second eigenvalue")}

    def rate_of_matrix(self, matrix: Rows) -> float:
        root, vector = self.largest_root(matrix)
        pairs = zip(matrix, vector, strict=True)
        rest = [[x - root * a * b for x, b in zip(row, vector, strict=True)] for row, a in pairs]
        return self.largest_root(rest)[0]


class RateOfTheLikelihood(Wrong):
    """The rate is that at which ln p converges, the square."""

    spoils = LIMITS
    caught = {"gmm.fixed_point/spherical": (FAIL, "the rate of the log-likelihood")}

    def rate_of_matrix(self, matrix: Rows) -> float:
        return super().rate_of_matrix(matrix) ** 2


class RootOfTheRate(Wrong):
    """The rate is the root of the eigenvalue."""

    spoils = LIMITS
    caught = {"gmm.fixed_point/spherical": (FAIL, "and its root")}

    def rate_of_matrix(self, matrix: Rows) -> float:
        return math.sqrt(super().rate_of_matrix(matrix))


class RateAtMostOne(Wrong):
    """The rate is cut at 1."""

    spoils = LIMITS
    caught = {"gmm.fixed_point/identical-components": (FAIL, "a rate that is cut at 1")}

    def rate_of_matrix(self, matrix: Rows) -> float:
        return min(super().rate_of_matrix(matrix), 1.0)


class RateWithoutTheTie(Wrong):
    """The derivative leaves out the parameters that the components share."""

    spoils = ("gmm.fixed_point",)
    caught = {"gmm.fixed_point/tied": (FAIL, "a rate that leaves out the covariance that the components share")}

    def gaussian_directions(self, *given: Any) -> tuple[list[list[Direction]], list[list[Direction]]]:
        own, common = super().gaussian_directions(*given)
        return own, [[] for _ in common]


# --- answers where input must be refused --------------------------------------------------------------


class ReadsOneTriangle(Wrong):
    """Nobody looks whether covariances are symmetric."""

    spoils = ("gmm.e_step",)
    caught = {"gmm.e_step/refuse-not-symmetric": (FAIL, "reads one triangle")}

    def not_symmetric(self) -> None:
        """No check."""


class ModulusOfDeterminant(Wrong):
    """The modulus of the determinant is taken, and nobody looks at its sign."""

    spoils = ("gmm.e_step", "gmm.step")
    caught = {
        "gmm.e_step/refuse-indefinite": (FAIL, "a modulus of the determinant"),
        "gmm.step/refuse-not-positive-definite": (FAIL, "the modulus of a variance"),
    }

    def not_positive_definite(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        lower, pivots = self.factors(covariance)
        if 0 in pivots:
            return super().not_positive_definite(columns, mean, covariance)
        moduli = [abs(p) for p in pivots]
        constant = self.log_constant(len(mean)) - self.log_determinant(covariance, moduli) / 2
        squares = self.squares(self.solved(lower, self.offsets(columns, mean)), moduli)
        return [constant - square / 2 for square in squares]


class MendsCovariances(Wrong):
    """A billionth is added to the diagonal of a singular covariance."""

    spoils = ("gmm.e_step",)
    caught = {"gmm.e_step/refuse-singular": (FAIL, "a singular covariance that is mended in silence")}

    def not_positive_definite(self, columns: Rows, mean: Vector, covariance: Rows) -> list[float]:
        if min(self.factors(covariance)[1]) < 0:
            return super().not_positive_definite(columns, mean, covariance)
        return self.log_densities(columns, mean, super().regularised(covariance, 1e-9))


class AnyWeights(Wrong):
    """Weights may sum to anything."""

    spoils = ("gmm.e_step", "bernoulli.e_step", "binomial.step")
    caught = {
        "gmm.e_step/refuse-weights": (FAIL, "weights that are taken as they come"),
        "bernoulli.e_step/refuse-weights": (FAIL, "weights that are taken as they come"),
        "binomial.step/refuse-weights": (FAIL, "weights that are taken as they come"),
    }

    def other_sum(self, name: str) -> None:
        if name != "weights":
            super().other_sum(name)


class AnyResponsibilities(Wrong):
    """Responsibilities may sum to anything."""

    spoils = ("gmm.m_step", "bernoulli.m_step")
    caught = {
        "gmm.m_step/refuse-sums": (FAIL, "responsibilities that are taken as they come"),
        "bernoulli.m_step/refuse-sums": (FAIL, "responsibilities that are taken as they come"),
    }

    def other_sum(self, name: str) -> None:
        if name != "responsibilities":
            super().other_sum(name)


class DropsObservations(Wrong):
    """Observations without responsibilities are left out."""

    spoils = ("gmm.m_step", "bernoulli.m_step")
    caught = {
        "gmm.m_step/refuse-lengths": (FAIL, "points that are dropped in silence"),
        "bernoulli.m_step/refuse-lengths": (FAIL, "rows that are dropped in silence"),
    }

    def gmm_m_step(self, points: Rows, responsibilities: Rows, **how: Any) -> dict[str, Any]:
        return super().gmm_m_step(points[: len(responsibilities)], responsibilities, **how)

    def bernoulli_m_step(self, rows: Sequence[Counts], responsibilities: Rows) -> dict[str, Any]:
        return super().bernoulli_m_step(rows[: len(responsibilities)], responsibilities)


class DropsColumns(Wrong):
    """Means and covariances are cut to the dimension of the points."""

    spoils = ("gmm.e_step",)
    caught = {"gmm.e_step/refuse-dimension": (FAIL, "columns that are dropped in silence")}

    def gmm_e_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices) -> dict[str, Any]:
        d = len(points[0]) if points else 0
        cut = [[row[:d] for row in covariance[:d]] for covariance in covariances]
        return super().gmm_e_step(points, weights, [mean[:d] for mean in means], cut)


class SharesTheCovariance(Wrong):
    """One covariance serves for all components."""

    spoils = ("gmm.e_step",)
    caught = {"gmm.e_step/refuse-too-few-covariances": (FAIL, "a covariance that is shared in silence")}

    def gmm_e_step(self, points: Rows, weights: Vector, means: Rows, covariances: Matrices) -> dict[str, Any]:
        shared = covariances if len(covariances) > 1 else [covariances[0]] * len(means)
        return super().gmm_e_step(points, weights, means, shared)


class AnyRegularisation(Wrong):
    """A regularisation may be negative."""

    spoils = ("gmm.m_step",)
    caught = {"gmm.m_step/refuse-regularisation": (FAIL, "subtracted from the variances")}

    def check_regularisation(self, regularisation: float) -> None:
        """No check."""


class DropsEntriesOfTheStart(Wrong):
    """Of a start the entries that its type lacks are dropped."""

    spoils = ("gmm.step",)
    caught = {"gmm.step/refuse-type": (FAIL, "read and dropped")}

    def of_another_type(self, theta: Gaussians, covariance_type: str) -> Gaussians:
        return theta._replace(covariances=[self.diagonal(covariance) for covariance in theta.covariances])


class AnyEntry(Wrong):
    """Whatever is not 0 is 1."""

    spoils = ("bernoulli.e_step",)
    caught = {"bernoulli.e_step/refuse-entry": (FAIL, "counts where bits are asked for")}

    def bernoulli_e_step(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        return super().bernoulli_e_step([[int(bit != 0) for bit in row] for row in rows], weights, probabilities)


class AnyProbabilityOfBits(Wrong):
    """Probabilities may lie outside [0, 1]; the sign of a likelihood is lost in its logarithm."""

    spoils = ("bernoulli.e_step",)
    caught = {"bernoulli.e_step/refuse-probability": (FAIL, "of which the sign is lost")}

    def no_probability(self) -> None:
        """No check."""

    def log_of_no_chance(self, p: float) -> float:
        return math.log(-p) if p else super().log_of_no_chance(p)


class CutsBits(Wrong):
    """Rows of bits are cut to the shortest."""

    spoils = ("bernoulli.e_step",)
    caught = {"bernoulli.e_step/refuse-ragged": (FAIL, "rows that are cut to the shortest")}

    def bernoulli_e_step(self, rows: Sequence[Counts], weights: Vector, probabilities: Rows) -> dict[str, Any]:
        width = min((len(row) for row in rows), default=0)
        return super().bernoulli_e_step([row[:width] for row in rows], weights, probabilities)


class LikelihoodOfNothing(Wrong):
    """Of no observations the log-likelihood is 0, and the parameters stay."""

    spoils = ("gmm.e_step", "gmm.step", "bernoulli.e_step", "binomial.step")
    caught = {
        "gmm.e_step/refuse-empty": (FAIL, "a likelihood of nothing"),
        "gmm.step/refuse-empty": (FAIL, "a mean of nothing"),
        "bernoulli.e_step/refuse-empty": (FAIL, "a likelihood of nothing"),
        "binomial.step/refuse-empty": (FAIL, "a mean of nothing"),
    }

    def gmm_e_step(self, points: Rows, *theta: Any, **named: Any) -> dict[str, Any]:
        return super().gmm_e_step(points, *theta, **named) if points else self.nothing()

    def gmm_step(self, points: Rows, *theta: Any, **named: Any) -> dict[str, Any]:
        return super().gmm_step(points, *theta, **named) if points else {**self.nothing(), **named}

    def bernoulli_e_step(self, rows: Sequence[Counts], *theta: Any, **named: Any) -> dict[str, Any]:
        return super().bernoulli_e_step(rows, *theta, **named) if rows else self.nothing()

    def binomial_step(self, heads: Counts, tails: Counts, *theta: Any, **named: Any) -> dict[str, Any]:
        return super().binomial_step(heads, tails, *theta, **named) if heads else {**self.nothing(), **named}

    def nothing(self) -> dict[str, Any]:
        return {"responsibilities": [], "log_likelihood": 0.0}
