"""Silhouettes for people, and as CSV."""

from collections.abc import Iterator
from typing import cast

from refimpl import silhouette
from refimpl.numbers import parse
from refimpl.oracle.values import Cell
from refimpl.own_data.cells import Block, both, shown, with_column
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer

WORDS = {
    "poor": "below 0: the clustering is poor",
    "fair": "from 0 to 1/2: the clustering is fair",
    "good": "above 1/2: the clustering is good",
}
"""What the lecture says of a mean silhouette."""


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield a table of the clusters, the mean, and what the lecture says of it."""
    results = outcome.found.results
    if "names" not in results:
        return
    labels, names = outcome.request.clusters()
    sizes = [str(labels.count(k)) for k in range(len(names))]
    if "clusters" in results:
        rows = [[str(cell) for cell in row] for row in _classes(outcome, names, sizes)]
        yield Block(("cluster", "size", "silhouette"), rows)
    else:
        samples = cast(list[Cell], results["samples"])
        rows = []
        for k, (name, size) in enumerate(zip(names, sizes, strict=True)):
            own = [x for x, label in zip(samples, labels, strict=True) if label == k]
            own.sort(key=lambda x: parse(str(x)))
            ends = [shown(outcome, own[0]), shown(outcome, own[-1])] if own else ["", ""]
            rows.append([name, size, *ends, str(sum(parse(str(x)) < 0 for x in own))])
        yield Block(("cluster", "size", "least", "greatest", "below 0"), rows)
        yield "the silhouette of every point is in --format csv and json"
    mean = cast(Cell, results["mean"])
    yield f"mean silhouette = {both(outcome, mean)}, {WORDS[silhouette.verdict(parse(str(mean)))]}"


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write the rows of the data with their silhouettes, or a row for each class."""
    results, table = outcome.found.results, outcome.request.table
    if "clusters" in results:
        labels, names = outcome.request.clusters()
        writer.writerow(["cluster", "size", "silhouette"])
        sizes = [str(labels.count(k)) for k in range(len(names))]
        for row in _classes(outcome, names, sizes, exact=True):
            writer.writerow(row)
        return
    for row in with_column(table, "silhouette", cast(list[Cell], results["samples"])):
        writer.writerow(row)


def _classes(outcome: Outcome, names: list[str], sizes: list[str], *, exact: bool = False) -> list[list[Cell]]:
    """Return name, size and silhouette of every class that has points."""
    found = cast(list[Cell], outcome.found.results["clusters"])
    present = [(name, size) for name, size in zip(names, sizes, strict=True) if size != "0"]
    return [[*pair, x if exact else shown(outcome, x)] for pair, x in zip(present, found, strict=True)]
