"""A person's own data as named columns of exact numbers.

A cell is the number that is written: 0.1 is one tenth, not the binary64 number next to it.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from refimpl.errors import BadInput, EmptyData
from refimpl.numbers import parse
from refimpl.oracle.values import Rows, Tree

MISSING = ("", "na", "n/a", "nan", "none", "null", "?")
"""What stands in files where a value is missing."""

INFINITE = ("inf", "infinity")


Contents: TypeAlias = Literal["numbers", "texts", "graph"]
"""Numbers; cells that stay text, as of categories and of numbers of which some are missing; a graph, see `edges`."""


@dataclass(frozen=True)
class Choice:
    """What is made of the columns."""

    columns: str | None = None
    """Those of numbers, as they are asked for; None for all."""
    labels: str | None = None
    """That of labels, as it is asked for; for a list of edges a file."""
    contents: Contents = "numbers"


class NoColumn(BadInput):
    """A column is chosen that the data do not have."""


@dataclass(frozen=True)
class Table:
    """N rows of numbers in D named columns, and all that was written beside them."""

    source: str
    """The name of the file, for sentences."""
    columns: tuple[str, ...]
    """The names of the D chosen columns."""
    rows: Rows
    """N x D, exact, in the units of the columns; N x 0 where cells stay text."""
    header: tuple[str, ...]
    """The names of all columns."""
    cells: Sequence[Sequence[str]]
    """N rows of all columns, as they are written."""
    places: Sequence[str]
    """Where each row stands, such as "line 5"."""
    fields: Mapping[str, Tree] = field(default_factory=dict)
    """Other fields of the input of a case, such as centers or labels."""
    params: Mapping[str, Tree] = field(default_factory=dict)
    """The parameters of a case."""
    observed: str = ""
    """The field of a case that the rows are, such as points; empty where they are no case's."""
    labels: Sequence[str] = ()
    """The cells of the column that names the cluster of each row; empty where there is none."""
    spans: Sequence[tuple[Fraction, Fraction]] = ()
    """The least and the largest value of each column before it was brought to [0, 1]; empty where none was."""


def scaled(table: Table) -> Table:
    """Return the table with each column brought to [0, 1], exactly: x becomes (x - min) / (max - min).

    Raises BadInput where a column has one value only.
    """
    if table.spans:
        return table
    spans = [(min(column), max(column)) for column in zip(*table.rows, strict=True)]
    for name, (low, high) in zip(table.columns, spans, strict=True):
        if low == high:
            raise BadInput(
                f"{table.source}: the column {name!r} has one value only, which --scale cannot bring to [0, 1]; leave "
                "it out with --columns"
            )
    rows = [[(x - low) / (high - low) for x, (low, high) in zip(row, spans, strict=True)] for row in table.rows]
    return replace(table, rows=rows, spans=spans)


def unnamed(count: int) -> list[str]:
    """Return names for columns that have none: x0, x1, ..."""
    return [f"x{j}" for j in range(count)]


def chosen(
    source: str, header: Sequence[str], cells: Sequence[Sequence[str]], places: Sequence[str], choice: Choice
) -> Table:
    """Return the table with the chosen columns as numbers. Raises BadInput that names the cell."""
    if not cells:
        raise EmptyData(f"{source}: there is no row below the names of the columns; give one for each point")
    columns, labels = choice.columns, choice.labels
    named = None if labels is None else _indices(source, header, labels, "--labels")[0]
    wanted = [j for j in range(len(header)) if j != named]
    if columns is not None:
        wanted = _indices(source, header, columns, "--columns")
    if not wanted:
        raise BadInput(f"{source}: there is no column beside the labels; give one of numbers at least")
    if named in wanted:
        raise BadInput(
            f"{source}: the column {header[wanted[wanted.index(named)]]!r} has the labels, and is no coordinate"
        )
    for place, row in zip(places, cells, strict=True):
        if named is not None and is_missing(row[named]):
            raise BadInput(
                f"{source}: {place}: the label is missing ({row[named]!r}); fill it in, or leave the row out"
            )
    names = tuple(header[j] for j in wanted)
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{source}: the column {name!r} stands twice; rename it, or choose others with --columns")
    try:
        rows = [
            []
            if choice.contents == "texts"
            else [number_of(row[j], f"{source}: {place}, column {header[j]!r}") for j in wanted]
            for row, place in zip(cells, places, strict=True)
        ]
    except BadInput as error:
        if choice.contents == "graph":
            raise BadInput(f"{error}; the columns of a list of edges are named source and target") from None
        raise
    told = [] if named is None else [row[named] for row in cells]
    return Table(source, names, rows, tuple(header), cells, places, labels=told)


def _indices(source: str, header: Sequence[str], columns: str, option: str) -> list[int]:
    found = []
    for name in map(str.strip, next(csv.reader([columns], skipinitialspace=True), [])):
        if name in header:
            found.append(header.index(name))
        elif (span := re.fullmatch("([0-9]{1,6})(?:-([0-9]{1,6}))?", name)) and int(span[2] or name) < len(header):
            found += range(int(span[1]), int(span[2] or name) + 1)
        else:
            raise NoColumn(f"{source}: there is no column {name!r}; the columns are {', '.join(map(repr, header))}")
    if not found:
        raise BadInput(f"{option} is empty; give names or indices from 0, such as 0,2")
    return found


def is_number(cell: str) -> bool:
    """Return whether a cell has a number."""
    try:
        parse(cell)
    except BadInput:
        return False
    return True


def is_missing(cell: str) -> bool:
    """Return whether a cell has what stands in files where a value is missing."""
    return cell.lower() in MISSING


def number_of(cell: str, where: str) -> Fraction:
    """Return the number that a cell has. Raises BadInput, which tells what it may be that stands there."""
    try:
        return parse(cell)
    except BadInput as error:
        word = cell.lower().lstrip("+-")
        if word in MISSING:
            raise BadInput(f"{where}: the value is missing ({cell!r}); fill it in, or leave the row out") from None
        if word in INFINITE:
            raise BadInput(f"{where}: {cell!r} is not finite; give a number, or leave the row out") from None
        if re.fullmatch(r"-?[0-9]+,[0-9]+", cell):
            raise BadInput(f"{where}: {cell!r} has a decimal comma; write a decimal point") from None
        raise BadInput(f"{where}: {error}; --columns can leave a column out") from None
