"""Making tables ready for distances: missing values, categories and scales (Peking lecture, advertising channels).

Notation: N rows, a column c with entries c_1, ..., c_N, of which some may be missing.

    1. impute   a missing entry becomes the mean of those that are there                      (W1)
    2. codes    categories are numbered 0, 1, 2, ... in the order in which they first appear  (W2)
    3. one_hot  a column for each category, in the same order: 1 where the row has it, else 0 (W3)
    4. min_max  c_n -> (c_n - min c) / (max c - min c); a constant column becomes 0           (W4)

Numbers come out in the type in which they went in, and exact ones stay exact: 1/3 of a range is 1/3, where binary64
may miss it. None stands for a missing number. Entries that Python holds for equal are one category, such as 1 and 1.0;
None is a category like any other. Balls need not tell which of them is the least, only whether the column is constant.

What distances mean afterwards is a choice, not mathematics. (W1) leaves the mean and shrinks the variance. (W2) puts an
order and equal steps between categories that have neither, and leaves them unscaled beside columns from 0 to 1; the
lecture does both. (W3) makes all of them equally far from each other, at the squared distance 2. (W4) is ruled by the
two extremes: one far entry presses all others together.
"""

from collections.abc import Hashable, Sequence
from math import isfinite, isnan
from typing import TypeVar

from refimpl import linear
from refimpl.errors import BadInput, EmptyData, Undefined
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, greatest, least

C = TypeVar("C", bound=Hashable)


def impute(column: Sequence[N | None]) -> list[N]:
    """Return a column of length N with every None replaced by the mean of the others.

    Raises EmptyData, BadInput on NaN or infinity, and Undefined where all entries are missing.  (W1)
    """
    _check(column)
    for i, x in enumerate(column):
        if isinstance(x, float) and not isfinite(x):
            raise BadInput(f"column[{i}] is {x}; give a finite number, or None where it is missing")
    known = [x for x in column if x is not None]
    if not known:
        raise Undefined("every entry of the column is missing, so that there is no mean; leave the column out")
    if len(known) == len(column):
        return known
    # the mean of those that are there                                                      (W1)
    (mean,) = linear.mean([[x] for x in known])
    return [mean if x is None else x for x in column]


def categories(column: Sequence[C]) -> list[C]:
    """Return the different entries in the order in which they first appear. Raises EmptyData, and BadInput on NaN."""
    _check(column)
    for i, entry in enumerate(column):
        if isinstance(entry, float) and isnan(entry):  # it would not even equal itself
            raise BadInput(f"column[{i}] is nan, which is no category; give None, or a name of its own")
    return list(dict.fromkeys(column))


def codes(column: Sequence[C]) -> list[int]:
    """Return the index of each entry among the categories, length N. Raises as `categories` does.  (W2)"""
    index = {category: i for i, category in enumerate(categories(column))}
    return [index[entry] for entry in column]


def one_hot(column: Sequence[C]) -> list[list[int]]:
    """Return N rows, each with one 1 and a 0 for every other category. Raises as `categories` does.  (W3)"""
    found = codes(column)
    return [[int(i == code) for i in range(max(found) + 1)] for code in found]


def min_max(points: Matrix[N]) -> list[list[N]]:
    """Return N x D points whose columns go from 0 to 1, or are 0.

    Raises EmptyData or BadInput, and Undecided where a ball cannot tell whether its column is constant.  (W4)
    """
    linear.shape(points, "points")
    return linear.transpose([_scaled(column, d) for d, column in enumerate(linear.transpose(points))])


def _scaled(column: Vector[N], d: int) -> list[N]:
    low, high = least(column), greatest(column)
    width = high - low
    if isinstance(width, float) and not isfinite(width):
        raise BadInput(f"column {d} of points spans more than binary64 holds; give fractions, or another unit")
    if linear.equals(width, 0):
        return [width for _ in column]
    # (c_n - min c) / (max c - min c)                                                       (W4)
    return [linear.quotient(x - low, width) for x in column]


def _check(column: Sequence[object]) -> None:
    if not column:
        raise EmptyData("column is empty; give at least one entry")
