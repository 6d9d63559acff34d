"""The input and the results of linkage.fit, as a case has them."""

from collections.abc import Sequence
from typing import cast, get_args

from refimpl import linear, linkage
from refimpl.certify.dendrograms import Closest as Decision, parents
from refimpl.certify.surds import Surd
from refimpl.errors import BadInput
from refimpl.numbers import ball, rounded
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Closest
from refimpl.oracle.values import Rows, Style

MOST = 150
"""Points; every pair of clusters is compared exactly before each merge."""

MOST_ROUNDED = 400
"""Points of a person's own in binary64 or by mpmath, which compare faster."""


def points_method(given: Numbers, params: Numbers) -> tuple[Rows, linkage.Method]:
    """Return points and method. Raises EmptyData or BadInput."""
    return checked(values.rows(given["points"], "points"), params["method"])


def checked(points: Rows, method: object, most: int = MOST) -> tuple[Rows, linkage.Method]:
    """Return points and method. Raises EmptyData or BadInput."""
    n, _ = linear.shape(points, "points")
    if method not in get_args(linkage.Method):
        raise BadInput(f"method is {method!r}; give one of {', '.join(linkage.METHODS)}")
    if n == 1:
        raise BadInput("points has one row, and there is nothing to merge; give at least two")
    if n > most:
        raise BadInput(f"points has {n} rows; give at most {most}")
    return points, cast(linkage.Method, method)


def named(merges: Sequence[tuple[int, int]], heights: Sequence[Surd], unit: int, style: Style, spare: int) -> Numbers:
    """Return parents and heights by name; spare: digits of the balls beyond those that are written."""
    numbers = ball(style.digits + spare)
    return {
        "parents": [*parents(merges)],
        "heights": [values.written(height.value(numbers, unit), style) for height in heights],
    }


def margin_text(closest: Decision | None) -> Closest | None:
    """Return a margin with three digits; None where there was nothing to decide."""
    if closest is None:
        return None
    return Closest(rounded(closest.relative, 3), closest.step, [*closest.pair], [*closest.rival])
