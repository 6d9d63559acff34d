"""Solver of power.run: exact, but for the root of the unit vector."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear, power_iteration, trace
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, Ball, Numbers as Kind, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style, Tree

SPARE = 30
"""Digits of irrational entries beyond those kept."""

MOST_BITS = 1_000_000
"""Of the largest number of the last iterate."""


def run(
    given: Numbers, params: Numbers, style: Style = values.GOLDEN, most: int | None = values.MOST_STEPS
) -> Solution:
    """Solve power.run; most: how many iterations are taken on. Raises Unsupported where fractions become too long."""
    matrix, vector = values.rows(given["matrix"], "matrix"), values.row(given["vector"], "vector")
    iterations = values.iterations(params, most)
    power_iteration.check(matrix, vector)
    longest = max(x.numerator.bit_length() + x.denominator.bit_length() for row in [*matrix, vector] for x in row)
    if longest * iterations * len(matrix) > MOST_BITS:
        raise Unsupported("the iterates would have too many digits; give fewer iterations or shorter numbers")
    v = trace.nth(iterations, power_iteration.trace(matrix, vector)).vector
    return Solution(
        {
            "vector": unit(v, style),
            "eigenvalue": values.written(power_iteration.rayleigh(matrix, v), style),
        },
        Identities(),
    )


def unit(v: Sequence[Fraction], style: Style) -> Tree:
    """Return the unit vector on the line of v, as text: exact where its length is rational."""
    try:
        exact = power_iteration.unit(v, EXACT)
        return [values.written(u, style) for u in exact]
    except Unsupported:
        # which entry is largest is seen by fractions alone, and decides the sign; a ball holds the length
        enclosed = over_length(power_iteration.scaled(v), ball(style.digits + SPARE))
        return [values.written(x, style) for x in enclosed]


def over_length(w: Sequence[Fraction], numbers: Kind[Ball]) -> list[Ball]:
    """Return w / |w|."""
    length = numbers.sqrt(numbers(linear.dot(w, w)))
    return [numbers(x) / length for x in w]


SOLVERS = {"power.run": run}
