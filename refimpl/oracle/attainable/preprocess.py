"""Attainable digits of preprocess.*"""

from collections.abc import Callable
from fractions import Fraction

from refimpl import linear
from refimpl.certify import preprocessing, sensitivity
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits, of_rows
from refimpl.oracle.case import Case, Numbers


def _min_max(case: Case, expected: Numbers) -> Digits:
    points = values.rows(case.input["points"], "points")
    sizes = linear.transpose([preprocessing.scaled_sizes(xs) for xs in linear.transpose(points)])
    return {"points": of_rows(values.rows(expected["points"], "points"), sizes, Fraction(1))}


def _impute_mean(case: Case, expected: Numbers) -> Digits:
    """S of an entry that is there is its modulus, and of a mean the mean modulus."""
    points = values.rows_with_holes(case.input["points"], "points")
    reaches = [preprocessing.filling([abs(x) for x in xs if x is not None]) for xs in zip(*points, strict=True)]
    sizes = [[reach if x is None else abs(x) for x, reach in zip(row, reaches, strict=True)] for row in points]
    filled = values.rows(expected["points"], "points")
    return {"points": of_rows(filled, sizes, values.largest(filled))}


BY_TASK: dict[str, Callable[[Case, Numbers], Digits]] = {
    "preprocess.min_max": _min_max,
    "preprocess.impute_mean": _impute_mean,
    "preprocess.codes": lambda case, expected: {},
    "preprocess.one_hot": lambda case, expected: {"matrix": sensitivity.MOST},
}
