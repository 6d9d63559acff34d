"""What pca.fit, nmf.run and power.run have found, as tables for people and as CSV."""

from collections.abc import Iterator, Sequence
from typing import cast

from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.cells import MOST_ROWS, Block, beside, cut, shown_row
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import MOST_COLUMNS, Writer

PER_ROW = {"scores": "score", "w": "w", "vector": "vector"}
"""The results that belong to the rows of the data, and the name of their columns in CSV."""


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield what there is of each component, then what belongs to the columns, then to the rows."""
    results, columns = outcome.found.results, outcome.request.table.columns
    if "vector" in results:
        entries = shown_row(outcome, results["vector"])
        yield Block(("column", "vector"), cut([[*pair] for pair in zip(columns, entries, strict=True)]))
        return
    if "variances" in results:
        yield from _variances(outcome)
    name, rows = ("scores", "components") if "variances" in results else ("w", "h")
    loadings = [shown_row(outcome, row) for row in _list(results[rows])]
    shown = min(len(loadings), MOST_COLUMNS)
    heads = [f"component {l}" for l in range(shown)]
    mean = [shown_row(outcome, results["mean"])] if "mean" in results else []
    lines = [[*line] for line in zip(columns, *mean, *loadings[:shown], strict=True)]
    yield Block(("column", *(["mean"] if mean else []), *heads), cut(lines))
    yield _per_row(outcome, name, heads)
    if len(outcome.request.table.rows) > MOST_ROWS or shown < len(loadings):
        said = "the scores" if name == "scores" else "the entries of w"
        yield f"{said} of every row are in --format csv and json"
    if shown < len(loadings) or len(columns) > MOST_ROWS:
        yield f"all entries of the {len(loadings)} components are in --format json"


def _variances(outcome: Outcome) -> Iterator[Block | str]:
    results, columns = outcome.found.results, outcome.request.table.columns
    names = ("variances", "deviations", "ratio", "cumulated")
    rows = zip(*(shown_row(outcome, results[name]) for name in names), strict=True)
    header = ("component", "variance", "standard deviation", "ratio", "cumulated")
    yield Block(header, cut([[str(l), *row] for l, row in enumerate(rows)]))
    for group in _list(results.get("tied", [])):
        said = ", ".join(str(l) for l in _list(group))
        yield f"variances {said} are equal, so that any other basis of the space of these components serves as well"
    found, asked = len(_list(results["variances"])), outcome.request.options.k
    if found < len(columns) and asked is None and "components" not in outcome.request.table.params:
        yield f"determined are {found} of {len(columns)} components; the others have variance 0, or equal variances"


def _per_row(outcome: Outcome, name: str, heads: Sequence[str]) -> Block:
    table = outcome.request.table
    rows = [shown_row(outcome, row)[: len(heads)] for row in _list(outcome.found.results[name])]
    narrow = len(table.columns) <= MOST_COLUMNS
    found = beside(outcome, rows) if narrow else rows
    said = "score" if name == "scores" else name
    header = ("row", *(table.columns if narrow else ()), *(head.replace("component", said) for head in heads))
    return Block(header, cut([[str(n), *row] for n, row in enumerate(found)]))


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write the rows of the data with what belongs to them: a column for each component, or one for the vector."""
    results, table = outcome.found.results, outcome.request.table
    name = next(name for name in PER_ROW if name in results)
    rows = [row if isinstance(row, list) else [row] for row in _list(results[name])]
    count = len(rows[0])
    names = [PER_ROW[name]] if name == "vector" else [f"{PER_ROW[name]}_{l}" for l in range(count)]
    for i in range(count):
        while names[i] in table.header:
            names[i] += "_"
    writer.writerow([*table.header, *names])
    for cells, row in zip(table.cells, rows, strict=True):
        writer.writerow([*cells, *cast(list[Cell], row)])


def _list(tree: Tree) -> list[Tree]:
    return cast(list[Tree], tree)
