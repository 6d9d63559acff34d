"""What a mixture has found, as tables for people and as CSV."""

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from refimpl.oracle import values
from refimpl.oracle.values import Cell, Tree
from refimpl.own_data.cells import MOST_ROWS, Block, beside, cut, shown_row
from refimpl.own_data.job import Outcome

MOST_COLUMNS = 8
"""Columns of data that stand beside responsibilities."""


class Writer(Protocol):
    """What is needed of a writer of CSV."""

    def writerow(self, row: Sequence[object], /) -> object:
        """Write one row."""


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield the components, then what is responsible for each row."""
    results, columns = outcome.found.results, outcome.request.table.columns
    if "weights" in results:
        yield _components(outcome)
    if "covariances" in results:
        yield from _covariances(outcome)
    elif outcome.request.task.name.startswith("bernoulli.") and "probabilities" in results:
        shares = zip(*(shown_row(outcome, row) for row in _rows(results["probabilities"])), strict=True)
        header = ("share of ones", *(f"component {k}" for k in range(len(_rows(results["probabilities"])))))
        yield Block(header, cut([[name, *row] for name, row in zip(columns, shares, strict=True)]))
    if "responsibilities" in results:
        if len(outcome.request.table.rows) <= MOST_ROWS or "weights" not in results:
            yield _responsibilities(outcome)
        yield "the responsibilities and the label of every row are in --format csv and json"


def _components(outcome: Outcome) -> Block:
    """Return a row for each component: how many points it is most responsible for, its weight, and its mean."""
    results, columns = outcome.found.results, outcome.request.table.columns
    labels = cast(list[Cell], results.get("labels", []))
    header, more = ["component", *(["size"] if labels else []), "weight"], []
    if "means" in results:
        header += columns
        more = [shown_row(outcome, mean) for mean in _rows(results["means"])]
    elif outcome.request.task.name.startswith("binomial."):
        header += ["probability of heads"]
        more = [[p] for p in shown_row(outcome, results["probabilities"])]
    rows = []
    for k, weight in enumerate(shown_row(outcome, results["weights"])):
        size = [str(labels.count(k))] if labels else []
        rows.append([str(k), *size, weight, *(more[k] if more else [])])
    if None in labels:
        rows.append(["undecided", str(labels.count(None)), *[""] * (len(header) - 2)])
    return Block(header, rows)


def _covariances(outcome: Outcome) -> Iterator[Block]:
    """Yield a matrix for each component, or for all where they are tied, and variances where no more is free."""
    request, columns = outcome.request, outcome.request.table.columns
    matrices = [[shown_row(outcome, row) for row in _rows(m)] for m in _rows(outcome.found.results["covariances"])]
    kind = request.param("covariance_type", "full")
    if kind in ("diag", "spherical") or len(columns) == 1:
        variances = [[m[i][i] for i in range(len(columns))] for m in matrices]
        yield Block(("variance", *columns), [[f"component {k}", *row] for k, row in enumerate(variances)])
        return
    rows = []
    for k, matrix in enumerate(matrices[:1] if kind == "tied" else matrices):
        name = "all components" if kind == "tied" else f"component {k}"
        rows += [
            [name if not i else "", column, *row] for i, (column, row) in enumerate(zip(columns, matrix, strict=True))
        ]
    yield Block(("covariance", "", *columns), rows)


def _responsibilities(outcome: Outcome) -> Block:
    results, table = outcome.found.results, outcome.request.table
    rows = [shown_row(outcome, row) for row in _rows(results["responsibilities"])]
    found = beside(outcome, rows) if len(table.columns) <= MOST_COLUMNS else rows
    names = table.columns if len(table.columns) <= MOST_COLUMNS else ()
    header = ("row", *names, *(f"component {k}" for k in range(len(rows[0]))))
    return Block(header, cut([[str(n), *row] for n, row in enumerate(found)]))


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write the rows of the data with responsibilities and label; where there are none, a row for each component."""
    results, table = outcome.found.results, outcome.request.table
    if "responsibilities" in results:
        r = [[*values.leaves(row)] for row in _rows(results["responsibilities"])]
        names = [*(f"responsibility_{k}" for k in range(len(r[0]))), "label"]
        for i in range(len(names)):
            while names[i] in table.header:
                names[i] += "_"
        writer.writerow([*table.header, *names])
        for cells, row, label in zip(table.cells, r, _rows(results["labels"]), strict=True):
            writer.writerow([*cells, *row, label])
        return
    columns = table.columns
    if "means" in results:
        header = [*(f"mean_{x}" for x in columns), *(f"covariance_{x}_{y}" for x in columns for y in columns)]
        pairs = zip(_rows(results["means"]), _rows(results["covariances"]), strict=True)
        rows = [[*values.leaves(mean), *values.leaves(covariance)] for mean, covariance in pairs]
    else:
        header, rows = [*columns], [[*values.leaves(row)] for row in _rows(results["probabilities"])]
    writer.writerow(["component", "weight", *header])
    for k, (weight, row) in enumerate(zip(_rows(results["weights"]), rows, strict=True)):
        writer.writerow([k, weight, *row])


def _rows(tree: Tree) -> list[Tree]:
    return cast(list[Tree], tree)
