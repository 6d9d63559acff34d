"""What all attainable digits are made of."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from refimpl.certify import sensitivity

Digits: TypeAlias = dict[str, Fraction]
"""By result."""


def of_rows(entries: Sequence[Sequence[Fraction]], sizes: Sequence[Sequence[Fraction]], fallback: Fraction) -> Fraction:
    """Return the digits of a matrix, given S of its entries."""
    return sensitivity.attainable([x for row in entries for x in row], [s for row in sizes for s in row], fallback)
