"""The input of kmeans.*, as a case has it."""

from fractions import Fraction

from refimpl.errors import BadInput
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
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
