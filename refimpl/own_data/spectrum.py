"""What is certain of principal components, written with the digits asked for, from results with more digits.

A printed number is known up to half a unit of its last digit, an exact one is known. Standard deviations are roots of
the variances, and cumulated shares are sums; a sum over all variances above 0 is 1.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from refimpl import linear
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, Ball, Numbers as Kind, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Cell, Rows, Style, Tree

SPARE = 400
"""Digits of the balls beyond those that are written."""


def named(expected: Numbers, rank: int, style: Style) -> dict[str, Tree]:
    """Return the results of pca.fit by name, with deviations, cumulated shares, and groups of equal variances.

    rank: how many variances are above 0. Raises Undecided where there are too few digits.
    """
    numbers = ball(style.digits + SPARE)
    variances, ratio = (_known(expected[name], numbers) for name in ("variances", "ratio"))
    cumulated = [_total(ratio[: l + 1], numbers) if l + 1 < rank else Fraction(1) for l in range(len(ratio))]
    found: dict[str, Tree] = {
        "mean": values.written_row(_known(expected["mean"], numbers), style),
        "variances": values.written_row(variances, style),
        "deviations": values.written_row([_root(x, numbers) for x in variances], style),
        "ratio": values.written_row(ratio, style),
        "cumulated": values.written_row(cumulated, style),
    }
    for name in ("components", "scores"):
        found[name] = values.written_rows([_known(row, numbers) for row in cast(list[Tree], expected[name])], style)
    tied = _tied(variances)
    return {**found, "tied": [[*group] for group in tied]} if tied else found


def _known(row: Tree, numbers: Kind[Ball]) -> list[Fraction | Ball]:
    """Return printed numbers: exactly, or the balls in which they are."""
    read = [values.half_unit(str(cell)) for cell in cast(list[Cell], row)]
    return [Ball.between(value - half, value + half, numbers(0).prec) if half else value for value, half in read]


def rank(matrix: Rows) -> int:
    """Return the rank, by elimination in integers (Bareiss, Math. Comp. 22, 1968): every division leaves no rest."""
    (cleared,), _ = linear.cleared(matrix)
    rows, found, last = [[int(x) for x in row] for row in cleared], 0, 1
    for j in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        top = rows[found]
        for i in range(found + 1, len(rows)):
            row = rows[i]
            rows[i] = [(top[j] * x - row[j] * y) // last for x, y in zip(row, top, strict=True)]
        found, last = found + 1, top[j]
    return found


def _root(x: Fraction | Ball, numbers: Kind[Ball]) -> Fraction | Ball:
    if isinstance(x, Ball):
        return numbers.sqrt(x)
    try:
        return EXACT.sqrt(x)
    except Unsupported:
        return numbers.sqrt(numbers(x))


def _total(terms: Sequence[Fraction | Ball], numbers: Kind[Ball]) -> Fraction | Ball:
    exact = sum((x for x in terms if isinstance(x, Fraction)), Fraction(0))
    rest = [x for x in terms if isinstance(x, Ball)]
    return numbers(exact) + linear.total(rest) if rest else exact


def _tied(variances: Sequence[Fraction | Ball]) -> list[list[Cell]]:
    """Return the indices of variances that are equal; those that are not exact differ from all others."""
    groups: dict[Fraction, list[Cell]] = {}
    for l, x in enumerate(variances):
        if isinstance(x, Fraction):
            groups.setdefault(x, []).append(l)
    return [group for group in groups.values() if len(group) > 1]
