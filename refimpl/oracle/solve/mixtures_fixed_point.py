"""Solver of gmm.fixed_point, bernoulli.fixed_point and binomial.fixed_point.

Notation as in `certify.mixture`: s the coordinates of a state, F the map in them, J its derivative.

1. a run that is rational and stands still after a step or two is stored: one component, or equal ones
2. otherwise EM until it moves little, then Newton's method on F(s) - s
3. Krawczyk's test for existence and uniqueness, a basin that F contracts, a tube about the run that enters it
4. the room's E-step, evaluated on the box of 3, and the rate: the largest root of det(x I - J)

Where a variance falls below 10^-20 of the data's, it vanishes: EM diverges.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import islice

import mpmath

from refimpl import linear
from refimpl.certify import krawczyk
from refimpl.certify.gaussians import Gaussians
from refimpl.certify.krawczyk import Point
from refimpl.certify.mixture import Frame, at, coordinates, jacobian, maps, row_of
from refimpl.errors import Diverges, DomainError, Refuted, Undecided, Undefined, Unsupported
from refimpl.numbers import EXACT, Ball, ball, exact_text, fixed, rounded
from refimpl.oracle import mixture_input, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import BasinBox, Box, FixedPoint, Reached
from refimpl.oracle.mixture_input import Problem
from refimpl.oracle.solve.mixture_tube import COARSE, GUARD, run, tube
from refimpl.oracle.solve.mixtures import log_likelihood, states
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style

NEAR = Fraction(1, 10**8)
"""EM goes on until it moves less; Newton's method then doubles the digits."""

MOST = 2000
"""Steps after which a run is not looked at any more."""

SMALLEST = Fraction(1, 10**20)
"""A variance below this, relative to the data's, vanishes."""

ROUGH = 60
"""Digits of the run that looks for the limit."""

SPARE = 30
"""Decimals of the center of the box beyond the digits that are printed."""

RADIUS = 20
"""The radius of the box is 10^-RADIUS in the unit of the last digit that is printed."""

KEPT = 15
"""Decimals of the last box of the tube."""

SHORT = 8
"""Decimals of the basin's basis."""


