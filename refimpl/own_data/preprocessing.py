"""The tasks preprocess.* on own data: the table comes back, ready for distances.

An empty cell, or what else stands where a value is missing, is missing for preprocess.impute_mean alone. A category is
what is written in a cell, an empty one included; codes and columns are in the order of first appearance.
"""

from collections.abc import Callable
from typing import cast

from refimpl import linear, preprocess
from refimpl.errors import BadInput, Undefined
from refimpl.numbers import N, Numbers
from refimpl.oracle.values import Holes, Tree
from refimpl.own_data.clusters import of_kind
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, written_rows
from refimpl.own_data.request import Request
from refimpl.own_data.table import Table, is_missing, number_of

OF_TEXTS = ("preprocess.impute_mean", "preprocess.codes", "preprocess.one_hot")
"""The tasks whose cells are not read as numbers before they are looked at."""


def min_max(request: Request, watch: Watch) -> Found:
    """Run preprocess.min_max."""

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (points,) = of_kind(numbers, request.table.rows)
        return Found({"points": written_rows(write, preprocess.min_max(points))})

    return computed(request.kind, request.options.digits, compute)


def impute_mean(request: Request, watch: Watch) -> Found:
    """Run preprocess.impute_mean."""
    table = request.table
    holes = with_holes(table)
    for name, column in zip(table.columns, zip(*holes, strict=True), strict=True):
        if all(x is None for x in column):
            raise Undefined(
                f"{table.source}: every cell of the column {name!r} is missing, so that it has no mean; leave it out "
                "with --columns"
            )

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        columns = [
            preprocess.impute([None if x is None else numbers(x) for x in column])
            for column in zip(*holes, strict=True)
        ]
        return Found({"points": written_rows(write, linear.transpose(columns))})

    return computed(request.kind, request.options.digits, compute)


def with_holes(table: Table) -> Holes:
    """Return the numbers of the chosen columns, None where a cell is missing. Raises BadInput that names the cell."""
    indices = [table.header.index(name) for name in table.columns]
    return [
        [
            None if is_missing(row[j]) else number_of(row[j], f"{table.source}: {place}, column {table.header[j]!r}")
            for j in indices
        ]
        for row, place in zip(table.cells, table.places, strict=True)
    ]


def codes(request: Request, watch: Watch) -> Found:
    """Run preprocess.codes."""
    column = categories(request)
    return Found({"labels": [*preprocess.codes(column)], "categories": _names(column)})


def one_hot(request: Request, watch: Watch) -> Found:
    """Run preprocess.one_hot."""
    column = categories(request)
    rows = [[str(x) for x in row] for row in preprocess.one_hot(column)]
    return Found({"matrix": cast(Tree, rows), "categories": _names(column)})


def categories(request: Request) -> list[str]:
    """Return the cells of the one column that is chosen. Raises BadInput where there are more."""
    table, kind = request.table, request.options.kind
    if len(table.columns) != 1:
        raise BadInput(
            f"{table.source}: {request.task.name} takes one column, not {len(table.columns)}; choose it, such as "
            f"--columns {table.columns[-1]}"
        )
    if kind not in (None, "exact"):
        raise BadInput(f"--kind {kind} has no use in {request.task.name}, which computes nothing; leave it out")
    j = table.header.index(table.columns[0])
    return [row[j] for row in table.cells]


def _names(column: list[str]) -> Tree:
    return [*preprocess.categories(column)]


JOBS = {
    "preprocess.min_max": min_max,
    "preprocess.impute_mean": impute_mean,
    "preprocess.codes": codes,
    "preprocess.one_hot": one_hot,
}
