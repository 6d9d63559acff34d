"""Solver of coins.fixed_point: the point to which EM goes from the start, proven to exist and to be reached.

1. a run that stands still after a step or two is rational: it is stored
2. otherwise EM until it is near, then Newton's method on F(theta) - theta
3. Krawczyk's test for existence and uniqueness, a basin that F contracts, a run that enters it
4. the room's E-step, evaluated on the box of 3, and the rate
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from refimpl import linear, two_coins
from refimpl.certify import coins, krawczyk
from refimpl.errors import DomainError, Refuted, Undecided, Unsupported
from refimpl.numbers import EXACT, Ball, N, Numbers as Kind, ball, exact_text, fixed
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import BasinBox, Box, FixedPoint, Reached
from refimpl.oracle.coin_results import Point, exact_bits, named, rounds_theta
from refimpl.oracle.solve.coins import LOST, SPARE, boxes
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style
from refimpl.two_coins import Rounds

LONG = 50_000
"""Bits of a likelihood beyond which a run is not looked at in Fractions."""

NEAR = Fraction(1, 10**6)
"""EM goes on until it moves less; Newton's method then doubles the digits."""

COARSE = 30
"""Digits of the enclosures of derivatives, which need no more."""

KEPT = 15
"""Decimals of the box that lies in the basin."""

DECIMALS = SPARE + 10
"""Decimals of the center of the box beyond the digits that are printed."""

RADIUS = SPARE + 5
"""The radius of the box is 10^-RADIUS in the unit of the last digit that is printed."""


