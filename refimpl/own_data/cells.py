"""Tables for people: numbers with the digits asked for, and long tables cut in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from refimpl.numbers import parse, rounded
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.job import Outcome

MOST_ROWS = 20
"""Longer tables are cut in the middle."""


@dataclass(frozen=True)
class Block:
    """A table for people."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def beside(outcome: Outcome, found: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the chosen columns as written, each row with its results."""
    table = outcome.request.table
    places = [table.header.index(column) for column in table.columns]
    return [[*(cells[j] for j in places), *more] for cells, more in zip(table.cells, found, strict=True)]


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
