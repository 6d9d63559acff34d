"""Attainable digits of moments.covariance."""

from fractions import Fraction

from refimpl import linear
from refimpl.certify import lloyd, sensitivity
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits, of_rows
from refimpl.oracle.case import Case, Numbers


def _moments(case: Case, expected: Numbers) -> Digits:
    points = values.rows(case.input["points"], "points")
    divisor = len(points) - values.whole(case.params["ddof"], "ddof")
    columns, largest = linear.transpose(points), values.largest(points)
    correlation = expected["correlation"]
    assert isinstance(correlation, list)
    r_values, r_sizes = [Fraction(1)], [Fraction(1)]
    for j, row in enumerate(correlation):
        for k, r in enumerate(row if isinstance(row, list) else []):
            if r is not None and j != k:
                r_values.append(values.number(r, "correlation"))
                r_sizes.append(sensitivity.correlation(columns[j], columns[k], r_values[-1]))
    return {
        "mean": sensitivity.attainable(
            values.row(expected["mean"], "mean"), linear.mean(lloyd.absolute(points)), largest
        ),
        "covariance": of_rows(
            values.rows(expected["covariance"], "covariance"),
            [[sensitivity.covariance(x, y, divisor) for y in columns] for x in columns],
            largest**2,
        ),
        "correlation": sensitivity.attainable(r_values, r_sizes, Fraction(1)),
    }


BY_TASK = {"moments.covariance": _moments}
