"""Solvers of preprocess.*: the room on exact numbers."""

from refimpl import linear, preprocess
from refimpl.errors import BadInput, EmptyData, Undefined
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Holes, Style


def min_max(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve preprocess.min_max."""
    scaled = preprocess.min_max(values.rows(given["points"], "points"))
    return Solution({"points": values.written_rows(scaled, style)}, Identities())


def impute_mean(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve preprocess.impute_mean."""
    points = values.rows_with_holes(given["points"], "points")
    return Solution({"points": values.written_rows(imputed(points), style)}, Identities())


def imputed(points: Holes) -> values.Rows:
    """Return the points with the mean of its column for each missing entry. Raises as `preprocess.impute` does."""
    if not points:
        raise EmptyData("points is empty; give at least one row")
    for i, row in enumerate(points):
        if not row or len(row) != len(points[0]):
            raise BadInput(f"points[{i}] has {len(row)} entries; give every row as many as points[0], at least one")
    columns = []
    for d, column in enumerate(zip(*points, strict=True)):
        try:
            columns.append(preprocess.impute(column))
        except Undefined:
            raise Undefined(
                f"every entry of column {d} is missing, so that it has no mean; leave the column out"
            ) from None
    return linear.transpose(columns)


def codes(given: Numbers, params: Numbers) -> Solution:
    """Solve preprocess.codes."""
    return Solution({"labels": list(preprocess.codes(categories(given)))}, Identities())


def one_hot(given: Numbers, params: Numbers) -> Solution:
    """Solve preprocess.one_hot."""
    rows = preprocess.one_hot(categories(given))
    return Solution({"matrix": [[str(x) for x in row] for row in rows]}, Identities())


def categories(given: Numbers) -> list[str]:
    """Return the categories as they are written. Raises EmptyData or BadInput."""
    found = values.texts(given["categories"], "categories")
    if not found:
        raise EmptyData("categories is empty; give one for each row, at least one")
    return found


SOLVERS = {
    "preprocess.min_max": min_max,
    "preprocess.impute_mean": impute_mean,
    "preprocess.codes": codes,
    "preprocess.one_hot": one_hot,
}
