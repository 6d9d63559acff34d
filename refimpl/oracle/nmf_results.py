"""The input and the results of nmf.run, by name."""

from fractions import Fraction
from typing import cast

from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers as Kind
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Rows, Style


def matrices(given: Numbers) -> tuple[Rows, Rows, Rows]:
    """Return X, W and H. Raises BadInput."""
    x, w, h = (values.rows(given[name], name) for name in ("matrix", "w", "h"))
    return x, w, h


def in_kind(numbers: Kind[N], matrix: Rows) -> list[list[N]]:
    """Return the matrix in another kind of number."""
    return [[numbers(x) for x in row] for row in matrix]


def named(w: Matrix[N], h: Matrix[N], loss: N, style: Style = values.GOLDEN) -> Numbers:
    """Return the results by name. Raises Undecided where a ball holds too few digits."""
    left, right = ([[cast(Fraction | Ball, x) for x in row] for row in matrix] for matrix in (w, h))
    return {
        "w": values.written_rows(left, style),
        "h": values.written_rows(right, style),
        "loss": values.written(cast(Fraction | Ball, loss), style),
    }
