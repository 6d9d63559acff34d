"""Scaled columns, filled columns and categories held against what defines them, and their sensitivity.

Notation as in `preprocess`; S is that of `sensitivity`.

    1. scaled    0 <= y <= 1, some y_a = 0 and some y_b = 1, and y_i (x_b - x_a) = x_i - x_a; all y = 0 where all x
                 are equal                                                                  (F1)
    2. filled    m with sum (x - m) = 0 over the entries that are there                     (F2)
    3. numbered  a category seen before has the number that it had, a new one the number of categories before it  (F3)
    4. S(y)      dy/dx = 1 / w, dy/dx_a = (y - 1) / w, dy/dx_b = -y / w with the range w = x_b - x_a:
                 S = (|x| + (1 - y) |x_a| + y |x_b|) / w, and 0 for x_a and x_b themselves  (F4)

None of them is the formula by which `preprocess` computes.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl.certify.margin import Row
from refimpl.errors import Refuted


def scaled(xs: Row, zero: int, one: int, where: str) -> list[Fraction]:
    """Return the column whose entries `zero` and `one` become 0 and 1. Raises Refuted unless all lie between.  (F1)"""
    width = xs[one] - xs[zero]
    if width <= 0:
        raise Refuted(f"{where}: entry {one} becomes 1, but is not greater than entry {zero}, which becomes 0")
    found = [(x - xs[zero]) / width for x in xs]
    for i, y in enumerate(found):
        if not 0 <= y <= 1:
            raise Refuted(f"{where}: entry {i} is less than entry {zero} or greater than entry {one}")
    return found


def filling(known: Row) -> Fraction:
    """Return m of (F2), found as the first entry and the mean difference from it."""
    return known[0] + sum((x - known[0] for x in known), Fraction(0)) / len(known)


def numbered(categories: Sequence[str]) -> list[int]:
    """Return the numbers of (F3)."""
    found: list[int] = []
    for i, category in enumerate(categories):
        first = categories.index(category)
        found.append(found[first] if first < i else max(found, default=-1) + 1)
    return found


def scaled_sizes(xs: Row) -> list[Fraction]:
    """Return S of every entry of a scaled column.  (F4)"""
    low, high = min(xs), max(xs)
    width = high - low
    if width == 0:
        return [Fraction(0) for _ in xs]
    alone = {end for end in (low, high) if xs.count(end) == 1}
    return [
        Fraction(0) if x in alone else (abs(x) + ((high - x) * abs(low) + (x - low) * abs(high)) / width) / width
        for x in xs
    ]
