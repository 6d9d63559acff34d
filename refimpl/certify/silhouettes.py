"""Silhouettes, computed another way than in the room; notation as in `silhouette` and `distances`.

    1. square     |x - y|^2 = x.x + y.y - 2 x.y, in integers over one denominator           (A1)
    2. distance   a number for its root: a ball, or a fraction where all are rational       (A2)
    3. samples    s_n = 1 - a_n / b_n where a_n <= b_n, else b_n / a_n - 1                  (A3)
    4. clusters   S_k in the same way, from means over all pairs of points                  (A4)
    5. zero       where balls cannot tell a from b: s = 0 if the sums of roots are equal    (A5)
                  by `radicals`, and b is the least by the same comparison
    6. ratio      mean root over pairs of one cluster over that of pairs of two             (A6)

The room adds roots in fixed point, sums over the points of a cluster first, and divides a difference.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Protocol, TypeAlias

from refimpl import linear
from refimpl.certify.margin import Rows
from refimpl.certify.radicals import is_zero
from refimpl.errors import Undecided
from refimpl.numbers import N, Numbers, least


class Form(Protocol):
    """`samples` or `classes`."""

    def __call__(self, points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> list[N | Fraction]:
        """Return a silhouette for each point, or for each class."""


Squares: TypeAlias = Sequence[int]
"""Integers s, of which sqrt(s) over the common denominator is a distance."""


def samples(points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> list[N | Fraction]:
    """Return s, length N.

    Raises Undecided where more digits of balls may help, and Unsupported in EXACT unless all roots are rational.
    """
    squares, members = _squares(points), _members(labels)
    silhouette = _silhouettes(numbers)
    return [
        # a singleton has s = 0
        silhouette(
            [squares[n][m] for m in members[label] if m != n],
            [[squares[n][m] for m in others] for k, others in members.items() if k != label],
        )
        if len(members[label]) > 1
        else Fraction(0)
        for n, label in enumerate(labels)
    ]


def classes(points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> list[N | Fraction]:
    """Return S of every cluster that has points, in their order. Raises as `samples` does."""
    squares, members = _squares(points), _members(labels)
    silhouette = _silhouettes(numbers)
    return [
        # a of a singleton is 0, which is the mean of a distance 0                          (A4)
        silhouette(
            [squares[n][m] for n in own for m in own if n < m] or [0],
            [[squares[n][m] for n in own for m in others] for j, others in members.items() if j != k],
        )
        for k, own in members.items()
    ]


def ratio(points: Rows, labels: Sequence[int], numbers: Numbers[N]) -> N | Fraction:
    """Return the mean distance within clusters over that between them, of points that do not all coincide.

    Raises Unsupported in EXACT unless all roots are rational.
    """
    squares = _squares(points)
    pairs = [(n, m) for m in range(len(labels)) for n in range(m)]
    within, between = (
        linear.total(numbers.sqrt(numbers(squares[n][m])) for n, m in pairs if (labels[n] == labels[m]) is same)
        for same in (True, False)
    )
    count = sum(labels[n] == labels[m] for n, m in pairs)
    # (sum within / pairs within) / (sum between / pairs between)                          (A6)
    return within * (len(pairs) - count) / (between * count)


def _squares(points: Rows) -> list[list[int]]:
    # the denominator drops out of silhouettes
    (rows,), _ = linear.cleared(points)
    return expanded_squares([[int(x) for x in row] for row in rows])


def expanded_squares(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return |x - y|^2 of every two rows of integers.  (A1)"""
    own = [linear.integer_dot(x, x) for x in rows]
    # x.x + y.y - 2 x.y                                                                     (A1)
    return [
        [p + q - 2 * linear.integer_dot(x, y) for y, q in zip(rows, own, strict=True)]
        for x, p in zip(rows, own, strict=True)
    ]


def _members(labels: Sequence[int]) -> dict[int, list[int]]:
    return {k: [n for n, label in enumerate(labels) if label == k] for k in sorted(set(labels))}


def _silhouettes(numbers: Numbers[N]) -> Callable[[Squares, Sequence[Squares]], N | Fraction]:
    """Return the function that compares the mean distance within with those between."""

    @cache
    def root(s: int) -> N:
        return numbers.sqrt(numbers(s))  # (A2)

    def mean(squares: Squares) -> N:
        return linear.total(map(root, squares)) / len(squares)

    def silhouette(within: Squares, between: Sequence[Squares]) -> N | Fraction:
        a, b = mean(within), [mean(squares) for squares in between]
        equal = False
        for other, squares in zip(b, between, strict=True):
            try:
                if other < a:
                    # b_n / a_n - 1                                                        (A3)
                    return least(b) / a - 1
                equal = equal or other == a
            except Undecided:
                # a - b = 0, as a sum of roots                                             (A5)
                terms = [(Fraction(1, len(within)), s) for s in within]
                if not is_zero([*terms, *((Fraction(-1, len(squares)), s) for s in squares)]):
                    raise
                equal = True
        # 1 - a_n / b_n                                                                    (A3)
        return Fraction(0) if equal else 1 - a / least(b)

    return silhouette