def fixed_point(task: str, given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve a fixed point."""
    problem = mixture_input.problem(task, given, params)
    if 0 in problem.theta.weights:
        raise Unsupported("a component has no weight; leave it out")
    reached = _standing_still(problem)
    decimals = style.digits + SPARE
    numbers = ball(decimals + GUARD)
    frame = Frame(problem.family, numbers)
    if reached:
        theta = mixture_input.in_balls(reached[-1], numbers)
        *_, end = islice(states(problem, reached[-1], EXACT), 1)
        box: Sequence[Ball] = coordinates(frame, theta)
        parameters = mixture_input.parameters(problem, reached[-1], style)
        certificate: Reached | FixedPoint = Reached([[exact_text(x) for x in row_of(state)] for state in reached])
        expectation = mixture_input.expectation(end.posterior, log_likelihood(problem, theta, numbers), style)
    else:
        try:
            center = _newton(problem, _near(problem), decimals)
        except DomainError:
            raise Unsupported("the limit lies on the border, where a probability is 0 or 1") from None
        written = Box([fixed(x, decimals) for x in center], f"1e-{style.digits + RADIUS}")
        certificate = _certify(problem, center, written, decimals + GUARD)
        box = krawczyk.enclose(center, values.number(written.radius, "radius"), decimals + GUARD)
        theta = at(problem.family, box, numbers)
        *_, around = islice(states(problem, theta, numbers), 1)
        parameters = mixture_input.parameters(problem, theta, style)
        expectation = mixture_input.expectation(around.posterior, log_likelihood(problem, theta, numbers), style)
    rate = rate_of(jacobian(frame, box), style.digits) if box else "0"
    return Solution({**expectation, **parameters, "rate": rate}, certificate)


def _standing_still(problem: Problem) -> list[mixture_input.Exactly] | None:
    """Return the states of a rational run that stands still within two steps."""
    found = [problem.theta]
    for t in range(3):
        if not problem.is_short(found[t]):
            return None
        *_, after = islice(states(problem, found[t], EXACT), 2)
        if row_of(after.theta) == row_of(found[t]):
            return found
        found.append(after.theta)
    return None


def _near(problem: Problem) -> Point:
    """Return a point near the limit. Raises Diverges where a variance vanishes; nothing here is proven."""
    frame = Frame(problem.family, ball(ROUGH))
    theta, s = problem.start(frame.numbers), None
    for _ in range(MOST):
        _check_variances(problem, [[x.mid for x in row] for row in theta.components])
        try:
            image = [x.mid for x in coordinates(frame, theta)]
        except (Undecided, DomainError, Undefined):
            raise Unsupported("the run comes too near to the border to be enclosed") from None
        moved = max(abs(a - b) for a, b in zip(image, s, strict=True)) if s else NEAR
        if moved < NEAR:
            return image
        s = _short(image, ROUGH)
        theta = at(problem.family, [frame.numbers(x) for x in s], frame.numbers)
    raise Unsupported(f"the run does not come near to a limit within {MOST} steps")


def _check_variances(problem: Problem, components: Sequence[Sequence[Fraction]]) -> None:
    """Raise Diverges where a component has become so narrow in a direction that it vanishes."""
    if not isinstance(problem.family, Gaussians):
        return
    family = problem.family
    for row in components:
        sigma = family.covariance(row)
        units = family.units
        scaled = [[x / (a * b) for x, b in zip(line, units, strict=True)] for line, a in zip(sigma, units, strict=True)]
        try:
            narrow = min(linear.ldl(scaled)[1]) < SMALLEST
        except Undefined:
            narrow = True
        if narrow:
            raise Diverges(
                "a component collapses: its covariance becomes singular, where the likelihood has no bound; "
                "give another start"
            )


def _newton(problem: Problem, point: Point, decimals: int) -> Point:
    """Return a point nearer to the limit, with so many decimals. Nothing here is proven, nor needs to be."""
    digits = decimals + GUARD
    numbers = ball(digits)
    f, derivative = maps(problem.family, digits, COARSE)
    for _ in range(digits.bit_length() + 2):
        y = [numbers(x) for x in point]
        slopes = [[numbers(x.mid) - int(i == j) for j, x in enumerate(row)] for i, row in enumerate(derivative(y))]
        move = linear.matvec(linear.inverse(slopes), linear.subtract(f(y), y))
        point = _short([a - b.mid for a, b in zip(point, move, strict=True)], decimals)
    return point


def _short(row: Sequence[Fraction], decimals: int) -> list[Fraction]:
    return [Fraction(round(x * 10**decimals), 10**decimals) for x in row]


def _certify(problem: Problem, center: Point, box: Box, digits: int) -> FixedPoint:
    """Return the certificate with the widest basin of radius 1/8, 1/16, ... that is contracted."""
    _, derivative = maps(problem.family, digits, COARSE)
    basis = _eigenbasis([[x.mid for x in row] for row in derivative(krawczyk.enclose(center, Fraction(0), COARSE))])
    middle, radius = _short(center, KEPT), values.number(box.radius, "radius")
    for halvings in range(3, 40):
        basin = krawczyk.Basin(middle, basis, Fraction(1, 2**halvings))
        try:
            q = krawczyk.check_basin(derivative, basin, center, radius, COARSE, unit=False)
        except (Refuted, Undecided, DomainError, Undefined):
            continue
        found = tube(problem, _steps_into(problem, basin), KEPT)
        return FixedPoint(
            max(digits, found.digits),
            COARSE,
            box,
            BasinBox([*map(exact_text, middle)], [[*map(exact_text, row)] for row in basis], exact_text(basin.radius)),
            values.rounded_up(q),
            found.written,
            found.blocks,
        )
    raise Unsupported("no basin was found that EM contracts about the fixed point")


def _steps_into(problem: Problem, basin: krawczyk.Basin) -> int:
    """Return after how many steps the run lies well inside the basin."""
    for t, point in enumerate(islice(run(problem, KEPT), values.MOST_STEPS), 1):
        try:
            krawczyk.check_enters(basin, point, basin.radius / 100, COARSE)
        except Refuted:
            continue
        return t
    raise Unsupported(f"the run does not enter the basin within {values.MOST_STEPS} steps")


def _eigenbasis(slopes: Sequence[Point]) -> list[list[Fraction]]:
    """Return short columns near the eigenvectors; any basis is a valid one."""
    context = mpmath.MPContext()
    context.dps = COARSE
    matrix = context.matrix([[context.mpf(x.numerator) / x.denominator for x in row] for row in slopes])
    _, vectors = context.eig(matrix)
    columns = []
    for j in range(len(slopes)):
        column = [context.re(vectors[i, j]) for i in range(len(slopes))]
        largest = max(map(abs, column)) or 1
        columns.append([Fraction(int(context.nint(x / largest * 10**SHORT)), 10**SHORT) for x in column])
    basis = linear.transpose(columns)
    try:
        linear.inverse([[ball(COARSE)(x) for x in row] for row in basis])
    except (Undefined, Undecided):  # eigenvectors may coincide where eigenvalues do
        return [[Fraction(int(i == j)) for j in range(len(slopes))] for i in range(len(slopes))]
    return basis


def rate_of(slopes: Sequence[Sequence[Ball]], digits: int) -> str:
    """Return the largest root of det(x I - J), proven. Raises Refuted where the balls are too wide for it."""
    polynomial = [x.mid for x in linear.characteristic(slopes)]
    degree = len(polynomial) - 1
    decimals = 2 * digits + 60
    x = -polynomial[1]  # the trace, which no eigenvalue exceeds: Newton's method descends from there to the largest
    for _ in range(20 * degree + 4 * digits):
        value = slope = Fraction(0)
        for c in polynomial:
            slope = slope * x + value
            value = value * x + c
        if not slope:
            break
        (moved,) = _short([x - value / slope], decimals)
        if abs(moved - x) <= Fraction(1, 10 ** (decimals - 3)):
            break
        x = moved
    text = rounded(x, digits)
    krawczyk.check_rate(slopes, *values.half_unit(text))
    return text


SOLVERS = {
    f"{prefix}.fixed_point": partial(fixed_point, f"{prefix}.fixed_point")
    for prefix in ("gmm", "bernoulli", "binomial")
}
