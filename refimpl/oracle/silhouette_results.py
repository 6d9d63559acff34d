"""The input and the results of silhouette.*, by name."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.numbers import Ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Rows, Style


def points_labels(given: Numbers) -> tuple[Rows, list[int]]:
    """Return N points and N labels. Raises BadInput."""
    return values.rows(given["points"], "points"), values.wholes(given["labels"], "labels")


def named(name: str, found: Sequence[Ball | Fraction], style: Style = values.GOLDEN) -> Numbers:
    """Return silhouettes and their mean by name. Raises Undecided where a ball holds too few digits."""
    mean = linear.total(found) / len(found)
    return {name: values.written_row(found, style), "mean": values.written(mean, style)}
