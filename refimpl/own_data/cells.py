"""Tables for people: their first line, numbers with the digits asked for, and long tables cut in the middle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from refimpl.numbers import parse, rounded
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.job import Outcome
from refimpl.own_data.table import Table

MOST_ROWS = 20
"""Longer tables are cut in the middle."""

MOST_NAMES = 12
"""Columns that the first line names."""

KINDS = {
    "exact": "exact numbers",
    "float": "binary64",
    "high": "mpmath's numbers, whose errors are not counted",
    "ball": "balls: every digit is certain",
}

IRRATIONAL = ", and certain digits of irrational ones"
"""Of eigenvectors, beside exact numbers."""


@dataclass(frozen=True)
class Block:
    """A table for people."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def headline(outcome: Outcome) -> str:
    """Return what was done, with which data, in what kind of number."""
    request = outcome.request
    more = IRRATIONAL if request.kind == "exact" and {"vector", "components"} & {*outcome.found.results} else ""
    size = _graph(request.table) if request.is_graph else _size(request.table)
    return f"{request.task.name}, {request.table.source}: {size}; {KINDS[request.kind]}{more}"


def _graph(table: Table) -> str:
    return f"{len(table.rows)} nodes, {sum(a != 0 for u, row in enumerate(table.rows) for a in row[u:])} edges"


def _size(table: Table) -> str:
    names = ", ".join(table.columns)
    if len(table.columns) > MOST_NAMES:
        names = f"{len(table.columns)} columns, {table.columns[0]} to {table.columns[-1]}"
    return f"{len(table.rows)} rows of {names}{', each scaled to [0, 1]' if table.spans else ''}"


def beside(outcome: Outcome, found: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the chosen columns as written, each row with its results."""
    table = outcome.request.table
    places = [table.header.index(column) for column in table.columns]
    return [[*(cells[j] for j in places), *more] for cells, more in zip(table.cells, found, strict=True)]


def with_column(table: Table, name: str, found: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield the header and the rows of the whole table with one more column, whose name the others do not have."""
    while name in table.header:
        name += "_"
    yield [*table.header, name]
    yield from ([*cells, x] for cells, x in zip(table.cells, found, strict=True))


def shown_row(outcome: Outcome, row: Tree) -> list[str]:
    """Return a row of numbers for people."""
    return [shown(outcome, x) for x in cast(list[Cell], row)]


def shown(outcome: Outcome, cell: Cell) -> str:
    """Return a number with the digits asked for, and no zeros behind a number that ends before."""
    if cell is None:
        return "undefined"
    if outcome.request.kind != "float" and "." in str(cell):
        return str(cell)  # with these digits already
    value = parse(str(cell))
    text = rounded(value, outcome.request.options.digits)
    if "e" in text or parse(text) != value:
        return text
    return text.rstrip("0").removesuffix(".") if "." in text else text


def both(outcome: Outcome, cell: Cell) -> str:
    """Return a quotient beside its decimals."""
    return f"{cell} = {shown(outcome, cell)}" if "/" in str(cell) else shown(outcome, cell)


def cut(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows without the middle of many."""
    half = MOST_ROWS // 2
    return rows if len(rows) <= MOST_ROWS else [*rows[:half], ["..."] * len(rows[0]), *rows[-half:]]
