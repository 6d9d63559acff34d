"""Proofs of preprocess.*: the definitions of `certify.preprocessing`, column by column."""

from refimpl.certify import preprocessing
from refimpl.errors import Refuted
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Identities
from refimpl.oracle.recheck.agreement import agree, certificate
from refimpl.oracle.values import Tree


def min_max(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless every column is scaled from one of its entries to another, or is constant."""
    certificate(case, Identities)
    points = values.rows(case.input["points"], "points")
    columns = []
    for d, (xs, ys) in enumerate(zip(zip(*points, strict=True), _columns(expected["points"]), strict=True)):
        if len(set(xs)) == 1:
            columns.append(["0" for _ in xs])
            continue
        if "0" not in ys or "1" not in ys:
            raise Refuted(f"column {d} of points does not go from 0 to 1")
        found = preprocessing.scaled(xs, ys.index("0"), ys.index("1"), f"column {d} of points")
        columns.append([values.written(y) for y in found])
    agree(expected["points"], [list(row) for row in zip(*columns, strict=True)], "points")


def impute_mean(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless only missing entries are filled, and those with the mean of the others."""
    certificate(case, Identities)
    points = values.rows_with_holes(case.input["points"], "points")
    means = [preprocessing.filling([x for x in column if x is not None]) for column in zip(*points, strict=True)]
    filled = [[mean if x is None else x for x, mean in zip(row, means, strict=True)] for row in points]
    agree(expected["points"], values.written_rows(filled), "points")


def codes(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless new categories are numbered as they come."""
    certificate(case, Identities)
    agree(expected["labels"], preprocessing.numbered(values.texts(case.input["categories"], "categories")), "labels")


def one_hot(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless every row has its 1 in the column of its category, and there is no other column."""
    certificate(case, Identities)
    numbers = preprocessing.numbered(values.texts(case.input["categories"], "categories"))
    rows = [["1" if c == number else "0" for c in range(max(numbers) + 1)] for number in numbers]
    agree(expected["matrix"], rows, "matrix")


def _columns(tree: Tree) -> list[list[object]]:
    rows = [row for row in tree if isinstance(row, list)] if isinstance(tree, list) else []
    return [list(column) for column in zip(*rows, strict=True)]


PROOFS = {
    "preprocess.min_max": min_max,
    "preprocess.impute_mean": impute_mean,
    "preprocess.codes": codes,
    "preprocess.one_hot": one_hot,
}
