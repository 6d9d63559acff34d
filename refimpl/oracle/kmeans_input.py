"""The input of kmeans.* and the margin of its decisions, as a case has them."""

from fractions import Fraction

from refimpl.certify.lloyd import Decision
from refimpl.errors import BadInput
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Margin
from refimpl.oracle.values import Rows

MOST_DIFFERENCES = 1_000_000
"""N K D; exact arithmetic on more would try anybody's patience."""


def points_centers(given: Numbers) -> tuple[Rows, Rows]:
    """Return points and centers. Raises BadInput where one step would take too long."""
    points, centers = values.rows(given["points"], "points"), values.rows(given["centers"], "centers")
    differences = sum(map(len, points)) * len(centers)
    if differences > MOST_DIFFERENCES:
        raise BadInput(f"points and centers have {differences} differences; give at most {MOST_DIFFERENCES}")
    return points, centers


def rate(params: Numbers) -> Fraction | None:
    """Return the rate of an online run, None for 1/n. Raises BadInput unless it lies in [0, 1]."""
    if params["rate"] == "1/n":
        return None
    given = values.number(params["rate"], "rate")
    if not 0 <= given <= 1:
        raise BadInput(f'rate is {params["rate"]}; give "1/n" or a number from 0 to 1')
    return given


def margin_text(closest: Decision | None) -> Margin | None:
    """Return a margin with three digits and its exact gap; None where there was nothing to decide."""
    if closest is None:
        return None
    m = closest.margin
    return Margin(rounded(m.relative, 3), values.written(m.gap), closest.step, m.point, m.label, m.rival)
