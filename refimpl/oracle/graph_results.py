"""The input of modularity.* and map_equation.*, and an optimum by name."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl.numbers import Ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Rows, Style

ROADS = ["enumeration", "subsets"]
"""To an optimum: all partitions one by one, by which it is found, and the best of every set of nodes from those of its
subsets, by which it is proven.
"""


def weights_of(given: Numbers) -> Rows:
    """Return the n x n weights. Raises BadInput."""
    return values.rows(given["weights"], "weights")


def labels_of(given: Numbers) -> list[int]:
    """Return the labels of nodes. Raises BadInput."""
    return values.wholes(given["labels"], "labels")


def named(
    name: str, value: Ball | Fraction, labels: Sequence[int] | None = None, style: Style = values.GOLDEN
) -> Numbers:
    """Return a value, and the labels that attain it where they are asked for. Raises Undecided."""
    found: Numbers = {name: values.written(value, style)}
    return found if labels is None else {**found, "labels": list(labels)}
