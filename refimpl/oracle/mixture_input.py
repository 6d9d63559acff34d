"""The input of gmm.*, bernoulli.* and binomial.* as `certify` takes it, and their results by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, cast

from refimpl import bernoulli_mixture, binomial_mixture, gaussian, gaussian_mixture, linear, mixture
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.mixture import Parameters, from_row, row_of
from refimpl.certify.tosses import Tosses
from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers as Kind, ball, exact_text, fixed
from refimpl.numbers.kinds import precision
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Box
from refimpl.oracle.values import Rows, Style, Tree
from refimpl.two_coins import Rounds

Number: TypeAlias = Fraction | Ball
Exactly: TypeAlias = Parameters[Fraction]

SHORT = 20_000
"""Bits of the exact likelihood of all observations up to which a step is taken in fractions."""

EXPECTATION = ("responsibilities", "log_likelihood")
"""The results of an E-step."""


@dataclass(frozen=True)
class Problem:
    """A mixture over given observations."""

    prefix: str
    """gmm, bernoulli or binomial."""
    family: Gaussians | Tosses
    theta: Parameters[Fraction]
    """The start; empty in an M-step."""

    def is_exact(self, iterations: int) -> bool:
        """Return whether so many steps stay rational, and short."""
        return self.is_short(self.theta) and (isinstance(self.family, Gaussians) or iterations <= 1)

    def is_short(self, theta: Parameters[Fraction]) -> bool:
        """Return whether a step from theta is rational, and short enough to be taken in fractions."""
        if isinstance(self.family, Gaussians):
            return self.family.are_alike(theta)
        longest = max(x.numerator.bit_length() + x.denominator.bit_length() for x in row_of(theta))
        tosses = sum(map(sum, self.family.heads)) + sum(map(sum, self.family.tails))
        return longest * tosses <= SHORT

    def start(self, numbers: Kind[N]) -> Parameters[N]:
        """Return the start in another kind of number."""
        return from_row([numbers(x) for x in row_of(self.theta)], len(self.theta.weights))

    @property
    def before_the_point(self) -> int:
        """How many digits the largest number of the start has before the point."""
        return len(str(int(max(map(abs, row_of(self.theta))))))

    def unboxed(self, box: Box, digits: int) -> Parameters[Ball]:
        """Return the state in a box. Raises BadInput."""
        row, radius = values.row(box.center, "certificate.center"), values.number(box.radius, "certificate.radius")
        numbers = ball(digits)
        found = [
            Ball.between(x - radius, x + radius, precision(digits)) if "." in text and radius else numbers(x)
            for x, text in zip(row, box.center, strict=True)
        ]
        return from_row(found, len(self.theta.weights))


def boxed(theta: Parameters[Ball], decimals: int) -> Box:
    """Return a box about a state; what is exact is written without a point, and has no radius."""
    row = [exact_text(x.mid) if x.is_exact else fixed(x.mid, decimals) for x in row_of(theta)]
    return Box(row, f"1e-{decimals}")


def exactly(theta: Parameters[Fraction]) -> Box:
    """Return the box that holds one state alone."""
    return Box([exact_text(x) for x in row_of(theta)], "0")


def problem(task: str, given: Numbers, params: Numbers) -> Problem:
    """Return the input of an E-step, step, run or fixed point. Raises as the rooms do where it breaks a rule."""
    prefix = task.partition(".")[0]
    weights = values.row(given["weights"], "weights")
    if prefix == "gmm":
        return _gaussians(given, params, weights)
    if prefix == "bernoulli":
        rows, probabilities = bits(given), values.rows(given["probabilities"], "probabilities")
        bernoulli_mixture.check(rows, bernoulli_mixture.Theta(weights, probabilities))
        return Problem(prefix, of_bits(rows), Parameters(weights, probabilities))
    rounds = Rounds(values.wholes(given["heads"], "heads"), values.wholes(given["tails"], "tails"))
    coins = values.row(given["probabilities"], "probabilities")
    binomial_mixture.check(binomial_mixture.Theta(weights, coins))
    family = Tosses([[h] for h in rounds.heads], [[t] for t in rounds.tails])
    return Problem(prefix, family, Parameters(weights, [[p] for p in coins]))


def _gaussians(given: Numbers, params: Numbers, weights: Sequence[Fraction]) -> Problem:
    points, means = values.rows(given["points"], "points"), values.rows(given["means"], "means")
    theta = gaussian_mixture.Theta(weights, means, values.matrices(given["covariances"], "covariances"))
    shape = estimate(params)
    gaussian_mixture.check(points, theta)
    gaussian_mixture.check_type(theta, shape.covariance_type)
    for k, covariance in enumerate(theta.covariances):
        gaussian.factors(covariance, f"covariances[{k}]")
    family = Gaussians(points, shape.covariance_type, Fraction(shape.regularisation))
    rows = [family.row(mean, covariance) for mean, covariance in zip(means, theta.covariances, strict=True)]
    return Problem("gmm", family, Parameters(weights, rows))


def without_start(task: str, given: Numbers, params: Numbers) -> tuple[Problem, Rows]:
    """Return the observations and the responsibilities of an M-step. Raises as the rooms do."""
    prefix, nothing = task.partition(".")[0], Parameters[Fraction]((), ())
    if prefix == "gmm":
        points, shape = values.rows(given["points"], "points"), estimate(params)
        linear.shape(points, "points")
        family: Gaussians | Tosses = Gaussians(points, shape.covariance_type, Fraction(shape.regularisation))
    else:
        family = of_bits(bits(given))
    r = values.rows(given["responsibilities"], "responsibilities")
    mixture.check_responsibilities(r, len(family.features))
    return Problem(prefix, family, nothing), r


def of_bits(rows: Sequence[Sequence[int]]) -> Tosses:
    """Return the family over rows of bits."""
    return Tosses(rows, [[1 - bit for bit in row] for row in rows])


def bits(given: Numbers) -> list[list[int]]:
    """Return the rows of a Bernoulli mixture. Raises BadInput."""
    tree = given["rows"]
    assert isinstance(tree, list)
    rows = [values.wholes(row, f"rows[{n}]") for n, row in enumerate(tree)]
    bernoulli_mixture.check_rows(rows)
    return rows


def estimate(params: Numbers) -> gaussian_mixture.Shape[Fraction]:
    """Return how covariances are estimated. Raises BadInput."""
    name = cast(gaussian_mixture.CovarianceType, params.get("covariance_type", "full"))
    return gaussian_mixture.Shape(name, values.number(params.get("regularisation", "0"), "regularisation"))


def in_balls(theta: Parameters[Fraction] | Parameters[Ball], numbers: Kind[Ball]) -> Parameters[Ball]:
    """Return parameters as balls."""
    row: list[Number] = [x for part in (theta.weights, *theta.components) for x in part]
    return from_row([x if isinstance(x, Ball) else numbers(x) for x in row], len(theta.weights))


def expectation(r: Matrix[Fraction] | Matrix[Ball], log_likelihood: Ball, style: Style = values.GOLDEN) -> Numbers:
    """Return the results of an E-step by name. Raises Undecided where a ball holds too few digits."""
    return {
        "responsibilities": [[values.written(x, style) for x in row] for row in r],
        "log_likelihood": values.written(log_likelihood, style),
    }


def parameters(
    problem: Problem, theta: Parameters[Fraction] | Parameters[Ball], style: Style = values.GOLDEN
) -> Numbers:
    """Return the results of an M-step by name. Raises Undecided where a ball holds too few digits."""
    weights: Tree = [values.written(x, style) for x in theta.weights]
    rows = [[values.written(x, style) for x in row] for row in theta.components]
    family = problem.family
    if isinstance(family, Gaussians):
        d = len(family.origin)
        sigmas: Tree = [[[*line] for line in family.spread(row, "0")] for row in rows]
        return {"weights": weights, "means": [[*row[:d]] for row in rows], "covariances": sigmas}
    if problem.prefix == "binomial":
        return {"weights": weights, "probabilities": [row[0] for row in rows]}
    return {"weights": weights, "probabilities": [[*row] for row in rows]}


def theta_of(problem: Problem, results: Numbers) -> Parameters[Fraction]:
    """Return the parameters among the results of a case, as they are printed."""
    weights = values.row(results["weights"], "weights")
    if isinstance(problem.family, Gaussians):
        means = values.rows(results["means"], "means")
        pairs = zip(means, values.matrices(results["covariances"], "covariances"), strict=True)
        return Parameters(weights, [problem.family.row(mean, covariance) for mean, covariance in pairs])
    if problem.prefix == "binomial":
        return Parameters(weights, [[p] for p in values.row(results["probabilities"], "probabilities")])
    return Parameters(weights, values.rows(results["probabilities"], "probabilities"))


def places(problem: Problem, row: Sequence[float]) -> dict[str, list[float]]:
    """Return by result what stands in a row of each component's weight and its family's row, in order."""
    k = len(row) // (1 + problem.family.width)
    parts = [row[i * len(row) // k : (i + 1) * len(row) // k] for i in range(k)]
    found = {"weights": [part[0] for part in parts]}
    if not isinstance(problem.family, Gaussians):
        return {**found, "probabilities": [x for part in parts for x in part[1:]]}
    d = len(problem.family.origin)
    sigmas = [problem.family.spread(part[1:], 0.0) for part in parts]
    return {
        **found,
        "means": [x for part in parts for x in part[1 : 1 + d]],
        "covariances": [x for sigma in sigmas for line in sigma for x in line],
    }
