"""Tables made ready for distances: for people what was done to each column, as CSV the whole table."""

from collections.abc import Iterator
from typing import cast

from refimpl.numbers import exact_text
from refimpl.oracle.values import Cell
from refimpl.own_data.cells import Block, cut, shown, shown_row
from refimpl.own_data.job import Outcome
from refimpl.own_data.preprocessing import categories, with_holes
from refimpl.own_data.report_mixtures import Writer


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield what was found of each column or category, and the first and last rows of what became of the table."""
    request, results = outcome.request, outcome.found.results
    if "categories" in results:
        column = categories(request)
        names = cast(list[str], results["categories"])
        what = "code" if "labels" in results else "column"
        yield Block(
            (request.table.columns[0], "rows", what),
            cut([[name, str(column.count(name)), str(i)] for i, name in enumerate(names)]),
        )
        yield f"the table with {'codes' if what == 'code' else 'a column for each'} is in --format csv"
        return
    points = cast(list[list[Cell]], results["points"])
    if request.task.name == "preprocess.min_max":
        rows = [
            [name, *(shown(outcome, exact_text(x)) for x in (min(column), max(column)))]
            for name, column in zip(request.table.columns, zip(*request.table.rows, strict=True), strict=True)
        ]
        yield Block(("column", "least", "greatest"), rows)
    else:
        means = []
        for d, holes in enumerate(zip(*with_holes(request.table), strict=True)):
            missing = [i for i, x in enumerate(holes) if x is None]
            mean = shown(outcome, points[missing[0]][d]) if missing else ""
            means.append([request.table.columns[d], str(len(missing)), mean])
        yield Block(("column", "missing", "mean"), means)
    told = [[str(n), *shown_row(outcome, [*row])] for n, row in enumerate(points)]
    yield Block(("row", *request.table.columns), cut(told))


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write the table with new cells in place of those of the chosen columns; the others stay as they are written."""
    results, table = outcome.found.results, outcome.request.table
    places = [table.header.index(name) for name in table.columns]
    names = {j: [name] for j, name in zip(places, table.columns, strict=True)}
    if "matrix" in results:
        (place,) = places
        names[place] = [f"{table.columns[0]}={name}" for name in cast(list[str], results["categories"])]
        rows = [{place: row} for row in cast(list[list[Cell]], results["matrix"])]
    elif "labels" in results:
        (place,) = places
        rows = [{place: [label]} for label in cast(list[Cell], results["labels"])]
    else:
        found = cast(list[list[Cell]], results["points"])
        rows = [{j: [x] for j, x in zip(places, row, strict=True)} for row in found]
    writer.writerow([name for j, old in enumerate(table.header) for name in names.get(j, [old])])
    for cells, new in zip(table.cells, rows, strict=True):
        writer.writerow([x for j, old in enumerate(cells) for x in new.get(j, [old])])