def fixed_point(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve coins.fixed_point."""
    digits = style.digits
    rounds, theta = rounds_theta(given)
    states = _standing_still(rounds, theta)
    if states:
        return Solution(
            expected=named(rounds, _exact_row(rounds, states[-1], digits), style),
            certificate=Reached([[exact_text(p) for p in state] for state in states]),
        )
    decimals, working = digits + DECIMALS, digits + DECIMALS + 20
    center = _newton(rounds, theta, decimals, working)
    short = _short(center[0], 6), _short(center[1], 6)
    if coins.image(rounds, short).theta == short:  # a rational limit, such as a coin that always shows heads
        return Solution(
            expected=named(rounds, _exact_row(rounds, short, digits), style),
            certificate=_certify(rounds, theta, short, None, working),
        )
    box = Box([fixed(p, decimals) for p in center], f"1e-{digits + RADIUS}")
    a, b = krawczyk.enclose(center, Fraction(1, 10 ** (digits + RADIUS)), working)
    found = two_coins.e_step(rounds, (a, b))
    log_likelihood = two_coins.log_likelihood(rounds, (a, b), ball(working))
    rate = spectral_radius(coins.jacobian(rounds, (a, b)), ball(working))
    row = [*found.responsibilities, *found.counts[0], *found.counts[1], a, b, log_likelihood, rate]
    return Solution(expected=named(rounds, row, style), certificate=_certify(rounds, theta, center, box, working))


def _standing_still(rounds: Rounds, theta: Point) -> list[Point] | None:
    """Return the states of a run that stands still within two steps; later states are too long for Fractions."""
    states = [theta]
    for _ in range(2):
        if exact_bits(rounds, states[-1]) > LONG:
            return None
        image = coins.image(rounds, states[-1]).theta
        if image == states[-1]:
            return states
        states.append(image)
    return None


def _exact_row(rounds: Rounds, theta: Point, digits: int) -> list[Fraction | Ball]:
    """Return the results at a rational fixed point, and the rate, which may be irrational even there."""
    found = two_coins.e_step(rounds, theta)
    numbers = ball(digits + DECIMALS)
    a, b = map(numbers, theta)
    slopes = coins.jacobian(rounds, theta)
    rate: Fraction | Ball
    try:
        rate = spectral_radius(slopes, EXACT)
    except Unsupported:
        rate = spectral_radius([[numbers(x) for x in row] for row in slopes], numbers)
    log_likelihood = two_coins.log_likelihood(rounds, (a, b), numbers)
    return [*found.responsibilities, *found.counts[0], *found.counts[1], *theta, log_likelihood, rate]


def _newton(rounds: Rounds, theta: Point, decimals: int, working: int) -> Point:
    """Return a point near the limit, with so many decimals. Nothing here is proven, nor needs to be."""
    numbers, y = ball(working), theta
    moved = Fraction(1)
    while moved > NEAR:
        image = [p.mid for p in coins.image(rounds, (numbers(y[0]), numbers(y[1]))).theta]
        moved = max(abs(p - q) for p, q in zip(image, y, strict=True))
        y = image[0], image[1]
    for _ in range(working.bit_length()):
        at = numbers(y[0]), numbers(y[1])
        slopes = [[x.mid - (i == j) for j, x in enumerate(row)] for i, row in enumerate(coins.jacobian(rounds, at))]
        residual = [(p - q).mid for p, q in zip(coins.image(rounds, at).theta, at, strict=True)]
        move = linear.matvec(linear.inverse(slopes), residual)
        y = _short(y[0] - move[0], decimals), _short(y[1] - move[1], decimals)
    return y


def _short(value: Fraction, decimals: int) -> Fraction:
    return Fraction(round(value * 10**decimals), 10**decimals)


def _certify(rounds: Rounds, theta: Point, center: Point, box: Box | None, digits: int) -> FixedPoint:
    """Return the certificate with the widest basin of radius 1/2, 1/4, 1/8, ... that is contracted.

    box: a box about the center that holds the fixed point, None where it is the center itself.
    """
    box = box or Box([exact_text(p) for p in center], "0")
    radius = values.number(box.radius, "radius")
    _, derivative = coins.maps(rounds)
    basis = _eigenbasis([[x.mid for x in row] for row in derivative(krawczyk.enclose(center, Fraction(0), COARSE))])
    middle = [_short(p, 6) for p in center]
    for halvings in range(1, 20):
        basin = krawczyk.Basin(middle, basis, Fraction(1, 2**halvings))
        try:
            q = krawczyk.check_basin(derivative, basin, center, radius, COARSE)
        except (Refuted, Undecided, DomainError):
            continue
        states = _entering(rounds, theta, basin)
        return FixedPoint(
            max(digits, COARSE + LOST * len(states)),
            COARSE,
            box,
            BasinBox(
                [exact_text(p) for p in middle],
                [[exact_text(v) for v in row] for row in basis],
                exact_text(basin.radius),
            ),
            values.rounded_up(q),
            states,
        )
    raise Unsupported("no basin was found that EM contracts about the fixed point")


def _entering(rounds: Rounds, theta: Point, basin: krawczyk.Basin) -> list[Box]:
    """Return the boxes of the run up to the first that lies in the basin."""
    numbers = ball(COARSE + LOST * values.MOST_STEPS)
    start = two_coins.start(rounds, (numbers(theta[0]), numbers(theta[1])))
    passed = []
    for state in islice(two_coins.trace(rounds, start), 1, values.MOST_STEPS):
        passed.append(state.theta)
        (last,) = boxes(theta, [state.theta], KEPT)[1:]
        try:
            krawczyk.check_enters(basin, values.row(last.center, "center"), Fraction(1, 10**KEPT), COARSE)
        except Refuted:
            continue
        return boxes(theta, passed, KEPT)
    raise Unsupported(f"the run does not enter the basin within {values.MOST_STEPS} steps")


def _eigenbasis(slopes: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return short columns near the eigenvectors; any basis is a valid one.

    (b, lambda - a) and (lambda - d, c) both solve (J - lambda I) v = 0.
    """
    (a, b), (c, d) = slopes
    numbers = ball(COARSE)
    gap = numbers.sqrt(numbers((a - d) ** 2 + 4 * b * c)).mid
    columns = []
    for root in ((a + d + gap) / 2, (a + d - gap) / 2):
        vector = max(((b, root - a), (root - d, c)), key=lambda v: max(map(abs, v)))
        largest = max(map(abs, vector))
        columns.append([_short(x / (largest or 1), 3) for x in vector])
    (a, b), (c, d) = columns
    if a * d == b * c:  # a multiple of the identity
        return [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]
    return linear.transpose(columns)


def spectral_radius(slopes: Sequence[Sequence[N]], numbers: Kind[N]) -> N:
    """Return the larger root of x^2 - tr x + det; its roots are real and not negative for EM."""
    (a, b), (c, d) = slopes
    return linear.quotient(a + d + numbers.sqrt((a - d) ** 2 + b * c * 4), 2)


SOLVERS = {"coins.fixed_point": fixed_point}
