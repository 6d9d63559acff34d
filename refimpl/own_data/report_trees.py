"""Trees and dense clusters for people, and trees as CSV."""

from collections.abc import Iterator
from typing import cast

from refimpl.certify.dendrograms import sizes
from refimpl.dbscan import NOISE
from refimpl.oracle.values import Cell
from refimpl.own_data.cells import Block, cut, shown
from refimpl.own_data.job import Outcome
from refimpl.own_data.report_mixtures import Writer


def blocks(outcome: Outcome) -> Iterator[Block | str]:
    """Yield the merges of a tree, or what DBSCAN says of core and border points."""
    results = outcome.found.results
    if "parents" in results:
        rows = [[*map(str, row[:3]), shown(outcome, row[3]), str(row[4])] for row in merges(outcome)]
        yield Block(("merge", "of", "and", "height", "size"), cut(rows))
        yield f"rows count from 0, and merge t makes cluster {len(rows) + 1} + t"
    if "core" in results:
        core, labels = cast(list[int], results["core"]), cast(list[int], results["labels"])
        ambiguous = cast(list[int], results["ambiguous"])
        border = sum(label != NOISE for label in labels) - sum(core)
        yield f"{sum(core)} core points, {border} border points, {labels.count(NOISE)} points of noise"
        if ambiguous:
            named = ", ".join(map(str, ambiguous[:10])) + (", ..." if len(ambiguous) > 10 else "")
            yield f"several clusters reach row {named} (from 0): here the first of them has it"


def to_csv(outcome: Outcome, writer: Writer) -> None:
    """Write a row for each merge."""
    writer.writerow(["merge", "a", "b", "height", "size"])
    for row in merges(outcome):
        writer.writerow(row)


def merges(outcome: Outcome) -> list[list[Cell]]:
    """Return number, parts, height and size of every merge."""
    parents = cast(list[int], outcome.found.results["parents"])
    heights = cast(list[Cell], outcome.found.results["heights"])
    n = len(heights) + 1
    counts = sizes(parents)
    parts = [[i for i, parent in enumerate(parents) if parent == n + t] for t in range(n - 1)]
    return [[t, *parts[t], heights[t], counts[n + t]] for t in range(n - 1)]
