"""The input of dbscan.fit and the margin of its decisions, as a case has them."""

from fractions import Fraction

from refimpl import linear
from refimpl.certify.density import Near
from refimpl.errors import BadInput
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Closest
from refimpl.oracle.values import Rows

MOST = 3000
"""Points; every pair of them is looked at."""


def points_eps_least(given: Numbers, params: Numbers) -> tuple[Rows, Fraction, int]:
    """Return points, radius and the number of neighbours of a core point. Raises EmptyData or BadInput."""
    points = values.rows(given["points"], "points")
    n, _ = linear.shape(points, "points")
    if n > MOST:
        raise BadInput(f"points has {n} rows; give at most {MOST}")
    least = values.whole(params["min_points"], "min_points")
    if least < 1:
        raise BadInput(f"min_points is {least}; give at least 1, because a point counts itself")
    return points, values.number(params["eps"], "eps"), least


def margin_text(near: Near) -> Closest | None:
    """Return the closest comparison with three digits; None where there was none."""
    if near.closest is None:
        return None
    relative, pair = near.closest
    return Closest(rounded(relative, 3), 0, [*pair], [])
