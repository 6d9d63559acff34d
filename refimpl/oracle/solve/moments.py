"""Solver of moments.covariance."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear, moments
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, Ball, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Style

SPARE = 30
"""Digits of irrational correlations beyond those kept."""


def covariance(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve moments.covariance."""
    points = values.rows(given["points"], "points")
    ddof = values.whole(params["ddof"], "ddof")
    matrix = moments.covariance_matrix(points, ddof=ddof)
    columns = linear.transpose(points)
    mean = [moments.mean(x) for x in columns]
    correlation = [[_correlation(x, y, style.digits + SPARE) for y in columns] for x in columns]
    return Solution(
        expected={
            "mean": values.written_row(mean, style),
            "covariance": values.written_rows(matrix, style),
            "correlation": [[None if r is None else values.written(r, style) for r in row] for row in correlation],
        },
        certificate=Identities(),
    )


def _correlation(x: Sequence[Fraction], y: Sequence[Fraction], working: int) -> Fraction | Ball | None:
    if min(x) == max(x) or min(y) == max(y):
        return None
    try:
        return moments.correlation(x, y, EXACT)
    except Unsupported:
        numbers = ball(working)
        return moments.correlation([numbers(a) for a in x], [numbers(b) for b in y], numbers)


SOLVERS = {"moments.covariance": covariance}
