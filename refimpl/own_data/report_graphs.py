"""Communities of graphs for people, and as CSV."""

from collections.abc import Iterator
from typing import cast

from refimpl.own_data.cells import Block, cut
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer

MOST_NODES = 8
"""Of one community, that are named to people."""


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield a table of the communities and their nodes, and how many partitions are as good where that is known."""
    labels, names = _communities(outcome)
    nodes = outcome.request.table.columns
    rows = []
    for k, name in enumerate(names):
        own = [node for node, label in zip(nodes, labels, strict=True) if label == k]
        told = own if len(own) <= MOST_NODES else [*own[: MOST_NODES - 1], "..."]
        rows.append([name, str(len(own)), ", ".join(told)])
    yield Block(("community", "size", "nodes"), cut(rows))
    optima = outcome.found.results.get("optima", 1)
    if optima != 1:
        yield f"{optima} partitions are optimal; this is the first of them"


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write each node with its community, as --labels reads it for a list of edges."""
    labels, names = _communities(outcome)
    writer.writerow(["node", "community"])
    for node, label in zip(outcome.request.table.columns, labels, strict=True):
        writer.writerow([node, names[label]])


def _communities(outcome: Outcome) -> tuple[list[int], list[str]]:
    """Return the labels of the nodes, found or given, and the names of the communities."""
    results = outcome.found.results
    if "labels" not in results:
        return outcome.request.clusters()
    labels = cast(list[int], results["labels"])
    return labels, [str(k) for k in range(max(labels) + 1)]
