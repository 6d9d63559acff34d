"""Sums of square roots as numbers, which are compared exactly.

Notation: d = sum q_i sqrt(s_i) with rationals q_i >= 0 and integers s_i >= 0; P = 192.

    1. bounds   integers l <= 2^P d <= h; those of sqrt(s) are floor(sqrt(4^P s)) and the next     (W1)
    2. sums     bounds of sums, multiples and quotients follow; terms are added up when asked for  (W2)
    3. order    bounds that do not overlap decide; else the difference is 0 by `radicals`, or      (W3)
                more digits of every root tell its sign
    4. value    d is rational exactly if every s_i is a square, because no q_i is negative         (W4)

So ties of mean distances are ties. What stands here is what linkage and its proof need: sums, products and quotients by
positive integers, and order.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt
from typing import Self

from refimpl import linear
from refimpl.certify.radicals import is_zero
from refimpl.numbers import Ball, Numbers

BITS = 192
"""P."""

Terms = dict[int, Fraction]
"""s -> q."""


class Surd:
    """A sum of square roots."""

    __slots__ = ("_parts", "_terms", "high", "low")

    def __init__(self, low: int, high: int, terms: Terms | None, parts: tuple[tuple["Surd", Fraction], ...]) -> None:
        """Make a number with bounds, and with its terms or with what they are made of."""
        self.low, self.high, self._terms, self._parts = low, high, terms, parts

    @property
    def terms(self) -> Terms:
        """The q by their s, which need not be free of squares."""
        if self._terms is None:
            self._terms = {}
            for part, factor in self._parts:
                for s, q in part.terms.items():
                    self._terms[s] = self._terms.get(s, Fraction(0)) + q * factor
        return self._terms

    @property
    def near(self) -> Fraction:
        """A rational number within 2^-P or so."""
        return Fraction(self.low + self.high, 2 << BITS)

    def __add__(self, other: "Surd") -> "Surd":
        """Return the sum.  (W2)"""
        return Surd(self.low + other.low, self.high + other.high, None, ((self, Fraction(1)), (other, Fraction(1))))

    def __mul__(self, factor: int) -> "Surd":
        """Return a multiple by a positive integer."""
        return Surd(self.low * factor, self.high * factor, None, ((self, Fraction(factor)),))

    def __truediv__(self, divisor: int) -> "Surd":
        """Return a quotient by a positive integer."""
        return Surd(self.low // divisor, -(-self.high // divisor), None, ((self, Fraction(1, divisor)),))

    def __lt__(self, other: Self | int) -> bool:
        """Return whether it is less."""
        return self._sign(other) < 0

    def __gt__(self, other: Self | int) -> bool:
        """Return whether it is greater."""
        return self._sign(other) > 0

    def __eq__(self, other: object) -> bool:
        """Return whether it is equal."""
        return isinstance(other, Surd | int) and self._sign(other) == 0

    __hash__ = None  # type: ignore[assignment]  # equal sums may have different terms

    def _sign(self, other: "Surd | int") -> int:
        """Return the sign of the difference.  (W3)"""
        if self is other:
            return 0
        if isinstance(other, int):
            other = Surd(other << BITS, other << BITS, {1: Fraction(other)} if other else {}, ())
        if self.high < other.low or self.low > other.high:
            return -1 if self.high < other.low else 1
        difference = [(q, s) for s, q in self.terms.items()] + [(-q, s) for s, q in other.terms.items()]
        if is_zero(difference):
            return 0
        bits = 2 * BITS
        while True:
            low, high = Fraction(0), Fraction(0)
            for q, s in difference:
                root = isqrt(s << 2 * bits)
                ends = sorted((q * root, q * (root + 1)))
                low, high = low + ends[0], high + ends[1]
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            bits *= 2

    def value(self, numbers: Numbers[Ball], unit: int = 1) -> Fraction | Ball:
        """Return the number divided by an integer: exact where it is rational, else enclosed.  (W4)"""
        roots = {s: isqrt(s) for s in self.terms}
        if all(root * root == s for s, root in roots.items()):
            return sum((q * roots[s] for s, q in self.terms.items()), Fraction(0)) / unit
        return linear.total(numbers.sqrt(numbers(s)) * numbers(q) for s, q in self.terms.items()) / unit


def root(square: Fraction | int) -> Surd:
    """Return the square root of a number that is not negative, sqrt(p / q) = sqrt(p q) / q."""
    square = Fraction(square)
    if square.denominator != 1:
        return root(square.numerator * square.denominator) / square.denominator
    s = square.numerator
    low = isqrt(s << 2 * BITS)  # (W1)
    return Surd(low, low + (low * low != s << 2 * BITS), {s: Fraction(1)} if s else {}, ())


def total(surds: Iterable[Surd]) -> Surd:
    """Return the sum."""
    surds = list(surds)
    one = Fraction(1)
    return Surd(sum(d.low for d in surds), sum(d.high for d in surds), None, tuple((d, one) for d in surds))
